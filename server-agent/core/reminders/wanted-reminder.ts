/** A reminder before it is known whether it is due. */
import type { Reminder } from "../../contract/reminders.ts";
import { type Instant, isoOf } from "../windows/wall-clock.ts";
import type { About, News } from "./reminder-text.ts";

/** What is overdue is told of again this often, unless its window says otherwise. */
export const OVERDUE_INTERVAL_MINUTES = 15;

export type Draft = Omit<Reminder, "deliveries" | "title" | "text" | "details"> & {
  about: About;
  /** A function where it is to be found out whether there is anything to say. */
  news: News | (() => News | undefined);
};

export interface Wanted {
  /**
   * Due at these instants, of which the last one that has come is said: those before it would say
   * the same.
   */
  at: Instant[];
  draft: (due: Instant) => Draft;
}

/** Of instants that come again and again: the last one that has come, and the next. */
export function repeated(first: Instant, everyMs: number, now: Instant): Instant[] {
  if (now < first) return [first];
  const last = first + Math.floor((now - first) / everyMs) * everyMs;
  return [last, last + everyMs];
}

/** `20300106T010000Z`, as part of an id. */
export function compact(instant: Instant): string {
  return isoOf(instant).replaceAll(/[-:]|\.\d+/g, "");
}
