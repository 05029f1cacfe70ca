/**
 * Everything that crosses between the main process and the page. The preload and the router are derived from it: a new command is an entry here, a line in
 * `ipc-handlers.ts` and its caller.
 *
 * Commands acknowledge; the truth arrives as state: `state.get` once, then patches. Secrets never appear here.
 */
import { z } from "zod";
import { ChannelDraft, Config, MaintenanceOptions, StagedChange, WindowDraft } from "../../server-agent/contract/routes.ts";
import type {
  Channel,
  Explanation,
  InFlightRequest,
  MaintenanceWindow,
  Occurrence,
  Plan,
  Problem,
  Proof,
  Receipt,
  Reminder,
  SiteMetrics,
  Snapshot,
  WindowPlan,
} from "../../server-agent/contract/routes.ts";

export type {
  AgentInfo,
  BoundListener,
  Change,
  Channel,
  ChannelDraft,
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
  MaintenanceWindow,
  Occurrence,
  PageContent,
  Operation,
  Plan,
  PlanStep,
  Problem,
  Proof,
  ProofCell,
  Receipt,
  Reminder,
  Rule,
  SiteMetrics,
  Snapshot,
  Stage,
  StagedChange,
  Upstream,
  VirtualHost,
  Warning,
  WindowDraft,
  WindowPlan,
} from "../../server-agent/contract/routes.ts";
import { ERROR_STATUS } from "../../server-agent/contract/routes.ts";
export { CHANNELS } from "./channels.ts";

// State -------------------------------------------------------------------------------------------------------------

/** How to log in to a server: an address, or a host of `~/.ssh/config`. What is left out comes from there. */
export const SshTarget = z.strictObject({
  host: z
    .string()
    .min(1, "Give the address of the server, or a host of ~/.ssh/config.")
    .max(255)
    .regex(/^[^\s\-@/][^\s@/]*$/, "Give only the host; user and port have their own fields."),
  port: z.int().min(1).max(65_535).optional(),
  user: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[^\s\-@:/][^\s@:/]*$/, "A user name has no spaces and none of @ : /")
    .optional(),
  /** Offered before all others. */
  identityFile: z.string().startsWith("/", "Give the absolute path of the key file.").optional(),
  /** `user@host:port`, several separated by commas: instead of the `ProxyJump` of `~/.ssh/config`. */
  jump: z.string().max(500).optional(),
});
export type SshTarget = z.infer<typeof SshTarget>;

const serverName = z.string().min(1).max(100);
const socketPath = z.string().startsWith("/", "Give the absolute path of the agent's admin socket.").max(500);
const fleetName = z.string().min(1).max(100).describe("Servers that belong together.");
const described = { name: serverName, fleet: fleetName.optional() };
const localPlace = { kind: z.literal("local"), socketPath };
const sshPlace = {
  kind: z.literal("ssh"),
  ssh: SshTarget,
  /** Of the agent's admin socket, on the server. */
  socketPath,
  /** The agent's program on the server: stands in where forwarding is forbidden. A shell word. */
  program: z
    .string()
    .regex(/^[\w./~+-]+$/, "Give a path without spaces.")
    .max(500),
};

/** `local`: an agent's socket on this computer. `practice`: the app's own practice server, never stored. `ssh`: an agent on another computer. */
export const ServerProfile = z.discriminatedUnion("kind", [
  z.strictObject({ id: z.string().min(1), ...described, ...localPlace }),
  z.strictObject({ id: z.string().min(1), ...described, kind: z.literal("practice"), socketPath }),
  z.strictObject({ id: z.string().min(1), ...described, ...sshPlace }),
]);
export type ServerProfile = z.infer<typeof ServerProfile>;

export const NewServer = z.discriminatedUnion("kind", [z.strictObject({ ...described, ...localPlace }), z.strictObject({ ...described, ...sshPlace })]);
export type NewServer = z.infer<typeof NewServer>;

/** A host key as people compare it. */
export interface SeenKey {
  /** `ssh-ed25519`, … */
  type: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
}

