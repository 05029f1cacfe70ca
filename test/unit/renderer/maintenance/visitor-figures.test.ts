import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { balanceText, sumOf, visitorFigures } from "../../../../renderer/maintenance/visitor-figures.ts";

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

  it("is not known where a web server serves the site, but for what the agent answered", () => {
    const figures = visitorFigures({ refused: 7, excepted: 2, drained: 0, cut: 0, draining: 0 }, true);
    expect(figures.map(({ value }) => value)).toEqual(["not known", "7", "2"]);
  });

  it("adds up to what was in flight at the switch, and what is lost is said", () => {
    const none = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
    const balance = { accepted: 6, answered: 3, left: 1, broken: 0, cut: 0, inFlight: 2, lost: 0, unobserved: 0 };
    expect(balanceText({ ...none, balance })).toEqual({
      text: "6 in flight at the switch = 3 answered + 1 left by the visitor + 2 still finishing",
      isLost: false,
    });
    const lost = { ...balance, inFlight: 0, lost: 2 };
    expect(balanceText({ ...none, balance: lost })).toEqual({
      text: "6 in flight at the switch = 3 answered + 1 left by the visitor + 2 lost",
      isLost: true,
    });
    expect(balanceText(none)).toBeUndefined();
  });

  it("is only alarming where somebody was cut", () => {
    const tones = (cut: number) =>
      visitorFigures({ refused: 5, excepted: 0, drained: 1, cut, draining: 0 }).map(({ tone }) => tone);
    expect(tones(0)).not.toContain("bad");
    expect(tones(2).filter((tone) => tone === "bad")).toHaveLength(1);
  });
});
