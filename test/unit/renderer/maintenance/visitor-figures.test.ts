import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Proof } from "../../../../server-agent/contract/proof.ts";
import { balanceText, proofFigure, sumOf, visitorFigures } from "../../../../renderer/maintenance/visitor-figures.ts";

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

describe("the proofs of several sites", () => {
  const proof = (outcome: "right" | "wrong") =>
    ({
      generation: 2,
      observedAt: "2026-11-23T00:30:00Z",
      durationMs: 1,
      cells: [
        { host: "a", listener: "http", path: "/", probe: "page", outcome, expected: "", observed: "", message: "" },
      ],
    }) satisfies Proof;

  it("are counted against all sites that take part, also those of which a server tells no more", () => {
    expect(proofFigure([], 100)).toEqual({ label: "proof at the servers, 0 of 100 sites", value: "–" });
    expect(proofFigure([proof("right")], 2)).toMatchObject({
      label: "proof at the servers, 1 of 2 sites",
      tone: undefined,
    });
    expect(proofFigure([proof("right")], 1)).toMatchObject({ value: "as planned", tone: "good" });
    expect(proofFigure([proof("right"), proof("wrong")], 2)).toMatchObject({ value: "1 wrong", tone: "bad" });
  });
});
