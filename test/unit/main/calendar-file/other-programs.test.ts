/** What calendar files of other programs have, and what becomes of it (RFC 5545 and 5546). */
import { describe, expect, it } from "vitest";
import { readWindows } from "../../../../main/calendar-file/read-windows.ts";
import { decodeText } from "../../../../main/text/decode-text.ts";

const AT = Date.UTC(2029, 11, 1);
const TIMES = ["DTSTART;TZID=Europe/Berlin:20300324T023000", "DURATION:PT1H"];

function event(...lines: string[]): string[] {
  return ["BEGIN:VEVENT", "UID:1", "SUMMARY:Case", ...lines, "END:VEVENT"];
}
function calendar(...lines: string[]): string {
  return ["BEGIN:VCALENDAR", "VERSION:2.0", ...lines, "END:VCALENDAR", ""].join("\r\n");
}
function alarm(...lines: string[]): string[] {
  return ["BEGIN:VALARM", "ACTION:DISPLAY", ...lines, "END:VALARM"];
}
function read(...lines: string[]) {
  return readWindows(calendar(...lines), "Europe/Berlin", AT).map(({ draft: { title: _title, ...draft }, notes }) => ({
    ...draft,
    notes,
  }));
}

describe("an alarm", () => {
  it.each([
    ["TRIGGER:-PT900S", "-PT15M"],
    ["TRIGGER:-P1W", "-P7D"],
    ["TRIGGER:-P0DT0H10M0S", "-PT10M"],
    ["TRIGGER;VALUE=DURATION:-PT15M", "-PT15M"],
    ["TRIGGER;RELATED=END:-PT120S", "end-PT2M"],
    ["TRIGGER;RELATED=END:PT0S", "end"],
  ])("%s is %s", (trigger, reminder) => {
    expect(read(...event(...TIMES, ...alarm(trigger)))).toMatchObject([{ reminders: [reminder], notes: [] }]);
  });

  it.each([
    ["TRIGGER;VALUE=DATE-TIME:19760401T005545Z"],
    ["TRIGGER;VALUE=date-time:20300324T013000Z"],
    ["TRIGGER:19760401T005545Z"],
    ["TRIGGER:-PT30S"],
    ["TRIGGER:-PT90S"],
    ["TRIGGER:-PT100000M"],
    ["TRIGGER:-P1000D"],
    ["TRIGGER:-P1M"],
    ["TRIGGER:P"],
    ["TRIGGER:PT-2H"],
    ["TRIGGER:PT5M"],
    ["TRIGGER;;X:-PT5M"],
    ["X-NO-TRIGGER:1"],
  ])("%s is left out with a note, and never the event", (trigger) => {
    const [entry, ...others] = read(...event(...TIMES, ...alarm(trigger), ...alarm("TRIGGER:-PT5M")));
    expect(others).toEqual([]);
    expect(entry?.reminders).toEqual(["-PT5M"]);
    expect(entry?.notes).toEqual([expect.stringMatching(/^The alarm in line 8 was left out: /) as string]);
  });

  it("beyond the twentieth is left out, and the same one again is none", () => {
    const alarms = Array.from({ length: 21 }, (_, index) => alarm(`TRIGGER:-PT${String(index + 1)}M`)).flat();
    const [entry] = read(...event(...TIMES, ...alarm("TRIGGER:-PT1M"), ...alarms, ...alarm("TRIGGER:-PT60S")));
    expect(entry?.reminders).toHaveLength(20);
    expect(entry?.notes).toEqual([expect.stringContaining("20 reminders at most") as string]);
  });
});

describe("a date", () => {
  it("of a day needs no VALUE=DATE", () => {
    expect(read(...event("DTSTART:20300106", "DTEND:20300107"))).toMatchObject([
      { start: "2030-01-06T00:00", end: "2030-01-07T00:00" },
    ]);
    expect(read(...event("DTSTART:20300106"))).toMatchObject([{ start: "2030-01-06T00:00", duration: "P1D" }]);
    expect(
      read(...event("DTSTART:20300106", "RRULE:FREQ=DAILY;COUNT=3", "EXDATE:20300107", "DTEND:20300107")),
    ).toMatchObject([{ exdates: ["2030-01-07T00:00"] }]);
  });

  it("may be in lower case", () => {
    expect(read(...event("DTSTART:20300106t020000z", "DURATION:pt1h"))).toMatchObject([
      { start: "2030-01-06T02:00", zone: "UTC", duration: "PT1H" },
    ]);
  });

  it.each(["20300106T240000Z", "20300230", "2030", "20300106T02", "tomorrow"])("%s is refused", (text) => {
    expect(() => read(...event(`DTSTART:${text}`, "DURATION:PT1H"))).toThrow(/is no date of the calendar/);
  });
});

