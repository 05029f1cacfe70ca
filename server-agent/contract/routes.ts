/**
 * The agent's admin API: everything the desktop app, the command line and other programs may rely on.
 *
 * HTTP/1.1 on a unix socket. Requests with `Origin` or `Referer` are refused. Errors are `AdminError` with a code of the closed list `ERROR_STATUS`.
 * `docs/admin-api.md` is tested against this file.
 */
import { z } from "zod";
import { Condition, Config, PageContent } from "./config.ts";

export * from "./config.ts";

export const AGENT_VERSION = "0.1.0";
/** Raised when a client of the previous number would misread a reply. */
export const API_VERSION = 1;

// Errors ------------------------------------------------------------------------------------------------------------

/** Closed list of error codes and the HTTP status each is sent with. */
export const ERROR_STATUS = {
  "request.malformed": 400,
  "request.browser": 403,
  "request.unknown-path": 404,
  "request.method": 405,
  "request.too-large": 413,
  "not-found": 404,
  "maintenance.already": 409,
  "maintenance.reverted": 409,
  "maintenance.conflict": 409,
  "stage.held": 409,
  "stage.ended": 409,
  "window.state": 409,
  "config.stale": 412,
  "window.stale": 412,
  "config.invalid": 422,
  "config.bind": 422,
  "options.invalid": 422,
  "if-match.required": 428,
  "hand-over.failed": 502,
  "agent.stopping": 503,
  "store.failed": 507,
  internal: 500,
} as const;
export type ErrorCode = keyof typeof ERROR_STATUS;
export const ErrorCode = z.enum(Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]]);

/** One thing that is wrong with a document. `path` is `/virtualHosts/0/hosts/1` (RFC 6901). */
export const Problem = z.strictObject({ path: z.string(), code: z.string(), message: z.string() });
export type Problem = z.infer<typeof Problem>;

export const AdminError = z.strictObject({
  code: ErrorCode,
  message: z.string(),
  details: z.strictObject({
    problems: z.array(Problem).optional(),
    path: z.string().optional(),
    generation: z.int().optional(),
    receipt: z.string().optional(),
    stage: z.string().optional(),
    window: z.string().optional(),
  }),
  requestId: z.string(),
});
export type AdminError = z.infer<typeof AdminError>;

// Things ------------------------------------------------------------------------------------------------------------

const timestamp = z.iso.datetime();

export const BoundListener = z.strictObject({ name: z.string(), address: z.string(), port: z.int() });
export type BoundListener = z.infer<typeof BoundListener>;

export const AgentInfo = z.strictObject({
  version: z.string().regex(/^[0-9A-Za-z.+-]{1,100}$/, "use a version like 1.2.3"),
  apiVersion: z.int(),
  pid: z.int(),
  startedAt: timestamp,
  uptimeSeconds: z.number(),
  workers: z.array(z.strictObject({ id: z.int(), pid: z.int(), state: z.enum(["serving", "draining"]) })),
  listeners: z.array(BoundListener),
  generation: z.int().describe("The active generation."),
  hostname: z.string(),
  clock: timestamp.describe("What the clock shows by which windows start."),
});
export type AgentInfo = z.infer<typeof AgentInfo>;

/** One change between two documents, as JSON Pointer (RFC 6901) plus values; `id` is the virtual host it is about. */
export const Change = z.strictObject({
  kind: z.enum(["added", "removed", "changed", "moved"]),
  path: z.string(),
  virtualHost: z.string().optional(),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
});
export type Change = z.infer<typeof Change>;

export const Generation = z.strictObject({
  generation: z.int(),
  state: z.enum(["active", "draining", "retired"]),
  createdAt: timestamp,
  author: z.string(),
  reason: z.string(),
  changes: z.array(Change).describe("Against the generation before."),
  inFlight: z.int(),
});
export type Generation = z.infer<typeof Generation>;

