import type { Event, Snapshot } from "../../contract/events.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Reminder } from "../../contract/reminders.ts";

/** How many reverted receipts a snapshot has. */
const MAX_REVERTED_RECEIPTS = 50;

/**
 * All in maintenance and the latest reverted ones: a subscriber of months must not hold more than a
 * fresh one.
 */
export function recentReceipts(newestFirst: readonly Receipt[]): Receipt[] {
  let reverted = 0;
  return newestFirst.filter((receipt) => receipt.state === "in-maintenance" || reverted++ < MAX_REVERTED_RECEIPTS);
}

/** How many reminders a snapshot has. */
export const MAX_SNAPSHOT_REMINDERS = 50;

/** The latest ones, newest first; those that have changed take the place of what they were. */
function recentReminders(changed: readonly Reminder[], known: readonly Reminder[]): Reminder[] {
  const byId = new Map([...known, ...changed].map((reminder) => [reminder.id, reminder]));
  return [...byId.values()].sort(newestFirst).slice(0, MAX_SNAPSHOT_REMINDERS);
}

/** For sorting. */
export function newestFirst(a: Reminder, b: Reminder): number {
  return a.due === b.due ? (a.id < b.id ? 1 : -1) : a.due < b.due ? 1 : -1;
}

/**
 * The snapshot after an event of the stream. An event that the snapshot contains already is
 * ignored. Revisions count up by one; whoever decodes the stream subscribes again where one is
 * missing, as what was missed is gone.
 */
export function applyEvent(snapshot: Snapshot, event: Event): Snapshot {
  if (event.revision <= snapshot.revision) return snapshot;
  const next = { ...snapshot, revision: event.revision, at: event.at };
  switch (event.type) {
    case "config":
      return { ...next, config: event.config, generations: event.generations, agent: event.agent };
    case "generations":
      return { ...next, generations: event.generations };
    case "maintenance": {
      const known = snapshot.maintenance.some((receipt) => receipt.id === event.receipt.id);
      const all = known
        ? snapshot.maintenance.map((receipt) => (receipt.id === event.receipt.id ? event.receipt : receipt))
        : [event.receipt, ...snapshot.maintenance];
      return { ...next, maintenance: recentReceipts(all) };
    }
    case "stages":
      return { ...next, stages: event.stages };
    case "windows": {
      const changed = new Map(event.changed.map((window) => [window.id, window]));
      const kept = snapshot.windows
        .filter(({ id }) => !event.removed.includes(id))
        .map((window) => changed.get(window.id) ?? window);
      const known = new Set(snapshot.windows.map(({ id }) => id));
      return { ...next, windows: [...kept, ...event.changed.filter(({ id }) => !known.has(id))] };
    }
    case "reminders":
      return { ...next, reminders: recentReminders(event.changed, snapshot.reminders) };
    case "metrics":
      return { ...next, metrics: event.metrics };
    case "agent":
      return { ...next, agent: event.agent };
    case "web-servers":
      return { ...next, webServers: event.webServers };
    case "passes":
      return { ...next, passes: event.passes };
  }
}
