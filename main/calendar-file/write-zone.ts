/** Time zones in calendar files that are written. `Temporal` must be there. */
import ICAL from "ical.js";

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
