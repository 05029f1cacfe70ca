import { describe, expect, it } from "vitest";
import { expectedEnd, observedDrain, speed, withSample } from "../../../../renderer/maintenance/drain-series.ts";

function receipt(draining: number, accepted: number | undefined) {
  const balance = {
    accepted: accepted ?? 0,
    answered: 0,
    left: 0,
    broken: 0,
    cut: 0,
    inFlight: 0,
    lost: 0,
    unobserved: 0,
  };
  return {
    startedAt: new Date(10_000).toISOString(),
    counts: {
      refused: 0,
      excepted: 0,
      drained: 0,
      cut: 0,
      draining,
      ...(accepted === undefined ? {} : { balance }),
    },
  };
}

describe("the drain as observed", () => {
  it("begins at the switch, with what was in flight then, and shows that nobody looked for a while", () => {
    expect(observedDrain(undefined, receipt(3, 5), 10_500, true)).toEqual([
      { at: 10_000, inFlight: 5 },
      { at: 10_500, inFlight: 3 },
    ]);
    expect(observedDrain(undefined, receipt(1, 5), 70_000, true)).toEqual([
      { at: 10_000, inFlight: 5 },
      { at: 10_001, inFlight: null },
      { at: 70_000, inFlight: 1 },
    ]);
    // A clock that is behind, and an agent from before such counts.
    expect(observedDrain(undefined, receipt(3, 5), 9_000, true)).toEqual([{ at: 9_000, inFlight: 3 }]);
    expect(observedDrain(undefined, receipt(3, undefined), 10_500, true)).toEqual([{ at: 10_500, inFlight: 3 }]);
  });

  it("stops where the server cannot be reached", () => {
    const seen = observedDrain(undefined, receipt(3, 5), 10_500, true);
    const lost = observedDrain(seen, receipt(3, 5), 11_000, false);
    expect(lost.at(-1)).toEqual({ at: 11_000, inFlight: null });
    expect(observedDrain(lost, receipt(3, 5), 12_000, false)).toBe(lost);
    expect(observedDrain(lost, receipt(1, 5), 13_000, true).at(-1)).toEqual({ at: 13_000, inFlight: 1 });
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
