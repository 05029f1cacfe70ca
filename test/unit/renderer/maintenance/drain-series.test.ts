import { describe, expect, it } from "vitest";
import { expectedEnd, inFlightBefore, speed, withSample } from "../../../../renderer/maintenance/drain-series.ts";

function generation(number: number, inFlight: number) {
  return {
    generation: number,
    inFlight,
    state: "draining" as const,
    createdAt: "2026-11-23T00:00:00.000Z",
    author: "",
    reason: "",
    changes: [],
  };
}

describe("the drain as observed", () => {
  it("counts only what runs on generations before the switch", () => {
    expect(inFlightBefore([generation(4, 9), generation(3, 2), generation(2, 1)], 4)).toBe(3);
    expect(inFlightBefore([], 4)).toBe(0);
  });

  it("keeps the newest 600 points", () => {
    let samples: ReturnType<typeof withSample> = [];
    for (let at = 0; at < 700; at++) samples = withSample(samples, { at, inFlight: at });
    expect(samples).toHaveLength(600);
    expect(samples[0]).toEqual({ at: 100, inFlight: 100 });
    expect(samples.at(-1)).toEqual({ at: 699, inFlight: 699 });
  });

  it("moves the end of the line while the count stays, and begins anew after a gap", () => {
    const counts = [5, 5, 5, 4, 4, 4, null, 4, 4, 4];
    const samples = counts.reduce<ReturnType<typeof withSample>>(
      (series, inFlight, second) => withSample(series, { at: second * 1000, inFlight }),
      [],
    );
    expect(samples.map(({ at, inFlight }) => [at / 1000, inFlight])).toEqual([
      [0, 5],
      [2, 5],
      [3, 4],
      [5, 4],
      [6, null],
      [7, 4],
      [9, 4],
    ]);
  });

  it("expects an end only where speed and length are known", () => {
    const perSecond = speed({ at: 0, bytes: 1_000 }, { at: 2_000, bytes: 3_000 });
    expect(perSecond).toBe(1_000);
    expect(expectedEnd({ bytesSent: 3_000, bytesExpected: 8_000 }, perSecond)).toBe(5_000);
    expect(expectedEnd({ bytesSent: 3_000 }, perSecond)).toBeUndefined();
    expect(speed({ at: 0, bytes: 0 }, { at: 500, bytes: 10 })).toBeUndefined();
    expect(speed({ at: 0, bytes: 10 }, { at: 5_000, bytes: 10 })).toBeUndefined();
  });
});
