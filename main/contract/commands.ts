/**
 * Everything that crosses between the main process and the page. The preload and the router are
 * derived from it: a new command is an entry here, a line in `ipc-handlers.ts` and its caller.
 *
 * Commands acknowledge; the truth arrives as state: `state.get` once, then patches. Secrets never
 * appear here.
 */
import { z } from "zod";
import { type Channel, ChannelDraft } from "../../server-agent/contract/reminders.ts";
import { Config } from "../../server-agent/contract/config.ts";
import { MaintenanceOptions, type Plan, type Proof, type Receipt } from "../../server-agent/contract/maintenance.ts";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Explanation, InFlightRequest } from "../../server-agent/contract/agent.ts";
import type { Problem } from "../../server-agent/contract/errors.ts";
import {
  type AppState,
  type SettingsChange,
  Settings,
  ReminderAct,
  type StatePatch,
  type Destination,
} from "./state.ts";
import { nothing, onServer, serverName, fleetName, serverId, socketPath } from "./fields.ts";
import { NewServer, QuestionAnswer, type PickableHost, SshTarget } from "./servers.ts";
import { type ServerFacts, InstallChoice, type InstallPlan, UninstallChoice } from "./install.ts";
import { FleetTarget } from "./fleet.ts";
import {
  WindowTerms,
  WindowTarget,
  WindowPlace,
  type ServerWindowPlan,
  type WindowsChanged,
  SeenWindow,
  type ServerWindowAct,
  type Schedule,
  type QuietTime,
  type CalendarEntry,
} from "./windows.ts";
import type { Result } from "./failures.ts";

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the output is a type only; nothing of it exists at run time
function command<I extends z.ZodType, O>(input: I): { input: I; output?: O } {
  return { input };
}