/** What only the person can say while a connection is made. Open until it is answered, or the connection ends. */
export type Question = { id: string; serverId: string | null; server: string; /** `user@host:port`, perhaps a jump host. */ address: string } & (
  | { kind: "host-key"; key: SeenKey; others: SeenKey[] }
  | { kind: "secret"; what: "password" | "passphrase"; subject: string; wrong: boolean; keychain: boolean }
  | { kind: "prompts"; title: string; instructions: string; prompts: { text: string; echo: boolean }[] }
);

/** `values`: as many as prompts, one for a secret, none for a host key that is trusted. */
export const QuestionAnswer = z.strictObject({ values: z.array(z.string().max(10_000)).max(20), remember: z.boolean() });
export type QuestionAnswer = z.infer<typeof QuestionAnswer>;

/** Where passwords and passphrases are kept. `untried`: none was needed yet. */
export type KeychainState = { state: "untried" } | { state: "keychain" } | { state: "memory"; why: string };

export interface Failure {
  code: FailureCode;
  message: string;
  problems?: Problem[];
  /** Id under which the agent's log has it. */
  requestId?: string;
  /** A host that shows another key than the one that is known. */
  hostKey?: { host: string; offered: SeenKey; known: (SeenKey & { where: string })[] };
}

/** What is known about a server and when it was observed (promise 9). */
export type Connection =
  | { state: "connecting"; since: string }
  | {
      state: "connected";
      since: string;
      observedAt: string;
      roundTripMs: number;
      /** How much later the agent's clock is than this computer's. */ clockAheadMs: number;
    }
  | { state: "unreachable"; since: string; failure: Failure; /** `null`: only the person can help, so that it waits for them. */ retryAt: string | null };

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

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Give a time like 22:00.");

/** By the clock on this computer's wall, across midnight where `from` is the later one. */
export const QuietHours = z.strictObject({ from: wallTime, to: wallTime }).refine(({ from, to }) => from !== to, {
  path: ["to"],
  message: "Quiet hours end at another time than they begin.",
});
export type QuietHours = z.infer<typeof QuietHours>;

export const Settings = z.strictObject({
  appearance: z.enum(["system", "light", "dark"]),
  author: z.string().max(200).describe("Name written into receipts; the login name at first."),
  notifications: z.boolean(),
  quietHours: QuietHours.nullable().describe("Nothing but “still in maintenance after its end” is said then."),
  reminders: WindowDraft.shape.reminders.unwrap().describe("What a new window reminds of."),
  startAtLogin: z.boolean(),
  startAtLoginOffered: z.boolean(),
  trayExplained: z.boolean(),
});
export type Settings = z.infer<typeof Settings>;
export type SettingsChange = { [K in keyof Settings]?: Settings[K] | undefined };

/** What can be done about a reminder right from it. */
export const ReminderAct = z.enum(["start", "extend", "bring-back"]);
export type ReminderAct = z.infer<typeof ReminderAct>;

/** What the acts of a reminder work on, on one server. */
export interface ReminderTarget {
  serverId: string;
  sites: string[];
  /** Those in maintenance. */
  receipts: string[];
  window?: string;
  /** Which occurrence of the window. */
  start?: string;
  /** That occurrence holds the sites now: it is what ends, so that others that hold on to them are respected. */
  runs?: true;
}

/** Something that is to be done or known, as one thing, whichever servers say it. */
export interface DueReminder {
  /** The same as long as it is the same thing at the same time. */
  id: string;
  kind: Reminder["kind"] | "lost";
  due: string;
  title: string;
  text: string;
  /** A site is closed although its end is over: quiet hours do not hide it. */
  urgent: boolean;
  /** It has happened, and nobody has to do anything. */
  news: boolean;
  acts: ReminderAct[];
  targets: ReminderTarget[];
  destination: Destination;
}

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
  /** What is due: the urgent, then what waits for somebody, then the newest first. */
  due: DueReminder[];
  questions: Question[];
  keychain: KeychainState;
  install: InstallState | null;
  /** Switches of several servers together, newest first: those that are not over, and the latest ones. */
  operations: FleetOperationState[];
}

