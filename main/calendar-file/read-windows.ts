/**
 * Windows out of a calendar file (RFC 5545). All of its events, or the line of what is wrong with
 * one. `Temporal` must be there. Pure.
 */
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import { checkWindow } from "../../server-agent/core/windows/check-window.ts";
import { instantOf, wallAt } from "../../server-agent/core/windows/wall-clock.ts";
import { plainText } from "../text/plain-text.ts";
import type { CalendarEntry } from "../contract/calendar.ts";
import { BEYOND, Beyond } from "./beyond.ts";
import { type Component, LineFault, type Property, first, readComponents } from "./content-lines.ts";
import { type ZoneNames, zoneNamesOf, zoneOf } from "./zones.ts";

const MAX_EVENTS = 1000;
const MAX_TITLE_LENGTH = 200;
const MAX_REASON_LENGTH = 500;

/** @param localZone of this computer: floating times are meant in it. @throws {LineFault} */
export function readWindows(text: string, localZone: string): CalendarEntry[] {
  const calendar = readComponents(text);
  const events = calendar.components.filter(({ name }) => name === "VEVENT");
  const [tooMany] = events.slice(MAX_EVENTS);
  if (tooMany !== undefined) throw new LineFault(tooMany.line, `the file has more than ${MAX_EVENTS} events`);
  if (events.length === 0) throw new LineFault(calendar.line, "the calendar has no events");
  const masters = events.filter((event) => first(event, "recurrence-id") === undefined);
  const changed = events.filter((event) => first(event, "recurrence-id") !== undefined);
  const zones = zoneNamesOf(calendar);
  for (const event of changed) {
    const which = first(event, "recurrence-id");
    if (which?.parameters.range !== undefined)
      throw new LineFault(
        which.line,
        "RANGE is not taken over; end the series before it, and make an event of its own for the rest",
      );
  }
  const uidOf = (event: Component) => first(event, "uid")?.values[0];
  return [
    ...masters.flatMap((event) => {
      const own = changed.filter((other) => uidOf(event) !== undefined && uidOf(other) === uidOf(event));
      return entryOf(event, {
        zones,
        localZone,
        replaced: own.flatMap((other) => first(other, "recurrence-id") ?? []),
      });
    }),
    // One occurrence that was moved is a window of its own.
    ...changed.flatMap((event) => {
      const master = masters.find((candidate) => uidOf(event) !== undefined && uidOf(candidate) === uidOf(event));
      return entryOf(event, { zones, localZone, replaced: [] }, master);
    }),
  ];
}

interface Context {
  zones: ZoneNames;
  localZone: string;
  /** The occurrences of a series that stand elsewhere. */
  replaced: Property[];
}

function entryOf(event: Component, { zones, localZone, replaced }: Context, master?: Component): CalendarEntry[] {
  if (first(event, "status")?.values[0]?.toUpperCase() === "CANCELLED") return [];
  const notes: string[] = [];
  const dtstart = first(event, "dtstart");
  if (dtstart === undefined) throw new LineFault(event.line, "the event has no DTSTART");
  for (const name of ["rdate", "exrule"]) {
    const extra = first(event, name);
    if (extra !== undefined)
      throw new LineFault(
        extra.line,
        `${name.toUpperCase()} is not taken over; write the dates as events of their own`,
      );
  }
  const rules = event.properties.filter(({ name }) => name === "rrule");
  if (rules[1] !== undefined)
    throw new LineFault(rules[1].line, "a window has one RRULE; make an event of its own for the second one");
  const named = zoneOf(dtstart, zones);
  if (named === undefined) notes.push(`It has no time zone; ${localZone} is taken.`);
  const zone = named ?? localZone;
  const start = wallOf(dtstart);
  const beyond = beyondOf(event) ?? (master === undefined ? undefined : beyondOf(master));
  const exdates = [...event.properties.filter(({ name }) => name === "exdate"), ...replaced].flatMap((property) =>
    leftOut(property, { zone, start, zones }),
  );
  const reminders = event.components
    .filter(({ name }) => name === "VALARM")
    .flatMap((alarm) => reminderOf(alarm, notes));
  const reason = first(event, "description")?.values[0];
  const draft: CalendarEntry["draft"] = {
    title: plainText(first(event, "summary")?.values[0]?.trim() ?? "", MAX_TITLE_LENGTH - 40) || "Maintenance",
    start,
    zone,
    ...endOf(event, start, zone, zones),
    ...(rules[0] === undefined ? {} : { rrule: rules[0].values.join(",") }),
    ...(exdates.length === 0 ? {} : { exdates }),
    ...(reminders.length > 0
      ? { reminders: [...new Set(reminders)] }
      : beyond?.reminders === undefined
        ? {}
        : { reminders: beyond.reminders }),
    ...(beyond?.atStart === undefined ? {} : { atStart: beyond.atStart }),
    ...(beyond?.atEnd === undefined ? {} : { atEnd: beyond.atEnd }),
    ...(beyond?.overrun === undefined ? {} : { overrun: beyond.overrun }),
    ...(reason === undefined || reason.trim() === ""
      ? {}
      : { reason: plainText(reason.trim(), MAX_REASON_LENGTH - 40) }),
  };
  check(event, draft);
  return [{ line: event.line, draft, sites: beyond?.sites ?? [], servers: beyond?.servers ?? [], notes }];
}

