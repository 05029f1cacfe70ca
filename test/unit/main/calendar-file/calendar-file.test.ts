import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, it } from "vitest";
import { LineFault } from "../../../../main/calendar-file/content-lines.ts";
import { readWindows } from "../../../../main/calendar-file/read-windows.ts";
import { writeWindows } from "../../../../main/calendar-file/write-windows.ts";
import { instantOf } from "../../../../server-agent/core/windows/wall-clock.ts";
import { someWindow } from "../../../support/desktop/desktop-fixtures.ts";
import { repetitions } from "../../../support/repetitions.ts";

const AT = Date.UTC(2029, 11, 1);
function file(...lines: string[]) {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", "UID:1", ...lines, "END:VEVENT", "END:VCALENDAR", ""].join(
    "\r\n",
  );
}
function faultOf(text: string): { line: number; message: string } {
  try {
    readWindows(text, "Europe/Berlin");
  } catch (failure) {
    if (failure instanceof LineFault) return { line: failure.line, message: failure.message };
    throw failure;
  }
  throw new Error("the file was taken");
}

describe("a window that was written into a file", () => {
  it("comes back as it was", () => {
    const { title, start, zone, sites, end, rrule, exdates, atStart, atEnd, reason, reminders } = {
      title: "Neue Platten, und; mehr — 日本語 ".repeat(5).trim(),
      start: "2030-01-06T02:00",
      end: "2030-01-06T04:30",
      zone: "Europe/Berlin",
      sites: [{ site: "shop", page: { title: "Back soon", text: "a\nb; c, d\\e" }, retryAfter: 600 }, { site: "blog" }],
      rrule: "FREQ=WEEKLY;BYDAY=SU;UNTIL=20300401T000000Z",
      exdates: ["2030-01-13T02:00"],
      atStart: "remind" as const,
      atEnd: "stay-closed" as const,
      reason: "Zeile 1\nZeile 2",
      reminders: ["-P1D", "-PT1H", "start", "end-PT10M", "end"],
    };
    const window = someWindow({ title, start, zone, sites, end, rrule, exdates, atStart, atEnd, reason, reminders });
    delete window.duration;
    const text = writeWindows([{ window, servers: ["web-01", "web-02"] }], AT);
    expect(readWindows(text, "UTC")).toEqual([
      expect.objectContaining({
        draft: { title, start, zone, end, rrule, exdates, atStart, atEnd, reason, reminders },
        sites,
        servers: ["web-01", "web-02"],
        notes: [],
      }),
    ]);
    for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it("comes back as it was, whatever it was", () => {
    const words = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme-ascii" }).map((text) => text.trim() || "x");
    const wall = fc
      .date({ min: new Date("2026-01-01"), max: new Date("2035-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 16));
    fc.assert(
      fc.property(
        words,
        wall,
        fc.constantFrom(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "Australia/Lord_Howe",
          "Africa/Casablanca",
          "Asia/Kathmandu",
        ),
        fc.constantFrom("PT30M", "PT2H", "P1DT2H"),
        fc.option(
          fc.constantFrom(
            "FREQ=DAILY",
            "FREQ=MONTHLY;BYDAY=1SU",
            "FREQ=YEARLY;COUNT=3",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU",
          ),
          { nil: undefined },
        ),
        (title, start, zone, duration, rrule) => {
          const window = someWindow({ title, start, zone, duration, ...(rrule === undefined ? {} : { rrule }) });
          const [entry] = readWindows(writeWindows([{ window, servers: ["web"] }], AT), "UTC");
          expect(entry?.draft).toEqual({ title, start, zone, duration, ...(rrule === undefined ? {} : { rrule }) });
        },
      ),
      { numRuns: repetitions(60, 240) },
    );
  });

  it("has its zone with it, by which another program finds the same instants", () => {
    for (const zone of [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Asia/Kathmandu",
    ]) {
      const text = writeWindows(
        [{ window: someWindow({ zone, start: "2030-01-06T06:00", rrule: "FREQ=MONTHLY" }), servers: [] }],
        AT,
      );
      const component = new ICAL.Component(ICAL.parse(text) as string);
      const timezone = new ICAL.Timezone(component.getFirstSubcomponent("vtimezone") ?? undefined);
      for (let month = 0; month < 48; month += 1) {
        const wall = new Date(Date.UTC(2030, month, 6, 6)).toISOString().slice(0, 19);
        const there = ICAL.Time.fromDateTimeString(wall);
        there.zone = timezone;
        expect(`${zone} ${wall} ${there.toUnixTime() * 1000}`).toBe(
          `${zone} ${wall} ${instantOf(Temporal.PlainDateTime.from(wall), zone)}`,
        );
      }
    }
  });

  it("leaves out what was skipped", () => {
    const window = someWindow({
      rrule: "FREQ=WEEKLY",
      occurrences: [
        {
          window: "w-1",
          start: "2030-01-13T01:00:00.000Z",
          end: "2030-01-13T03:00:00.000Z",
          state: "skipped",
          receipts: [],
        },
      ],
    });
    expect(readWindows(writeWindows([{ window, servers: [] }], AT), "UTC")[0]?.draft.exdates).toEqual([
      "2030-01-13T02:00",
    ]);
    // By the rule's own time, also where the clocks moved it on.
    const gap = {
      window: "w-1",
      start: "2030-03-31T01:30:00.000Z",
      end: "2030-03-31T02:30:00.000Z",
      state: "skipped" as const,
      receipts: [],
    };
    const nightly = someWindow({
      start: "2030-03-24T02:30",
      duration: "PT1H",
      rrule: "FREQ=WEEKLY",
      occurrences: [gap],
    });
    expect(writeWindows([{ window: nightly, servers: [] }], AT)).toContain("EXDATE;TZID=Europe/Berlin:20300331T023000");
  });

  it("is an event of its own where the servers of one operation plan differently", () => {
    const operation = { id: "op", title: "New disks", servers: 2 };
    const windows = ["02:00", "04:00"].map((time) => ({
      window: someWindow({ operation, start: `2030-01-06T${time}` }),
      servers: ["web"],
    }));
    expect(
      writeWindows(windows, AT)
        .match(/^UID:.*$/gm)
        ?.map((line) => line.trim()),
    ).toEqual(["UID:op@backsoon", "UID:op-2@backsoon"]);
  });
});

describe("an event of another program", () => {
  const drafted = (...lines: string[]) =>
    readWindows(file(...lines), "Europe/Berlin").map(({ draft, notes }) => ({ ...draft, notes }));

  it("is taken over with its zone, however that is named", () => {
    const zone = ["BEGIN:VTIMEZONE", "TZID:(GMT+1) Berlin", "X-LIC-LOCATION:Europe/Berlin", "END:VTIMEZONE"].join("\n");
    for (const name of ["Europe/Berlin", "/citadel.org/20250101_1/Europe/Berlin", "(GMT+1) Berlin"]) {
      const text = file("SUMMARY:Disks", `DTSTART;TZID="${name}":20300106T020000`, "DURATION:PT1H").replace(
        "VERSION:2.0",
        `VERSION:2.0\n${zone}`,
      );
      expect(readWindows(text, "UTC")).toMatchObject([
        { draft: { zone: "Europe/Berlin", start: "2030-01-06T02:00", duration: "PT1H" }, sites: [], servers: [] },
      ]);
    }
  });

  it.each([
    [
      ["DTSTART:20300106T020000Z", "DTEND:20300106T030000Z"],
      { start: "2030-01-06T02:00", end: "2030-01-06T03:00", zone: "UTC", notes: [] },
    ],
    [
      ["DTSTART:20300106T020000", "DTEND:20300106T030000"],
      { zone: "Europe/Berlin", notes: ["It has no time zone; Europe/Berlin is taken."] },
    ],
    [["DTSTART;VALUE=DATE:20300106"], { start: "2030-01-06T00:00", duration: "P1D" }],
    [
      ["DTSTART;TZID=Europe/Berlin:20300106T020000", "DTEND:20300106T030000Z"],
      { start: "2030-01-06T02:00", end: "2030-01-06T04:00" },
    ],
    [["DTSTART:20300106T020000Z", "DURATION:P1W"], { duration: "P7D" }],
    [
      ["DTSTART:20300106T020000Z", "DURATION:PT1H", "SUMMARY:Neue\\, gro\r\n ße Platten"],
      { title: "Neue, große Platten" },
    ],
    [["DTSTART:20300106T020000Z", "DURATION:PT1H", "DESCRIPTION:\u202egpj.exe"], { reason: "\ufffdgpj.exe" }],
    [
      ["DTSTART:20300106T020000Z", "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER:-P1W", "END:VALARM"],
      { reminders: ["-P7D"] },
    ],
    [
      ["DTSTART:20300106T020000Z", "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER;RELATED=END:PT5M", "END:VALARM"],
      {
        notes: ["The alarm in line 7 was left out: reminders come before the start, at it, before the end, or at it."],
      },
    ],
    [
      [
        "DTSTART;TZID=Europe/Berlin:20300106T020000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=9",
        "EXDATE;VALUE=DATE:20300107",
        "EXDATE:20300108T010000Z",
      ],
      { exdates: ["2030-01-07T02:00", "2030-01-08T02:00"] },
    ],
  ])("%j is %j", (lines, expected) => {
    expect(drafted(...lines)).toMatchObject([expected]);
  });

  it("that was moved in a series is a window of its own, and one that was cancelled is left out", () => {
    const event = (...lines: string[]) => ["BEGIN:VEVENT", "UID:s", ...lines, "DURATION:PT1H", "END:VEVENT"];
    const text = [
      "BEGIN:VCALENDAR",
      ...event("DTSTART:20300106T020000Z", "RRULE:FREQ=WEEKLY", 'X-BACKSOON-WINDOW:{"sites":[{"site":"shop"}]}'),
      ...event("DTSTART:20300114T050000Z", "RECURRENCE-ID:20300113T020000Z"),
      ...event("DTSTART:20300120T020000Z", "RECURRENCE-ID:20300120T020000Z", "STATUS:CANCELLED"),
      "END:VCALENDAR",
    ].join("\n");
    expect(readWindows(text, "UTC")).toMatchObject([
      { draft: { exdates: ["2030-01-13T02:00", "2030-01-20T02:00"] }, sites: [{ site: "shop" }] },
      { draft: { start: "2030-01-14T05:00" }, sites: [{ site: "shop" }] },
    ]);
  });
});

describe("a file that is not valid is refused with the line", () => {
  it.each<[string, number, RegExp]>([
    ["", 1, /empty/],
    ["<html>", 1, /BEGIN:VCALENDAR/],
    ["BEGIN:VCALENDAR\nEND:VCALENDAR", 1, /no events/],
    ["BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x", 2, /has no END:VEVENT/],
    ["BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", 3, /END:VEVENT was expected, which began in line 2/],
    [file("DTSTART:20300106T020000Z"), 3, /DTEND or DURATION/],
    [file("DURATION:PT1H"), 3, /no DTSTART/],
    [file("DTSTART:20300231T020000Z", "DURATION:PT1H"), 5, /no date of the calendar/],
    [file("DTSTART:tomorrow", "DURATION:PT1H"), 5, /tomorrow/],
    [file("DTSTART;TZID=Mars/Olympus:20300106T020000", "DURATION:PT1H"), 5, /Mars\/Olympus/],
    [file(`DTSTART;TZID=${"A".repeat(200_000)}:20300106T020000`, "DURATION:PT1H"), 5, /time zone/],
    [
      file("RECURRENCE-ID;RANGE=THISANDFUTURE:20300106T020000Z", "DTSTART:20300106T020000Z", "DURATION:PT1H"),
      5,
      /RANGE/,
    ],
    [file("DTSTART:20300106T020000Z", "DTEND:20300106T010000Z"), 6, /end after it starts/],
    [file("DTSTART:20300106T020000Z", "DURATION:2H"), 6, /"2H" is no length/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY"), 7, /FREQ must be/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", "RRULE:FREQ=OFTEN"), 7, /OFTEN/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), 8, /one RRULE/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", "RDATE:20300107T020000Z"), 7, /RDATE/],
    [file("SUMMARY:a", " folded", "no colon"), 7, /no colon/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", 'X-BACKSOON-WINDOW:{"sites":1}'), 7, /X-BACKSOON-WINDOW/],
    [file("DTSTART:20300106T020000Z", "DURATION:PT1H", "X-BACKSOON-WINDOW:{"), 7, /not JSON/],
    [`BEGIN:VCALENDAR\n${"BEGIN:X\n".repeat(9)}`, 6, /nested/],
    [`BEGIN:VCALENDAR\n${"BEGIN:VEVENT\nEND:VEVENT\n".repeat(1001)}END:VCALENDAR`, 2002, /1000 events/],
  ])("%j: line %d", (text, line, message) => {
    const fault = faultOf(text);
    expect(fault).toEqual({ line, message: expect.stringMatching(message) as string });
  });

  it("and nothing but that, whatever its lines are", () => {
    const bits = [
      "BEGIN:VCALENDAR",
      "BEGIN:VEVENT",
      "END:VEVENT",
      "END:VCALENDAR",
      "DTSTART:20300106T020000Z",
      "DURATION:PT1H",
      "RRULE:FREQ=DAILY",
      "X:",
      " x",
      "BEGIN:VALARM",
      "TRIGGER:x",
      "END:VALARM",
      "EXDATE:,",
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...bits), fc.string({ maxLength: 30 })), { maxLength: 14 }),
        (lines) => {
          try {
            expect(Array.isArray(readWindows(lines.join("\n"), "UTC"))).toBe(true);
          } catch (failure) {
            expect(failure).toBeInstanceOf(LineFault);
          }
        },
      ),
    );
  });
});
