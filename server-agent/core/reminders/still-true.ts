/**
 * What is left of a reminder that could not be sent at once: nothing, where it is not true any
 * more, or the same with the time that is left. Pure.
 */
import type { Reminder } from "../../contract/reminders.ts";
import type { Instant } from "../windows/wall-clock.ts";
import { hoursAndMinutes } from "./reminder-text.ts";

/** Those that somebody waits for come before those that only tell how it went. */
const URGENCY: Readonly<Record<Reminder["kind"], number>> = {
  overrun: 0,
  failed: 0,
  "hook-gone": 1,
  certificate: 1,
  start: 1,
  ahead: 1,
  "end-ahead": 1,
  missed: 2,
  "open-ended": 2,
  end: 3,
};

export function compareUrgency(one: Reminder, other: Reminder): number {
  return URGENCY[one.kind] - URGENCY[other.kind] || (one.due < other.due ? -1 : 1);
}

/** @returns the reminder as it is true now, or why it is not any more */
export function stillTrue(reminder: Reminder, now: Instant): Reminder | { untrue: string } {
  const { kind, acted, title } = reminder;
  if (kind !== "ahead" && kind !== "hook-gone" && kind !== "end-ahead" && kind !== "overrun") return reminder;
  if (acted !== undefined) return { untrue: `not needed: ${acted.by} has acted on it (${acted.act})` };
  const event = eventOf(reminder);
  if (event === undefined) return reminder;
  if (event <= now)
    return { untrue: `too late: the ${isBeforeStart(kind) ? "start" : "end"} that it announces has passed` };
  if (kind === "hook-gone") return reminder;
  const lead = title.lastIndexOf(" in ");
  return lead < 0 ? reminder : { ...reminder, title: `${title.slice(0, lead)} in ${hoursAndMinutes(event - now)}` };
}

function isBeforeStart(kind: Reminder["kind"]): boolean {
  return kind === "ahead" || kind === "hook-gone";
}

/** When that happens which the reminder tells of before. */
function eventOf({ kind, id, occurrence }: Reminder): Instant | undefined {
  if (isBeforeStart(kind)) return occurrence === undefined ? undefined : Date.parse(occurrence.start);
  // As `due-reminders.ts` names it.
  const [, day, time] = /-end-ahead-(\d{8})T(\d{6})Z$/.exec(id) ?? [];
  if (day === undefined || time === undefined) return undefined;
  return Date.parse(
    `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`,
  );
}
