/** Windows in words. Pure: the present and the zones come as arguments. */
import { locale } from "../../main/language/language.ts";
import { t } from "../../main/language/translate.ts";
import type { ScheduledOccurrence, ScheduledPlace } from "../../main/contract/schedule.ts";
import { visibleText } from "../../server-agent/core/visible-text.ts";
import type { SiteState } from "../lib/sites.ts";
import { showSame, wallAt } from "./zoned.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale()}\n${zone}\n${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale(), { ...options, timeZone: zone });
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
  return t("{range} in {zone}; here {here}", {
    range: rangeIn(start, end, zone),
    zone,
    here: rangeIn(start, end, local),
  });
}

export function stateName(state: ScheduledPlace["state"]): string {
  switch (state) {
    case "planned":
      return t("Planned");
    case "running":
      return t("Running");
    case "overrun":
      return t("Overdue");
    case "ended":
      return t("Ended");
    case "missed":
      return t("Missed");
    case "skipped":
      return t("Skipped");
    case "failed":
      return t("Failed");
    case "unknown":
      return t("Unknown");
  }
}

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
  const shown =
    sites.length > 3
      ? t("{list} and {count} more", { list: sites.slice(0, 3).join(", "), count: sites.length - 3 })
      : sites.join(", ");
  const [only] = places;
  return places.length === 1 && only !== undefined
    ? t("{sites} on {server}", { sites: shown, server: visibleText(only.serverName) })
    : t("{sites} on {count, number} servers", { sites: shown, count: places.length });
}

/** What a conflict means. */
export function conflictWords({ title, sites }: ScheduledOccurrence["conflicts"][number], until: string): string {
  return t(
    "{count, plural, one {{sites} is} other {{sites} are}} also in “{title}”: closed until {until}, when the last of both ends.",
    { count: sites.length, sites: sites.join(", "), title: visibleText(title), until },
  );
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
    stateName(state),
    ...(repeats ? [t("repeats")] : []),
    ...(conflicts.length > 0
      ? [
          t("conflicts with {others}", {
            others: conflicts.map((other) => t("“{title}”", { title: visibleText(other.title) })).join(", "),
          }),
        ]
      : []),
    ...(missingOn > 0 ? [t("missing on {count, plural, one {# server} other {# servers}}", { count: missingOn })] : []),
  ].join("; ");
}
