import { describe, expect, it } from "vitest";
import { lowTrafficTimes } from "../../../../../server-agent/core/windows/low-traffic-times.ts";

const HOUR = 3_600_000;
/** A Wednesday. */
const NOW = Date.UTC(2030, 0, 16, 10, 30);
function weeks(count: number, requests: (start: Date) => number) {
  return Array.from({ length: count * 168 }, (_, index) => NOW - 30 * 60_000 - (index + 1) * HOUR).map((start) => ({
    start,
    requests: requests(new Date(start)),
  }));
}
function iso(times: ReturnType<typeof lowTrafficTimes>) {
  return times?.map(({ start, requests }) => `${new Date(start).toISOString().slice(0, 13)} ${requests}`);
}

describe("low-traffic times", () => {
  it("are those of the week that was, one a day, best first", () => {
    const visits = (at: Date) => (at.getUTCDay() === 0 ? 10 : 100) + (at.getUTCHours() === 3 ? 0 : 50) + at.getUTCDay();
    expect(iso(lowTrafficTimes(weeks(2, visits), HOUR, "UTC", NOW))).toEqual([
      "2030-01-20T03 10",
      "2030-01-21T03 101",
      "2030-01-22T03 102",
    ]);
  });

  it("are quiet for as long as it takes", () => {
    // A single hour without traffic at noon, and a whole night.
    const visits = (at: Date) => (at.getUTCHours() === 12 ? 0 : at.getUTCHours() < 4 ? 10 : 500);
    expect(iso(lowTrafficTimes(weeks(1, visits), HOUR, "UTC", NOW))?.[0]).toMatch(/T12 0$/);
    expect(iso(lowTrafficTimes(weeks(1, visits), 3 * HOUR, "UTC", NOW))?.[0]).toMatch(/T0[01] 30$/);
    expect(iso(lowTrafficTimes(weeks(1, visits), 90 * 60_000, "UTC", NOW))?.[0]).toMatch(/T0\d 15$/);
  });

  it("go by the clock of the zone, over its changes", () => {
    // Two at night in New York, counted in winter; the clocks go forward on 10 March 2030.
    const zone = "America/New_York";
    const now = Date.UTC(2030, 2, 9, 12);
    const hours = Array.from({ length: 14 * 24 }, (_, index) => now - (index + 1) * HOUR).map((start) => ({
      start,
      requests: new Date(start).getUTCHours() === 9 ? 1 : 900,
    }));
    const times = lowTrafficTimes(hours, HOUR, zone, now) ?? [];
    // Four o'clock there: 09:00 UTC before, 08:00 UTC after.
    expect(times.map(({ start }) => new Date(start).getUTCHours())).toEqual([8, 8, 8]);
  });

  it("are not known from less than a day, and a day is enough", () => {
    const day = weeks(1, (at) => at.getUTCHours()).slice(0, 24);
    expect(lowTrafficTimes(day.slice(1), HOUR, "UTC", NOW)).toBe(undefined);
    expect(iso(lowTrafficTimes(day, HOUR, "UTC", NOW))?.[0]).toBe("2030-01-17T00 0");
  });
});
