import { describe, expect, it } from "vitest";
import { movedAlong, spanNear, withBegun } from "../../../../../server-agent/core/windows/begun-windows.ts";
import { Calendar } from "../../../../../server-agent/core/windows/occurrences.ts";
import {
  actsFor,
  begun,
  planned,
  type PlannedWindow,
  withoutFuture,
} from "../../../../../server-agent/core/windows/window-plan.ts";
import type { Occurrence } from "../../../../../server-agent/contract/windows.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

function at(time: string): number {
  return Date.parse(`2030-01-06T${time}:00.000Z`);
}
function iso(time: string): string {
  return new Date(at(time)).toISOString();
}
const SPAN = { start: at("02:00"), end: at("04:00") };
const WINDOW: PlannedWindow = {
  id: "w-1",
  title: "New disks",
  sites: [{ site: "shop" }],
  start: "2030-01-06T02:00",
  duration: "PT2H",
  zone: "UTC",
  seenTo: iso("00:00"),
  records: [],
};

describe("an occurrence that begins", () => {
  it("before its time lasts as long as it was planned to, and is not begun again at its time", () => {
    const early = begun(planned("w-1", SPAN), at("00:30"));
    expect(early).toMatchObject({ start: iso("02:00"), startedAt: iso("00:30"), end: iso("02:30"), state: "running" });
    expect(early).not.toHaveProperty("lateBySeconds");
    const ended = { ...early, state: "ended" as const, endedAt: iso("01:00") };
    expect(actsFor({ ...WINDOW, records: [ended] }, [SPAN], at("02:00"), () => undefined)).toEqual([]);
  });

  it("late ends when it was planned to", () => {
    expect(begun(planned("w-1", SPAN), at("03:00"))).toMatchObject({ end: iso("04:00"), lateBySeconds: 3600 });
  });

  it("is known by its receipt where its record was lost, with the same end", () => {
    for (const [began, end] of [
      ["00:30", "02:30"],
      ["03:00", "04:00"],
    ] as const) {
      const receipt = someReceipt({ id: "r-1", startedAt: iso(began), window: { id: "w-1", start: iso("02:00") } });
      expect(
        withBegun(
          WINDOW,
          [receipt],
          () => SPAN,
          () => undefined,
        ).records,
      ).toMatchObject([{ start: iso("02:00"), startedAt: iso(began), end: iso(end), receipts: ["r-1"] }]);
    }
  });

  it("and joined sites that were closed already holds on to those, too, when its record was lost", () => {
    const receipt = someReceipt({
      id: "r-2",
      site: "blog",
      startedAt: iso("02:00"),
      window: { id: "w-1", start: iso("02:00") },
    });
    const window = { ...WINDOW, sites: [{ site: "shop" }, { site: "blog" }] };
    const open = new Map([
      ["shop", "r-1"],
      ["blog", "r-2"],
    ]);
    const once = withBegun(
      window,
      [receipt],
      () => SPAN,
      (site) => open.get(site),
    );
    expect(once.records.map(({ receipts }) => receipts)).toEqual([["r-2", "r-1"]]);
    expect(
      withBegun(
        once,
        [receipt],
        () => SPAN,
        () => "r-3",
      ),
    ).toBe(once);
  });
});

describe("records of a window that is changed", () => {
  const record = (start: string, end: string, state: Occurrence["state"]): Occurrence => ({
    window: "w-1",
    start: iso(start),
    end: iso(end),
    state,
    receipts: [],
  });
  const halfAnHourLater = (start: number) => ({ start: start + 1_800_000, end: start + 5_400_000 });

  it("move along where they are not over, and nowhere else", () => {
    const records = [
      record("00:00", "01:00", "ended"),
      record("01:30", "03:00", "ended"),
      record("04:00", "05:00", "skipped"),
    ];
    expect(movedAlong(records, at("02:00"), halfAnHourLater)).toEqual([
      records[0],
      record("02:00", "03:00", "ended"),
      record("04:30", "05:30", "skipped"),
    ]);
    expect(movedAlong(records, at("02:00"), () => undefined)).toEqual(records);
    expect(movedAlong(records, at("06:00"), halfAnHourLater)).toEqual(records);
  });
});

