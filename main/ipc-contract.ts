/**
 * Everything that crosses between the main process and the page. The preload and the router are derived from it: a new command is an entry here, a line in
 * `ipc-handlers.ts` and its caller.
 *
 * Commands acknowledge; the truth arrives as state: `state.get` once, then patches. Secrets never appear here.
 */
import { z } from "zod";
import { Config, MaintenanceOptions } from "../server-agent/contract.ts";
import type { Explanation, InFlightRequest, Plan, Problem, Proof, Receipt, Snapshot } from "../server-agent/contract.ts";

export type {
  AgentInfo,
  BoundListener,
  Change,
  Condition,
  Config,
  Explanation,
  Generation,
  Handler,
  InFlightRequest,
  Listener,
  MaintenanceCounts,
  MaintenanceHandler,
  MaintenanceOptions,
  PageContent,
  Operation,
  Plan,
  PlanStep,
  Problem,
  Proof,
  ProofCell,
  Receipt,
  Rule,
  SiteMetrics,
  Snapshot,
  Upstream,
  VirtualHost,
  Warning,
} from "../server-agent/contract.ts";
import { ERROR_STATUS } from "../server-agent/contract.ts";
export { CHANNELS } from "./ipc-channels.ts";

// State -------------------------------------------------------------------------------------------------------------

export const ServerProfile = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).max(100),
  /** `local`: an agent's socket on this computer. `practice`: the app's own practice server, never stored. */
  kind: z.enum(["local", "practice"]),
  socketPath: z.string().min(1),
});
export type ServerProfile = z.infer<typeof ServerProfile>;

export interface Failure {
  code: FailureCode;
  message: string;
  problems?: Problem[];
  /** Id under which the agent's log has it. */
  requestId?: string;
}

/** What is known about a server and when it was observed (promise 9). */
export type Connection =
  | { state: "connecting"; since: string }
  | { state: "connected"; since: string; observedAt: string; roundTripMs: number }
  | { state: "unreachable"; since: string; failure: Failure; retryAt: string };

export interface ServerState {
  profile: ServerProfile;
  connection: Connection;
  /** The last observation; `null` before the first. Not live while `unreachable`: show its age (`observedAt`). */
  snapshot: Snapshot | null;
  observedAt: string | null;
  /** Requests per second by virtual host id, newest last, one value a second, 60 at most. */
  history: Record<string, number[]>;
  /** When the newest values of `history` were observed; `null` before the first. */
  historyAt: string | null;
}

export type PracticeState =
  | { state: "absent" }
  | { state: "starting"; step: string }
  | { state: "running"; serverId: string; url: string; visitors: boolean }
  | { state: "failed"; failure: Failure };