/** The rules of the agent, with the line of what breaks one. */
function check(event: Component, draft: CalendarEntry["draft"]): void {
  const whole = { ...draft, sites: [{ site: "site" }] };
  const parsed = WindowDraft.safeParse(whole);
  const [problem] = parsed.success
    ? checkWindow(whole)
    : parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join("/")}`, message }));
  if (problem === undefined) return;
  const [, field = ""] = problem.path.split("/");
  const names: Record<string, string> = {
    start: "dtstart",
    zone: "dtstart",
    end: "dtend",
    duration: "duration",
    rrule: "rrule",
    exdates: "exdate",
    title: "summary",
  };
  throw new LineFault(first(event, names[field] ?? "")?.line ?? event.line, problem.message);
}

/** `2030-01-31T23:00`, as in a draft; a day begins at midnight. */
function wallOf({ line, text, values }: Property, value = values[0] ?? ""): string {
  try {
    const wall = Temporal.PlainDateTime.from(value.replace(/Z$/, ""), { overflow: "reject" });
    return wall.toString({ smallestUnit: wall.second === 0 ? "minute" : "second" });
  } catch {
    throw new LineFault(line, `${JSON.stringify(text)} is no date of the calendar`);
  }
}

function endOf(event: Component, start: string, zone: string, zones: ZoneNames): Pick<WindowDraft, "end" | "duration"> {
  const dtend = first(event, "dtend");
  const duration = first(event, "duration");
  if (dtend !== undefined) {
    const endZone = zoneOf(dtend, zones) ?? zone;
    const end = wallOf(dtend);
    if (endZone === zone) return { end };
    return { end: inZone(end, endZone, zone) };
  }
  if (duration !== undefined) return { duration: daysOf(lengthOf(duration)) };
  // RFC 5545, 3.6.1: an event of a day without an end takes that day.
  if (isDay(first(event, "dtstart"))) return { duration: "P1D" };
  throw new LineFault(event.line, `the event that begins at ${start} has no end; a window needs DTEND or DURATION`);
}

function isDay(property: Property | undefined): boolean {
  return property?.values[0] !== undefined && !property.values[0].includes("T");
}

function inZone(wall: string, from: string, to: string): string {
  const there = wallAt(instantOf(Temporal.PlainDateTime.from(wall), from), to);
  return there.toString({ smallestUnit: there.second === 0 ? "minute" : "second" });
}

function leftOut(
  property: Property,
  { zone, start, zones }: { zone: string; start: string; zones: ZoneNames },
): string[] {
  const from = zoneOf(property, zones) ?? zone;
  return property.values.map((value) => {
    if (!value.includes("T")) return `${wallOf(property, value).slice(0, 10)}${start.slice(10)}`;
    const wall = wallOf(property, value);
    return from === zone ? wall : inZone(wall, from, zone);
  });
}

function reminderOf(alarm: Component, notes: string[]): string[] {
  const trigger = first(alarm, "trigger");
  if (trigger !== undefined && trigger.parameters.value?.toUpperCase() !== "DATE-TIME") {
    const fromEnd = trigger.parameters.related?.toUpperCase() === "END";
    const length = lengthOf(trigger);
    if (length.blank) return [fromEnd ? "end" : "start"];
    if (length.sign < 0) return [`${fromEnd ? "end" : ""}${daysOf(length)}`];
  }
  notes.push(
    `The alarm in line ${alarm.line} was left out: reminders come before the start, at it, before the end, or at it.`,
  );
  return [];
}

function lengthOf({ line, text }: Property): Temporal.Duration {
  try {
    return Temporal.Duration.from(text);
  } catch {
    throw new LineFault(line, `${JSON.stringify(text)} is no length of time; write one like PT2H`);
  }
}

/** Windows know no weeks. */
function daysOf({ weeks, days, hours, minutes, seconds }: Temporal.Duration): string {
  return Temporal.Duration.from({ days: weeks * 7 + days, hours, minutes, seconds }).toString();
}

function beyondOf(event: Component): Beyond | undefined {
  const property = first(event, BEYOND);
  if (property === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(property.values.join(","));
  } catch {
    throw new LineFault(
      property.line,
      "X-BACKSOON-WINDOW is not JSON; export the window again, or remove this line and choose the sites by hand",
    );
  }
  const parsed = Beyond.partial().safeParse(value);
  if (!parsed.success)
    throw new LineFault(
      property.line,
      `X-BACKSOON-WINDOW: ${z.prettifyError(parsed.error).split("\n")[0] ?? "it has another form"}`,
    );
  const { sites = [], servers = [], ...rest } = parsed.data;
  return { sites, servers, ...rest };
}
