/** What goes to a channel. */
import type { Reminder } from "../../contract/reminders.ts";

export interface Message {
  id: string;
  type: "backsoon.reminder" | "backsoon.test";
  /** ISO 8601. */
  timestamp: string;
  data: Omit<Reminder, "deliveries" | "acted"> & { server: string };
}

/** Somebody has to do something. */
export function isUrgent({ kind }: Message["data"]): boolean {
  return kind === "overrun" || kind === "failed" || kind === "missed" || kind === "hook-gone" || kind === "certificate";
}

export function reminderMessage(
  { deliveries: _deliveries, acted: _acted, ...reminder }: Reminder,
  server: string,
): Message {
  return { id: reminder.id, type: "backsoon.reminder", timestamp: reminder.due, data: { ...reminder, server } };
}

export function testMessage(channel: string, server: string, at: string): Message {
  const id = `test-${channel}-${at.replaceAll(/\D/g, "")}`;
  const title = `Reminders of ${server} arrive here`;
  return {
    id,
    type: "backsoon.test",
    timestamp: at,
    data: {
      id,
      kind: "ahead",
      due: at,
      title,
      text: `A test of the channel ${channel}.`,
      sites: [],
      receipts: [],
      server,
    },
  };
}
