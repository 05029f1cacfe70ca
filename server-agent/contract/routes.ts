/**
 * The agent's admin API: everything that the desktop app, the command line and other programs may
 * rely on.
 *
 * HTTP/1.1 on a unix socket. Requests with `Origin` or `Referer` are refused. Errors are
 * `AdminError` with a code of the closed list `ERROR_STATUS`. `docs/admin-api.md` is tested against
 * this file.
 */
import { z } from "zod";
import { CertificateList, SiteCertificate } from "./tls/acme.ts";
import { Config } from "./config.ts";
import { AgentInfo, Generation, TrafficHour, Explanation, InFlightRequest } from "./agent.ts";
import { author, empty, timestamp, signed } from "./fields.ts";
import { CheckedDocument } from "./errors.ts";
import { Imported, ImportRequest } from "./importing/import.ts";
import { MaintenanceOptions, Plan, Receipt, StageRequest, Stage } from "./maintenance.ts";
import { MaintenanceChange } from "./maintenance-change.ts";
import { Proof } from "./proof.ts";
import { IssuedPass, Pass, PassDraft } from "./passes.ts";
import { MaintenanceWindow, WindowDraft, WindowPlan } from "./windows.ts";
import { FoundOwnPage, OwnPage, OwnPageFile, OwnPageQuery, OwnPageSearch, OwnPageUpload } from "./own-pages.ts";
import { HookOutcome, HookPlan, HookPlanRequest, HookRemoval, HookRequest, WebServer } from "./web-servers.ts";
import { Channel, ChannelDraft, Reminder, Delivery } from "./reminders.ts";

const GenerationReply = z.strictObject({ generation: z.int() });

export interface Route {
  method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** `{name}` is a path parameter. */
  path: string;
  /** `required`: 428 without `If-Match`; `optional`: honoured when sent. */
  ifMatch?: "required" | "optional";
  query?: z.ZodObject;
  body?: z.ZodType;
  /** `ndjson` and `text` replies are text streams without a schema. */
  reply: z.ZodType | "ndjson" | "text";
}

