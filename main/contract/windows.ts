/** Planned maintenance on one or several servers. */
import { z } from "zod";
import { WindowDraft, type WindowPlan } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import type { Failure } from "./failures.ts";
import { MAX_TARGETS, serverId } from "./fields.ts";

/** What holds for a window on every one of its servers. */
export const WindowTerms = WindowDraft.omit({ sites: true, operation: true, author: true });
export type WindowTerms = z.infer<typeof WindowTerms>;

/**
 * Where a new window is planned: the sites of one server, with the options of their maintenance.
 */
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

/**
 * `undo`: hand it to `windows.undo`, as long as the app runs; `null` where there is no way back.
 */
export interface WindowsChanged {
  windows: WindowPlace[];
  undo: string | null;
}

/** What acts of the moment came to: on each server that can; who could not says why. */
export interface WindowActs {
  servers: ServerWindowAct[];
}

const terms = WindowTerms;
const start = z.iso.datetime().describe("That of the occurrence.");
const targets = z.array(WindowTarget).max(MAX_TARGETS);
const places = z.array(WindowPlace).min(1).max(MAX_TARGETS);
const seen = z.array(SeenWindow).min(1).max(MAX_TARGETS);

export const WINDOW_COMMANDS = {
  /**
   * What it would do on each server. `windows`: those that are changed, with the occurrence where
   * only that one moves; their sites stay as they are. Changes nothing.
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
   * On all or none, as far as the servers can be reached. Sites keep their options; `health`
   * replaces their path where it is given.
   */
  "windows.change": command(
    z.strictObject({ terms, windows: seen, health: WindowDraft.shape.sites.element.shape.health }),
  ).returns<WindowsChanged>(),
  /** One occurrence of a series becomes a window of its own. */
  "windows.detach": command(z.strictObject({ terms, windows: places, start })).returns<WindowsChanged>(),
  "windows.remove": command(z.strictObject({ windows: seen })).returns<WindowsChanged>(),
  /** A window that is on fewer servers than it was planned for goes to these as well. */
  "windows.finish": command(
    z.strictObject({ from: WindowPlace, serverIds: z.array(serverId).min(1).max(MAX_TARGETS) }),
  ).returns<WindowsChanged>(),
  "windows.skip": command(z.strictObject({ windows: places, start })).returns<WindowActs & { undo: string | null }>(),
  "windows.start": command(z.strictObject({ windows: places, start })).returns<WindowActs>(),
  "windows.extend": command(z.strictObject({ windows: places, minutes: z.int().min(1).max(10_080) })).returns<
    WindowActs & { undo: string | null }
  >(),
  "windows.end": command(z.strictObject({ windows: places })).returns<WindowActs>(),
  "windows.undo": command(z.strictObject({ undo: z.string() })).returns<null>(),
};
