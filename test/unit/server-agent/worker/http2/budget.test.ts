import { expect, it } from "vitest";
import { Budget } from "../../../../../server-agent/worker/http2/budget.ts";

function spendable(budget: Budget): number {
  for (let count = 0; ; count += 1) {
    try {
      budget.spend();
    } catch {
      return count;
    }
  }
}

it("a budget fills up with time to its bound, and with what is sent beyond it", () => {
  const budget = new Budget("frames", 10, 3);
  budget.refill();
  expect(spendable(budget)).toBe(10);
  budget.refill();
  // One was spent that was not there.
  expect(spendable(budget)).toBe(2);
  budget.earn(100);
  budget.refill();
  expect(spendable(budget)).toBe(99);
});
