/** Reminders that could not be sent at once. */
import { describe, expect, it } from "vitest";
import { compareUrgency, stillTrue } from "../../../../../server-agent/core/reminders/still-true.ts";
import { reminderWords } from "../../../../../server-agent/core/reminders/reminder-text.ts";
import type { Reminder } from "../../../../../server-agent/contract/reminders.ts";

const START = Date.parse("2030-01-06T02:00:00Z");
const MINUTE = 60_000;

function reminder(fields: Partial<Reminder> = {}): Reminder {
  return {
    id: "w-1-20300106T020000Z-ahead-10",
    kind: "ahead",
    due: "2030-01-06T01:50:00.000Z",
    title: "shop in town goes into maintenance in 10 min",
    text: "",
    sites: ["shop"],
    occurrence: { id: "w-1", start: "2030-01-06T02:00:00.000Z" },
    receipts: [],
    deliveries: [],
    ...fields,
  };
}
const END_AHEAD = reminder({
  id: "w-1-20300106T020000Z-end-ahead-20300106T040000Z",
  kind: "end-ahead",
  title: "shop comes back in 15 min",
});

describe("a reminder that is sent late", () => {
  it("says how long it is from then", () => {
    expect(stillTrue(reminder(), START - 4 * MINUTE)).toMatchObject({
      title: "shop in town goes into maintenance in 4 min",
    });
    expect(stillTrue(END_AHEAD, START + 119 * MINUTE)).toMatchObject({ title: "shop comes back in 1 min" });
  });

  it("is not sent when what it tells of is over, or somebody has acted", () => {
    expect(stillTrue(reminder(), START)).toEqual({ untrue: expect.stringContaining("start") as string });
    expect(stillTrue(END_AHEAD, START + 120 * MINUTE)).toEqual({ untrue: expect.stringContaining("end") as string });
    const acted = { act: "bring-back" as const, by: "anna", at: "2030-01-06T03:00:00.000Z" };
    for (const kind of ["ahead", "overrun"] as const)
      expect(stillTrue(reminder({ kind, acted }), START - MINUTE)).toEqual({
        untrue: expect.stringContaining("anna has acted") as string,
      });
  });

  it("of a hook that is gone is sent until the start", () => {
    const gone = reminder({ kind: "hook-gone", title: "The maintenance of shop in town will not start" });
    expect(stillTrue(gone, START - MINUTE)).toBe(gone);
    expect(stillTrue(gone, START)).toEqual({ untrue: expect.stringContaining("start") as string });
  });

  it("that tells what has happened is sent as it is, whenever", () => {
    for (const kind of ["start", "end", "missed", "failed", "open-ended"] as const) {
      const told = reminder({ kind });
      expect(stillTrue(told, START + 999 * MINUTE)).toBe(told);
    }
  });

  it("comes in the order of its urgency, and the earlier one first", () => {
    const kinds = ["end", "ahead", "missed", "overrun"] as const;
    const all = [
      ...kinds.map((kind) => reminder({ kind })),
      reminder({ kind: "overrun", due: "2030-01-06T01:00:00.000Z" }),
    ];
    expect(all.toSorted(compareUrgency).map(({ kind, due }) => `${kind} ${due.slice(11, 16)}`)).toEqual([
      "overrun 01:00",
      "overrun 01:50",
      "ahead 01:50",
      "missed 01:50",
      "end 01:50",
    ]);
  });
});

it("a sentence has a capital and one full stop, and names have no capital", () => {
  const about = { title: "x", from: "2030-01-06T02:00:00.000Z", to: "2030-01-06T03:00:00.000Z", zone: "UTC" };
  const text = (why: string) => reminderWords(["shop"], about, { what: "failed", why }).text;
  expect(text("there is no site; did you mean a, b, … (14 in all).")).toMatch(/\(14 in all\)\.$/);
  expect(text("it answered 500")).toMatch(/ It answered 500\.$/);
  expect(text("shop answers 500")).toMatch(/ shop answers 500\.$/);
  expect(text("shop.example.com was closed already")).toMatch(/ shop\.example\.com was closed already\.$/);
});
