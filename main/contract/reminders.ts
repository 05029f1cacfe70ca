/** What the app reminds of, and what can be done about it. */
import { z } from "zod";
import type { Reminder } from "../../server-agent/contract/reminders.ts";
import { command } from "./command.ts";
import type { Destination } from "./destination.ts";

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

export const REMINDER_COMMANDS = {
  /** Does what a reminder offers, on all servers that it is about. */
  "reminder.act": command(z.strictObject({ id: z.string(), act: ReminderAct })).returns<null>(),
  /** Takes it out of the window; what it is about stays. */
  "reminder.put-aside": command(z.strictObject({ id: z.string() })).returns<null>(),
};
