/** The alerts that the window lists, in their order. Pure. */
import type { DueReminder } from "../contract/reminders.ts";
import type { Reminded } from "../stores/reminded.ts";
import type { Alert } from "./alert.ts";

/** What happened while nobody was there is shown in the window for so long. */
const MAX_AGE_MS = 24 * 3_600_000;

/** The window shows the coming start of a window for so long. */
const SOON_MS = 3_600_000;

/** Nobody reads more, and strangers must not fill the window. */
const MAX_SHOWN = 50;

function isShown({ id, kind, news, actions, targets, due }: Alert, { said }: Reminded, now: number): boolean {
  const before = Object.hasOwn(said, id) ? said[id] : undefined;
  if (before?.dismissed === true) return false;
  // The overview shows every server that is lost.
  if (kind === "lost") return false;
  if (news) return before?.late === true && now - Date.parse(before.at) < MAX_AGE_MS;
  // One that has started by itself is seen to be in maintenance.
  if (kind === "start") return actions.length > 0;
  if (kind !== "ahead") return true;
  const start = targets[0]?.start;
  return Date.parse(start ?? due) - now <= SOON_MS;
}

/** Before others stands what is urgent, and then what waits for somebody. */
function rank({ urgent, actions }: Alert): number {
  return urgent ? 2 : actions.length > 0 ? 1 : 0;
}

/** What the window shows as due. */
export function dueOf(alerts: readonly Alert[], reminded: Reminded, now: number): DueReminder[] {
  return alerts
    .filter((alert) => isShown(alert, reminded, now))
    .toSorted((one, other) => rank(other) - rank(one) || Date.parse(other.due) - Date.parse(one.due))
    .slice(0, MAX_SHOWN)
    .map(({ about: _about, tells: _tells, ...due }) => due);
}