describe("an occurrence that nobody started", () => {
  const missed = (seenTo: string) =>
    actsFor({ ...WINDOW, atStart: "remind", seenTo: iso(seenTo) }, [SPAN], at("05:00"), () => undefined);

  it("could not be started where the agent was not running", () => {
    expect(missed("01:00")).toMatchObject([
      { occurrence: { why: "nobody could start it: the agent was not running" } },
    ]);
    expect(missed("03:00")).toMatchObject([{ occurrence: { why: "nobody started it" } }]);
  });
});

describe("an occurrence that a clock which was wrong has begun", () => {
  const record = (fields: Partial<Occurrence>): Occurrence => ({
    window: "w-1",
    start: iso("06:00"),
    end: iso("08:00"),
    state: "running",
    startedAt: iso("06:00"),
    receipts: ["r-1"],
    ...fields,
  });
  const kinds = (fields: Partial<Occurrence>, now: string, window: Partial<PlannedWindow> = {}) =>
    actsFor({ ...WINDOW, ...window, records: [record(fields)] }, [], at(now), () => someReceipt({ id: "r-1" })).map(
      ({ kind }) => kind,
    );

  it("is undone where its start is hours ahead, and goes on where it is less", () => {
    expect(kinds({}, "03:00")).toEqual(["undo"]);
    expect(kinds({}, "05:00")).toEqual([]);
    // Somebody has started it, or was asked to.
    expect(kinds({ startedAt: iso("03:00") }, "03:00")).toEqual([]);
    expect(kinds({}, "03:00", { atStart: "remind" })).toEqual([]);
  });

  it("and ended, or could not start, is ahead again", () => {
    const after = (fields: Partial<Occurrence>) =>
      withoutFuture({ ...WINDOW, seenTo: iso("23:00"), records: [record(fields)] }, at("03:00")).records.length;
    expect(after({ state: "ended", endedAt: iso("08:00") })).toBe(0);
    expect(after({ state: "missed", startedAt: undefined, endedAt: iso("08:00") })).toBe(0);
    expect(after({ state: "ended", startedAt: iso("02:00"), endedAt: iso("03:00") })).toBe(1);
    expect(after({ state: "skipped", startedAt: undefined })).toBe(1);
  });

  it("is not known again by its receipt, once that was brought back", () => {
    const revert = { at: iso("03:00"), author: "windows", generation: 3, exact: true };
    const receipt = someReceipt({ id: "r-1", startedAt: iso("06:00"), window: { id: "w-1", start: iso("06:00") } });
    const known = (now: string, fields: object) =>
      withBegun(
        WINDOW,
        [{ ...receipt, ...fields }],
        () => SPAN,
        () => undefined,
        at(now),
      ).records.length;
    expect(known("03:00", { state: "reverted", revert })).toBe(0);
    expect(known("07:00", { state: "reverted", revert })).toBe(1);
    expect(known("03:00", {})).toBe(1);
  });
});

it("what was skipped stays so where new time zone data move its start, and nothing else is meant", () => {
  const calendar = new Calendar({
    start: "2030-01-01T03:30",
    duration: "PT1H",
    zone: "Africa/Casablanca",
    rrule: "FREQ=DAILY",
  });
  const [span] = calendar.during(at("00:00"), at("23:00"), 1);
  const start = span?.start ?? 0;
  for (const older of [start - 3_600_000, start, start + 3_600_000]) {
    const skipped: Occurrence = {
      window: "w-1",
      start: new Date(older).toISOString(),
      end: iso("23:00"),
      state: "skipped",
      receipts: [],
    };
    expect(movedAlong([skipped], at("00:00"), (each) => spanNear(calendar, each))).toMatchObject([
      { start: new Date(start).toISOString(), state: "skipped" },
    ]);
  }
  expect(spanNear(calendar, start + 12 * 3_600_000)).toBeUndefined();
});
