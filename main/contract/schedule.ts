/** The schedule: occurrences of all servers. */
import { z } from "zod";
import type { MaintenanceWindow, Occurrence } from "../../server-agent/contract/windows.ts";
import { command } from "./command.ts";
import { onServer } from "./fields.ts";
import type { SeenWindow } from "./windows.ts";

/**
 * An occurrence on one of its servers. `unknown`: it is due, and the server has not been heard of
 * since.
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

/** One occurrence of a window, on all of its servers. */
export interface ScheduledOccurrence {
  /** Stable id of the occurrence. */
  key: string;
  /** Stable id of the window. */
  series: string;
  title: string;
  /** Instants; the end is the latest of all places. */
  start: string;
  end: string;
  zone: string;
  /** Wall-clock times in `zone`. */
  startsAt: string;
  endsAt: string;
  repeats: boolean;
  /** The most urgent state of all places. */
  state: ScheduledPlace["state"];
  places: ScheduledPlace[];
  /** Number of servers it was planned for that are not known to have it. */
  missingOn: number;
  /**
   * Others that hold one of its sites at the same time; the site stays in maintenance until the
   * last one ends.
   */
  conflicts: { key: string; title: string; sites: string[]; start: string; end: string }[];
}

/** `more`: there are too many to show all. */
export interface Schedule {
  occurrences: ScheduledOccurrence[];
  /** By series: the window as one of its servers has it. */
  windows: Record<string, MaintenanceWindow>;
  more: boolean;
}

/** A low-traffic time. */
export interface LowTrafficTime {
  /** Epoch milliseconds. */
  start: number;
  /** Expected requests until the end. */
  requests: number;
}

/** The longest maintenance for which times are suggested: a year and a day. */
const MAX_MINUTES = 527_040;

export const SCHEDULE_COMMANDS = {
  /** Occurrences between two instants, on all servers, in order. A year at most. */
  "windows.occurrences": command(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })).returns<Schedule>(),
  /**
   * Low-traffic times of the coming week for a maintenance of so many minutes; `null` until enough
   * traffic has been counted.
   */
  "traffic.low": command(
    z.strictObject({
      ...onServer,
      site: z.string(),
      minutes: z.int().min(1).max(MAX_MINUTES),
      zone: z.string().min(1).max(100),
    }),
  ).returns<LowTrafficTime[] | null>(),
};
