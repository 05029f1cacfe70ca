/** Windows as a calendar file (RFC 5545), with their alarms. `Temporal` must be there. Pure. */
import ICAL from "ical.js";
import type { MaintenanceWindow } from "../../server-agent/contract/windows.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { instantOf } from "../../server-agent/core/windows/wall-clock.ts";
import { fromFirst } from "./first-start.ts";
import { BEYOND, type Beyond } from "./beyond.ts";
import { zoneComponent } from "./write-zone.ts";

/** With the blank that a folded line begins with, 75 octets (RFC 5545, 3.1). */
ICAL.foldLength = 74;

export interface WindowToWrite {
  window: MaintenanceWindow;
  /** Names of the servers that it is planned on. */
  servers: string[];
}

/** @param at when it is written (ms since 1970) */
export function writeWindows(windows: readonly WindowToWrite[], at: number): string {
  const calendar = new ICAL.Component("vcalendar");
  calendar.addPropertyWithValue("version", "2.0");
  calendar.addPropertyWithValue("prodid", "-//Backsoon//Maintenance windows//EN");
  for (const [zone, { from, to }] of usedZones(windows)) calendar.addSubcomponent(zoneComponent(zone, from, to));
  const used = new Map<string, number>();
  for (const each of windows) {
    const id = each.window.operation?.id ?? each.window.id;
    const before = used.get(id) ?? 0;
    used.set(id, before + 1);
    // Servers of one operation may have been changed apart since.
    calendar.addSubcomponent(eventOf(each, `${id}${before === 0 ? "" : `-${before + 1}`}@backsoon`, at));
  }
  return `${calendar.toString()}\r\n`;
}

/** With the span of time that each is needed for. */
function usedZones(windows: readonly WindowToWrite[]): Map<string, { from: number; to: number }> {
  const zones = new Map<string, { from: number; to: number }>();
  for (const { window } of windows) {
    if (window.zone === "UTC") continue;
    const calendar = new Calendar(window);
    const from = instantOf(Temporal.PlainDateTime.from(window.start), window.zone);
    const last =
      window.rrule !== undefined && !/(COUNT|UNTIL)=/i.test(window.rrule)
        ? Number.MAX_SAFE_INTEGER
        : (calendar.previous(LATEST)?.end ?? from);
    const known = zones.get(window.zone);
    zones.set(window.zone, { from: Math.min(from, known?.from ?? from), to: Math.max(last, known?.to ?? last) });
  }
  return zones;
}

/** Rules with an end have it before this. */
const LATEST = Date.UTC(2200, 0, 1);

function eventOf({ window, servers }: WindowToWrite, uid: string, at: number): ICAL.Component {
  const event = new ICAL.Component("vevent");
  const {
    zone,
    title,
    reason,
    duration,
    rrule,
    exdates = [],
    occurrences,
    sites,
    atStart,
    atEnd,
    overrun,
    reminders,
    revision,
  } = window;
  const { start, end } = fromFirst(window);
  const text = (name: string, value: string) => event.addPropertyWithValue(name, value);
  const date = (name: string, wall: string) => {
    const property = new ICAL.Property(name);
    if (zone !== "UTC") property.setParameter("tzid", zone);
    property.setValue(
      ICAL.Time.fromDateTimeString(`${wall.length === 16 ? `${wall}:00` : wall}${zone === "UTC" ? "Z" : ""}`),
    );
    event.addProperty(property);
  };
  text("uid", uid);
  event.addPropertyWithValue(
    "dtstamp",
    ICAL.Time.fromDateTimeString(new Date(at).toISOString().replace(/\.\d+Z$/, "Z")),
  );
  event.addPropertyWithValue("sequence", revision - 1);
  text("summary", title);
  if (reason !== undefined) text("description", reason);
  text("location", [...new Set([...sites.map(({ site }) => site), ...servers])].join(", "));
  date("dtstart", start);
  if (end === undefined) event.addPropertyWithValue("duration", ICAL.Duration.fromString(duration ?? "PT0S"));
  else date("dtend", end);
  if (rrule !== undefined)
    event.addPropertyWithValue("rrule", ICAL.Recur.fromString(withUtcUntil(rrule.toUpperCase(), zone)));
  const rule = new Calendar(window);
  const skipped = occurrences.flatMap((occurrence) =>
    occurrence.state === "skipped" ? (rule.wallTextOf(Date.parse(occurrence.start)) ?? []) : [],
  );
  for (const wall of new Set([...exdates, ...skipped])) date("exdate", wall);
  // A window blocks nobody's day.
  text("transp", "TRANSPARENT");
  const beyond: Beyond = {
    sites,
    servers,
    ...(start === window.start ? {} : { start: window.start }),
    ...(atStart === undefined ? {} : { atStart }),
    ...(atEnd === undefined ? {} : { atEnd }),
    ...(overrun === undefined ? {} : { overrun }),
    ...(reminders === undefined ? {} : { reminders }),
  };
  const property = new ICAL.Property(BEYOND);
  property.resetType("text");
  property.setValue(JSON.stringify(beyond));
  event.addProperty(property);
  for (const reminder of reminders ?? []) event.addSubcomponent(alarmOf(reminder, title));
  return event;
}

/**
 * RFC 5545 wants UNTIL in UTC where the start has a zone; the agent takes wall-clock times, too.
 */
function withUtcUntil(rrule: string, zone: string): string {
  return rrule.replace(/UNTIL=(\d{8})(?:T(\d{6}))?(Z?)/i, (_all, day: string, time = "235959", utc = "") => {
    if (utc !== "") return `UNTIL=${day}T${time}Z`;
    const wall = Temporal.PlainDateTime.from(`${day}T${time}`);
    return `UNTIL=${new Date(instantOf(wall, zone)).toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
  });
}

function alarmOf(reminder: string, title: string): ICAL.Component {
  const alarm = new ICAL.Component("valarm");
  alarm.addPropertyWithValue("action", "DISPLAY");
  alarm.addPropertyWithValue("description", title);
  const fromEnd = reminder.startsWith("end");
  const length = reminder.replace(/^(start|end)/, "") || "PT0S";
  const trigger = new ICAL.Property("trigger");
  if (fromEnd) trigger.setParameter("related", "END");
  trigger.setValue(ICAL.Duration.fromString(length));
  alarm.addProperty(trigger);
  return alarm;
}
