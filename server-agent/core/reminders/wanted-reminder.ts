/** A reminder before it is known whether it is due. */
import type { Reminder } from "../../contract/reminders.ts";
import type { Instant } from "../windows/wall-clock.ts";
import type { About, News } from "./reminder-text.ts";

export type Draft = Omit<Reminder, "deliveries" | "title" | "text" | "details"> & {
  about: About;
  /** A function where it is to be found out whether there is anything to say. */
  news: News | (() => News | undefined);
};

export interface Wanted {
  now: Instant;
  /**
   * Due at these instants, of which the last one that has come is said: those before it would say
   * the same.
   */
  at: Instant[];
  draft: (due: Instant) => Draft;
}
