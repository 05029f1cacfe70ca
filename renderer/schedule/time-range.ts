/** Which days a view of the schedule shows, and how they are called. Pure. */
import { dateFormat } from "../../main/language/formats.ts";
import { addDays, instantAt } from "../window-editor/zoned.ts";
import { monthWeeks, weekOf } from "./calendar-layout.ts";

export type View = "month" | "week" | "list";

const LIST_DAYS = { before: 30, after: 90 };

/** First and last day that are shown. @param anchor a day in it, `2030-01-31` */
export function endsOf(view: View, anchor: string): [first: string, last: string] {
  if (view === "list") return [addDays(anchor, -LIST_DAYS.before), addDays(anchor, LIST_DAYS.after)];
  const days = view === "month" ? monthWeeks(anchor).flat() : weekOf(anchor);
  return [days[0] ?? anchor, days.at(-1) ?? anchor];
}

/** The same as instants, ISO 8601 in UTC; `to` is the midnight after the last day. */
export function rangeOf(view: View, anchor: string, zone: string): { from: string; to: string } {
  const [first, last] = endsOf(view, anchor);
  return {
    from: new Date(instantAt(`${first}T00:00`, zone)).toISOString(),
    to: new Date(instantAt(`${addDays(last, 1)}T00:00`, zone)).toISOString(),
  };
}

/** `November 2030`, `24 Nov – 30 Nov 2030` */
export function headingOf(view: View, anchor: string): string {
  if (view === "month") return inWords(anchor, { month: "long", year: "numeric" });
  const [first, last] = endsOf(view, anchor);
  return `${inWords(first, { day: "numeric", month: "short" })} – ${inWords(last, { day: "numeric", month: "short", year: "numeric" })}`;
}

/** The day that the view goes to when it is turned, forward or back. */
export function turned(view: View, anchor: string, by: 1 | -1): string {
  if (view !== "month") return addDays(anchor, by * (view === "week" ? 7 : 30));
  const [year = 2000, month = 1] = anchor.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, 10);
}

function inWords(date: string, options: Intl.DateTimeFormatOptions): string {
  return dateFormat({ ...options, timeZone: "UTC" }).format(new Date(date));
}
