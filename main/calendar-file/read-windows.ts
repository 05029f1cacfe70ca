/**
 * Windows out of a calendar file (RFC 5545). All of its events, or the line of what is wrong with
 * one. `Temporal` must be there. Pure, but for the time that is taken where none is given.
 */
import { z } from "zod";
import { WindowDraft } from "../../server-agent/contract/windows.ts";
import { checkWindow } from "../../server-agent/core/windows/check-window.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { plainText } from "../text/plain-text.ts";
import type { CalendarEntry } from "../contract/calendar.ts";
import { BEYOND, Beyond } from "./beyond.ts";
import { type Component, LineFault, type Property, every, first, readComponents } from "./content-lines.ts";
import { remindersOf } from "./event-alarms.ts";
import { endOf, isDay, startsMeant, wallOf } from "./event-dates.ts";
import { fromFirst, movedTo } from "./first-start.ts";
import { ruleOfEvent } from "./event-rule.ts";
import { type StandingEvent, standingEvents } from "./standing-events.ts";
import { FileZones } from "./zones.ts";
import { t } from "../language/translate.ts";

const MAX_TITLE_LENGTH = 200;
const MAX_REASON_LENGTH = 500;

type Draft = CalendarEntry["draft"];

/**
 * @param localZone of this computer: floating times are meant in it
 * @param at ms since 1970: what has ended before is in the past
 * @throws {LineFault}
 */
export function readWindows(text: string, localZone: string, at = Date.now()): CalendarEntry[] {
  const calendars = readComponents(text);
  const events = standingEvents(calendars);
  const context = { zones: new FileZones(calendars, at, localZone), localZone, at };
  const masters = events.filter(({ event }) => first(event, "recurrence-id") === undefined);
  const changed = events.filter(({ event }) => first(event, "recurrence-id") !== undefined);
  for (const { event } of changed) {
    const which = first(event, "recurrence-id");
    if (which?.parameters.range !== undefined)
      throw new LineFault(
        which.line,
        t("RANGE is not taken over; end the series before it, and make an event of its own for the rest"),
      );
  }
  const uidOf = ({ event }: StandingEvent) => first(event, "uid")?.values[0];
  return [
    ...masters.flatMap((master) => {
      const own = changed.filter((other) => uidOf(master) !== undefined && uidOf(other) === uidOf(master));
      const replaced = own.flatMap(({ event }) => first(event, "recurrence-id") ?? []);
      return entryOf(master, { ...context, replaced });
    }),
    // One occurrence that was moved is a window of its own.
    ...changed.flatMap((each) => {
      const master = masters.find((candidate) => uidOf(each) !== undefined && uidOf(candidate) === uidOf(each));
      return entryOf(each, { ...context, replaced: [] }, master?.event);
    }),
  ];
}

interface Context {
  zones: FileZones;
  localZone: string;
  at: number;
  /** The occurrences of a series that stand elsewhere. */
  replaced: Property[];
}

