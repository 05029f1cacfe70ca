import fc from "fast-check";
import { expect, it } from "vitest";
import {
  afterAnswer,
  afterChoice,
  afterFailure,
  type Health,
  isWell,
  WELL,
} from "../../../../../server-agent/core/balance/target-health.ts";

const RULES = { failures: 3, restMs: 5000 };

function after(...steps: readonly ((health: Health) => Health)[]): Health {
  return steps.reduce((health, step) => step(health), WELL);
}
function fails(at: number) {
  return (health: Health) => afterFailure(health, RULES, at);
}
function isChosen(at: number) {
  return (health: Health) => afterChoice(health, RULES, at);
}

it("is passed over after so many failures in a row, and no fewer", () => {
  expect(isWell(after(fails(0), fails(1)), 2)).toBe(true);
  expect(isWell(after(fails(0), fails(1), afterAnswer, fails(2)), 3)).toBe(true);
  const rested = after(fails(0), fails(1), fails(2));
  expect([isWell(rested, 3), isWell(rested, 5001), isWell(rested, 5002)]).toEqual([false, false, true]);
});

it("is tried by one request after its rest, and is back with its answer", () => {
  const tried = after(fails(0), fails(0), fails(0), isChosen(6000));
  expect(isWell(tried, 6001)).toBe(false);
  expect(isWell(afterAnswer(tried), 6001)).toBe(true);
  expect(isWell(afterFailure(tried, RULES, 6100), 11_099)).toBe(false);
  expect(isWell(tried, 11_000)).toBe(true);
});

it("is not well while health checks say so, whatever requests see", () => {
  const step = fc.oneof(fc.nat(10_000).map(fails), fc.nat(10_000).map(isChosen), fc.constant(afterAnswer));
  fc.assert(
    fc.property(fc.array(step), fc.nat(100_000), (steps, now) => {
      const health = steps.reduce((one, next) => next(one), { ...WELL, isDown: true });
      expect(isWell(health, now)).toBe(false);
    }),
  );
});

it("is always back in time: no rest is longer than one from the last event on", () => {
  const event = fc.record({ what: fc.constantFrom(fails, isChosen), at: fc.nat(10_000) });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const inOrder = [...events].sort((one, other) => one.at - other.at);
      const health = inOrder.reduce((one, { what, at }) => what(at)(one), WELL);
      expect(isWell(health, (inOrder.at(-1)?.at ?? 0) + RULES.restMs)).toBe(true);
    }),
  );
});
