/** Dates and lengths of events (RFC 5545, 3.3.4 to 3.3.6), as the agent takes them. Pure. */
import type { WindowDraft } from "../../server-agent/contract/windows.ts";
import type { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { instantOf, wallAt } from "../../server-agent/core/windows/wall-clock.ts";
import { type Component, LineFault, type Property, first } from "./content-lines.ts";
import { t } from "../language/translate.ts";

/** The zone of a date; `undefined` where it has none. */
export type ZoneOf = (property: Property) => string | undefined;

/** By what is written, not by VALUE, which many programs leave out for days. */
const DATE = /^(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?(Z?))?$/i;

/** `2030-01-31T23:00`, as in a draft; a day begins at midnight. @throws {LineFault} */
export function wallOf(property: Property, value = property.text): string {
  const [, year, month, day, hour = "00", minute = "00", second = "00"] = DATE.exec(value) ?? [];
  try {
    return textOf(
      Temporal.PlainDateTime.from(`${year ?? ""}-${month ?? ""}-${day ?? ""}T${hour}:${minute}:${second}`, {
        overflow: "reject",
      }),
    );
  } catch {
    throw new LineFault(
      property.line,
      t("{text} is no date of the calendar", { text: JSON.stringify(value.slice(0, 60)) }),
    );
  }
}

export function isDay({ text }: Property): boolean {
  return !/t/i.test(text);
}

/** The end or the length of an event. @throws {LineFault} where it has none */
export function endOf(
  event: Component,
  dtstart: Property,
  zone: string,
  zoneOf: ZoneOf,
): Pick<WindowDraft, "end" | "duration"> {
  const dtend = first(event, "dtend");
  const duration = first(event, "duration");
  if (dtend !== undefined) return { end: inZone(wallOf(dtend), zoneOf(dtend) ?? zone, zone) };
  if (duration !== undefined) return { duration: durationText(lengthOf(duration)) };
  // RFC 5545, 3.6.1: an event of a day without an end takes that day.
  if (isDay(dtstart)) return { duration: "P1D" };
  throw new LineFault(
    event.line,
    t("the event that begins at {start} has no end; a window needs DTEND or DURATION", { start: wallOf(dtstart) }),
  );
}

/**
 * The starts that EXDATE or RECURRENCE-ID mean, by what the rule says of them: a series of days is
 * met by days, and what the clocks moved on by either of its times.
 * @param series its rule, and whether it is one of whole days
 */
export function startsMeant(
  property: Property,
  series: { zone: string; start: string; isOfDays: boolean; calendar: Calendar },
  zoneOf: ZoneOf,
): { wall: string; isMet: boolean }[] {
  const { zone, start, isOfDays, calendar } = series;
  // Empty ones are written by programs that have nothing to leave out.
  const values = property.text.split(",").map((value) => value.trim());
  return values
    .filter((value) => value !== "")
    .map((value) => {
      const written = wallOf(property, value);
      const from = value.toUpperCase().endsWith("Z") ? "UTC" : (zoneOf(property) ?? zone);
      const isWholeDay = !/t/i.test(value);
      // Midnight of another zone means the day that is written (Exchange).
      const there = isWholeDay || (isOfDays && from !== "UTC") ? written : inZone(written, from, zone);
      const wall = isWholeDay || isOfDays ? `${there.slice(0, 10)}${start.slice(10)}` : there;
      if (isWholeDay || isOfDays) return { wall, isMet: isStart(calendar, wall) };
      const moved = calendar.wallTextOf(instantOf(Temporal.PlainDateTime.from(written), from));
      if (moved !== undefined) return { wall: moved, isMet: true };
      // In UTC the second pass of a time that comes twice is no start, although it looks like one.
      const isMet = from === zone && isStart(calendar, wall);
      return { wall, isMet };
    });
}

function isStart(calendar: Calendar, wall: string): boolean {
  return calendar.at(Temporal.PlainDateTime.from(wall)) !== undefined;
}

function inZone(wall: string, from: string, to: string): string {
  return from === to ? wall : textOf(wallAt(instantOf(Temporal.PlainDateTime.from(wall), from), to));
}

function textOf(wall: Temporal.PlainDateTime): string {
  return wall.toString({ smallestUnit: wall.second === 0 ? "minute" : "second" });
}

/** @throws {LineFault} */
export function lengthOf({ line, text }: Property): Temporal.Duration {
  try {
    const length = Temporal.Duration.from(text);
    // The RFC knows no months and years here, and how long one is nobody can say.
    if (length.years !== 0 || length.months !== 0) throw new RangeError("it has no exact length");
    return length;
  } catch {
    throw new LineFault(
      line,
      t("{text} is no length of time; write one like PT2H", { text: JSON.stringify(text.slice(0, 60)) }),
    );
  }
}

/** Windows know no weeks. */
export function durationText({ weeks, days, hours, minutes, seconds }: Temporal.Duration): string {
  return Temporal.Duration.from({ days: weeks * 7 + days, hours, minutes, seconds }).toString();
}
