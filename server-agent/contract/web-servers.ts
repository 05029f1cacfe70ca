/**
 * Web servers beside which the agent stands: what was found of them, and the hook by which they ask
 * the agent while a site is closed.
 */
import { z } from "zod";
import { timestamp } from "./fields.ts";

export const WebServerKind = z.enum(["nginx", "apache", "caddy", "haproxy"]);
export type WebServerKind = z.infer<typeof WebServerKind>;

const place = {
  file: z.string().describe("Absolute path of the configuration file, as the web server reads it."),
  line: z.int().min(1),
};

/** What makes a site harder to close, or impossible. */
export const Hazard = z.strictObject({
  code: z.string().describe("For programs, such as `open-file-cache` or `generated-file`."),
  message: z.string().describe("For people: what it means and what to do."),
  file: place.file.optional(),
  line: place.line.optional(),
  refuses: z.boolean().describe("The site cannot be prepared because of it."),
  paste: z.string().optional().describe("The line to put into the template, if another tool generates the file."),
});
export type Hazard = z.infer<typeof Hazard>;

export const SiteListener = z.strictObject({
  address: z.string().describe("IP address, `0.0.0.0` and `::` for all."),
  port: z.int(),
  tls: z.boolean(),
  http2: z.boolean(),
  proxyProtocol: z.boolean().describe("It expects the PROXY protocol, so the agent cannot ask as a visitor does."),
  clientCertificate: z.boolean().describe("It requires a client certificate."),
});
export type SiteListener = z.infer<typeof SiteListener>;

const SiteBlock = z.strictObject({
  ...place,
  role: z.enum(["serves", "redirects"]).describe("`redirects`: it only redirects visitors elsewhere."),
  names: z.array(z.string()).describe("Names as the web server's configuration has them."),
  isDefault: z.boolean().describe("It also answers names that no block lists, on some listener."),
});

/** A site of a web server as its configuration on disk has it. */
export const DiscoveredSite = z.strictObject({
  id: z.string().describe("Id of the virtual host that it becomes, made from its first name."),
  hosts: z
    .array(z.string())
    .describe("Hosts as a virtual host has them; `*` alone for the block of names that nobody lists."),
  listeners: z.array(SiteListener),
  blocks: z.array(SiteBlock).describe("The parts of the configuration that answer for it."),
  certificates: z
    .array(z.strictObject({ file: z.string(), expiresAt: timestamp.optional(), message: z.string().optional() }))
    .describe("`message`: why the end is not known."),
  hazards: z.array(Hazard),
});
export type DiscoveredSite = z.infer<typeof DiscoveredSite>;

/** Whether the running server asks the agent, by listener, as it was seen. */
export const HookCell = z.strictObject({
  listener: z.string().describe("`address:port`"),
  host: z.string().describe("The name that was asked for."),
  state: z.enum(["live", "on-disk-only", "gone", "unreachable", "not-asked"]),
  message: z.string(),
});
export type HookCell = z.infer<typeof HookCell>;

/** What runs through a web server to a site in maintenance; no more precise than it says. */
export const SiteInFlight = z.strictObject({
  of: z.array(z.string()).describe("What is counted: backends of HAProxy, addresses of applications behind Caddy."),
  total: z.int(),
  before: z
    .int()
    .optional()
    .describe("Those that may have begun before the switch; absent if the web server does not report it."),
  observedAt: timestamp,
});
export type SiteInFlight = z.infer<typeof SiteInFlight>;

export const WebServerSite = DiscoveredSite.extend({
  state: z
    .enum(["ready", "not-prepared", "cannot-be-prepared", "lost"])
    .describe(
      "`ready`: every listener was seen to ask the agent. `lost`: it was prepared, and some listener does not ask (any more).",
    ),
  message: z.string().describe("The state in words."),
  checkedAt: timestamp.optional().describe("When its listeners were asked last; absent for one that is not prepared."),
  cells: z.array(HookCell),
  inFlight: SiteInFlight.optional().describe("Only while it is in maintenance, and if the web server reports it."),
});
export type WebServerSite = z.infer<typeof WebServerSite>;

/** What a web server can tell and do; never shown as better than it is. */
export const WebServerLimits = z.strictObject({
  inFlight: z
    .enum(["requests", "connections", "numbers", "none"])
    .describe("What is known of requests that run through the web server."),
  cut: z.boolean().describe("Single requests can be cut."),
  sentences: z.array(z.string()).describe("Limitations compared with the agent's own server, one sentence each."),
});
export type WebServerLimits = z.infer<typeof WebServerLimits>;

export const WebServer = z.strictObject({
  id: z
    .string()
    .describe("`nginx` for the one with the usual configuration; otherwise with a suffix for its configuration."),
  kind: WebServerKind,
  version: z.string(),
  pid: z.int().describe("Of the main process."),
  program: z.string(),
  configuration: z.string().describe("The main configuration file that it was started with."),
  user: z.string().describe("User that its workers run as."),
  container: z.string().optional().describe("Name of the container it runs in."),
  sites: z.array(WebServerSite),
  limits: WebServerLimits,
  problems: z.array(z.string()).describe("Why the agent cannot see all of it, one sentence each."),
  observedAt: timestamp,
});
export type WebServer = z.infer<typeof WebServer>;

/** One file as the hook changes it. `null`: there is no such file. */
export const FileChange = z.strictObject({
  path: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type FileChange = z.infer<typeof FileChange>;

export const HookPlan = z.strictObject({
  webServer: z.string(),
  sites: z.array(z.string()).describe("Ids of the sites that the hook is put into, or taken out of."),
  files: z.array(FileChange).describe("In the order in which they are written."),
  commands: z.array(z.string()).describe("Commands, exactly as they will run."),
  price: z.string().describe("What the reload may cost visitors, in a sentence."),
  refused: z.array(z.strictObject({ site: z.string(), hazards: z.array(Hazard) })),
  digest: z.string().describe("Hash of all this: a plan is carried out only if planning again gives the same result."),
});
export type HookPlan = z.infer<typeof HookPlan>;

export const HookPlanRequest = z.strictObject({
  sites: z.array(z.string()).min(1).optional().describe("Ids. Default: all that can be prepared."),
  remove: z.boolean().optional().describe("Plans the removal."),
});
export type HookPlanRequest = z.infer<typeof HookPlanRequest>;

export const HookRequest = z.strictObject({
  sites: z.array(z.string()).min(1).optional(),
  digest: z.string().optional().describe("Of the plan that was shown; another one is refused with `hook.drift`."),
  reload: z
    .enum(["now", "later"])
    .optional()
    .describe("`later`: waits for the web server's next reload; until then the sites cannot be closed."),
  author: z.string().max(200).optional(),
});
export type HookRequest = z.infer<typeof HookRequest>;

/** The same in a query, as no `DELETE` has a body. */
export const HookRemoval = HookRequest.extend({
  sites: z.string().min(1).optional().describe("Ids, with commas between them."),
});
export type HookRemoval = z.infer<typeof HookRemoval>;

export const HookOutcome = z.strictObject({
  webServer: WebServer,
  plan: HookPlan,
  generation: z.int().describe("The generation that added the sites as virtual hosts, or removed them."),
});
export type HookOutcome = z.infer<typeof HookOutcome>;
