/**
 * When windows take place: what the clocks do to them, and the same as another implementation says
 * for any rule.
 */
import fc from "fast-check";
import ICAL from "ical.js";
import { describe, expect, it, vi } from "vitest";
import { Calendar, type Timing } from "../../../../../server-agent/core/windows/occurrences.ts";
import { repetitions } from "../../../../support/repetitions.ts";

vi.setConfig({ testTimeout: 120_000 });

const ZONES = [
  "Europe/Berlin",
  "America/New_York",
  "Australia/Lord_Howe",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "UTC",
];
function iso(instant: number | undefined) {
  return instant === undefined ? undefined : new Date(instant).toISOString().replace(".000Z", "Z");
}
function at(text: string) {
  return Date.parse(text);
}

function spans(
  timing: Omit<Timing, "duration"> & { duration?: string },
  from: string,
  most = 3,
): [string | undefined, string | undefined][] {
  const sized = timing.end === undefined && timing.duration === undefined ? { ...timing, duration: "PT1H" } : timing;
  return new Calendar(sized)
    .during(at(from), Number.MAX_SAFE_INTEGER, most)
    .map(({ start, end }) => [iso(start), iso(end)]);
}

describe("a start that the clocks leave out moves on by as much as they do", () => {
  it.each([
    ["Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30:00Z"],
    ["America/New_York", "2027-03-14T02:30", "2027-03-14T07:30:00Z"],
    // Half an hour.
    ["Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:45:00Z"],
  ])("in %s at %s", (zone, start, expected) => {
    expect(spans({ zone, start }, "2027-01-01T00:00Z")[0]?.[0]).toBe(expected);
  });
});

describe("a start that comes twice is the first of both", () => {
  it.each([
    ["Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30:00Z"],
    ["America/New_York", "2027-11-07T01:30", "2027-11-07T05:30:00Z"],
    ["Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45:00Z"],
  ])("in %s at %s", (zone, start, expected) => {
    expect(spans({ zone, start }, "2027-01-01T00:00Z")[0]?.[0]).toBe(expected);
  });
});

describe("a window", () => {
  it("keeps its time on the wall over a change of the clocks, and its length as it was given", () => {
    const weekly = { zone: "Europe/Berlin", start: "2027-03-21T01:00", rrule: "FREQ=WEEKLY" };
    expect(spans({ ...weekly, end: "2027-03-21T04:00" }, "2027-03-01T00:00Z")).toEqual([
      ["2027-03-21T00:00:00Z", "2027-03-21T03:00:00Z"],
      ["2027-03-28T00:00:00Z", "2027-03-28T02:00:00Z"],
      ["2027-04-03T23:00:00Z", "2027-04-04T02:00:00Z"],
    ]);
    expect(spans({ ...weekly, duration: "PT3H" }, "2027-03-27T00:00Z", 1)).toEqual([
      ["2027-03-28T00:00:00Z", "2027-03-28T03:00:00Z"],
    ]);
  });

  it("keeps its length where the clocks would swallow it", () => {
    expect(
      spans(
        { zone: "Europe/Berlin", start: "2027-03-27T02:30", end: "2027-03-27T03:15", rrule: "FREQ=DAILY" },
        "2027-03-28T00:00Z",
        1,
      ),
    ).toEqual([["2027-03-28T01:30:00Z", "2027-03-28T02:15:00Z"]]);
  });

  it.each([
    [
      "on a leap day",
      "2024-02-29T03:00",
      "FREQ=YEARLY",
      ["2024-02-29T03:00:00Z", "2028-02-29T03:00:00Z", "2032-02-29T03:00:00Z"],
    ],
    [
      "on the 31st only where there is one",
      "2027-01-31T03:00",
      "FREQ=MONTHLY",
      ["2027-01-31T03:00:00Z", "2027-03-31T03:00:00Z", "2027-05-31T03:00:00Z"],
    ],
    [
      "on the last day of months",
      "2027-01-31T03:00",
      "FREQ=MONTHLY;BYMONTHDAY=-1",
      ["2027-01-31T03:00:00Z", "2027-02-28T03:00:00Z", "2027-03-31T03:00:00Z"],
    ],
    [
      "until a date, its whole day",
      "2027-01-01T23:00",
      "FREQ=DAILY;UNTIL=20270102",
      ["2027-01-01T23:00:00Z", "2027-01-02T23:00:00Z"],
    ],
    ["until an instant", "2027-01-01T23:00", "FREQ=DAILY;UNTIL=20270102T225959Z", ["2027-01-01T23:00:00Z"]],
  ])("takes place %s", (_what, start, rrule, expected) => {
    expect(spans({ zone: "UTC", start, rrule }, "2024-01-01T00:00Z").map(([from]) => from)).toEqual(expected);
  });

  it("understands the UTC of UNTIL in its own zone", () => {
    const daily = { zone: "Asia/Kathmandu", start: "2027-01-01T01:00", rrule: "FREQ=DAILY;UNTIL=20270102T191500Z" };
    expect(spans(daily, "2026-12-01T00:00Z", 5).map(([from]) => from)).toEqual([
      "2026-12-31T19:15:00Z",
      "2027-01-01T19:15:00Z",
      "2027-01-02T19:15:00Z",
    ]);
  });

  it("ends with its last instant up to UNTIL, where the clocks show a time twice or another one", () => {
    const days = (start: string, until: string, zone = "Europe/Berlin") =>
      spans({ zone, start, rrule: `FREQ=DAILY;UNTIL=${until}` }, "2030-01-01T00:00Z", 9).length;
    // 02:30 of the 27th is 00:30Z; 01:15Z is 02:15, for the second time.
    expect(days("2030-10-25T02:30", "20301027T011500Z")).toBe(3);
    expect(days("2030-10-25T02:30", "20301027T002959Z")).toBe(2);
    // 02:30 of the 31st is 03:30, 01:30Z.
    expect(days("2030-03-29T02:30", "20300331T013000Z")).toBe(3);
    expect(days("2030-03-29T02:30", "20300331T011500Z")).toBe(2);
    expect(days("2030-03-29T23:30", "20300331T003000Z", "America/Nuuk")).toBe(1);
  });

  it("leaves out its exceptions", () => {
    const daily = {
      zone: "UTC",
      start: "2027-01-01T01:00",
      rrule: "FREQ=DAILY;COUNT=3",
      exdates: ["2027-01-02T01:00:00"],
    };
    expect(spans(daily, "2026-12-01T00:00Z").map(([from]) => from)).toEqual([
      "2027-01-01T01:00:00Z",
      "2027-01-03T01:00:00Z",
    ]);
  });
});

