/** Time zones of calendar files. */
import ICAL from "ical.js";
import { type Component, LineFault, type Property, first } from "./content-lines.ts";

export const isZone = (name: string): boolean => {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
};

/**
 * The IANA zone of a date in a file. Programs name zones in many ways; the file may say which one is meant (`X-LIC-LOCATION`), or have its name at the end of a path.
 * @returns `undefined` where it has none (RFC 5545: a floating time)
 */
export const zoneOf = ({ line, parameters, values }: Property, calendar: Component): string | undefined => {
  if (values[0]?.endsWith("Z") === true) return "UTC";
  const { tzid } = parameters;
  if (tzid === undefined) return undefined;
  const described = calendar.components.find((component) => component.name === "VTIMEZONE" && first(component, "tzid")?.values[0] === tzid);
  const location = described === undefined ? undefined : first(described, "x-lic-location")?.values[0];
  const found = [tzid, location, /[A-Z][\w+-]*\/[\w+/-]+$/.exec(tzid)?.[0]].find((name) => name !== undefined && isZone(name));
  if (found !== undefined) return found;
  throw new LineFault(line, `the time zone ${JSON.stringify(tzid)} is not known; use an IANA name like Europe/Berlin`);
};

/** Until when the rules of a zone are written out for windows without end. */
const YEARS = 10;

/** The zone as a component, with every change of its clocks in these years: those who read the file need not know it. */
export const zoneComponent = (zone: string, from: number, to: number): ICAL.Component => {
  const component = new ICAL.Component("vtimezone");
  component.addPropertyWithValue("tzid", zone);
  const end = Math.min(to, from + YEARS * 366 * 86_400_000);
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
  at = at.getTimeZoneTransition("previous") ?? at;
  let before = at.subtract({ nanoseconds: 1 }).offsetNanoseconds;
  while (at !== null && at.epochMilliseconds <= end) {
    const observance = new ICAL.Component(at.offsetNanoseconds > before ? "daylight" : "standard");
    // The moment of the change, by the clock as it was until then.
    const wall = at.toInstant().add({ nanoseconds: before }).toZonedDateTimeISO("UTC").toPlainDateTime().toString({ smallestUnit: "second" });
    observance.addPropertyWithValue("dtstart", ICAL.Time.fromDateTimeString(wall));
    observance.addPropertyWithValue("tzoffsetfrom", offset(before));
    observance.addPropertyWithValue("tzoffsetto", offset(at.offsetNanoseconds));
    component.addSubcomponent(observance);
    before = at.offsetNanoseconds;
    at = at.getTimeZoneTransition("next");
  }
  return component;
};

const offset = (nanoseconds: number): ICAL.UtcOffset => ICAL.UtcOffset.fromSeconds(nanoseconds / 1e9);
