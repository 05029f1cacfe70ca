import type { Failure } from "./failures.ts";
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Reminder } from "../../server-agent/contract/reminders.ts";
import type { ServerState, Question, KeychainState, Connection } from "./servers.ts";
import type { InstallState } from "./install.ts";
import type { FleetOperationState } from "./fleet.ts";
import type { SiteMetrics } from "../../server-agent/contract/events.ts";

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
  /**
   * That occurrence holds the sites now: it is what ends, so that others that hold on to them are
   * respected.
   */
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

/**
 * Something the person should know that belongs to no server, e.g. a settings file that was set
 * aside.
 */
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
  /**
   * Switches of several servers together, newest first: those that are not over, and the latest
   * ones.
   */
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