/** Wall-clock times of the rule by ical.js, which knows no zone here. */
function wallTimes({ start, rrule }: { start: string; rrule: string }, most: number): string[] {
  const iterator = ICAL.Recur.fromString(rrule).iterator(ICAL.Time.fromDateTimeString(`${start}:00`));
  const times: string[] = [];
  for (
    let time = iterator.next() as ICAL.Time | null;
    time !== null && times.length < most;
    time = iterator.next() as ICAL.Time | null
  )
    times.push(time.toString());
  return times;
}

/**
 * The instant at which the wall shows this, by what `Intl` shows at each instant around it; in a
 * gap the time that is as much later.
 */
function instantBySearch(wall: string, zone: string): number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const wanted = Date.parse(`${wall}Z`);
  const shown = (instant: number) => Date.parse(`${format.format(instant).replace(" ", "T")}Z`);
  const offsets = [-1, 1].map((days) => shown(wanted + days * 86_400_000) - (wanted + days * 86_400_000));
  const hits = offsets.map((offset) => wanted - offset).filter((instant) => shown(instant) === wanted);
  return hits.length > 0 ? Math.min(...hits) : wanted - (offsets[0] ?? 0);
}

function two(value: number) {
  return String(value).padStart(2, "0");
}
const start = fc
  .record({
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    hour: fc.oneof(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 0, max: 23 })),
    quarter: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ month, day, hour, quarter }) => `2026-${two(month)}-${two(day)}T${two(hour)}:${two(quarter * 15)}`);
const days = fc.uniqueArray(fc.constantFrom("MO", "TU", "WE", "TH", "FR", "SA", "SU"), { minLength: 1, maxLength: 3 });
const interval = fc.integer({ min: 1, max: 4 }).map((value) => (value === 1 ? "" : `;INTERVAL=${String(value)}`));
const count = fc
  .option(fc.integer({ min: 1, max: 30 }), { nil: undefined })
  .map((value) => (value === undefined ? "" : `;COUNT=${String(value)}`));
const body = fc.oneof(
  fc.constant("FREQ=DAILY"),
  days.map((list) => `FREQ=WEEKLY;BYDAY=${list.join(",")}`),
  fc.constant("FREQ=WEEKLY"),
  fc.constant("FREQ=MONTHLY"),
  fc
    .integer({ min: -31, max: 31 })
    .filter((day) => day !== 0)
    .map((day) => `FREQ=MONTHLY;BYMONTHDAY=${String(day)}`),
  fc
    .tuple(fc.constantFrom(1, 2, 3, 4, -1), fc.constantFrom("MO", "SA", "SU"))
    .map(([nth, day]) => `FREQ=MONTHLY;BYDAY=${String(nth)}${day}`),
  fc.constant("FREQ=YEARLY"),
);
const rule = fc.tuple(body, interval, count).map((parts) => parts.join(""));

describe("occurrences", () => {
  it("are those of another implementation, for any rule, zone and instant", () => {
    fc.assert(
      fc.property(
        start,
        rule,
        fc.constantFrom(...ZONES),
        fc.integer({ min: 0, max: 40 }),
        (first, rrule, zone, index) => {
          const expected = wallTimes({ start: first, rrule }, 60).map((wall) => instantBySearch(wall, zone));
          const calendar = new Calendar({ start: first, zone, rrule, duration: "PT1H" });
          const found = calendar.during(at("2025-12-01T00:00Z"), expected.at(-1) ?? 0, 100).map((span) => span.start);
          expect(found.map(iso)).toEqual(expected.map(iso));
          // From any of them, the next is the one after it, and the previous the one itself.
          const here = expected[Math.min(index, expected.length - 1)] ?? 0;
          const after = expected.find((instant) => instant > here);
          if (after !== undefined) expect(calendar.next(here)?.start).toBe(after);
          expect(calendar.previous(here)?.start).toBe(here);
        },
      ),
      { numRuns: repetitions(300, 1_200) },
    );
  });
});