/** Replaces one part of `AppState`. `servers` keeps its order; a new server comes last. */
export type StatePatch =
  | { part: "server"; server: ServerState }
  /** The small and frequent one: a server is there, and has counted. */
  | {
      part: "observation";
      id: string;
      at: string;
      connection: Connection;
      metrics: { revision: number; at: string; byVirtualHost: Record<string, SiteMetrics> } | null;
    }
  | { part: "server-removed"; id: string }
  | { part: "practice"; practice: PracticeState }
  | { part: "settings"; settings: Settings }
  | { part: "notices"; notices: Notice[] }
  | { part: "due"; due: DueReminder[] }
  | { part: "questions"; questions: Question[] }
  | { part: "keychain"; keychain: KeychainState }
  | { part: "install"; install: InstallState | null }
  | { part: "operations"; operations: FleetOperationState[] };

/** Where menus, the tray and notifications may send the page. */
export type Destination =
  | { screen: "overview" | "history" | "settings" | "schedule" }
  | { screen: "server"; serverId: string }
  | { screen: "wizard"; serverId?: string; site?: string }
  | { screen: "progress"; serverId: string; receiptId: string }
  | { screen: "fleet"; operationId: string }
  | { screen: "palette" };

// Adding a server ---------------------------------------------------------------------------------------------------

/** A host of `~/.ssh/config` that a person can pick. */
export interface PickableHost {
  alias: string;
  hostName: string;
  user: string;
  port: number;
}

export interface FoundAgent {
  /** Path of its program; `null` when only its socket was found. */
  program: string | null;
  socketPath: string;
  /** `null` when the program could not say. */
  version: string | null;
  /** It answered on its socket, for this account. */
  answers: boolean;
}

/** What was found on a server before it is in the list. */
export interface ServerFacts {
  /** `user@host:port` */
  address: string;
  /** e.g. `Linux x86_64` */
  system: string;
  isRoot: boolean;
  /** Whether this account may run commands as root, and whether that asks for a password. */
  sudo: "none" | "free" | "password";
  /** Version of the `node` on the path; `null` when there is none. */
  node: string | null;
  /** Where services can be kept running: by the system, by the account. */
  systemd: { system: boolean; user: boolean };
  home: string;
  agents: FoundAgent[];
  /** What this app has installed there; where an installation or its end was cut off, perhaps not all of it. */
  installed: InstalledAt[];
}

/** `system`: a service of the machine, ports 80 and 443 included. `user`: a service of the account. `process`: runs until the machine is restarted. */
export const InstallChoice = z.strictObject({
  service: z.enum(["system", "user", "process"]),
  /** Where everything goes, for `process`; the others have their usual places. */
  folder: z
    .string()
    .regex(/^\/[\w./+-]+$/, "Give an absolute path without spaces.")
    .max(300)
    .optional(),
  /** The first configuration; an agent that has a state already keeps its own. */
  config: Config,
});
export type InstallChoice = z.infer<typeof InstallChoice>;

export const InstallPlace = InstallChoice.pick({ service: true, folder: true });
/** Where and how an agent is installed, and the socket at which it answers. */
export type InstalledAt = z.infer<typeof InstallPlace> & { socketPath: string };

/** The agent that was installed so is taken away. `forget`: with its configuration and its history; sites' files stay in any case. */
export const UninstallChoice = z.strictObject({ ...InstallPlace.shape, forget: z.boolean() });
export type UninstallChoice = z.infer<typeof UninstallChoice>;

/** Everything that will be run or written, word by word, before it is. */
export interface InstallPlan {
  steps: { title: string; detail: string }[];
  /** Commands are run as root. */
  asRoot: boolean;
  socketPath: string;
  program: string;
}

/** An installation that runs or has just ended. */
export interface InstallState {
  visitId: string;
  steps: { title: string; state: "waiting" | "running" | "done" | "failed" }[];
  /** Bytes of the upload, while it runs. */
  upload: { sent: number; total: number } | null;
}

// Fleets ------------------------------------------------------------------------------------------------------------

/** What an operation does on one server; together the changes become one generation there. */
export const FleetTarget = z.strictObject({
  serverId: z.string().min(1),
  changes: z.array(StagedChange).min(1).max(100),
  /** The configuration that the person has seen; another one is a refusal. */
  ifGeneration: z.int().optional(),
});
export type FleetTarget = z.infer<typeof FleetTarget>;