/** @returns none where nothing of the event takes place */
function entryOf(
  { event, isCancelled, older }: StandingEvent,
  { zones, localZone, at, replaced }: Context,
  master?: Component,
): CalendarEntry[] {
  if (isCancelled) return [];
  const notes = older.map((line) => t("An older copy of it, in line {line}, was left out.", { line }));
  const dtstart = first(event, "dtstart");
  if (dtstart === undefined) throw new LineFault(event.line, t("the event has no DTSTART"));
  const zoneOf = (property: Property) => zones.of(property);
  const named = zoneOf(dtstart);
  const guessed = zones.noteOf(dtstart);
  if (named === undefined) notes.push(t("It has no time zone; {zone} is taken.", { zone: localZone }));
  if (guessed !== undefined) notes.push(guessed);
  const start = wallOf(dtstart);
  const beyond = beyondOf(event) ?? (master === undefined ? undefined : beyondOf(master));
  const rrule = ruleOfEvent(event, start, notes);
  const zone = named ?? localZone;
  const alarms = remindersOf(event, notes);
  const reminders = alarms.length > 0 ? alarms : beyond?.reminders;
  const reason = first(event, "description")?.values[0]?.trim() ?? "";
  const { atStart, atEnd, overrun, sites = [], servers = [] } = beyond ?? {};
  const read: Draft = {
    title: plainText(first(event, "summary")?.values[0]?.trim() ?? "", MAX_TITLE_LENGTH - 40) || "Maintenance",
    start,
    zone,
    ...endOf(event, dtstart, zone, zoneOf),
    ...(rrule === undefined ? {} : { rrule }),
    ...(reminders === undefined ? {} : { reminders }),
    ...(atStart === undefined ? {} : { atStart }),
    ...(atEnd === undefined ? {} : { atEnd }),
    ...(overrun === undefined ? {} : { overrun }),
    ...(reason === "" ? {} : { reason: plainText(reason, MAX_REASON_LENGTH - 40) }),
  };
  if (isNever(event, read)) {
    // RFC 5545, 3.8.5.3: DTSTART counts as the first occurrence in any case.
    delete read.rrule;
    notes.push(t("Its rule has no day after its start; only the start is taken over."));
  }
  const draft = asPlanned(read, beyond?.start);
  const calendar = new Calendar(draft);
  if (draft.start === start && calendar.at(Temporal.PlainDateTime.from(start)) === undefined)
    notes.push(
      t("Its start, {start}, is not in its rule and was left out; other programs show it. Plan it by itself.", {
        start: start.replace("T", " "),
      }),
    );
  const series = { zone, start, isOfDays: isDay(dtstart), calendar };
  const exdates = new Set<string>();
  for (const property of [...every(event, "exdate"), ...replaced])
    for (const { wall, isMet } of startsMeant(property, series, zoneOf)) {
      if (isMet) exdates.add(wall);
      else
        notes.push(
          t("Line {line} is about {start}, when nothing of it starts.", {
            line: property.line,
            start: wall.replace("T", " "),
          }),
        );
    }
  if (exdates.size > 0) draft.exdates = [...exdates];
  // All of it stands elsewhere, or was left out.
  if (isNever(event, draft)) return [];
  const isPast = new Calendar(draft).during(at, Number.MAX_SAFE_INTEGER, 1).length === 0;
  if (isPast) notes.push(t("All of it is in the past."));
  return [{ line: event.line, draft, sites, servers, notes, isPast }];
}

/** With the start that it was planned with, where the file has the first occurrence instead. */
function asPlanned(draft: Draft, start: string | undefined): Draft {
  if (start === undefined) return draft;
  const planned = movedTo(draft, start);
  return fromFirst(planned).start === draft.start ? planned : draft;
}

const PROPERTIES: Readonly<Record<string, string>> = {
  start: "dtstart",
  zone: "dtstart",
  end: "dtend",
  duration: "duration",
  rrule: "rrule",
  exdates: "exdate",
  title: "summary",
};

/**
 * Whether it never takes place, by the rules of the agent.
 * @throws {LineFault} with the line of what breaks another of these rules
 */
function isNever(event: Component, draft: Draft): boolean {
  const whole = { ...draft, sites: [{ site: "site" }] };
  const parsed = WindowDraft.safeParse(whole);
  const [problem] = parsed.success
    ? checkWindow(whole)
    : parsed.error.issues.map(({ path, message }) => ({ path: `/${path.join("/")}`, code: "window.form", message }));
  if (problem === undefined) return false;
  if (problem.code === "window.never") return true;
  const [, field = ""] = problem.path.split("/");
  throw new LineFault(first(event, PROPERTIES[field] ?? "")?.line ?? event.line, problem.message);
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
      t("X-BACKSOON-WINDOW is not JSON; export the window again, or remove this line and choose the sites by hand"),
    );
  }
  const parsed = Beyond.partial().safeParse(value);
  if (!parsed.success)
    throw new LineFault(
      property.line,
      `X-BACKSOON-WINDOW: ${z.prettifyError(parsed.error).split("\n")[0] ?? t("it has another form")}`,
    );
  const { sites = [], servers = [], ...rest } = parsed.data;
  return { sites, servers, ...rest };
}