export const REQUEST_KINDS = ["page", "download", "upload", "websocket", "event-stream"] as const;
export const InFlightRequest = z.strictObject({
  id: z.string(),
  generation: z.int(),
  worker: z.int(),
  virtualHost: z.string(),
  site: z.string().describe("The virtual host, or for a copycat its original."),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  client: z.string(),
  kind: z.enum(REQUEST_KINDS),
  startedAt: timestamp,
  bytesReceived: z.int(),
  bytesSent: z.int(),
  bytesExpected: z.int().optional().describe("Content-Length of the response (or upload), when known."),
});
export type InFlightRequest = z.infer<typeof InFlightRequest>;

// Maintenance -------------------------------------------------------------------------------------------------------

export const MaintenanceOptions = z.strictObject({
  site: z.string().min(1).describe("Id of the virtual host to put in maintenance."),
  copycat: z.string().optional().describe("Id of the copycat. Default: `<site>-copycat`."),
  hosts: z.array(z.string().min(1)).min(1).optional().describe("Hosts the copycat answers for. Default: all of the original."),
  page: z.union([z.literal("default"), PageContent]).optional(),
  root: z.string().optional().describe("Folder or file of a static page instead of the built-in one."),
  status: z.int().min(400).max(599).optional().describe("A bare status, or the status of the page. Default 503."),
  retryAfter: z.union([z.int().min(0).max(31_536_000), z.literal("end")]).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  exceptions: z.array(Condition).optional().describe("Who falls through to the original."),
  internalHosts: z.array(z.string().min(1)).optional().describe("Staff names, added to the original only."),
  position: z.enum(["above", "top"]).optional().describe("Directly above the original (default), or at the top of the list."),
  reason: z.string().max(500).optional(),
  author: z.string().max(200).optional(),
});
export type MaintenanceOptions = z.infer<typeof MaintenanceOptions>;

export const Warning = z.strictObject({
  code: z.enum([
    "alias-left-out",
    "shadowed",
    "default-site",
    "original-disabled",
    "already-in-maintenance",
    "exception-unreachable",
    "end-in-past",
    "wildcard-covers-more",
    "acme-not-excepted",
    "demoted-copycat-replaced",
  ]),
  message: z.string(),
  virtualHost: z.string().optional(),
  host: z.string().optional(),
});
export type Warning = z.infer<typeof Warning>;

/**
 * One reversible operation on a document. Position is given by the id of the virtual host that stands directly below, so it survives changes made elsewhere.
 */
export const Operation = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("insert-virtual-host"), virtualHost: z.lazy(() => Config.shape.virtualHosts.element), above: z.string() }),
  z.strictObject({ op: z.literal("remove-virtual-host"), virtualHost: z.lazy(() => Config.shape.virtualHosts.element), above: z.string() }),
  z.strictObject({ op: z.literal("add-hosts"), id: z.string(), hosts: z.array(z.string()) }),
  z.strictObject({ op: z.literal("remove-hosts"), id: z.string(), hosts: z.array(z.string()) }),
  z.strictObject({ op: z.literal("move-virtual-host"), id: z.string(), from: z.string().describe("Id of the one directly below before."), above: z.string() }),
]);
export type Operation = z.infer<typeof Operation>;

/** One step of the recipe in the operator's words; `operations` are indices into the plan's operations. */
export const PlanStep = z.strictObject({
  step: z.enum(["copycat", "domains", "response", "exceptions", "order", "restart"]),
  title: z.string(),
  detail: z.string(),
});
export type PlanStep = z.infer<typeof PlanStep>;

export const Plan = z.strictObject({
  site: z.string(),
  copycat: z.string(),
  steps: z.array(PlanStep),
  operations: z.array(Operation),
  inverse: z.array(Operation),
  changes: z.array(Change),
  warnings: z.array(Warning),
  before: Config,
  after: Config,
});
export type Plan = z.infer<typeof Plan>;

