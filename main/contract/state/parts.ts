/**
 * The parts of the app's state that are replaced as a whole. A new part is one entry in this table:
 * the state, its patches, how they are applied and how main sets them follow from it.
 */
import type { FleetOperationState } from "../fleet.ts";
import type { InstallState } from "../install.ts";
import type { DueReminder } from "../reminders.ts";
import type { Preset } from "../maintenance.ts";
import type { WatchedRequests } from "../requests.ts";
import type { KeychainState, PracticeState, Question } from "../servers.ts";
import type { Settings } from "../settings.ts";
import type { Notice } from "./notice.ts";

function initially<T>(value: T): T {
  return value;
}

/** What each part is when the app starts. */
export const INITIAL_PARTS = {
  practice: initially<PracticeState>({ state: "absent" }),
  notices: initially<Notice[]>([]),
  /** Urgent first, then those that need an action, then the newest first. */
  due: initially<DueReminder[]>([]),
  questions: initially<Question[]>([]),
  keychain: initially<KeychainState>({ state: "untried" }),
  install: initially<InstallState | null>(null),
  /** Fleet operations, newest first: the unfinished ones and the latest finished ones. */
  operations: initially<FleetOperationState[]>([]),
  presets: initially<Preset[]>([]),
  /** What the page watches (`requests.watch`), by the ids that it made up. */
  requests: initially<Record<string, WatchedRequests>>({}),
};

/** With the settings, which are as they were stored. */
export type StateParts = typeof INITIAL_PARTS & { settings: Settings };

/** Replaces one part. */
export type PartPatch = { [P in keyof StateParts]: { part: P; value: StateParts[P] } }[keyof StateParts];
