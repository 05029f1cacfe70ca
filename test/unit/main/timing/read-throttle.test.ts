import { describe, expect, it } from "vitest";
import { ReadThrottle } from "../../../../main/timing/read-throttle.ts";

const options = { advanceMs: 1000, share: 4, leastMs: 50 };

/** Reads without a break for so long; each report takes `spentMs`. @returns how many there were */
function reportsWithin(throttle: ReadThrottle, milliseconds: number, spentMs: number): number {
  let reports = 0;
  for (let now = 0; now < milliseconds; reports += 1) {
    now += spentMs;
    now += throttle.after(spentMs, now);
  }
  return reports;
}

describe("the pace at which a stranger is read", () => {
  it("lets what comes in one go through, and what has been quiet", () => {
    const throttle = new ReadThrottle(options, 0);
    for (let report = 0; report < 20; report += 1) expect(throttle.after(0, 0)).toBe(0);
    expect(throttle.after(0, 0)).toBe(50);
    expect(throttle.after(0, 100_000)).toBe(0);
  });

  it("lets one that talks without end have its share of the time, and no more reports than cost what there is", () => {
    expect(reportsWithin(new ReadThrottle(options, 0), 100_000, 0)).toBeLessThanOrEqual(100_000 / 50 + 21);
    const long = reportsWithin(new ReadThrottle(options, 0), 100_000, 200);
    expect(long * 200).toBeLessThanOrEqual(100_000 / 4 + 1000);
    expect(long).toBeGreaterThan(100);
  });
});
