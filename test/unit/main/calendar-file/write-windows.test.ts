/** What other programs find in a file of windows (RFC 5545), and that it comes back as it was. */
import ICAL from "ical.js";
import { expect, it } from "vitest";
import { calendarOf } from "../../../../main/calendar-file/calendar-files.ts";
import { readWindows } from "../../../../main/calendar-file/read-windows.ts";
import { writeWindows } from "../../../../main/calendar-file/write-windows.ts";
import { done } from "../../../../main/failures.ts";
import type { MaintenanceWindow } from "../../../../server-agent/contract/windows.ts";
import { Calendar } from "../../../../server-agent/core/windows/occurrences.ts";
import { someWindow } from "../../../support/desktop/desktop-fixtures.ts";

const AT = Date.UTC(2029, 11, 1);

function written(fields: Partial<MaintenanceWindow>): string {
  return writeWindows([{ window: someWindow(fields), servers: ["web"] }], AT);
}
/** Wall-clock times by ical.js, which counts DTSTART as the first in any case. */
function startsIn(text: string, most: number): string[] {
  const event = new ICAL.Event(
    new ICAL.Component(ICAL.parse(text) as string).getFirstSubcomponent("vevent") ?? undefined,
  );
  const iterator = event.iterator();
  return Array.from({ length: most }, () => (iterator.next() as ICAL.Time | null)?.toString().slice(0, 16)).filter(
    (start) => start !== undefined,
  );
}

it("a rule is written whatever its case, and every rule that is taken can be", () => {
  expect(written({ rrule: "freq=weekly;byday=su;until=20300401" })).toMatch(
    /^RRULE:FREQ=WEEKLY;BYDAY=SU;UNTIL=20300401T215959Z/m,
  );
  for (const rrule of [
    "FREQ=MONTHLY;BYDAY=+1MO,-1SU",
    "FREQ=MONTHLY;BYMONTHDAY=+1,-31;INTERVAL=002",
    "FREQ=YEARLY;BYYEARDAY=366,-366;WKST=SU",
    "FREQ=YEARLY;BYWEEKNO=53,-53;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=53MO,-53TU",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1,366",
    "FREQ=DAILY;BYMONTH=1,12;COUNT=999999",
  ])
    expect(written({ rrule })).toContain("RRULE:FREQ=");
});

it("no parameter stands twice", () => {
  const lines = written({}).replaceAll("\r\n ", "").split("\r\n");
  expect(lines.filter((line) => line.startsWith("X-BACKSOON-WINDOW;"))).toEqual([
    expect.stringMatching(/^X-BACKSOON-WINDOW;VALUE=TEXT:/) as string,
  ]);
});

it.each([
  ["2030-01-10T02:00", "FREQ=WEEKLY;COUNT=3;BYDAY=SU"],
  ["2030-01-10T02:00", "FREQ=WEEKLY;COUNT=4;INTERVAL=2;BYDAY=MO,SU"],
  ["2030-01-31T23:30", "FREQ=MONTHLY;COUNT=2;BYMONTH=4,5"],
  ["2030-01-10T02:00", "FREQ=MONTHLY;COUNT=3;BYDAY=1SU"],
  ["2030-06-10T02:00", "FREQ=YEARLY;COUNT=2;BYMONTH=3;BYDAY=-1SU"],
  ["2030-01-13T02:00", "FREQ=WEEKLY;COUNT=3;BYDAY=SU"],
])("other programs find the same occurrences from %s by %s, and it comes back as it was", (start, rrule) => {
  const end = Temporal.PlainDateTime.from(start).add({ hours: 2 }).toString({ smallestUnit: "minute" });
  const { duration: _duration, ...window } = someWindow({ start, end, rrule, zone: "UTC" });
  const text = writeWindows([{ window, servers: ["web"] }], AT);
  const own = new Calendar(window).during(AT, Number.MAX_SAFE_INTEGER, 9);
  expect(startsIn(text, 9)).toEqual(own.map((span) => new Date(span.start).toISOString().slice(0, 16)));
  expect(readWindows(text, "UTC", AT)).toMatchObject([{ draft: { start, end, rrule }, notes: [] }]);
});

it("moved in another program, it is planned where it stands there", () => {
  const text = written({ start: "2030-01-10T02:00", zone: "UTC", duration: "PT1H", rrule: "FREQ=WEEKLY;BYDAY=SU" });
  expect(text).toContain("DTSTART:20300113T020000Z");
  const moved = text.replace("DTSTART:20300113", "DTSTART:20300120");
  expect(readWindows(moved, "UTC", AT)[0]?.draft.start).toBe("2030-01-20T02:00");
});

it("a rule that an agent took before it was checked is named, with its window", async () => {
  const window = someWindow({ title: "Old rule", rrule: "FREQ=DAILY;BYMONTH=13" });
  const reply = await calendarOf({ call: () => Promise.resolve(done(window) as never), profiles: () => [] }, [
    { serverId: "web", id: "w-1" },
  ]);
  expect(reply).toMatchObject({
    ok: false,
    failure: { message: expect.stringMatching(/“Old rule” on web.*BYMONTH/) as string },
  });
});