export const PROOF_PROBES = ["page", "api", "head", "post"] as const;
export const ProofCell = z.strictObject({
  host: z.string(),
  listener: z.string(),
  path: z.string(),
  probe: z.enum(PROOF_PROBES),
  /** `wrong`: something else answered than the configuration says. `skipped`: it cannot be asked from here, `message` says why. */
  outcome: z.enum(["right", "wrong", "skipped"]),
  expected: z.string(),
  observed: z.string(),
  status: z.int().optional(),
  message: z.string(),
});
export type ProofCell = z.infer<typeof ProofCell>;
export const Proof = z.strictObject({ generation: z.int(), observedAt: timestamp, durationMs: z.number(), cells: z.array(ProofCell) });
export type Proof = z.infer<typeof Proof>;

/** Counts of one maintenance, observed by the agent since the switch. */
export const MaintenanceCounts = z.strictObject({
  refused: z.int().describe("Answered by the copycat."),
  excepted: z.int().describe("Fell through to the original."),
  drained: z.int().describe("In flight at the switch and ended by themselves on the older generation."),
  cut: z.int().describe("In flight at the switch and cut by an operator or a deadline."),
  draining: z.int().describe("Still running on older generations."),
});
export type MaintenanceCounts = z.infer<typeof MaintenanceCounts>;

/** The fleet operation that a stage belongs to; made by the client, the same on every server. */
export const FleetOperation = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/, "use 8 to 64 letters, digits and hyphens"),
  title: z.string().max(200),
  servers: z.int().min(1).max(1000).describe("How many servers take part."),
});
export type FleetOperation = z.infer<typeof FleetOperation>;

/** One occurrence of a window: the window's id and the instant at which it starts by the calendar. */
export const OccurrenceOf = z.strictObject({ id: z.string(), start: timestamp });
export type OccurrenceOf = z.infer<typeof OccurrenceOf>;

export const Receipt = z.strictObject({
  id: z.string(),
  site: z.string(),
  copycat: z.string(),
  state: z.enum(["in-maintenance", "reverted"]),
  generation: z.int().describe("The generation that the switch made."),
  startedAt: timestamp,
  switchMs: z.number().describe("From the request's arrival to the last worker's acknowledgement."),
  author: z.string(),
  reason: z.string(),
  until: z.iso.datetime({ offset: true }).optional(),
  options: MaintenanceOptions,
  operations: z.array(Operation),
  inverse: z.array(Operation),
  changes: z.array(Change),
  warnings: z.array(Warning),
  counts: MaintenanceCounts,
  proof: Proof.optional(),
  operation: FleetOperation.optional().describe("The fleet operation that put the site in maintenance, if one did."),
  window: OccurrenceOf.optional().describe("The planned window that put the site in maintenance, if one did."),
  revert: z
    .strictObject({
      how: z.enum(["delete", "demote"]),
      generation: z.int(),
      at: timestamp,
      author: z.string(),
      switchMs: z.number(),
      exact: z.boolean().describe("The document is again what it was before."),
      proof: Proof.optional(),
      operation: FleetOperation.optional().describe("The fleet operation that brought the site back, if one did."),
    })
    .optional(),
});
export type Receipt = z.infer<typeof Receipt>;

// Stages: switching in two phases -----------------------------------------------------------------------------------

/** One change of a stage; the same as the single call for it. */
export const StagedChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("maintenance"), options: MaintenanceOptions }),
  z.strictObject({ kind: z.literal("revert"), receipt: z.string().describe("Id of the receipt."), how: z.enum(["delete", "demote"]) }),
]);
export type StagedChange = z.infer<typeof StagedChange>;

export const LEASE_SECONDS = 30;
export const StageRequest = z.strictObject({
  operation: FleetOperation,
  changes: z.array(StagedChange).min(1).max(100).describe("Planned one after the other; together they become one generation."),
  leaseSeconds: z.int().min(1).max(300).optional().describe(`For how long the agent keeps the stage. Default ${LEASE_SECONDS}.`),
  author: z.string().max(200).optional(),
});
export type StageRequest = z.infer<typeof StageRequest>;

