/**
 * What takes place between two instants, on all servers: the calendar of each window by the same
 * rules by which its agent goes, with what became of its occurrences. What several servers do
 * together is shown once. Pure; `Temporal` must be there.
 */
import type { MaintenanceWindow, Occurrence } from "../../server-agent/contract/windows.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { wallText } from "../../server-agent/core/windows/wall-clock.ts";
import type { Schedule, ScheduledOccurrence, ScheduledPlace } from "../contract/schedule.ts";
import type { ServerState } from "../contract/servers.ts";
import { withConflicts } from "./conflicts.ts";
import { t } from "../language/translate.ts";

/** Of one window, and of all of them together. */
const MAX_OF_ONE_SERIES = 400;
const MAX_OCCURRENCES = 5000;
/** Where somebody is needed most comes first. */
const BY_NEED: readonly ScheduledPlace["state"][] = [
  "overrun",
  "failed",
  "unknown",
  "running",
  "missed",
  "planned",
  "skipped",
  "ended",
];

type Observed = Pick<ServerState, "profile" | "connection" | "snapshot" | "observedAt">;
interface Part {
  window: MaintenanceWindow;
  place: ScheduledPlace;
  start: number;
}

/**
 * @param now epoch milliseconds
 * @param zoneData version of the time zone data by which this app computes
 */
export function scheduleOf(
  servers: readonly Observed[],
  from: number,
  to: number,
  now: number,
  zoneData = process.versions.tz,
): Schedule {
  const parts = servers.flatMap((server) => {
    const note = zoneNoteOf(server.snapshot?.agent.timeZoneData, zoneData);
    return (server.snapshot?.windows ?? []).flatMap((window) => partsOf(server, window, from, to, now, note));
  });
  const groups = Map.groupBy(parts, ({ window, place, start }) => `${seriesOf(window, place)}@${start}`);
  const sizes = Map.groupBy(
    servers.flatMap(({ profile, snapshot }) =>
      (snapshot?.windows ?? []).map((window) => ({ window, serverId: profile.id })),
    ),
    ({ window, serverId }) => seriesOf(window, { serverId }),
  );
  const occurrences = [...groups].map(([key, group]) => merged(key, group, (series) => sizes.get(series)?.length ?? 0));
  occurrences.sort((a, b) => a.start.localeCompare(b.start) || a.title.localeCompare(b.title));
  const shown = occurrences.slice(0, MAX_OCCURRENCES);
  return {
    occurrences: withConflicts(shown),
    windows: windowsOf(shown, servers),
    more: occurrences.length > MAX_OCCURRENCES,
  };
}

/**
 * What is known beside its records: the next ones by the calendar, as nothing became of them yet.
 */
function partsOf(
  server: Observed,
  window: MaintenanceWindow,
  from: number,
  to: number,
  now: number,
  zoneNote: string | undefined,
): Part[] {
  const recorded = new Map(
    window.occurrences.filter(({ state }) => state !== "planned").map((record) => [Date.parse(record.start), record]),
  );
  const seenAt = server.observedAt === null ? 0 : Date.parse(server.observedAt);
  const ahead = calendarOf(window)
    .during(Math.max(from, Date.parse(window.createdAt)), to, MAX_OF_ONE_SERIES)
    // What was over when the server was last heard of, and has no record, is too long ago, or was
    // planned otherwise then.
    .filter(({ start, end }) => start < to && end > from && !recorded.has(start) && end > seenAt)
    .map(({ start, end }): Occurrence => {
      const isDue = start <= now && server.connection.state !== "connected";
      return {
        window: window.id,
        start: isoOf(start),
        end: isoOf(end),
        state: "planned",
        receipts: [],
        ...(isDue ? { why: t(UNSEEN) } : zoneNote === undefined || window.zone === "UTC" ? {} : { why: zoneNote }),
      };
    });
  const past = [...recorded.values()].filter(
    (record) => begunAt(record) < to && Math.max(overAt(record), begunAt(record) + 1) > from,
  );
  return [...ahead, ...past].map((occurrence) => ({
    window,
    place: placeOf(server, window, occurrence),
    start: Date.parse(occurrence.start),
  }));
}

