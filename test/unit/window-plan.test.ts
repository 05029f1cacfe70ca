import { describe, expect, it } from "vitest";
import { withBegun } from "../../server-agent/core/windows/begun-windows.ts";
import { actsFor, begun, planned, type PlannedWindow } from "../../server-agent/core/windows/window-plan.ts";
import { someReceipt } from "../support/desktop-fixtures.ts";

const at = (time: string): number => Date.parse(`2030-01-06T${time}:00.000Z`);
const iso = (time: string): string => new Date(at(time)).toISOString();
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
      expect(withBegun(WINDOW, [receipt], () => SPAN).records).toMatchObject([
        { start: iso("02:00"), startedAt: iso(began), end: iso(end), receipts: ["r-1"] },
      ]);
    }
  });
});