export const Stage = z.strictObject({
  id: z.string(),
  operation: FleetOperation,
  changes: z.array(StagedChange),
  author: z.string(),
  sites: z.array(z.string()),
  /** `staged`: everything is ready and held, nothing has changed. `expired`: the lease ended before the commit. */
  state: z.enum(["staged", "committed", "aborted", "expired"]),
  baseGeneration: z.int().describe("The generation that was active when it was staged."),
  stagedAt: timestamp,
  expiresAt: timestamp.describe("End of the lease, by the server's clock."),
  endedAt: timestamp.optional(),
  generation: z.int().optional().describe("The generation that the commit made."),
  receipts: z.array(z.string()).describe("Ids of the receipts that the commit opened or closed; empty before."),
  warnings: z.array(Warning),
});
export type Stage = z.infer<typeof Stage>;

// Windows: planned maintenance --------------------------------------------------------------------------------------

const wallClock = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, "use a date and time without zone, like 2030-01-31T23:00")
  .describe("What the clock on the wall shows in the window's zone.");

/** What a person plans. Exactly one of `end` and `duration` is given. */
export const WindowDraft = z.strictObject({
  title: z.string().min(1).max(200),
  sites: z
    .array(
      MaintenanceOptions.omit({ until: true, author: true }).extend({
        health: z
          .string()
          .regex(/^\/\S*$/, "use a path, like /health")
          .max(2000)
          .optional()
          .describe("Path that the original is asked for before it is reopened if healthy. Default: /."),
      }),
    )
    .min(1)
    .max(100)
    .describe("Options of each site's maintenance; its end is the window's."),
  start: wallClock,
  zone: z.string().min(1).max(100).describe("IANA time zone, like Europe/Berlin."),
  end: wallClock.optional().describe("End of the first occurrence; later ones end as much later by the clock on the wall."),
  duration: z.string().max(50).optional().describe("Exact length instead, ISO 8601, like PT2H."),
  rrule: z.string().max(500).optional().describe("RFC 5545 recurrence rule without DTSTART, like FREQ=WEEKLY;BYDAY=SU. Daily at most."),
  exdates: z.array(wallClock).max(1000).optional().describe("Starts that are left out."),
  atStart: z.enum(["start", "remind"]).optional().describe("Default `start`: by itself. `remind`: somebody starts it."),
  atEnd: z
    .enum(["reopen", "reopen-if-healthy", "stay-closed"])
    .optional()
    .describe("Default `reopen`. `reopen-if-healthy`: once the originals answer. `stay-closed`: somebody brings the sites back."),
  overrun: z
    .strictObject({
      remindEveryMinutes: z.int().min(1).max(1440).optional().describe("Default 15."),
      reopenAfterMinutes: z.int().min(1).max(10_080).optional().describe("So long after the end, `reopen-if-healthy` reopens in any case."),
    })
    .optional()
    .describe("What happens while a site is still closed after the end."),
  reminders: z
    .array(
      z
        .string()
        .max(30)
        .regex(
          /^(start|end|(end)?-P(?=[\dT])(\d{1,3}D)?(T(?=\d)(\d{1,4}H)?(\d{1,5}M)?)?)$/,
          "use start, end, -PT10M (before the start) or end-PT10M (before the end)",
        ),
    )
    .max(20)
    .optional()
    .describe("Default: -P1D, -PT1H, -PT10M, start, end."),
  operation: FleetOperation.optional().describe("The fleet operation that it is a part of."),
  author: z.string().max(200).optional(),
  reason: z.string().max(500).optional(),
});
export type WindowDraft = z.infer<typeof WindowDraft>;