/**
 * `waiting`, `staging`, `staged`: nothing has changed there. `refused`: it did not take part, and nothing has changed. `committed`: switched. `undone`: nothing is left of
 * the operation there. `unknown`: it cannot be reached, and whether it switched is not known. `failed`: it did not switch although it had promised to.
 */
export type FleetServerPhase = "waiting" | "staging" | "staged" | "refused" | "committing" | "committed" | "undoing" | "undone" | "failed" | "unknown";

export interface FleetServer {
  serverId: string;
  name: string;
  sites: string[];
  phase: FleetServerPhase;
  failure: Failure | null;
  stageId: string | null;
  /** Receipts that the commit opened or closed. */
  receipts: string[];
  /** Milliseconds after the first server's reply to its commit. */
  committedAfterMs: number | null;
  warnings: string[];
}

/**
 * `done`: switched everywhere. `refused`: somebody said no before anything changed, and nothing has changed anywhere. `undone`: a failure in the second phase, taken back
 * everywhere. `incomplete`: some servers switched and could not be taken back, or nothing is known of them. `interrupted`: the app ended in between.
 */
export type FleetPhase = "staging" | "committing" | "undoing" | "done" | "refused" | "undone" | "incomplete" | "interrupted";

export interface FleetOperationState {
  id: string;
  title: string;
  kind: "maintenance" | "revert";
  phase: FleetPhase;
  author: string;
  startedAt: string;
  /** From the first to the last server's reply to its commit; `null` before, and where they were not all switched in one go. */
  skewMs: number | null;
  servers: FleetServer[];
}

// Windows -----------------------------------------------------------------------------------------------------------

/** What holds for a window on every one of its servers. */
export const WindowTerms = WindowDraft.omit({ sites: true, operation: true, author: true });
export type WindowTerms = z.infer<typeof WindowTerms>;

/** Where a new window is planned: the sites of one server, with the options of their maintenance. */
export const WindowTarget = z.strictObject({ serverId: z.string().min(1), sites: WindowDraft.shape.sites });
export type WindowTarget = z.infer<typeof WindowTarget>;

/** A window that a server has. A window of several servers has one on each. */
export const WindowPlace = z.strictObject({ serverId: z.string().min(1), id: z.string().min(1) });
export type WindowPlace = z.infer<typeof WindowPlace>;

/** The same, as the person has seen it: a later revision is a refusal. */
export const SeenWindow = WindowPlace.extend({ revision: z.int() });
export type SeenWindow = z.infer<typeof SeenWindow>;

/** What a window would do on one server: one of `plan` and `failure`. */
export interface ServerWindowPlan {
  serverId: string;
  name: string;
  plan: WindowPlan | null;
  failure: Failure | null;
}

/** What an act came to on one server. */
export interface ServerWindowAct {
  serverId: string;
  name: string;
  failure: Failure | null;
}

/** `undo`: hand it to `windows.undo`, as long as the app runs; `null` where there is no way back. */
export interface WindowsChanged {
  windows: WindowPlace[];
  undo: string | null;
}

/** What becomes of an occurrence on one of its servers. `unknown`: its time has come, and the server has not been heard of since. */
export interface ScheduledPlace extends SeenWindow {
  serverName: string;
  sites: string[];
  state: Occurrence["state"] | "unknown";
  end: string;
  startedAt?: string | undefined;
  endedAt?: string | undefined;
  lateBySeconds?: number | undefined;
  why?: string | undefined;
  receipts: string[];
}

/** One occurrence of a window, wherever it takes place. */
export interface ScheduledOccurrence {
  /** The same for the same occurrence, however often it is asked for. */
  key: string;
  /** The same for all occurrences of a window. */
  series: string;
  title: string;
  /** Instants; the end is the latest of all places. */
  start: string;
  end: string;
  zone: string;
  /** By the clock on the wall in `zone`. */
  startsAt: string;
  endsAt: string;
  repeats: boolean;
  /** That of the place where somebody is needed most. */
  state: ScheduledPlace["state"];
  places: ScheduledPlace[];
  /** How many servers it was planned for, where fewer are known to have it. */
  missingOn: number;
  /** Others that hold a site of it at the same time, so that the site stays closed until the last one ends. */
  conflicts: { key: string; title: string; sites: string[]; start: string; end: string }[];
}

