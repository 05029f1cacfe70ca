/**
 * Wall-clock times and the instants they are. What happens where the clocks change is decided here
 * alone.
 */
import type { Occurrence } from "../../contract/windows.ts";

export type Instant = number;

/**
 * The instant (ms since 1970) at which the clock on the wall shows this. RFC 5545, 3.3.5: a time
 * that is left out where clocks go forward is read with the offset from before, so that it moves on
 * by as much as the clocks do; of a time that comes twice the first is meant.
 */
export function instantOf(wall: Temporal.PlainDateTime, zone: string): Instant {
  return wall.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}

export function wallAt(instant: Instant, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).toPlainDateTime();
}

/** `2030-01-31T23:00`, as in a draft. */
export function wallText(instant: Instant, zone: string): string {
  return wallAt(instant, zone).toString({ smallestUnit: "minute" });
}

/** What the clocks do to this time, for a person; `undefined` where they do nothing. */
export function clockChange(wall: Temporal.PlainDateTime, zone: string): string | undefined {
  const earlier = wall.toZonedDateTime(zone, { disambiguation: "earlier" });
  const later = wall.toZonedDateTime(zone, { disambiguation: "later" });
  if (earlier.epochMilliseconds === later.epochMilliseconds) return undefined;
  const shown = wall.toString({ smallestUnit: "minute" });
  if (earlier.toPlainDateTime().equals(wall))
    return `${shown} comes twice in ${zone}, as the clocks go back; the first is meant.`;
  return `${shown} does not exist in ${zone}, as the clocks go forward; ${later.toPlainDateTime().toString({ smallestUnit: "minute" })} is taken.`;
}

export function isoOf(instant: Instant): string {
  return new Date(instant).toISOString();
}

/** An occurrence by its calendar: where it begins and ends. */
export interface Span {
  start: Instant;
  end: Instant;
}

export function spanOf({ start, end }: Pick<Occurrence, "start" | "end">): Span {
  return { start: Date.parse(start), end: Date.parse(end) };
}
