import { describe, expect, it } from "vitest";
import { movedAlong, withBegun } from "../../../../../server-agent/core/windows/begun-windows.ts";
import { actsFor, begun, planned, type PlannedWindow } from "../../../../../server-agent/core/windows/window-plan.ts";
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
