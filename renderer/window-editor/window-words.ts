/** Windows in words. Pure: the present and the zones come as arguments. */
import type { ScheduledOccurrence, ScheduledPlace } from "../../main/contract/schedule.ts";
import { agreeing, plural } from "../../main/contract/shared/plural.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import type { SiteState } from "../lib/sites.ts";
import { showSame, wallAt } from "./zoned.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone}\n${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone });
  formats.set(key, made);
  return made;
}

/** `Sun, 24 Nov` */
export function dayIn(instant: number, zone: string): string {
  return format(zone, { weekday: "short", day: "numeric", month: "short" }).format(instant);
}
/** `02:30` */
export function timeIn(instant: number, zone: string): string {
  return wallAt(instant, zone).slice(11);
}

/** `Sun, 24 Nov 23:00 – Mon, 25 Nov 01:00` */
export function rangeIn(start: number, end: number, zone: string): string {
  const [from, to] = [dayIn(start, zone), dayIn(end, zone)];
  return `${from} ${timeIn(start, zone)} – ${from === to ? "" : `${to} `}${timeIn(end, zone)}`;
}

/**
 * In the window's zone and, where it differs, here:
 * `Sun, 24 Nov 02:00 – 03:00 in Europe/Berlin; here 01:00 – 02:00`.
 */
export function spanWords(start: number, end: number, zone: string, local: string): string {
  if (showSame(zone, local, [start, end])) return `${rangeIn(start, end, zone)} (${zone})`;
  return `${rangeIn(start, end, zone)} in ${zone}; here ${rangeIn(start, end, local)}`;
}

export const STATE_NAMES: Record<ScheduledPlace["state"], string> = {
  planned: "Planned",
  running: "Running",
  overrun: "Overdue",
  ended: "Ended",
  missed: "Missed",
  skipped: "Skipped",
  failed: "Failed",
  unknown: "Unknown",
};

export const STATE_LOOKS: Record<ScheduledPlace["state"], SiteState | "planned"> = {
  planned: "planned",
  running: "maintenance",
  overrun: "failed",
  ended: "live",
  missed: "failed",
  skipped: "disabled",
  failed: "failed",
  unknown: "unknown",
};

/** `shop, blog on 2 servers`, `shop on web-1` */
export function whereWords({ places }: Pick<ScheduledOccurrence, "places">): string {
  const sites = [...new Set(places.flatMap((place) => place.sites))];
  const shown = sites.length > 3 ? `${sites.slice(0, 3).join(", ")} and ${sites.length - 3} more` : sites.join(", ");
  const [only] = places;
  return places.length === 1 && only !== undefined
    ? `${shown} on ${visibleText(only.serverName)}`
    : `${shown} on ${places.length} servers`;
}

/** What a conflict means. */
export function conflictWords({ title, sites }: ScheduledOccurrence["conflicts"][number], until: string): string {
  return `${sites.join(", ")} ${agreeing(sites.length, "is", "are")} also in “${visibleText(title)}”: closed until ${until}, when the last of both ends.`;
}

/** `Berlin`, as it is short enough to stand beside a time. */
export function placeOfZone(zone: string): string {
  return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** Everything about an occurrence in one line, for screen readers and as a tip. */
export function occurrenceLabel(occurrence: ScheduledOccurrence, local: string): string {
  const { title, start, end, zone, state, repeats, conflicts, missingOn } = occurrence;
  return [
    `${visibleText(title)}: ${spanWords(Date.parse(start), Date.parse(end), zone, local)}`,
    whereWords(occurrence),
    STATE_NAMES[state],
    ...(repeats ? ["repeats"] : []),
    ...(conflicts.length > 0
      ? [`conflicts with ${conflicts.map((other) => `“${visibleText(other.title)}”`).join(", ")}`]
      : []),
    ...(missingOn > 0 ? [`missing on ${plural(missingOn, "server")}`] : []),
  ].join("; ");
}
