import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays } from "../../../../renderer/window-editor/zoned.ts";
import {
  dayBlocks,
  lastDayOf,
  minuteOf,
  monthWeeks,
  weekBars,
  weekOf,
  type Spanning,
} from "../../../../renderer/schedule/calendar-layout.ts";

const DAY = "2030-01-09";
function span(key: string, from: string, to: string): Spanning {
  return { key, from: `${DAY}T${from}`, to: to.length > 5 ? to : `${DAY}T${to}` };
}

describe("days", () => {
  it("come in weeks from Monday on, also across the years", () => {
    expect(weekOf("2030-01-01")).toEqual([
      "2029-12-31",
      "2030-01-01",
      "2030-01-02",
      "2030-01-03",
      "2030-01-04",
      "2030-01-05",
      "2030-01-06",
    ]);
    expect(weekOf("2030-01-06")[0]).toBe("2029-12-31");
    expect(monthWeeks("2030-02-14").map((week) => week[0])).toEqual([
      "2030-01-28",
      "2030-02-04",
      "2030-02-11",
      "2030-02-18",
      "2030-02-25",
    ]);
    expect(monthWeeks("2027-02-01")).toHaveLength(4);
  });

  it("do not have what ends at their midnight", () => {
    expect(lastDayOf({ from: "2030-01-09T22:00", to: "2030-01-10T00:00" })).toBe("2030-01-09");
    expect(lastDayOf({ from: "2030-01-09T22:00", to: "2030-01-10T00:15" })).toBe("2030-01-10");
  });
});

describe("blocks of a day", () => {
  it("share the width only where they meet", () => {
    const blocks = dayBlocks(DAY, [
      span("a", "01:00", "03:00"),
      span("b", "02:00", "04:00"),
      span("c", "03:00", "05:00"),
      span("d", "06:00", "07:00"),
    ]);
    expect(blocks.map(({ key, lane, lanes }) => [key, lane, lanes])).toEqual([
      ["a", 0, 2],
      ["b", 1, 2],
      ["c", 0, 2],
      ["d", 0, 1],
    ]);
  });

  it("are cut at midnight on both sides", () => {
    const [block] = dayBlocks(DAY, [{ key: "a", from: "2030-01-08T12:00", to: "2030-01-10T12:00" }]);
    expect(block).toMatchObject({ top: 0, height: 1, isFirst: false, isLast: false });
  });

  const minutes = fc.integer({ min: 0, max: 3 * 1440 });
  const spans = fc.array(fc.tuple(minutes, fc.integer({ min: 1, max: 2000 })), { maxLength: 12 }).map((list) =>
    list.map(([from, length], at): Spanning => {
      const wall = (minute: number) =>
        new Date(Date.parse("2030-01-08T00:00:00Z") + minute * 60_000).toISOString().slice(0, 16);
      return { key: `k${at}`, from: wall(from), to: wall(from + length) };
    }),
  );

  it("never lie over each other, and none is lost", () => {
    fc.assert(
      fc.property(spans, (list) => {
        for (const day of [DAY, addDays(DAY, -1), addDays(DAY, 1)]) {
          const blocks = dayBlocks(day, list);
          const here = list.filter((each) => each.from.slice(0, 10) <= day && lastDayOf(each) >= day);
          expect(blocks.map(({ key }) => key).sort()).toEqual(here.map(({ key }) => key).sort());
          for (const [at, one] of blocks.entries()) {
            expect(one.lane).toBeLessThan(one.lanes);
            expect(one.top).toBeGreaterThanOrEqual(0);
            expect(one.top + one.height).toBeLessThanOrEqual(1 + 1e-9);
            for (const other of blocks.slice(at + 1)) {
              const apart = one.top + one.height <= other.top + 1e-9 || other.top + other.height <= one.top + 1e-9;
              const beside =
                one.lane / one.lanes >= (other.lane + 1) / other.lanes - 1e-9 ||
                other.lane / other.lanes >= (one.lane + 1) / one.lanes - 1e-9;
              expect(apart || beside).toBe(true);
            }
          }
        }
      }),
    );
  });

  it("bars of a week lie in rows of their own", () => {
    fc.assert(
      fc.property(spans, (list) => {
        const bars = weekBars(weekOf(DAY), list);
        for (const [at, one] of bars.entries()) {
          expect(one.column + one.span).toBeLessThanOrEqual(7);
          for (const other of bars.slice(at + 1))
            expect(
              one.lane !== other.lane ||
                one.column + one.span <= other.column ||
                other.column + other.span <= one.column,
            ).toBe(true);
        }
      }),
    );
  });

  it("reads minutes of the clock", () => expect(minuteOf("2030-01-09T23:15")).toBe(1395));
});