/** What became of one occurrence, or will. */
export const Occurrence = z.strictObject({
  window: z.string(),
  start: timestamp.describe("By the calendar."),
  end: timestamp.describe("By the calendar, as it was extended, or as long after an early start as was planned."),
  state: z
    .enum(["planned", "running", "overrun", "ended", "missed", "skipped", "failed"])
    .describe("`overrun`: the end is over and a site is still closed. `missed`: nobody was there to start it. `failed`: it could not be started."),
  startedAt: timestamp.optional(),
  lateBySeconds: z.int().optional().describe("How much later than planned it was started, where that is more than a moment."),
  endedAt: timestamp.optional().describe("When it was over, or known to be missed or failed."),
  receipts: z.array(z.string()).describe("The maintenances that it holds on to: its own, and those it found on its sites."),
  why: z.string().optional().describe("What is unusual about it."),
});
export type Occurrence = z.infer<typeof Occurrence>;

export const MaintenanceWindow = z.strictObject({
  ...WindowDraft.shape,
  id: z.string(),
  revision: z.int().describe("Goes up with every change; for `If-Match`."),
  createdAt: timestamp,
  state: z.enum(["planned", "running", "over"]),
  occurrences: z
    .array(Occurrence)
    .describe("Newest first: the next one, those that wait for somebody to start them, those that run, and the latest that are over."),
});
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>;

/** What a window would do. */
export const WindowPlan = z.strictObject({
  occurrences: z.array(
    z.strictObject({
      start: timestamp,
      end: timestamp,
      startsAt: wallClock,
      endsAt: wallClock,
      note: z.string().optional().describe("What a change of the clocks does to it."),
    }),
  ),
  overlaps: z.array(z.strictObject({ site: z.string(), start: timestamp, end: timestamp, window: z.string(), title: z.string(), message: z.string() })),
  warnings: z.array(Warning),
});
export type WindowPlan = z.infer<typeof WindowPlan>;

/** Requests of one site within an hour that the agent was there to count. */
export const TrafficHour = z.strictObject({ start: timestamp, requests: z.int() });
export type TrafficHour = z.infer<typeof TrafficHour>;

// Reminders ---------------------------------------------------------------------------------------------------------

/** Who or what was told of a reminder. */
export const Delivery = z.strictObject({
  to: z.string().min(1).max(200).describe("`desktop:anna@laptop`, or a channel: `webhook:ops`, `command:page-me`."),
  at: timestamp,
  ok: z.boolean(),
  tries: z.int().min(1),
  why: z.string().max(1000).optional().describe("Why it did not arrive."),
});
export type Delivery = z.infer<typeof Delivery>;

/** Something that somebody has to know about a maintenance. Each is made once, wherever the agent and its clock were meanwhile. */
export const Reminder = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{1,200}$/, "use letters, digits and hyphens"),
  kind: z
    .enum(["ahead", "start", "end-ahead", "end", "overrun", "missed", "failed", "open-ended"])
    .describe(
      "`start`: it has started, or waits for somebody to start it. `overrun`: its end is over, and a site is still closed. `open-ended`: a site is closed, and no end is planned.",
    ),
  due: timestamp,
  title: z.string(),
  text: z.string(),
  sites: z.array(z.string()),
  occurrence: OccurrenceOf.optional(),
  receipts: z.array(z.string()).describe("The maintenances that it is about."),
  operation: FleetOperation.optional().describe("The fleet operation that it is a part of: other servers remind of the same."),
  deliveries: z.array(Delivery).max(100),
  acted: z
    .strictObject({ act: z.enum(["start", "extend", "bring-back", "skip"]), by: z.string(), at: timestamp })
    .optional()
    .describe("What somebody did about it afterwards."),
});
export type Reminder = z.infer<typeof Reminder>;

/** Where reminders go besides the desktop. What stands in a URL or a secret never leaves the agent again. */
export const ChannelDraft = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: z
      .url({ protocol: /^https?$/, error: "use an address that begins with https:// or http://" })
      .max(2000)
      .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), "leave name and password out of the address; a webhook has its secret in the path, or in `secret`")
      .optional()
      .describe("Required for a new channel; left out, it stays as it is."),
    format: z.enum(["json", "text"]).describe('`json`: the reminder. `text`: `{"text": "…"}`, as chat tools take it.'),
    secret: z.string().min(8).max(500).nullable().optional().describe("Signs what is sent. Left out, it stays as it is; null removes it."),
  }),
  z.strictObject({
    kind: z.literal("command"),
    program: z
      .string()
      .regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "use the name of a file in hooks/, without folders")
      .describe("Name of an executable file in the folder `hooks/` of the state directory."),
  }),
]);
export type ChannelDraft = z.infer<typeof ChannelDraft>;

