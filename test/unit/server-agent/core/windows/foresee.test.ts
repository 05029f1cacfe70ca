import { expect, it } from "vitest";
import { checkWindow } from "../../../../../server-agent/core/windows/check-window.ts";
import { planWindow } from "../../../../../server-agent/core/windows/foresee.ts";
import type { WindowDraft } from "../../../../../server-agent/contract/windows.ts";
import { someWindow } from "../../../../support/desktop/desktop-fixtures.ts";

const NOW = Date.UTC(2026, 11, 1);

function drafted(fields: Partial<WindowDraft>): WindowDraft {
  return { title: "x", sites: [{ site: "shop" }], start: "2027-03-28T02:30", zone: "Europe/Berlin", ...fields };
}

it("a window that the clocks would swallow is planned with its length, once as in a series", () => {
  const inTheGap = drafted({ end: "2027-03-28T03:15" });
  expect(checkWindow(inTheGap)).toEqual([]);
  expect(planWindow(inTheGap, [], NOW).occurrences).toMatchObject([
    { start: "2027-03-28T01:30:00.000Z", end: "2027-03-28T02:15:00.000Z" },
  ]);
  for (const end of ["2027-03-28T02:30", "2027-03-28T01:00"])
    expect(checkWindow(drafted({ end }))).toMatchObject([{ path: "/end", code: "window.end" }]);
});

it("the change of the clocks is noted also where it moves a start into another day", () => {
  const nuuk = drafted({
    start: "2027-03-26T23:30",
    duration: "PT30M",
    zone: "America/Nuuk",
    rrule: "FREQ=DAILY;COUNT=3",
  });
  expect(planWindow(nuuk, [], NOW).occurrences.map(({ startsAt, note }) => [startsAt, note])).toEqual([
    ["2027-03-26T23:30", undefined],
    ["2027-03-28T00:30", expect.stringContaining("2027-03-27T23:30 does not exist in America/Nuuk") as string],
    ["2027-03-28T23:30", undefined],
  ]);
});

it("overlaps are told of however many occurrences of the other window come before", () => {
  const other = someWindow({ start: "2027-11-02T03:30", duration: "PT20M", rrule: "FREQ=DAILY" });
  const plan = drafted({ zone: "UTC", start: "2027-11-15T01:30", duration: "PT20M", rrule: "FREQ=MONTHLY" });
  expect(planWindow(plan, [other], NOW).overlaps.map(({ start }) => start.slice(0, 10))).toEqual([
    "2028-04-15",
    "2028-05-15",
    "2028-06-15",
    "2028-07-15",
    "2028-08-15",
  ]);
});

it("an overlap names the end of the last occurrence that is met, and none where one ends as the other begins", () => {
  const nightly = someWindow({ zone: "UTC", start: "2027-03-01T02:00", duration: "PT2H", rrule: "FREQ=DAILY" });
  const days = drafted({ zone: "UTC", start: "2027-03-05T00:00", end: "2027-03-08T03:00" });
  expect(planWindow(days, [nightly], NOW).overlaps[0]?.message).toContain("until 2027-03-08T04:00:00.000Z");
  const after = drafted({ zone: "UTC", start: "2027-03-05T04:00", duration: "PT1H" });
  expect(planWindow(after, [nightly], NOW).overlaps).toEqual([]);
});
