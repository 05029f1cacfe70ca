import {
  WindowDraft,
  type WindowPlan,
  type Occurrence,
  type MaintenanceWindow,
} from "../../server-agent/contract/windows.ts";
import { z } from "zod";
import type { Failure } from "./failures.ts";

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

/**
 * What becomes of an occurrence on one of its servers. `unknown`: its time has come, and the server
 * has not been heard of since.
 */
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
  /**
   * Others that hold a site of it at the same time, so that the site stays closed until the last
   * one ends.
   */
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
