/** The time zones of calendar files, by whatever name. */
import { describe, expect, it } from "vitest";
import { LineFault } from "../../../../main/calendar-file/content-lines.ts";
import { readWindows } from "../../../../main/calendar-file/read-windows.ts";
import { WINDOWS_ZONES } from "../../../../main/calendar-file/windows-zones.ts";
import { writeWindows } from "../../../../main/calendar-file/write-windows.ts";
import { someWindow } from "../../../support/desktop/desktop-fixtures.ts";

const AT = Date.UTC(2029, 11, 1);

function zoneOf(tzid: string, ...before: string[]) {
  const event = ["BEGIN:VEVENT", `DTSTART;TZID=${tzid}:20300706T020000`, "DURATION:PT1H", "END:VEVENT"];
  const text = ["BEGIN:VCALENDAR", ...before, ...event, "END:VCALENDAR"].join("\r\n");
  const [entry] = readWindows(text, "Europe/Berlin", AT);
  return { zone: entry?.draft.zone, notes: entry?.notes };
}

describe("a time zone", () => {
  it.each([
    ["W. Europe Standard Time", "Europe/Berlin"],
    ["romance standard time", "Europe/Paris"],
    ["India Standard Time", "Asia/Calcutta"],
    ['"America/New_York "', "America/New_York"],
    ["EUROPE/BERLIN", "Europe/Berlin"],
    ['"/freeassociation.sourceforge.net/UTC"', "UTC"],
    ['"/freeassociation.sourceforge.net/Tzfile/Europe/Berlin"', "Europe/Berlin"],
    ['"/mozilla.org/20050126_1/America/Argentina/Buenos_Aires"', "America/Argentina/Buenos_Aires"],
    ['"tzone://Microsoft/Utc"', "UTC"],
    ["Z", "UTC"],
  ])("named %s is %s", (tzid, zone) => {
    expect(zoneOf(tzid)).toMatchObject({ zone, notes: [] });
  });

  it.each([
    ['"(UTC+01:00) Amsterdam, Berlin, Bern, Rome"', "Europe/Berlin"],
    ["(UTC+01:00) Berlin", "Europe/Berlin"],
    ['"(GMT-05:00) Eastern Time (US & Canada)"', "America/New_York"],
    ['"(UTC) Dublin, Edinburgh, Lisbon, London"', "Europe/London"],
  ])("in the words of Windows, %s, is %s with a note", (tzid, zone) => {
    expect(zoneOf(tzid)).toMatchObject({ zone, notes: [expect.stringContaining(`is taken as ${zone}`)] });
  });

  it.each([
    "UTC+01:00",
    "Berlin",
    "Factory",
    "posixrules",
    "PST",
    "JST",
    '"(UTC+05:00) Berlin"',
    "Customized Time Zone",
  ])("%s is refused with its line", (tzid) => {
    expect(() => zoneOf(tzid)).toThrow(LineFault);
    expect(() => zoneOf(tzid)).toThrow(/the time zone .* is not known; use an IANA name/);
  });

  it("of every name of Windows is one that the agent takes", () => {
    for (const name of Object.keys(WINDOWS_ZONES)) expect(zoneOf(`"${name}"`).zone).toBeTypeOf("string");
  });

  const rules = (tzid: string, standard: string[], daylight: string[]) => [
    "BEGIN:VTIMEZONE",
    `TZID:${tzid}`,
    "BEGIN:STANDARD",
    ...standard,
    "END:STANDARD",
    "BEGIN:DAYLIGHT",
    ...daylight,
    "END:DAYLIGHT",
    "END:VTIMEZONE",
  ];
  const eastern = (tzid: string, week = 2) =>
    rules(
      tzid,
      ["DTSTART:20071104T020000", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "TZOFFSETFROM:-0400", "TZOFFSETTO:-0500"],
      [
        "DTSTART:20070311T020000",
        `RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=${String(week)}SU`,
        "TZOFFSETFROM:-0500",
        "TZOFFSETTO:-0400",
      ],
    );
  const europe = (tzid: string) =>
    rules(
      tzid,
      [
        "DTSTART:16010101T030000",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
      ],
      [
        "DTSTART:16010101T020000",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
      ],
    );

  it("of any name is found by the clocks that the file gives it, and said to be", () => {
    expect(zoneOf("Customized Time Zone", ...europe("Customized Time Zone"))).toMatchObject({
      zone: "Europe/Berlin",
      notes: ['Its time zone, "Customized Time Zone", is taken as Europe/Berlin.'],
    });
    expect(zoneOf("Lisbon and Paris", ...europe("Lisbon and Paris")).zone).toBe("Europe/Paris");
    expect(zoneOf("Eastern", ...eastern("Eastern")).zone).toBe("America/New_York");
    // By IANA it has no daylight saving time.
    expect(zoneOf("EST", ...eastern("EST")).zone).toBe("America/New_York");
    expect(zoneOf("EST").zone).toBe("EST");
    expect(zoneOf("CET", ...europe("CET"))).toMatchObject({ zone: "CET", notes: [] });
  });

  it("whose clocks no zone has is refused", () => {
    expect(() => zoneOf("Mine", ...eastern("Mine", 3))).toThrow(/no zone has the clocks that the file gives it/);
    expect(() => zoneOf("Mine", "BEGIN:VTIMEZONE", "TZID:Mine", "END:VTIMEZONE")).toThrow(/not known/);
  });

  it("that was written here is found again by its clocks alone", () => {
    for (const zone of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Auckland"]) {
      const window = someWindow({ zone, start: "2030-01-06T06:00", rrule: "FREQ=MONTHLY" });
      const text = writeWindows([{ window, servers: [] }], AT).replaceAll(zone, "Mine");
      expect(readWindows(text, "Europe/Berlin", AT)[0]?.draft.zone).toBe(zone);
    }
  });
});
