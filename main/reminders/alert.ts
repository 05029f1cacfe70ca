/** What the app has to say, and the notification that says it. */
import type { DueReminder, ReminderAction } from "../contract/reminders.ts";

/** Something that a person wants to know although the window is not in front. */
export interface Alert extends DueReminder {
  /** What it is about: a later one about the same replaces it. */
  about: string;
  /** The agents' reminders that it says. */
  tells: { serverId: string; reminderId: string }[];
}

/** What is shown outside of the window at one time. */
export interface Note {
  about: string;
  /** Ids of the alerts that it says. */
  alerts: string[];
  title: string;
  body: string;
  /** It stays until somebody looks. */
  urgent: boolean;
  /** What can be done right there, and how the button says it. */
  actions: { action: ReminderAction; label: string }[];
}

/** Agents say what is unusual in a sentence or two. */
export const MAX_TEXT_LENGTH = 240;
