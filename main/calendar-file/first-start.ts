/**
 * For other programs the start of a series is its first occurrence in any case (RFC 5545, 3.8.5.3);
 * here it is one only where the rule says so. Pure.
 */
import { Calendar, type Timing } from "../../server-agent/core/windows/occurrences.ts";
import { instantOf } from "../../server-agent/core/windows/wall-clock.ts";

/** The same occurrences, with a start that is the first of them. */
export function fromFirst<T extends Timing>(timing: T): T {
  const { exdates: _exdates, ...whole } = timing;
  const calendar = new Calendar(whole);
  const start = Temporal.PlainDateTime.from(timing.start);
  if (calendar.at(start) !== undefined) return timing;
  const first = calendar.next(instantOf(start, timing.zone) - 1);
  const wall = first === undefined ? undefined : calendar.wallOf(first.start);
  return wall === undefined ? timing : movedTo(timing, wall.toString({ smallestUnit: timeUnit(wall) }));
}

/** With another start, and the same length on the wall. */
export function movedTo<T extends Timing>(timing: T, start: string): T {
  if (timing.end === undefined) return { ...timing, start };
  const shift = Temporal.PlainDateTime.from(timing.start).until(Temporal.PlainDateTime.from(start));
  const end = Temporal.PlainDateTime.from(timing.end).add(shift);
  return { ...timing, start, end: end.toString({ smallestUnit: timeUnit(end) }) };
}

function timeUnit({ second }: Temporal.PlainDateTime): "minute" | "second" {
  return second === 0 ? "minute" : "second";
}
