/** What follows from proofs where a switch is to be taken back if it went wrong. */
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Proof, ProofCell } from "../../../../../server-agent/contract/proof.ts";
import { decideAfter, isUndecided } from "../../../../../server-agent/core/proof/after-proof.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const NOW = "2026-11-23T00:30:00Z";
type Outcome = ProofCell["outcome"];

function proofOf(outcomes: readonly Outcome[]): Proof {
  const cells = outcomes.map((outcome): ProofCell => ({
    host: "shop.test",
    listener: "http",
    path: "/",
    probe: "page",
    outcome,
    expected: "503 by shop-copycat",
    observed: "200 by wild",
    message: "wild answered instead of shop-copycat.",
  }));
  return { generation: 2, observedAt: NOW, durationMs: 1, cells };
}

const outcomes = fc.array(fc.constantFrom<Outcome>("right", "wrong", "skipped"), { maxLength: 5 });

it("is kept by the first proof without a wrong answer, and reverted by two failed ones in a row", () => {
  fc.assert(
    fc.property(fc.array(outcomes, { maxLength: 5 }), (runs) => {
      // As the agent asks: until it is decided.
      const asked: Proof[] = [];
      let decision: ReturnType<typeof decideAfter>;
      for (const run of runs) {
        asked.push(proofOf(run));
        decision = decideAfter(asked, NOW);
        if (decision !== undefined) break;
      }
      const failed = runs.map((run) => run.includes("wrong"));
      const wanted =
        failed.length === 0
          ? undefined
          : !failed[0]
            ? "kept"
            : failed[1] === undefined
              ? undefined
              : failed[1]
                ? "reverted"
                : "kept";
      expect(decision?.outcome).toBe(wanted);
    }),
  );
});

it("says what was wrong, and where nothing could be asked", () => {
  const wrong = proofOf(["wrong", "right"]);
  expect(decideAfter([wrong, wrong], NOW)).toEqual({
    outcome: "reverted",
    at: NOW,
    why: "the proof failed: 1 of 2 answers wrong, like shop.test/: wild answered instead of shop-copycat",
  });
  expect(decideAfter([proofOf(["skipped"])], NOW)?.why).toMatch(/^nothing could be asked/);
});

it("waits for the proof only where that was chosen, in maintenance, and until it has decided", () => {
  const options = { site: "shop", revertIfWrong: true };
  expect(isUndecided(someReceipt({ options }))).toBe(true);
  expect(isUndecided(someReceipt())).toBe(false);
  expect(isUndecided(someReceipt({ options, state: "reverted" }))).toBe(false);
  expect(isUndecided(someReceipt({ options, afterProof: { outcome: "kept", at: NOW, why: "" } }))).toBe(false);
});
