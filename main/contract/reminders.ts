/** Alerts of the app, and the actions they offer. */
import { z } from "zod";
import type { Reminder } from "../../server-agent/contract/reminders.ts";
import { command } from "./command.ts";
import type { Destination } from "./destination.ts";

/** Actions that a reminder offers. */
export const ReminderAct = z.enum(["start", "extend", "bring-back"]);
export type ReminderAct = z.infer<typeof ReminderAct>;

/** What a reminder's actions apply to on one server. */
export interface ReminderTarget {
  serverId: string;
  sites: string[];
  /** Open receipts. */
  receipts: string[];
  window?: string;
  /** Planned start of the occurrence. */
  start?: string;
  /**
   * The occurrence holds the sites now: end the occurrence, not the receipts, so that other windows
   * keep theirs.
   */
  runs?: true;
}

/** Something to do or to know, merged from all servers that report it. */
export interface DueReminder {
  /** Stable as long as it is the same thing at the same time. */
  id: string;
  kind: Reminder["kind"] | "lost";
  due: string;
  title: string;
  text: string;
  /** A site is overdue: quiet hours do not hide it. */
  urgent: boolean;
  /** For information only: nobody has to do anything. */
  news: boolean;
  acts: ReminderAct[];
  targets: ReminderTarget[];
  destination: Destination;
}

export const REMINDER_COMMANDS = {
  /** Does what a reminder offers, on all servers that it is about. */
  "reminder.act": command(z.strictObject({ id: z.string(), act: ReminderAct })).returns<null>(),
  /** Hides it; what it is about is unchanged. */
  "reminder.put-aside": command(z.strictObject({ id: z.string() })).returns<null>(),
};