/**
 * What visitors of different kinds will get, rendered by the same code that the agent answers with.
 */
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
  "server.restart": command<
    z.ZodType<{ serverId: string; mode: "graceful" | "hard"; drainSeconds?: number | undefined }>,
    { generation: number; cut: number }
  >(z.strictObject({ ...onServer, mode: z.enum(["graceful", "hard"]), drainSeconds: z.number().min(0).optional() })),
  /**
   * The person has compared the fingerprints: from now on this key is the host's, and the one
   * before is not. `null`: on the way to a server that is not in the list yet.
   */
  "server.replace-host-key": command<z.ZodType<{ serverId: string | null; host: string; fingerprint: string }>, null>(
    z.strictObject({ serverId: serverId.nullable(), host: z.string(), fingerprint: z.string() }),
  ),
  /** `null`: does not want to go on. */
  "question.answer": command<z.ZodType<{ id: string; answer: QuestionAnswer | null }>, null>(
    z.strictObject({ id: z.string(), answer: QuestionAnswer.nullable() }),
  ),
  "ssh.hosts": command<z.ZodUndefined, { hosts: PickableHost[]; problems: string[] }>(nothing),
  /**
   * Logs in and looks around. The page makes up the id; the connection is kept under it until
   * `visit.end`. Questions arrive as state meanwhile.
   */
  "visit.begin": command<
    z.ZodType<{ visitId: string; target: SshTarget; socketPath?: string | undefined }>,
    ServerFacts
  >(z.strictObject({ visitId: z.uuid(), target: SshTarget, socketPath: socketPath.optional() })),
  /** Also gives a visit up that is still beginning. */
  "visit.end": command<z.ZodType<{ visitId: string }>, null>(z.strictObject({ visitId: z.uuid() })),
  "install.plan": command<z.ZodType<{ visitId: string; choice: InstallChoice }>, InstallPlan>(
    z.strictObject({ visitId: z.uuid(), choice: InstallChoice }),
  ),
  /**
   * Puts the agent of this app's version there and starts it; an older one is upgraded, and put
   * back when the new one does not answer.
   */
  "install.run": command<
    z.ZodType<{ visitId: string; choice: InstallChoice }>,
    { socketPath: string; program: string; version: string }
  >(z.strictObject({ visitId: z.uuid(), choice: InstallChoice })),
  "uninstall.plan": command<z.ZodType<{ visitId: string; choice: UninstallChoice }>, InstallPlan>(
    z.strictObject({ visitId: z.uuid(), choice: UninstallChoice }),
  ),
  "uninstall.run": command<z.ZodType<{ visitId: string; choice: UninstallChoice }>, null>(
    z.strictObject({ visitId: z.uuid(), choice: UninstallChoice }),
  ),
  "practice.start": command<z.ZodType<{ visitors: boolean }>, { serverId: string }>(
    z.strictObject({ visitors: z.boolean() }),
  ),
  "practice.visitors": command<z.ZodType<{ visitors: boolean }>, null>(z.strictObject({ visitors: z.boolean() })),
  "practice.stop": command<z.ZodUndefined, null>(nothing),
  "maintenance.plan": command<z.ZodType<{ serverId: string; options: MaintenanceOptions }>, Plan>(
    z.strictObject({ ...onServer, options: MaintenanceOptions }),
  ),
  "maintenance.preview": command<z.ZodType<{ serverId: string; options: MaintenanceOptions }>, ResponsePreview>(
    z.strictObject({ ...onServer, options: MaintenanceOptions }),
  ),
  "maintenance.start": command<
    z.ZodType<{ serverId: string; options: MaintenanceOptions; ifGeneration: number }>,
    Receipt
  >(z.strictObject({ ...onServer, options: MaintenanceOptions, ifGeneration: z.int() })),
  "maintenance.revert": command<z.ZodType<{ serverId: string; receiptId: string; how: "delete" | "demote" }>, Receipt>(
    z.strictObject({ ...onServer, receiptId: z.string(), how: z.enum(["delete", "demote"]) }),
  ),
  "maintenance.prove": command<z.ZodType<{ serverId: string; receiptId: string }>, Proof>(
    z.strictObject({ ...onServer, receiptId: z.string() }),
  ),
  /** Begins; what follows arrives as state. */
  "fleet.start": command<z.ZodType<{ title: string; targets: FleetTarget[] }>, { operationId: string }>(
    z.strictObject({ title: z.string().max(200), targets: z.array(FleetTarget).min(1).max(500) }),
  ),
  /** Switches where it has not been switched yet; also after the app was interrupted. */
  "fleet.finish": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  /**
   * Takes back what was switched, and lets go of what is staged; also ends an operation that is
   * still being staged.
   */
  "fleet.undo": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  "fleet.forget": command<z.ZodType<{ operationId: string }>, null>(z.strictObject({ operationId: z.string() })),
  /**
   * What it would do on each server. `windows`: those that are changed, with the occurrence where
   * only that one moves; their sites stay as they are. Changes nothing.
   */
  "windows.plan": command<
    z.ZodType<{
      terms: WindowTerms;
      targets: WindowTarget[];
      windows: (WindowPlace & { occurrence?: string | undefined })[];
    }>,
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
  /**
   * On all or none, as far as the servers can be reached. Sites keep their options; `health`
   * replaces their path where it is given.
   */
  "windows.change": command<
    z.ZodType<{ terms: WindowTerms; windows: SeenWindow[]; health?: string | undefined }>,
    WindowsChanged
  >(
    z.strictObject({
      terms: WindowTerms,
      windows: z.array(SeenWindow).min(1).max(500),
      health: WindowDraft.shape.sites.element.shape.health,
    }),
  ),
  /** One occurrence of a series becomes a window of its own; `start` is that of the occurrence. */
  "windows.detach": command<z.ZodType<{ terms: WindowTerms; windows: WindowPlace[]; start: string }>, WindowsChanged>(
    z.strictObject({ terms: WindowTerms, windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() }),
  ),
  "windows.remove": command<z.ZodType<{ windows: SeenWindow[] }>, WindowsChanged>(
    z.strictObject({ windows: z.array(SeenWindow).min(1).max(500) }),
  ),
  /** A window that is on fewer servers than it was planned for goes to these as well. */
  "windows.finish": command<z.ZodType<{ from: WindowPlace; serverIds: string[] }>, WindowsChanged>(
    z.strictObject({ from: WindowPlace, serverIds: z.array(serverId).min(1).max(500) }),
  ),
  /** Acts of the moment: on each server that can; who could not says why. */
  "windows.skip": command<
    z.ZodType<{ windows: WindowPlace[]; start: string }>,
    { servers: ServerWindowAct[]; undo: string | null }
  >(z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() })),
  "windows.start": command<z.ZodType<{ windows: WindowPlace[]; start: string }>, { servers: ServerWindowAct[] }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), start: z.iso.datetime() }),
  ),
  "windows.extend": command<
    z.ZodType<{ windows: WindowPlace[]; minutes: number }>,
    { servers: ServerWindowAct[]; undo: string | null }
  >(z.strictObject({ windows: z.array(WindowPlace).min(1).max(500), minutes: z.int().min(1).max(10_080) })),
  "windows.end": command<z.ZodType<{ windows: WindowPlace[] }>, { servers: ServerWindowAct[] }>(
    z.strictObject({ windows: z.array(WindowPlace).min(1).max(500) }),
  ),
  "windows.undo": command<z.ZodType<{ undo: string }>, null>(z.strictObject({ undo: z.string() })),
  /** What takes place between two instants, on all servers, in order. A year at most. */
  "windows.occurrences": command<z.ZodType<{ from: string; to: string }>, Schedule>(
    z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  ),
  /**
   * The quietest starts of the coming week for a maintenance of so many minutes; `null` while too
   * little was counted.
   */
  "traffic.quiet": command<
    z.ZodType<{ serverId: string; site: string; minutes: number; zone: string }>,
    QuietTime[] | null
  >(
    z.strictObject({
      ...onServer,
      site: z.string(),
      minutes: z.int().min(1).max(527_040),
      zone: z.string().min(1).max(100),
    }),
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
  "config.check": command<
    z.ZodType<{ serverId: string | null; config?: unknown }>,
    { ok: boolean; problems: Problem[] }
  >(z.strictObject({ serverId: serverId.nullable(), config: z.unknown() })),
  "config.put": command<
    z.ZodType<{ serverId: string; config: Config; ifGeneration: number; reason: string }>,
    { generation: number }
  >(z.strictObject({ ...onServer, config: Config, ifGeneration: z.int(), reason: z.string().max(500) })),
  "generation.activate": command<
    z.ZodType<{ serverId: string; generation: number; ifGeneration: number }>,
    { generation: number }
  >(z.strictObject({ ...onServer, generation: z.int(), ifGeneration: z.int() })),
  explain: command<
    z.ZodType<{ serverId: string; url: string; method: string; from?: string | undefined }>,
    Explanation
  >(z.strictObject({ ...onServer, url: z.string().min(1), method: z.string().min(1), from: z.string().optional() })),
  "requests.list": command<
    z.ZodType<{ serverId: string; site?: string | undefined; generation?: number | undefined }>,
    InFlightRequest[]
  >(z.strictObject({ ...onServer, site: z.string().optional(), generation: z.int().optional() })),
  "requests.cut": command<z.ZodType<{ serverId: string; id: string }>, InFlightRequest>(
    z.strictObject({ ...onServer, id: z.string() }),
  ),
  /** Where a server's agent sends reminders. Addresses and secrets go there and never come back. */
  "channels.list": command<z.ZodType<{ serverId: string }>, Channel[]>(z.strictObject(onServer)),
  "channel.put": command<z.ZodType<{ serverId: string; id: string; channel: ChannelDraft }>, Channel>(
    z.strictObject({ ...onServer, id: z.string().min(1).max(50), channel: ChannelDraft }),
  ),
  "channel.remove": command<z.ZodType<{ serverId: string; id: string }>, null>(
    z.strictObject({ ...onServer, id: z.string() }),
  ),
  /** Sends a message of its own now, once. */
  "channel.test": command<z.ZodType<{ serverId: string; id: string }>, { ok: boolean; why?: string | undefined }>(
    z.strictObject({ ...onServer, id: z.string() }),
  ),
  "settings.update": command<z.ZodType<SettingsChange>, null>(Settings.partial()),
  /** Does what a reminder offers, on all servers that it is about. */
  "reminder.act": command<z.ZodType<{ id: string; act: ReminderAct }>, null>(
    z.strictObject({ id: z.string(), act: ReminderAct }),
  ),
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
export type Output<N extends CommandName> = (typeof COMMANDS)[N] extends { output?: infer O }
  ? Exclude<O, undefined>
  : never;

/** `window.bridge`. `call` resolves to a `Result`, it never rejects for an expected failure. */
export interface Bridge {
  call<N extends CommandName>(name: N, input: Input<N>): Promise<Result<Output<N>>>;
  /** Patches after `state.get`; returns the unsubscribe function. */
  onPatch(listener: (patch: StatePatch) => void): () => void;
  onGo(listener: (destination: Destination) => void): () => void;
}