export const ROUTES = {
  getAgent: { method: "GET", path: "/v1/agent", reply: AgentInfo },
  getConfig: { method: "GET", path: "/v1/config", reply: z.strictObject({ generation: z.int(), config: Config }) },
  putConfig: {
    method: "PUT",
    path: "/v1/config",
    ifMatch: "required",
    query: z.strictObject(author),
    body: Config,
    reply: GenerationReply,
  },
  checkConfig: { method: "POST", path: "/v1/config/check", body: z.unknown(), reply: CheckedDocument },
  import: { method: "POST", path: "/v1/import", body: ImportRequest, reply: Imported },
  listGenerations: {
    method: "GET",
    path: "/v1/generations",
    reply: z.strictObject({ generations: z.array(Generation) }),
  },
  activateGeneration: {
    method: "POST",
    path: "/v1/generations/{n}/activate",
    ifMatch: "optional",
    body: z.strictObject(author).optional(),
    reply: GenerationReply,
  },
  restart: {
    method: "POST",
    path: "/v1/restart",
    body: z.strictObject({
      mode: z.enum(["graceful", "hard"]),
      drainSeconds: z.number().min(0).max(86_400).optional(),
      ...author,
    }),
    reply: z.strictObject({
      generation: z.int(),
      cut: z.int().describe("Number of requests that a hard restart cut."),
    }),
  },
  handOver: {
    method: "POST",
    path: "/v1/hand-over",
    body: z
      .strictObject({
        program: z
          .string()
          .min(1)
          .optional()
          .describe(
            "Absolute path of the agent's program. Default: the one this agent was started with, as it is on disk now.",
          ),
        author: author.author,
      })
      .optional(),
    reply: z.strictObject({ version: z.string(), pid: z.int(), generation: z.int() }),
  },
  planMaintenance: { method: "POST", path: "/v1/maintenance/plan", body: MaintenanceOptions, reply: Plan },
  startMaintenance: {
    method: "POST",
    path: "/v1/maintenance",
    ifMatch: "optional",
    body: MaintenanceOptions,
    reply: Receipt,
  },
  listMaintenance: { method: "GET", path: "/v1/maintenance", reply: z.strictObject({ maintenance: z.array(Receipt) }) },
  getMaintenance: { method: "GET", path: "/v1/maintenance/{id}", reply: Receipt },
  planChange: { method: "POST", path: "/v1/maintenance/{id}/plan", body: MaintenanceChange, reply: Plan },
  changeMaintenance: {
    method: "PATCH",
    path: "/v1/maintenance/{id}",
    ifMatch: "optional",
    body: MaintenanceChange,
    reply: Receipt,
  },
  revertMaintenance: {
    method: "POST",
    path: "/v1/maintenance/{id}/revert",
    ifMatch: "optional",
    body: z
      .strictObject({
        how: z.enum(["delete", "demote"]).optional(),
        author: author.author,
        force: z.boolean().optional().describe("Also while a window that is not its own holds the site."),
      })
      .optional(),
    reply: Receipt,
  },
  proveMaintenance: { method: "POST", path: "/v1/maintenance/{id}/proof", body: empty.optional(), reply: Proof },
  listCertificates: { method: "GET", path: "/v1/certificates", reply: CertificateList },
  renewCertificate: { method: "POST", path: "/v1/certificates/{site}/renew", body: empty, reply: SiteCertificate },
  listPasses: { method: "GET", path: "/v1/passes", reply: z.strictObject({ passes: z.array(Pass) }) },
  createPass: { method: "POST", path: "/v1/passes", body: PassDraft, reply: IssuedPass },
  revokePass: { method: "DELETE", path: "/v1/passes/{id}", query: signed, reply: Pass },
  putOwnPage: { method: "POST", path: "/v1/own-pages", body: OwnPageUpload, reply: OwnPage },
  findOwnPage: { method: "GET", path: "/v1/own-pages", query: OwnPageSearch, reply: FoundOwnPage },
  readOwnPage: { method: "GET", path: "/v1/own-pages/file", query: OwnPageQuery, reply: OwnPageFile },
  stage: { method: "POST", path: "/v1/stages", ifMatch: "optional", body: StageRequest, reply: Stage },
  listStages: { method: "GET", path: "/v1/stages", reply: z.strictObject({ stages: z.array(Stage) }) },
  commitStage: {
    method: "POST",
    path: "/v1/stages/{id}/commit",
    body: empty.optional(),
    reply: z.strictObject({ stage: Stage, receipts: z.array(Receipt) }),
  },
  abortStage: { method: "POST", path: "/v1/stages/{id}/abort", body: empty.optional(), reply: Stage },
  listWindows: { method: "GET", path: "/v1/windows", reply: z.strictObject({ windows: z.array(MaintenanceWindow) }) },
  planWindow: { method: "POST", path: "/v1/windows/plan", body: WindowDraft, reply: WindowPlan },
  createWindow: { method: "POST", path: "/v1/windows", body: WindowDraft, reply: MaintenanceWindow },
  getWindow: { method: "GET", path: "/v1/windows/{id}", reply: MaintenanceWindow },
  changeWindow: {
    method: "PUT",
    path: "/v1/windows/{id}",
    ifMatch: "required",
    body: WindowDraft,
    reply: MaintenanceWindow,
  },
  removeWindow: { method: "DELETE", path: "/v1/windows/{id}", ifMatch: "optional", reply: MaintenanceWindow },
  skipWindow: {
    method: "POST",
    path: "/v1/windows/{id}/skip",
    body: z.strictObject({ start: timestamp, author: author.author }),
    reply: MaintenanceWindow,
  },
  startWindow: {
    method: "POST",
    path: "/v1/windows/{id}/start",
    body: signed.extend({ start: timestamp.optional() }).optional(),
    reply: MaintenanceWindow,
  },
  extendWindow: {
    method: "POST",
    path: "/v1/windows/{id}/extend",
    body: z.strictObject({
      minutes: z.int().min(1).max(10_080).optional(),
      until: z.iso.datetime({ offset: true }).optional(),
      author: author.author,
    }),
    reply: MaintenanceWindow,
  },
  endWindow: { method: "POST", path: "/v1/windows/{id}/end", body: signed.optional(), reply: MaintenanceWindow },
  listChannels: { method: "GET", path: "/v1/channels", reply: z.strictObject({ channels: z.array(Channel) }) },
  putChannel: { method: "PUT", path: "/v1/channels/{id}", body: ChannelDraft, reply: Channel },
  removeChannel: { method: "DELETE", path: "/v1/channels/{id}", reply: Channel },
  testChannel: {
    method: "POST",
    path: "/v1/channels/{id}/test",
    body: empty.optional(),
    reply: z.strictObject({ ok: z.boolean(), why: z.string().optional().describe("Why the test message failed.") }),
  },
  getTraffic: {
    method: "GET",
    path: "/v1/traffic",
    query: z.strictObject({ site: z.string() }),
    reply: z.strictObject({ hours: z.array(TrafficHour).describe("Oldest first, of the last four weeks.") }),
  },
  listReminders: { method: "GET", path: "/v1/reminders", reply: z.strictObject({ reminders: z.array(Reminder) }) },
  noteDelivery: {
    method: "POST",
    path: "/v1/reminders/{id}/delivered",
    body: Delivery.pick({ to: true, why: true }).extend({ ok: z.boolean().optional() }),
    reply: Reminder,
  },
  listWebServers: {
    method: "GET",
    path: "/v1/web-servers",
    reply: z.strictObject({ webServers: z.array(WebServer).describe("Discovered now, by asking them.") }),
  },
  planHook: { method: "POST", path: "/v1/web-servers/{id}/hook/plan", body: HookPlanRequest, reply: HookPlan },
  installHook: { method: "POST", path: "/v1/web-servers/{id}/hook", body: HookRequest, reply: HookOutcome },
  removeHook: { method: "DELETE", path: "/v1/web-servers/{id}/hook", query: HookRemoval, reply: HookOutcome },
  explain: {
    method: "GET",
    path: "/v1/explain",
    query: z.strictObject({ url: z.string(), method: z.string().optional(), from: z.string().optional() }),
    reply: Explanation,
  },
  listRequests: {
    method: "GET",
    path: "/v1/requests",
    query: z.strictObject({ generation: z.string().optional(), site: z.string().optional() }),
    reply: z.strictObject({ requests: z.array(InFlightRequest) }),
  },
  watchRequests: {
    method: "GET",
    path: "/v1/requests/events",
    query: z.strictObject({
      site: z.string().optional(),
      before: z
        .string()
        .regex(/^\d{1,15}$/, "use the number of a generation")
        .optional()
        .describe("Only those on generations below this one."),
    }),
    reply: "ndjson",
  },
  cutRequest: { method: "DELETE", path: "/v1/requests/{id}", reply: InFlightRequest },
  events: { method: "GET", path: "/v1/events", reply: "ndjson" },
  metrics: { method: "GET", path: "/v1/metrics", reply: "text" },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof ROUTES;

type SchemaOf<R, K extends string> = R extends Record<K, infer S extends z.ZodType> ? z.infer<S> : undefined;
/** Body of a call, `undefined` where it takes none. */
export type Body<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], "body">;
/** Query of a call, `undefined` where it takes none. */
export type Query<N extends RouteName> = SchemaOf<(typeof ROUTES)[N], "query">;
/** Reply of a call; text for the two streams. */
export type Reply<N extends RouteName> = (typeof ROUTES)[N]["reply"] extends z.ZodType
  ? z.infer<(typeof ROUTES)[N]["reply"]>
  : string;
