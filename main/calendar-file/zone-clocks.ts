/** What the clocks of a zone do, by a VTIMEZONE (RFC 5545, 3.6.5) or by IANA. Pure. */
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { ruleFault } from "../../server-agent/core/windows/rule-text.ts";
import { instantOf } from "../../server-agent/core/windows/wall-clock.ts";
import { type Component, type Property, every, first } from "./content-lines.ts";
import { wallOf } from "./event-dates.ts";

/** Of the years that are compared. */
export interface Clocks {
  /** Ms since 1970. */
  from: number;
  /** Ms east of UTC at `from`. */
  offset: number;
  changes: readonly Change[];
}

/** From this instant on (ms since 1970) the clocks are this much (ms) east of UTC. */
interface Change {
  at: number;
  offset: number;
}

const COMPARED_MS = 3 * 366 * 86_400_000;
/** A zone changes its clocks a few times a year. */
const MAX_CHANGES = 50;

/** @returns `undefined` where the component does not say it in a way that is understood */
export function clocksOf(component: Component, from: number): Clocks | undefined {
  try {
    const observances = component.components.map((each) => onsetsOf(each, from));
    const changes = observances
      .flatMap(({ offset, onsets }) => onsets.map((at): Change => ({ at, offset })))
      .sort((a, b) => a.at - b.at);
    const offset = changes.findLast(({ at }) => at <= from)?.offset ?? observances[0]?.before;
    if (offset === undefined) return undefined;
    return {
      from,
      offset,
      changes: withoutSame(
        offset,
        changes.filter(({ at }) => at > from),
      ),
    };
  } catch {
    return undefined;
  }
}

export function sameClocks(zone: string, { from, offset, changes }: Clocks): boolean {
  const own = clocksOfZone(zone, from);
  return own.offset === offset && own.changes.length === changes.length && changes.every((each) => has(own, each));
}

/** Whether the zone cannot be meant; a file may have fewer changes where it needs no more. */
export function isContradicted(zone: string, { from, offset, changes }: Clocks): boolean {
  const own = clocksOfZone(zone, from);
  return own.offset !== offset || !changes.every((each) => has(own, each));
}

function has({ changes }: Clocks, { at, offset }: Change): boolean {
  return changes.some((change) => change.at === at && change.offset === offset);
}

function clocksOfZone(zone: string, from: number): Clocks {
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  const changes: Change[] = [];
  for (let at = start.getTimeZoneTransition("next"); at !== null; at = at.getTimeZoneTransition("next")) {
    if (at.epochMilliseconds >= from + COMPARED_MS) break;
    changes.push({ at: at.epochMilliseconds, offset: at.offsetNanoseconds / 1e6 });
  }
  const offset = start.offsetNanoseconds / 1e6;
  return { from, offset, changes: withoutSame(offset, changes) };
}

/** When STANDARD or DAYLIGHT begins: the last time before these years, and all times in them. */
function onsetsOf(observance: Component, start: number): { before: number; offset: number; onsets: number[] } {
  const before = offsetOf(first(observance, "tzoffsetfrom"));
  const offset = offsetOf(first(observance, "tzoffsetto"));
  const dtstart = first(observance, "dtstart");
  if (dtstart === undefined) throw new RangeError("an observance has no DTSTART");
  // Walls are those of the clock as it was until then.
  const instant = (wall: string) => instantOf(Temporal.PlainDateTime.from(wall), "UTC") - before;
  const end = start + COMPARED_MS;
  const dates = every(observance, "rdate").flatMap((rdate) =>
    rdate.text.split(",").map((value) => instant(wallOf(rdate, value.trim()))),
  );
  const ruled = every(observance, "rrule").flatMap(({ text }) => {
    const rrule = text.replace(/;+$/, "");
    if (ruleFault(rrule) !== undefined) throw new RangeError("an observance has a rule that is not understood");
    const calendar = new Calendar({ start: wallOf(dtstart), duration: "PT1H", zone: "UTC", rrule });
    const previous = calendar.previous(start + before);
    return [
      ...(previous === undefined ? [] : [previous]),
      ...calendar.during(start + before, end + before, MAX_CHANGES),
    ].map((span) => span.start - before);
  });
  const onsets = [...new Set([instant(wallOf(dtstart)), ...dates, ...ruled])].filter((at) => at < end);
  return { before, offset, onsets };
}

/** `+0100`, `-0330`, `+013015`, as milliseconds. */
function offsetOf(property: Property | undefined): number {
  const [, sign = "", hours, minutes, seconds = "0"] =
    /^([+-])(\d{2}):?(\d{2}):?(\d{2})?$/.exec(property?.text ?? "") ?? [];
  if (hours === undefined) throw new RangeError("an observance has no offset");
  return (sign === "-" ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function withoutSame(offset: number, changes: readonly Change[]): Change[] {
  return changes.filter((change, index) => change.offset !== (index === 0 ? offset : changes[index - 1]?.offset));
}
