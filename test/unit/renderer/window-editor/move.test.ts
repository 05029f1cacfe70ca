import { describe, expect, it } from "vitest";
import type { WindowTerms } from "../../../../main/contract/windows.ts";
import { shifted, shiftFor, termsForAll, termsForOne, type Span } from "../../../../renderer/window-editor/move.ts";

const HOUR = 3_600_000;
function at(iso: string): number {
  return Date.parse(iso);
}
function span(start: string, hours: number): Span {
  return { start: at(start), end: at(start) + hours * HOUR };
}
const TERMS: WindowTerms = { title: "New disks", start: "2030-01-06T02:00", duration: "PT2H", zone: "Europe/Berlin" };
/** The second occurrence of a weekly series. */
const SECOND = span("2030-01-13T01:00:00Z", 2);

describe("moving", () => {
  const occurrence = { start: "2030-03-30T01:00:00Z", end: "2030-03-30T03:00:00Z" };

  it("goes by the clock on the wall, and keeps the length", () => {
    // A day later in Berlin the clocks have changed: 02:00 does not exist, and 03:00 is taken.
    expect(shifted(occurrence, { start: 1440, end: 1440 }, "Europe/Berlin")).toEqual(span("2030-03-31T01:00:00Z", 2));
    expect(shifted(occurrence, { start: 2880, end: 2880 }, "Europe/Berlin")).toEqual(span("2030-04-01T00:00:00Z", 2));
    expect(shifted(occurrence, { start: 15, end: 15 }, "UTC")).toEqual(span("2030-03-30T01:15:00Z", 2));
  });

  it("stretches the end, and leaves a quarter of an hour at least", () => {
    expect(shifted(occurrence, { start: 0, end: 60 }, "UTC")).toEqual(span("2030-03-30T01:00:00Z", 3));
    expect(shifted(occurrence, { start: 0, end: -600 }, "UTC")).toEqual(span("2030-03-30T01:00:00Z", 0.25));
  });

  it.each([
    ["ArrowDown", false, "minutes", { start: 15, end: 15 }],
    ["ArrowUp", true, "minutes", { start: 0, end: -15 }],
    ["ArrowRight", false, "minutes", { start: 1440, end: 1440 }],
    ["ArrowDown", false, "days", { start: 10_080, end: 10_080 }],
    ["ArrowLeft", true, "days", { start: 0, end: -1440 }],
    ["Enter", false, "days", undefined],
  ] as const)("%s, stretching %s, by %s", (key, isStretch, step, expected) =>
    expect(shiftFor(key, isStretch, step)).toEqual(expected),
  );
});

describe("one occurrence", () => {
  it("is a window of its own, with the same kind of end", () => {
    const weekly = { ...TERMS, rrule: "FREQ=WEEKLY", exdates: ["2030-01-20T02:00"] };
    const { duration: _duration, ...rest } = weekly;
    const moved = span("2030-01-14T03:30:00Z", 3);
    expect(termsForOne(weekly, moved)).toEqual({ ...TERMS, start: "2030-01-14T04:30", duration: "PT3H" });
    expect(termsForOne({ ...rest, end: "2030-01-06T04:00" }, moved)).toEqual({
      title: "New disks",
      zone: "Europe/Berlin",
      start: "2030-01-14T04:30",
      end: "2030-01-14T07:30",
    });
  });
});

describe("all of a series", () => {
  it.each<[string, string, Partial<WindowTerms>]>([
    ["FREQ=WEEKLY", "FREQ=WEEKLY", { start: "2030-01-08T03:00" }],
    ["FREQ=WEEKLY;BYDAY=MO,SU", "FREQ=WEEKLY;BYDAY=TU,WE", { start: "2030-01-08T03:00" }],
    ["FREQ=DAILY;COUNT=5", "FREQ=DAILY;COUNT=5", { start: "2030-01-08T03:00" }],
    ["FREQ=WEEKLY;BYDAY=SU;UNTIL=20300301", "FREQ=WEEKLY;BYDAY=TU;UNTIL=20300303", { start: "2030-01-08T03:00" }],
    ["FREQ=MONTHLY;BYMONTHDAY=6", "FREQ=MONTHLY;BYMONTHDAY=8", { start: "2030-01-08T03:00" }],
    ["FREQ=MONTHLY;BYDAY=1SU", "FREQ=MONTHLY;BYDAY=2TU", { start: "2030-01-08T03:00" }],
  ])("%s goes along by two days and an hour as %s", (rrule, expected, start) => {
    const terms = { ...TERMS, rrule, exdates: ["2030-01-20T02:00"] };
    expect(termsForAll(terms, SECOND, span("2030-01-15T02:00:00Z", 2))).toEqual({
      ...TERMS,
      ...start,
      rrule: expected,
      exdates: ["2030-01-22T03:00"],
    });
  });

  it("keeps a rule of its own within the day, and does not guess beyond", () => {
    const terms = { ...TERMS, rrule: "FREQ=YEARLY;BYWEEKNO=2;BYDAY=SU" };
    expect(termsForAll(terms, SECOND, span("2030-01-13T02:00:00Z", 2))).toMatchObject({
      start: "2030-01-06T03:00",
      rrule: terms.rrule,
    });
    expect(termsForAll(terms, SECOND, span("2030-01-14T01:00:00Z", 2))).toBeUndefined();
  });

  it("is stretched in its own kind of length", () => {
    expect(
      termsForAll({ ...TERMS, rrule: "FREQ=WEEKLY" }, SECOND, { ...SECOND, end: SECOND.end + HOUR / 2 }),
    ).toMatchObject({ duration: "PT2H30M" });
    const { duration: _duration, ...rest } = TERMS;
    const walled = { ...rest, end: "2030-01-06T04:00", rrule: "FREQ=WEEKLY" };
    expect(termsForAll(walled, SECOND, { ...SECOND, end: SECOND.end + HOUR / 2 })).toMatchObject({
      start: TERMS.start,
      end: "2030-01-06T04:30",
    });
    expect(termsForAll(walled, SECOND, span("2030-01-13T03:00:00Z", 2))).toMatchObject({
      start: "2030-01-06T04:00",
      end: "2030-01-06T06:00",
    });
  });
});