describe("an exception of a series", () => {
  const weekly = [...TIMES, "RRULE:FREQ=WEEKLY;COUNT=4"];
  const days = ["DTSTART;VALUE=DATE:20300216", "DTEND;VALUE=DATE:20300217", "RRULE:FREQ=DAILY;UNTIL=20300223"];

  it.each([
    [
      "by the time of the rule that the clocks left out",
      weekly,
      "EXDATE;TZID=Europe/Berlin:20300331T023000",
      "2030-03-31T02:30",
    ],
    ["by the time that the clocks made of it", weekly, "EXDATE;TZID=Europe/Berlin:20300331T033000", "2030-03-31T02:30"],
    ["by its instant", weekly, "EXDATE:20300331T013000Z", "2030-03-31T02:30"],
    ["in another zone", weekly, "EXDATE;TZID=America/New_York:20300323T213000", "2030-03-24T02:30"],
    ["without a zone", weekly, "EXDATE:20300324T023000", "2030-03-24T02:30"],
    ["by its day", weekly, "EXDATE;VALUE=DATE:20300324", "2030-03-24T02:30"],
    ["of days, by midnight of another zone", days, "EXDATE;TZID=America/New_York:20300218T000000", "2030-02-18T00:00"],
    ["of days, by midnight in UTC", days, "EXDATE:20300217T230000Z", "2030-02-18T00:00"],
  ])("is met %s", (_how, lines, exdate, expected) => {
    expect(read(...event(...lines, exdate))).toMatchObject([{ exdates: [expected] }]);
    const [series, moved] = read(
      ...event(...lines),
      ...event(...lines.slice(0, 2), exdate.replace("EXDATE", "RECURRENCE-ID")),
    );
    expect(series?.exdates).toEqual([expected]);
    expect(moved?.rrule).toBeUndefined();
  });

  it("that meets nothing is told of", () => {
    const autumn = ["DTSTART;TZID=Europe/Berlin:20301020T023000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3"];
    // 02:30 for the second time; the window is at the first.
    const [entry] = read(...event(...autumn, "EXDATE:20301027T013000Z"));
    expect(entry?.exdates).toBeUndefined();
    expect(entry?.notes).toEqual(["Line 9 is about 2030-10-27 02:30, when nothing of it starts."]);
  });

  it("that is empty is none", () => {
    expect(read(...event(...weekly, "EXDATE:"))[0]).not.toHaveProperty("exdates");
    expect(read(...event(...weekly, "EXDATE:20300324T023000,"))[0]?.exdates).toEqual(["2030-03-24T02:30"]);
  });
});

describe("a rule", () => {
  const ruled = (rrule: string) => read(...event(...TIMES, `RRULE:${rrule}`))[0];

  it("may be in lower case, end with a semicolon, and say what the start says", () => {
    expect(ruled("freq=weekly;byday=su;count=3;")).toMatchObject({ rrule: "FREQ=WEEKLY;BYDAY=SU;COUNT=3", notes: [] });
    expect(ruled("FREQ=DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=0;COUNT=3")?.rrule).toBe("FREQ=DAILY;COUNT=3");
    expect(() => ruled("FREQ=DAILY;BYHOUR=3;COUNT=3")).toThrow(/BYHOUR/);
    expect(ruled("FREQ=DAILY;X-LONG=1;COUNT=3")).toMatchObject({ rrule: "FREQ=DAILY;COUNT=3", notes: [/X-LONG/] });
  });

  it("that the start does not meet is told of", () => {
    expect(
      read(
        ...event("DTSTART;TZID=Europe/Berlin:20300530T200000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3;BYDAY=WE"),
      ),
    ).toMatchObject([{ notes: [expect.stringContaining("2030-05-30 20:00, is not in its rule")] }]);
  });

  it("that ends before the start leaves the start", () => {
    expect(ruled("FREQ=DAILY;UNTIL=20300101")).toMatchObject({
      start: "2030-03-24T02:30",
      notes: [expect.stringContaining("only the start")],
    });
    expect(ruled("FREQ=DAILY;UNTIL=20300101")).not.toHaveProperty("rrule");
  });

  it("of an occurrence that was moved is left out", () => {
    const moved = event(
      "RECURRENCE-ID:20300331T003000Z",
      "DTSTART:20300401T003000Z",
      "DURATION:PT1H",
      "RRULE:FREQ=DAILY",
    );
    const [entry] = read(...moved);
    expect(entry).not.toHaveProperty("rrule");
    expect(entry?.notes).toEqual([expect.stringContaining("The rule in line 9 was left out") as string]);
  });
});

