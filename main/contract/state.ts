/** What the main process knows and the page shows. */
import { z } from "zod";
import type { SiteMetrics } from "../../server-agent/contract/events.ts";
import { command } from "./command.ts";
import type { FleetOperationState } from "./fleet.ts";
import { nothing } from "./fields.ts";
import type { InstallState } from "./install.ts";
import type { PracticeState } from "./practice.ts";
import type { DueReminder } from "./reminders.ts";
import type { Connection, KeychainState, Question, ServerState } from "./servers.ts";
import type { Settings } from "./settings.ts";

/**
 * Something the user should know that concerns no particular server, such as a settings file that
 * could not be read.
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
  /** Urgent first, then those that need an action, then the newest first. */
  due: DueReminder[];
  questions: Question[];
  keychain: KeychainState;
  install: InstallState | null;
  /**
   * Fleet operations, newest first: the unfinished ones and the latest finished ones.
   */
  operations: FleetOperationState[];
}

/** Replaces one part of `AppState`. `servers` keeps its order; a new server goes last. */
export type StatePatch =
  | { part: "server"; server: ServerState }
  /** The small and frequent one: a server was heard of, with its metrics. */
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

export const STATE_COMMANDS = {
  "state.get": command(nothing).returns<AppState>(),
  "notice.dismiss": command(z.strictObject({ id: z.string() })).returns<null>(),
};
