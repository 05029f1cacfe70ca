import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../../main/agent/backoff.ts";

describe("the wait before the next attempt", () => {
  it("doubles up to the longest", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 60].map((attempt) => backoffMs(attempt, 1, 15_000));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  it("is spread over the upper half, so that sessions do not come back together", () => {
    expect(backoffMs(3, 0, 15_000)).toBe(1000);
    expect(backoffMs(3, 0.5, 15_000)).toBe(1500);
  });
});