describe("of a file", () => {
  const moved = (sequence: number, day: string) =>
    event(
      `SEQUENCE:${String(sequence)}`,
      "RECURRENCE-ID;TZID=Europe/Berlin:20300324T023000",
      `DTSTART;TZID=Europe/Berlin:203003${day}T023000`,
      "DURATION:PT1H",
    );

  it("only the latest copy of an event is planned, also of an occurrence that was moved", () => {
    const series = event(...TIMES, "RRULE:FREQ=WEEKLY;COUNT=4");
    expect(read(...series, ...moved(2, "26"), ...moved(1, "25"))).toMatchObject([
      { exdates: ["2030-03-24T02:30"] },
      { start: "2030-03-26T02:30", notes: [expect.stringContaining("An older copy of it, in line")] },
    ]);
    expect(
      read(...event("SEQUENCE:1", ...TIMES), ...event("SEQUENCE:2", "DTSTART:20300325T023000Z", "DURATION:PT1H")),
    ).toMatchObject([{ start: "2030-03-25T02:30" }]);
    expect(read(...event("SEQUENCE:1", ...TIMES), ...event("SEQUENCE:2", "STATUS:CANCELLED", ...TIMES))).toEqual([]);
    // Which of these is the later one nobody can say.
    expect(read(...event(...TIMES), ...event(...TIMES))).toHaveLength(2);
    expect(
      read(...event("DTSTAMP:20290101T000000Z", ...TIMES), ...event("DTSTAMP:20290102T000000Z", ...TIMES)),
    ).toHaveLength(1);
  });

  it.each(["CANCEL", "cancel", "REPLY", "COUNTER"])("that is a message of METHOD:%s nothing is planned", (method) => {
    expect(read(`METHOD:${method}`, ...event(...TIMES))).toEqual([]);
  });

  it("all calendars are read", () => {
    const two = calendar(...event(...TIMES)) + calendar(...event("DTSTART:20300106T020000Z", "DURATION:PT1H"));
    expect(readWindows(two, "UTC", AT)).toHaveLength(2);
    expect(() => readWindows(`${two}X:1`, "UTC", AT)).toThrow(/behind the end/);
  });

  it("a series whose occurrences all stand elsewhere is left out alone", () => {
    const once = event(...TIMES, "RRULE:FREQ=WEEKLY;COUNT=1");
    expect(read(...once, ...moved(0, "26"))).toMatchObject([{ start: "2030-03-26T02:30" }]);
  });

  it("what is over is told of", () => {
    const [past, ahead] = readWindows(
      calendar(
        ...event("DTSTART:20200106T020000Z", "DURATION:PT1H"),
        ...event("DTSTART:20200106T020000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"),
      ),
      "UTC",
      AT,
    );
    expect(past).toMatchObject({ isPast: true, notes: ["All of it is in the past."] });
    expect(ahead).toMatchObject({ isPast: false, notes: [] });
  });

  it("what nobody needs may be broken", () => {
    expect(read("BEGIN:VTODO", "DTSTART;;:x", "DUE;;:x", "END:VTODO", ...event("ATTENDEE;;:x", ...TIMES))).toHaveLength(
      1,
    );
  });

  it("the encoding may be UTF-16, and what is no text is refused as such", () => {
    const text = calendar(...event(...TIMES));
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    expect(decodeText(little)).toBe(text);
    expect(decodeText(Buffer.from(little).swap16())).toBe(text);
    expect(decodeText(Buffer.from(`\ufeff${text}`))).toBe(text);
    expect(() => readWindows(little.toString("utf8"), "UTC", AT)).toThrow(/UTF-8/);
  });
});
