import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumOf, visitorFigures } from "../../../../renderer/maintenance/visitor-figures.ts";

const number = fc.nat(1_000_000);
const counts = fc.record({ refused: number, excepted: number, drained: number, cut: number, draining: number });

describe("what became of the visitors", () => {
  it("of several maintenances is the sum of each", () => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const sum = sumOf([one, other]);
        for (const key of Object.keys(one) as (keyof typeof one)[]) expect(sum[key]).toBe(one[key] + other[key]);
      }),
    );
    expect(sumOf([])).toEqual({ refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 });
  });

  it("is only alarming where somebody was cut", () => {
    const tones = (cut: number) =>
      visitorFigures({ refused: 5, excepted: 0, drained: 1, cut, draining: 0 }).map(({ tone }) => tone);
    expect(tones(0)).not.toContain("bad");
    expect(tones(2).filter((tone) => tone === "bad")).toHaveLength(1);
  });
});
