/**
 * When a window takes place: a pure function of the window and an instant. The recurrence is
 * computed on wall-clock times, by RFC 5545, and only its results are turned into instants; so a
 * rule never meets a change of the clocks.
 *
 * The caller has made sure that the window is sound (`check-window.ts`) and that `Temporal` is
 * there.
 */
import { RRuleTemporal } from "rrule-temporal";
import type { WindowDraft } from "../../contract/windows.ts";
import { libraryRule } from "./rule-text.ts";
import { type Instant, instantOf, type Span, wallAt } from "./wall-clock.ts";

export type Timing = Pick<WindowDraft, "start" | "end" | "duration" | "zone" | "rrule" | "exdates">;

const DAY_MS = 86_400_000;

export class Calendar {
  readonly #zone: string;
  readonly #first: Temporal.PlainDateTime;
  readonly #rule: RRuleTemporal | undefined;
  readonly #left: ReadonlySet<string>;
  /** Exact, or by the clock on the wall. */
  readonly #length: { exactMs: number } | { wall: Temporal.Duration; nominalMs: number };

  constructor({ start, end, duration, zone, rrule, exdates = [] }: Timing) {
    this.#zone = zone;
    this.#first = Temporal.PlainDateTime.from(start);
    this.#rule = rrule === undefined ? undefined : ruleOf(rrule, this.#first, zone);
    this.#left = new Set(exdates.map((text) => Temporal.PlainDateTime.from(text).toString()));
    if (end === undefined) this.#length = { exactMs: exactLength(duration ?? "PT0S") };
    else {
      const wall = this.#first.until(Temporal.PlainDateTime.from(end), { largestUnit: "day" });
      this.#length = { wall, nominalMs: wall.total({ unit: "millisecond" }) };
    }
  }

  /** The first occurrence that starts after this instant. */
  next(after: Instant): Span | undefined {
    // A gap moves starts by hours at most, and never one past another that is a day away.
    let from = wallAt(after, this.#zone).subtract({ days: 1 });
    for (;;) {
      const wall = this.#following(from);
      if (wall === undefined) return undefined;
      const span = this.#spanAt(wall);
      if (span.start > after && !this.#left.has(wall.toString())) return span;
      from = wall;
    }
  }

  /** The last occurrence that starts at or before this instant. */
  previous(at: Instant): Span | undefined {
    let until = wallAt(at, this.#zone).add({ days: 1 });
    for (;;) {
      const wall = this.#preceding(until);
      if (wall === undefined) return undefined;
      const span = this.#spanAt(wall);
      if (span.start <= at && !this.#left.has(wall.toString())) return span;
      until = wall;
    }
  }

  /** Those that start at or before `to` and end after `from`, in order, `most` of them. */
  during(from: Instant, to: Instant, most: number): Span[] {
    const spans: Span[] = [];
    let last = from - this.#longestMs() - 1;
    while (spans.length < most) {
      const span = this.next(last);
      if (span === undefined || span.start > to) break;
      last = span.start;
      if (span.end > from) spans.push(span);
    }
    return spans;
  }

  /**
   * What the rule says of the occurrence that starts at this instant, also where the clocks move it
   * on; `undefined` where none starts.
   */
  wallOf(start: Instant): Temporal.PlainDateTime | undefined {
    let wall = this.#following(wallAt(start, this.#zone).subtract({ days: 1 }));
    while (wall !== undefined && this.#spanAt(wall).start < start) wall = this.#following(wall);
    return wall !== undefined && this.#spanAt(wall).start === start ? wall : undefined;
  }

  /** The same as text, as in `exdates`. */
  wallTextOf(start: Instant): string | undefined {
    const wall = this.wallOf(start);
    return wall?.toString({ smallestUnit: wall.second === 0 ? "minute" : "second" });
  }

  /** The occurrence of which the rule says this. */
  at(wall: Temporal.PlainDateTime): Span | undefined {
    const span = this.#spanAt(wall);
    return this.wallOf(span.start)?.equals(wall) === true ? span : undefined;
  }

  #longestMs(): number {
    return "exactMs" in this.#length ? this.#length.exactMs : this.#length.nominalMs + DAY_MS;
  }

  #spanAt(wall: Temporal.PlainDateTime): Span {
    const start = instantOf(wall, this.#zone);
    if ("exactMs" in this.#length) return { start, end: start + this.#length.exactMs };
    const end = instantOf(wall.add(this.#length.wall), this.#zone);
    // Where the clocks swallow the whole window, it keeps its length.
    return { start, end: end > start ? end : start + this.#length.nominalMs };
  }

  #following(wall: Temporal.PlainDateTime): Temporal.PlainDateTime | undefined {
    if (this.#rule === undefined)
      return Temporal.PlainDateTime.compare(this.#first, wall) > 0 ? this.#first : undefined;
    try {
      return this.#rule.next(wall.toZonedDateTime("UTC"))?.toPlainDateTime();
    } catch {
      // The library gives up on rules that meet nothing any more.
      return undefined;
    }
  }

  #preceding(wall: Temporal.PlainDateTime): Temporal.PlainDateTime | undefined {
    if (this.#rule === undefined)
      return Temporal.PlainDateTime.compare(this.#first, wall) < 0 ? this.#first : undefined;
    try {
      return this.#rule.previous(wall.toZonedDateTime("UTC"))?.toPlainDateTime();
    } catch {
      return undefined;
    }
  }
}

/**
 * Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds; a day has 24 hours.
 * @throws {RangeError} on anything else.
 */
export function exactLength(text: string): number {
  return Temporal.Duration.from(text).total({ unit: "millisecond" });
}

/**
 * The rule on wall-clock times, which the library is told are UTC: there they follow each other
 * without gaps. @throws {Error} with what is wrong about the rule.
 */
export function ruleOf(rrule: string, first: Temporal.PlainDateTime, zone: string): RRuleTemporal {
  const wallRule = libraryRule(rrule, first).replace(
    /(^|;)UNTIL=([^;]*)/i,
    (_all, before: string, until: string) => `${before}UNTIL=${wallUntil(until, first, zone)}`,
  );
  return new RRuleTemporal({ rruleString: wallRule, dtstart: first.toZonedDateTime("UTC") });
}

/**
 * RFC 5545 has UNTIL in UTC where the start has a zone; people write dates and wall-clock times,
 * too.
 */
function wallUntil(until: string, first: Temporal.PlainDateTime, zone: string): string {
  const found = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/i.exec(until);
  if (found === null)
    throw new RangeError(
      `UNTIL must be a date like 20301231, or a date and time like 20301231T230000Z, and not ${until}`,
    );
  const [, year = "", month = "", day = "", hour = "23", minute = "59", second = "59", utc = ""] = found;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  let wall = utc === "" ? Temporal.PlainDateTime.from(text) : dayAfter(`${text}Z`, first, zone);
  // Occurrences are compared as instants: the clocks may show a time twice, or another one.
  if (utc !== "") while (instantOf(wall, zone) > Date.parse(`${text}Z`)) wall = wall.subtract({ days: 1 });
  return `${wall.toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "")}Z`;
}

/** The time of day of all occurrences, on the day after this instant. */
function dayAfter(utc: string, first: Temporal.PlainDateTime, zone: string): Temporal.PlainDateTime {
  const day = wallAt(Temporal.Instant.from(utc).epochMilliseconds, zone).toPlainDate();
  return day.add({ days: 1 }).toPlainDateTime(first.toPlainTime());
}