export const Settings = z.strictObject({
  appearance: z.enum(["system", "light", "dark"]),
  author: z.string().max(200).describe("Name written into receipts; the login name at first."),
  notifications: z.boolean(),
  startAtLogin: z.boolean(),
  trayExplained: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;
export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

/** Something the person should know that belongs to no server, e.g. a settings file that was set aside. */
export interface Notice {
  id: string;
  level: "info" | "warning" | "error";
  title: string;
  detail: string;
}

export interface AppInfo {
  version: string;
  electron: string;
  chrome: string;
  node: string;
  platform: string;
  packaged: boolean;
}

export interface AppState {
  app: AppInfo;
  servers: ServerState[];
  practice: PracticeState;
  settings: Settings;
  notices: Notice[];
}

/** Replaces one part of `AppState`. `servers` keeps its order; a new server comes last. */
export type StatePatch =
  | { part: "server"; server: ServerState }
  | { part: "server-removed"; id: string }
  | { part: "practice"; practice: PracticeState }
  | { part: "settings"; settings: Settings }
  | { part: "notices"; notices: Notice[] };

/** Where menus, the tray and notifications may send the page. */
export type Destination =
  | { screen: "overview" | "history" | "settings" | "schedule" }
  | { screen: "server"; serverId: string }
  | { screen: "wizard"; serverId?: string; site?: string }
  | { screen: "progress"; serverId: string; receiptId: string }
  | { screen: "palette" };

// Failures ----------------------------------------------------------------------------------------------------------

/** The agent's codes and those of the app itself. The page has a message for each (`renderer/lib/messages.ts`). */
export const FAILURE_CODES = [
  ...(Object.keys(ERROR_STATUS) as (keyof typeof ERROR_STATUS)[]),
  "ipc.input",
  "ipc.sender",
  "server.unknown",
  "server.duplicate",
  "server.unreachable",
  "server.socket-missing",
  "server.socket-denied",
  "server.not-an-agent",
  "server.api-version",
  "practice.failed",
  "settings.failed",
] as const;
export type FailureCode = (typeof FAILURE_CODES)[number];

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

// Commands ----------------------------------------------------------------------------------------------------------

const serverId = z.string().min(1);
const onServer = { serverId };
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the output is a type only; nothing of it exists at run time
const command = <I extends z.ZodType, O>(input: I): { input: I; output?: O } => ({ input });
const nothing = z.undefined();

/** What visitors of different kinds will get, rendered by the same code that the agent answers with. */
export interface ResponsePreview {
  /** `app://` address of a frame with the page; `null` when it is one of the server's own files. */
  pageUrl: string | null;
  /** Complete raw responses as text. */
  page: string;
  api: string;
  head: string;
}

export const COMMANDS = {
  "state.get": command<z.ZodUndefined, AppState>(nothing),
  "server.add": command<z.ZodType<{ name: string; socketPath: string }>, { serverId: string }>(
    z.strictObject({ name: z.string().min(1).max(100), socketPath: z.string().startsWith("/") }),
  ),
  "server.rename": command<z.ZodType<{ serverId: string; name: string }>, null>(z.strictObject({ ...onServer, name: z.string().min(1).max(100) })),
  "server.remove": command<z.ZodType<{ serverId: string }>, null>(z.strictObject(onServer)),
  "server.retry": command<z.ZodType<{ serverId: string }>, null>(z.strictObject(onServer)),
  "server.restart": command<z.ZodType<{ serverId: string; mode: "graceful" | "hard"; drainSeconds?: number | undefined }>, { generation: number; cut: number }>(
    z.strictObject({ ...onServer, mode: z.enum(["graceful", "hard"]), drainSeconds: z.number().min(0).optional() }),
  ),
  "practice.start": command<z.ZodType<{ visitors: boolean }>, { serverId: string }>(z.strictObject({ visitors: z.boolean() })),
  "practice.visitors": command<z.ZodType<{ visitors: boolean }>, null>(z.strictObject({ visitors: z.boolean() })),
  "practice.stop": command<z.ZodUndefined, null>(nothing),
  "maintenance.plan": command<z.ZodType<{ serverId: string; options: MaintenanceOptions }>, Plan>(z.strictObject({ ...onServer, options: MaintenanceOptions })),
  "maintenance.preview": command<z.ZodType<{ serverId: string; options: MaintenanceOptions }>, ResponsePreview>(
    z.strictObject({ ...onServer, options: MaintenanceOptions }),
  ),
  "maintenance.start": command<z.ZodType<{ serverId: string; options: MaintenanceOptions; ifGeneration: number }>, Receipt>(
    z.strictObject({ ...onServer, options: MaintenanceOptions, ifGeneration: z.int() }),
  ),
  "maintenance.revert": command<z.ZodType<{ serverId: string; receiptId: string; how: "delete" | "demote" }>, Receipt>(
    z.strictObject({ ...onServer, receiptId: z.string(), how: z.enum(["delete", "demote"]) }),
  ),
  "maintenance.prove": command<z.ZodType<{ serverId: string; receiptId: string }>, Proof>(z.strictObject({ ...onServer, receiptId: z.string() })),
  "config.check": command<z.ZodType<{ serverId: string; config?: unknown }>, { ok: boolean; problems: Problem[] }>(
    z.strictObject({ ...onServer, config: z.unknown() }),
  ),
  "config.put": command<z.ZodType<{ serverId: string; config: Config; ifGeneration: number; reason: string }>, { generation: number }>(
    z.strictObject({ ...onServer, config: Config, ifGeneration: z.int(), reason: z.string().max(500) }),
  ),
  "generation.activate": command<z.ZodType<{ serverId: string; generation: number; ifGeneration: number }>, { generation: number }>(
    z.strictObject({ ...onServer, generation: z.int(), ifGeneration: z.int() }),
  ),
  explain: command<z.ZodType<{ serverId: string; url: string; method: string; from?: string | undefined }>, Explanation>(
    z.strictObject({ ...onServer, url: z.string().min(1), method: z.string().min(1), from: z.string().optional() }),
  ),
  "requests.list": command<z.ZodType<{ serverId: string; site?: string | undefined; generation?: number | undefined }>, InFlightRequest[]>(
    z.strictObject({ ...onServer, site: z.string().optional(), generation: z.int().optional() }),
  ),
  "requests.cut": command<z.ZodType<{ serverId: string; id: string }>, InFlightRequest>(z.strictObject({ ...onServer, id: z.string() })),
  "settings.update": command<z.ZodType<SettingsChange>, null>(Settings.partial()),
  "notice.dismiss": command<z.ZodType<{ id: string }>, null>(z.strictObject({ id: z.string() })),
  "dialog.folder": command<z.ZodUndefined, string | null>(nothing),
  "dialog.socket": command<z.ZodUndefined, string | null>(nothing),
  /** An image as data: URL for the built-in page; `null` when the person cancelled. */
  "dialog.logo": command<z.ZodUndefined, string | null>(nothing),
  "clipboard.write": command<z.ZodType<{ text: string }>, null>(z.strictObject({ text: z.string().max(1_000_000) })),
  "link.open": command<z.ZodType<{ url: string }>, null>(z.strictObject({ url: z.url() })),
} as const;

export type CommandName = keyof typeof COMMANDS;
export type Input<N extends CommandName> = z.infer<(typeof COMMANDS)[N]["input"]>;
export type Output<N extends CommandName> = (typeof COMMANDS)[N] extends { output?: infer O } ? Exclude<O, undefined> : never;

/** `window.bridge`. `call` resolves to a `Result`, it never rejects for an expected failure. */
export interface Bridge {
  call<N extends CommandName>(name: N, input: Input<N>): Promise<Result<Output<N>>>;
  /** Patches after `state.get`; returns the unsubscribe function. */
  onPatch(listener: (patch: StatePatch) => void): () => void;
  onGo(listener: (destination: Destination) => void): () => void;
}