/** A channel as the API shows it. */
export const Channel = z.discriminatedUnion("kind", [
  z.strictObject({
    id: z.string(),
    kind: z.literal("webhook"),
    origin: z.string().describe("Of the URL: scheme, host and port."),
    format: z.enum(["json", "text"]),
    hasSecret: z.boolean(),
  }),
  z.strictObject({ id: z.string(), kind: z.literal("command"), program: z.string() }),
]);
export type Channel = z.infer<typeof Channel>;

// Explain -----------------------------------------------------------------------------------------------------------

export const Explanation = z.strictObject({
  url: z.string(),
  method: z.string(),
  generation: z.int(),
  answer: z.strictObject({
    virtualHost: z.string(),
    site: z.string(),
    rule: z.int().nullable(),
    handler: z.string(),
    status: z.int().nullable().describe("Known beforehand for maintenance, error, redirect, respond; null otherwise."),
  }),
  virtualHosts: z.array(
    z.strictObject({ id: z.string(), outcome: z.enum(["answers", "host-differs", "condition-not-met", "disabled", "not-reached"]), why: z.string() }),
  ),
  rules: z.array(z.strictObject({ index: z.int(), handler: z.string(), outcome: z.enum(["answers", "condition-not-met", "not-reached"]), why: z.string() })),
});
export type Explanation = z.infer<typeof Explanation>;

// Snapshot and events -----------------------------------------------------------------------------------------------

/** Counters of one site since the agent started; `perSecond` is the mean of the last full second. */
export const SiteMetrics = z.strictObject({ requests: z.int(), inFlight: z.int(), perSecond: z.number(), status: z.record(z.string(), z.int()) });
export type SiteMetrics = z.infer<typeof SiteMetrics>;

export const Snapshot = z.strictObject({
  type: z.literal("snapshot"),
  revision: z.int(),
  at: timestamp,
  agent: AgentInfo,
  config: Config,
  generations: z.array(Generation).describe("Newest first: active, all draining, and the latest retired ones."),
  maintenance: z.array(Receipt).describe("Newest first: all in maintenance and the latest reverted ones."),
  stages: z.array(Stage).describe("Newest first: the one that is held, and the latest ended ones."),
  windows: z.array(MaintenanceWindow).describe("In the order in which they were planned."),
  reminders: z.array(Reminder).describe("The latest ones, newest first."),
  metrics: z.record(z.string(), SiteMetrics).describe("By virtual host id."),
});
export type Snapshot = z.infer<typeof Snapshot>;

const delta = <const T extends string>(type: T) => ({ type: z.literal(type), revision: z.int(), at: timestamp });
export const Event = z.discriminatedUnion("type", [
  z.strictObject({ ...delta("config"), config: Config, generations: z.array(Generation), agent: AgentInfo }),
  z.strictObject({ ...delta("generations"), generations: z.array(Generation) }),
  z.strictObject({ ...delta("maintenance"), receipt: Receipt }),
  z.strictObject({ ...delta("stages"), stages: z.array(Stage) }),
  z.strictObject({ ...delta("reminders"), changed: z.array(Reminder) }),
  z.strictObject({ ...delta("windows"), changed: z.array(MaintenanceWindow), removed: z.array(z.string()).describe("Their ids.") }),
  z.strictObject({ ...delta("metrics"), metrics: z.record(z.string(), SiteMetrics) }),
  z.strictObject({ ...delta("agent"), agent: AgentInfo }),
]);
export type Event = z.infer<typeof Event>;

export const StreamLine = z.union([Snapshot, Event]);
export type StreamLine = z.infer<typeof StreamLine>;

// Routes ------------------------------------------------------------------------------------------------------------