/** Governments change their clocks at short notice: both need not compute the same instants. */
function zoneNoteOf(theirs: string | undefined, own: string | undefined): string | undefined {
  if (theirs === undefined || own === undefined || theirs === own) return undefined;
  return t("Computed with time zone data {own}; the server has {theirs}, and goes by that.", { own, theirs });
}

const UNSEEN = "The server cannot be reached; what became of it is known when it answers again.";

/**
 * What was started before its time stands where it really began, and what has ended where it ended.
 */
function begunAt({ start, startedAt = start }: Pick<Occurrence, "start" | "startedAt">): number {
  return Math.min(Date.parse(start), Date.parse(startedAt));
}
function overAt({ end, endedAt = end, state }: Pick<Occurrence, "end" | "endedAt" | "state">): number {
  return Date.parse(state === "ended" ? endedAt : end);
}

function placeOf({ profile }: Observed, window: MaintenanceWindow, occurrence: Occurrence): ScheduledPlace {
  const { start: _start, window: id, state, ...rest } = occurrence;
  return {
    ...rest,
    serverId: profile.id,
    serverName: profile.name,
    id,
    revision: window.revision,
    sites: window.sites.map(({ site }) => site),
    end: isoOf(overAt(occurrence)),
    state: occurrence.why === UNSEEN ? "unknown" : state,
  };
}

function merged(key: string, group: readonly Part[], sizeOf: (series: string) => number): ScheduledOccurrence {
  const [first] = group;
  if (first === undefined) throw new Error("a group has members");
  const { window, place, start: planned } = first;
  const start = Math.min(...group.map((part) => begunAt({ ...part.place, start: isoOf(planned) })));
  const series = seriesOf(window, place);
  const places = group.map((part) => part.place);
  const end = Math.max(...places.map((each) => Date.parse(each.end)));
  return {
    key,
    series,
    title: window.title,
    start: isoOf(start),
    end: isoOf(end),
    zone: window.zone,
    startsAt: wallText(start, window.zone),
    endsAt: wallText(end, window.zone),
    repeats: window.rrule !== undefined,
    state: BY_NEED.find((state) => places.some((each) => each.state === state)) ?? "planned",
    places,
    missingOn: Math.max(0, (window.operation?.servers ?? 1) - sizeOf(series)),
    conflicts: [],
  };
}

/**
 * Of the same moment as the occurrences, so that a change is computed from the revision that it
 * names.
 */
function windowsOf(occurrences: readonly ScheduledOccurrence[], servers: readonly Observed[]): Schedule["windows"] {
  const known = new Map(
    servers.flatMap(({ profile, snapshot }) =>
      (snapshot?.windows ?? []).map((window) => [`${profile.id}/${window.id}`, window]),
    ),
  );
  return Object.fromEntries(
    occurrences.flatMap(({ series, places: [first] }) => {
      const window = known.get(`${first?.serverId}/${first?.id}`);
      return window === undefined ? [] : [[series, window]];
    }),
  );
}

/** Windows of one operation are one, as far as they have the same times. */
function seriesOf(
  { operation, id, start, zone, rrule }: MaintenanceWindow,
  { serverId }: { serverId: string },
): string {
  return operation === undefined ? `${serverId}/${id}` : `${operation.id}/${start}/${zone}/${rrule ?? ""}`;
}

function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}

// An observed window is replaced as a whole when anything of it changes.
const calendars = new WeakMap<MaintenanceWindow, Calendar>();

function calendarOf(window: MaintenanceWindow): Calendar {
  const known = calendars.get(window);
  if (known !== undefined) return known;
  const calendar = new Calendar(window);
  calendars.set(window, calendar);
  return calendar;
}
