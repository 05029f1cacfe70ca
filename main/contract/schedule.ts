/** What takes place when, on all servers. */
import { z } from "zod";
import type { MaintenanceWindow, Occurrence } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import { onServer } from "./fields.ts";
import type { SeenWindow } from "./windows.ts";

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

/** The longest maintenance that times are looked for: a year and a day. */
const MAX_MINUTES = 527_040;

export const SCHEDULE_COMMANDS = {
  /** What takes place between two instants, on all servers, in order. A year at most. */
  "windows.occurrences": command(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })).returns<Schedule>(),
  /**
   * The quietest starts of the coming week for a maintenance of so many minutes; `null` while too
   * little was counted.
   */
  "traffic.quiet": command(
    z.strictObject({
      ...onServer,
      site: z.string(),
      minutes: z.int().min(1).max(MAX_MINUTES),
      zone: z.string().min(1).max(100),
    }),
  ).returns<QuietTime[] | null>(),
};