const empty = z.strictObject({});
const author = { author: z.string().max(200).optional(), reason: z.string().max(500).optional() };
const signed = z.strictObject({ author: author.author });
const GenerationReply = z.strictObject({ generation: z.int() });

export interface Route {
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** `{name}` is a path parameter. */
  path: string;
  /** `required`: 428 without `If-Match`; `optional`: honoured when sent. */
  ifMatch?: "required" | "optional";
  query?: z.ZodObject;
  body?: z.ZodType;
  /** `ndjson` and `text` replies are streams of text and have no schema of one reply. */
  reply: z.ZodType | "ndjson" | "text";
}

export const ROUTES = {
  getAgent: { method: "GET", path: "/v1/agent", reply: AgentInfo },
  getConfig: { method: "GET", path: "/v1/config", reply: z.strictObject({ generation: z.int(), config: Config }) },
  putConfig: { method: "PUT", path: "/v1/config", ifMatch: "required", query: z.strictObject(author), body: Config, reply: GenerationReply },
  checkConfig: { method: "POST", path: "/v1/config/check", body: z.unknown(), reply: z.strictObject({ ok: z.boolean(), problems: z.array(Problem) }) },
  listGenerations: { method: "GET", path: "/v1/generations", reply: z.strictObject({ generations: z.array(Generation) }) },
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
    body: z.strictObject({ mode: z.enum(["graceful", "hard"]), drainSeconds: z.number().min(0).max(86_400).optional(), ...author }),
    reply: z.strictObject({ generation: z.int(), cut: z.int().describe("Requests that a hard restart interrupted.") }),
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
          .describe("Absolute path of the agent's program. Default: the one this agent was started with, as it is there now."),
        author: author.author,
      })
      .optional(),
    reply: z.strictObject({ version: z.string(), pid: z.int(), generation: z.int() }),
  },
  planMaintenance: { method: "POST", path: "/v1/maintenance/plan", body: MaintenanceOptions, reply: Plan },
  startMaintenance: { method: "POST", path: "/v1/maintenance", ifMatch: "optional", body: MaintenanceOptions, reply: Receipt },
  listMaintenance: { method: "GET", path: "/v1/maintenance", reply: z.strictObject({ maintenance: z.array(Receipt) }) },
  getMaintenance: { method: "GET", path: "/v1/maintenance/{id}", reply: Receipt },
  revertMaintenance: {
    method: "POST",
    path: "/v1/maintenance/{id}/revert",
    ifMatch: "optional",
    body: z.strictObject({ how: z.enum(["delete", "demote"]).optional(), author: author.author }).optional(),
    reply: Receipt,
  },
  proveMaintenance: { method: "POST", path: "/v1/maintenance/{id}/proof", body: empty.optional(), reply: Proof },
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
  changeWindow: { method: "PUT", path: "/v1/windows/{id}", ifMatch: "required", body: WindowDraft, reply: MaintenanceWindow },
  removeWindow: { method: "DELETE", path: "/v1/windows/{id}", ifMatch: "optional", reply: MaintenanceWindow },
  skipWindow: { method: "POST", path: "/v1/windows/{id}/skip", body: z.strictObject({ start: timestamp, author: author.author }), reply: MaintenanceWindow },
  startWindow: { method: "POST", path: "/v1/windows/{id}/start", body: signed.extend({ start: timestamp.optional() }).optional(), reply: MaintenanceWindow },
  extendWindow: {
    method: "POST",
    path: "/v1/windows/{id}/extend",
    body: z.strictObject({ minutes: z.int().min(1).max(10_080).optional(), until: z.iso.datetime({ offset: true }).optional(), author: author.author }),
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
    reply: z.strictObject({ ok: z.boolean(), why: z.string().optional().describe("Why the test did not arrive.") }),
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
export type Reply<N extends RouteName> = (typeof ROUTES)[N]["reply"] extends z.ZodType ? z.infer<(typeof ROUTES)[N]["reply"]> : string;
