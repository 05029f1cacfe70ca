/** Alerts of the app, the actions they offer, and the channels of a server's agent. */
import { z } from "zod";
import { type Channel, ChannelDraft, type Reminder } from "../../server-agent/contract/reminders.ts";
import { command } from "./command.ts";
import type { Destination } from "./desktop.ts";
import { onServer } from "./fields.ts";

/** Actions that a reminder offers. */
export const ReminderAction = z.enum(["start", "extend", "bring-back"]);
export type ReminderAction = z.infer<typeof ReminderAction>;

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
  kind: Reminder["kind"] | "lost" | "not-closed";
  due: string;
  title: string;
  text: string;
  /** A site is overdue: quiet hours do not hide it. */
  urgent: boolean;
  /** For information only: nobody has to do anything. */
  news: boolean;
  actions: ReminderAction[];
  targets: ReminderTarget[];
  destination: Destination;
}

export const REMINDER_COMMANDS = {
  /** Does what a reminder offers, on all servers that it is about. */
  "reminder.act": command(z.strictObject({ id: z.string(), action: ReminderAction })).returns<null>(),
  /** Hides it; what it is about is unchanged. */
  "reminder.dismiss": command(z.strictObject({ id: z.string() })).returns<null>(),
};

const oneChannel = { ...onServer, id: z.string() };

/** Where a server's agent sends reminders. URLs and secrets are write-only. */
export const CHANNEL_COMMANDS = {
  "channels.list": command(z.strictObject(onServer)).returns<Channel[]>(),
  "channel.put": command(
    z.strictObject({ ...onServer, id: z.string().min(1).max(50), channel: ChannelDraft }),
  ).returns<Channel>(),
  "channel.remove": command(z.strictObject(oneChannel)).returns<null>(),
  /** Sends one test message now. */
  "channel.test": command(z.strictObject(oneChannel)).returns<{ ok: boolean; why?: string | undefined }>(),
};
