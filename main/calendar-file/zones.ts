/** Time zones of calendar files. */
import ICAL from "ical.js";
import { plainText } from "../text/plain-text.ts";
import { type Component, LineFault, type Property, first } from "./content-lines.ts";

function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The IANA zone that a name of the file stands for, if any. */
export type ZoneNames = (tzid: string) => string | undefined;

/** No zone's name is longer, wherever a program puts it. */
const MAX_NAME_LENGTH = 200;

/**
 * Programs name zones in many ways; the file may say which one is meant (`X-LIC-LOCATION`), or have
 * its name at the end of a path.
 */
export function zoneNamesOf(calendar: Component): ZoneNames {
  const locations = new Map<string, string | undefined>();
  for (const component of calendar.components) {
    const tzid = component.name === "VTIMEZONE" ? first(component, "tzid")?.values[0] : undefined;
    if (tzid !== undefined) locations.set(tzid, first(component, "x-lic-location")?.values[0]);
  }
  const known = new Map<string, string | undefined>();
  return (tzid) => {
    if (tzid.length > MAX_NAME_LENGTH) return undefined;
    if (!known.has(tzid)) {
      const parts = tzid.split("/");
      known.set(
        tzid,
        [tzid, locations.get(tzid), parts.slice(-3).join("/"), parts.slice(-2).join("/")].find(
          (name) => name !== undefined && isZone(name),
        ),
      );
    }
    return known.get(tzid);
  };
}

/** @returns `undefined` where it has none (RFC 5545: a floating time). @throws {LineFault} */
export function zoneOf({ line, parameters, values }: Property, names: ZoneNames): string | undefined {
  if (values[0]?.endsWith("Z") === true) return "UTC";
  const { tzid } = parameters;
  if (tzid === undefined) return undefined;
  const found = names(tzid);
  if (found !== undefined) return found;
  throw new LineFault(
    line,
    `the time zone ${JSON.stringify(plainText(tzid, 60))} is not known; use an IANA name like Europe/Berlin`,
  );
}

/** Until when the rules of a zone are written out for windows without end. */
const MAX_YEARS = 10;

/**
 * The zone as a component, with every change of its clocks in these years: those who read the file
 * need not know it.
 */
export function zoneComponent(zone: string, from: number, to: number): ICAL.Component {
  const component = new ICAL.Component("vtimezone");
  component.addPropertyWithValue("tzid", zone);
  const end = Math.min(to, from + MAX_YEARS * 366 * 86_400_000);
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  at = at.getTimeZoneTransition("previous") ?? at;
  let before = at.subtract({ nanoseconds: 1 }).offsetNanoseconds;
  while (at !== null && at.epochMilliseconds <= end) {
    const observance = new ICAL.Component(at.offsetNanoseconds > before ? "daylight" : "standard");
    // The moment of the change, by the clock as it was until then.
    const wall = at
      .toInstant()
      .add({ nanoseconds: before })
      .toZonedDateTimeISO("UTC")
      .toPlainDateTime()
      .toString({ smallestUnit: "second" });
    observance.addPropertyWithValue("dtstart", ICAL.Time.fromDateTimeString(wall));
    observance.addPropertyWithValue("tzoffsetfrom", offset(before));
    observance.addPropertyWithValue("tzoffsetto", offset(at.offsetNanoseconds));
    component.addSubcomponent(observance);
    before = at.offsetNanoseconds;
    at = at.getTimeZoneTransition("next");
  }
  return component;
}

function offset(nanoseconds: number): ICAL.UtcOffset {
  return ICAL.UtcOffset.fromSeconds(nanoseconds / 1e9);
}