/** `more`: there are so many that not all are shown. */
export interface Schedule {
  occurrences: ScheduledOccurrence[];
  /** That of each series, as a server has it on which it is. */
  windows: Record<string, MaintenanceWindow>;
  more: boolean;
}

/** When a site is visited least. */
export interface QuietTime {
  /** Epoch milliseconds. */
  start: number;
  /** So many requests are to be expected until the end. */
  requests: number;
}

/** A window as it stands in a calendar file. */
export interface CalendarEntry {
  /** Line of the file where it begins. */
  line: number;
  draft: Omit<WindowDraft, "sites">;
  /** Empty where the file does not come from this app: the person chooses. */
  sites: WindowDraft["sites"];
  /** Names of the servers that it was planned on. */
  servers: string[];
  /** What could not be taken over, or was understood in a certain way. */
  notes: string[];
}

// Failures ----------------------------------------------------------------------------------------------------------

/** The agent's codes and those of the app itself. The page has a message for each (`renderer/lib/messages.ts`). */
export const FAILURE_CODES = [
  ...(Object.keys(ERROR_STATUS) as (keyof typeof ERROR_STATUS)[]),
  "ipc.input",
  "ipc.sender",
  "server.unknown",
  "server.duplicate",
  "server.unreachable",
  "server.silent",
  "server.socket-missing",
  "server.socket-denied",
  "server.agent-missing",
  "server.not-an-agent",
  "server.api-version",
  "ssh.config",
  "ssh.name-unknown",
  "ssh.refused",
  "ssh.unreachable",
  "ssh.timeout",
  "ssh.not-ssh",
  "ssh.algorithms",
  "ssh.host-key-unknown",
  "ssh.host-key-changed",
  "ssh.host-key-revoked",
  "ssh.host-key-authority",
  "ssh.key-unreadable",
  "ssh.passphrase-wrong",
  "ssh.agent-unavailable",
  "ssh.auth-refused",
  "ssh.cancelled",
  "ssh.forwarding-forbidden",
  "ssh.dial-failed",
  "ssh.no-sftp",
  "fleet.unknown",
  "fleet.busy",
  "windows.partial",
  "install.unsupported",
  "install.failed",
  "uninstall.refused",
  "uninstall.failed",
  "ssh.lost",
  "practice.failed",
  "settings.failed",
  "reminder.over",
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
  "server.add": command<z.ZodType<NewServer>, { serverId: string }>(NewServer),
  /** Asks for a file; `null` when the person cancelled. */
  "servers.export": command<z.ZodUndefined, { file: string; servers: number } | null>(nothing),
  /** Asks for a file and adds what is not in the list yet; all that is in the file, or nothing. */
  "servers.import": command<z.ZodUndefined, { file: string; added: number; known: number } | null>(nothing),
  /** `fleet: null`: none; left out: as it is. */
  "server.rename": command<z.ZodType<{ serverId: string; name: string; fleet?: string | null | undefined }>, null>(
    z.strictObject({ ...onServer, name: serverName, fleet: fleetName.nullable().optional() }),
  ),
  "server.remove": command<z.ZodType<{ serverId: string }>, null>(z.strictObject(onServer)),
  "server.retry": command<z.ZodType<{ serverId: string }>, null>(z.strictObject(onServer)),
  "server.restart": command<z.ZodType<{ serverId: string; mode: "graceful" | "hard"; drainSeconds?: number | undefined }>, { generation: number; cut: number }>(
    z.strictObject({ ...onServer, mode: z.enum(["graceful", "hard"]), drainSeconds: z.number().min(0).optional() }),
  ),
  /** The person has compared the fingerprints: from now on this key is the host's, and the one before is not. `null`: on the way to a server that is not in the list yet. */
  "server.replace-host-key": command<z.ZodType<{ serverId: string | null; host: string; fingerprint: string }>, null>(
    z.strictObject({ serverId: serverId.nullable(), host: z.string(), fingerprint: z.string() }),
  ),
  /** `null`: does not want to go on. */
  "question.answer": command<z.ZodType<{ id: string; answer: QuestionAnswer | null }>, null>(
    z.strictObject({ id: z.string(), answer: QuestionAnswer.nullable() }),
  ),
  "ssh.hosts": command<z.ZodUndefined, { hosts: PickableHost[]; problems: string[] }>(nothing),
  /** Logs in and looks around. The page makes up the id; the connection is kept under it until `visit.end`. Questions arrive as state meanwhile. */
  "visit.begin": command<z.ZodType<{ visitId: string; target: SshTarget; socketPath?: string | undefined }>, ServerFacts>(
    z.strictObject({ visitId: z.uuid(), target: SshTarget, socketPath: socketPath.optional() }),
  ),
  /** Also gives a visit up that is still beginning. */
  "visit.end": command<z.ZodType<{ visitId: string }>, null>(z.strictObject({ visitId: z.uuid() })),
  "install.plan": command<z.ZodType<{ visitId: string; choice: InstallChoice }>, InstallPlan>(z.strictObject({ visitId: z.uuid(), choice: InstallChoice })),
  /** Puts the agent of this app's version there and starts it; an older one is upgraded, and put back when the new one does not answer. */
  "install.run": command<z.ZodType<{ visitId: string; choice: InstallChoice }>, { socketPath: string; program: string; version: string }>(
    z.strictObject({ visitId: z.uuid(), choice: InstallChoice }),
  ),
  "uninstall.plan": command<z.ZodType<{ visitId: string; choice: UninstallChoice }>, InstallPlan>(
    z.strictObject({ visitId: z.uuid(), choice: UninstallChoice }),
  ),
  "uninstall.run": command<z.ZodType<{ visitId: string; choice: UninstallChoice }>, null>(z.strictObject({ visitId: z.uuid(), choice: UninstallChoice })),
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
  /** Begins; what follows arrives as state. */
  "fleet.start": command<z.ZodType<{ title: string; targets: FleetTarget[] }>, { operationId: string }>(
    z.strictObject({ title: z.string().max(200), targets: z.array(FleetTarget).min(1).max(500) }),
  ),
  /** Switches where it has not been switched yet; also after the app was interrupted. */
  "fleet.finish": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  /** Takes back what was switched, and lets go of what is staged; also ends an operation that is still being staged. */
  "fleet.undo": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  "fleet.forget": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  /** What it would do on each server. `windows`: those that are changed, with the occurrence where only that one moves; their sites stay as they are. Changes nothing. */
  "windows.plan": command<
    z.ZodType<{ terms: WindowTerms; targets: WindowTarget[]; windows: (WindowPlace & { occurrence?: string | undefined })[] }>,
    { servers: ServerWindowPlan[] }
  >(
    z.strictObject({
      terms: WindowTerms,
      targets: z.array(WindowTarget).max(500),
      windows: z.array(WindowPlace.extend({ occurrence: z.iso.datetime().optional() })).max(500),
    }),
  ),
  /** On all servers or on none. */
  "windows.create": command<z.ZodType<{ terms: WindowTerms; targets: WindowTarget[] }>, WindowsChanged>(
    z.strictObject({ terms: WindowTerms, targets: z.array(WindowTarget).min(1).max(500) }),
  ),
  /** On all or none, as far as the servers can be reached. Sites keep their options; `health` replaces their path where it is given. */
  "windows.change": command<z.ZodType<{ terms: WindowTerms; windows: SeenWindow[]; health?: string | undefined }>, WindowsChanged>(
    z.strictObject({ terms: WindowTerms, windows: z.array(SeenWindow).min(1).max(500), health: WindowDraft.shape.sites.element.shape.health }),
  ),
  /** One occurrence of a series becomes a window of its own; `start` is that of the occurrence. */
  "windows.detach": command<z.ZodType<{ terms: WindowTerms; windows: WindowPlace[]; start: string }>, WindowsChanged>(
    z.strictObject({ terms: WindowTerms, windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() }),
  ),
  "windows.remove": command<z.ZodType<{ windows: SeenWindow[] }>, WindowsChanged>(z.strictObject({ windows: z.array(SeenWindow).min(1).max(500) })),
  /** A window that is on fewer servers than it was planned for goes to these as well. */
  "windows.finish": command<z.ZodType<{ from: WindowPlace; serverIds: string[] }>, WindowsChanged>(
    z.strictObject({ from: WindowPlace, serverIds: z.array(serverId).min(1).max(500) }),
  ),
  /** Acts of the moment: on each server that can; who could not says why. */
  "windows.skip": command<z.ZodType<{ windows: WindowPlace[]; start: string }>, { servers: ServerWindowAct[]; undo: string | null }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() }),
  ),
  "windows.start": command<z.ZodType<{ windows: WindowPlace[]; start: string }>, { servers: ServerWindowAct[] }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() }),
  ),
  "windows.extend": command<z.ZodType<{ windows: WindowPlace[]; minutes: number }>, { servers: ServerWindowAct[]; undo: string | null }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), minutes: z.int().min(1).max(10_080) }),
  ),
  "windows.end": command<z.ZodType<{ windows: WindowPlace[] }>, { servers: ServerWindowAct[] }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500) }),
  ),
  "windows.undo": command<z.ZodType<{ undo: string }>, null>(z.strictObject({ undo: z.string() })),
  /** What takes place between two instants, on all servers, in order. A year at most. */
  "windows.occurrences": command<z.ZodType<{ from: string; to: string }>, Schedule>(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })),
  /** The quietest starts of the coming week for a maintenance of so many minutes; `null` while too little was counted. */
  "traffic.quiet": command<z.ZodType<{ serverId: string; site: string; minutes: number; zone: string }>, QuietTime[] | null>(
    z.strictObject({ ...onServer, site: z.string(), minutes: z.int().min(1).max(527_040), zone: z.string().min(1).max(100) }),
  ),
  /** Windows as an iCalendar file; asks where to. `null` when the person cancelled. */
  "calendar.export": command<z.ZodType<{ windows: { serverId: string; id: string }[] }>, { file: string } | null>(
    z.strictObject({
      windows: z
        .array(z.strictObject({ ...onServer, id: z.string() }))
        .min(1, "There are no windows to export.")
        .max(10_000),
    }),
  ),
  /** What could be planned of an iCalendar file; asks which. `null` when the person cancelled. */
  "calendar.import": command<typeof nothing, { file: string; entries: CalendarEntry[] } | null>(nothing),
  /** `null`: the app itself checks, by the rules of the agent that it would install. */
  "config.check": command<z.ZodType<{ serverId: string | null; config?: unknown }>, { ok: boolean; problems: Problem[] }>(
    z.strictObject({ serverId: serverId.nullable(), config: z.unknown() }),
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
  /** Where a server's agent sends reminders. Addresses and secrets go there and never come back. */
  "channels.list": command<z.ZodType<{ serverId: string }>, Channel[]>(z.strictObject(onServer)),
  "channel.put": command<z.ZodType<{ serverId: string; id: string; channel: ChannelDraft }>, Channel>(
    z.strictObject({ ...onServer, id: z.string().min(1).max(50), channel: ChannelDraft }),
  ),
  "channel.remove": command<z.ZodType<{ serverId: string; id: string }>, null>(z.strictObject({ ...onServer, id: z.string() })),
  /** Sends a message of its own now, once. */
  "channel.test": command<z.ZodType<{ serverId: string; id: string }>, { ok: boolean; why?: string | undefined }>(
    z.strictObject({ ...onServer, id: z.string() }),
  ),
  "settings.update": command<z.ZodType<SettingsChange>, null>(Settings.partial()),
  /** Does what a reminder offers, on all servers that it is about. */
  "reminder.act": command<z.ZodType<{ id: string; act: ReminderAct }>, null>(z.strictObject({ id: z.string(), act: ReminderAct })),
  /** Takes it out of the window; what it is about stays. */
  "reminder.put-aside": command<z.ZodType<{ id: string }>, null>(z.strictObject({ id: z.string() })),
  "notice.dismiss": command<z.ZodType<{ id: string }>, null>(z.strictObject({ id: z.string() })),
  "dialog.folder": command<z.ZodUndefined, string | null>(nothing),
  "dialog.socket": command<z.ZodUndefined, string | null>(nothing),
  "dialog.key-file": command<z.ZodUndefined, string | null>(nothing),
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
