/** Planned maintenance on one or several servers. */
import { z } from "zod";
import { WindowDraft, type WindowPlan } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import type { Failure } from "./failures.ts";
import { MAX_TARGETS, serverId } from "./fields.ts";

/** The part of a window that is the same on all of its servers. */
export const WindowTerms = WindowDraft.omit({ sites: true, operation: true, author: true });
export type WindowTerms = z.infer<typeof WindowTerms>;

/**
 * The sites of a new window on one server, with their maintenance options.
 */
export const WindowTarget = z.strictObject({ serverId: z.string().min(1), sites: WindowDraft.shape.sites });
export type WindowTarget = z.infer<typeof WindowTarget>;

/** One server's window. A window on several servers has one place on each. */
export const WindowPlace = z.strictObject({ serverId: z.string().min(1), id: z.string().min(1) });
export type WindowPlace = z.infer<typeof WindowPlace>;

/** The same, as the user has seen it: refused if the revision has changed. */
export const SeenWindow = WindowPlace.extend({ revision: z.int() });
export type SeenWindow = z.infer<typeof SeenWindow>;

/** What a window would do on one server: either `plan` or `failure`. */
export interface ServerWindowPlan {
  serverId: string;
  name: string;
  plan: WindowPlan | null;
  failure: Failure | null;
}

/** Result of an action on one server. */
export interface ServerWindowResult {
  serverId: string;
  name: string;
  failure: Failure | null;
}

/**
 * `undo`: input of `windows.undo`, valid for a day; `null` if it cannot be undone.
 */
export interface WindowsChanged {
  windows: WindowPlace[];
  undo: string | null;
}

/** Result of an action on one occurrence: on each server that can; the others say why not. */
export interface WindowActionResult {
  servers: ServerWindowResult[];
}

const terms = WindowTerms;
const start = z.iso.datetime().describe("That of the occurrence.");
const targets = z.array(WindowTarget).max(MAX_TARGETS);
const places = z.array(WindowPlace).min(1).max(MAX_TARGETS);
const seen = z.array(SeenWindow).min(1).max(MAX_TARGETS);

export const WINDOW_COMMANDS = {
  /**
   * What it would do on each server; changes nothing. `windows`: the ones to change, with the
   * occurrence if only that one moves; their sites are kept.
   */
  "windows.plan": command(
    z.strictObject({
      terms,
      targets,
      windows: z.array(WindowPlace.extend({ occurrence: start.optional() })).max(MAX_TARGETS),
    }),
  ).returns<{ servers: ServerWindowPlan[] }>(),
  /** On all servers or on none. */
  "windows.create": command(z.strictObject({ terms, targets: targets.min(1) })).returns<WindowsChanged>(),
  /**
   * On all servers that can be reached, or on none. Sites keep their options; `health` replaces
   * their health check path if given.
   */
  "windows.change": command(
    z.strictObject({ terms, windows: seen, health: WindowDraft.shape.sites.element.shape.health }),
  ).returns<WindowsChanged>(),
  /** One occurrence of a series becomes a window of its own. */
  "windows.detach": command(z.strictObject({ terms, windows: places, start })).returns<WindowsChanged>(),
  "windows.remove": command(z.strictObject({ windows: seen })).returns<WindowsChanged>(),
  /** Adds a window that is on fewer servers than planned to these as well. */
  "windows.finish": command(
    z.strictObject({ from: WindowPlace, serverIds: z.array(serverId).min(1).max(MAX_TARGETS) }),
  ).returns<WindowsChanged>(),
  "windows.skip": command(z.strictObject({ windows: places, start })).returns<
    WindowActionResult & { undo: string | null }
  >(),
  "windows.start": command(z.strictObject({ windows: places, start })).returns<WindowActionResult>(),
  "windows.extend": command(z.strictObject({ windows: places, minutes: z.int().min(1).max(10_080) })).returns<
    WindowActionResult & { undo: string | null }
  >(),
  "windows.end": command(z.strictObject({ windows: places })).returns<WindowActionResult>(),
  "windows.undo": command(z.strictObject({ undo: z.string() })).returns<null>(),
};
