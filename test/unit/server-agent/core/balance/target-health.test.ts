import fc from "fast-check";
import { expect, it } from "vitest";
import {
  afterAnswer,
  afterChoice,
  afterFailure,
  type Health,
  isHealthy,
  HEALTHY,
} from "../../../../../server-agent/core/balance/target-health.ts";

const RULES = { failures: 3, failingMs: 5000 };

function after(...steps: readonly ((health: Health) => Health)[]): Health {
  return steps.reduce((health, step) => step(health), HEALTHY);
}
function fails(at: number) {
  return (health: Health) => afterFailure(health, RULES, at);
}
function isChosen(at: number) {
  return (health: Health) => afterChoice(health, RULES, at);
}

it("is failing after so many failures in a row, and no fewer", () => {
  expect(isHealthy(after(fails(0), fails(1)), 2)).toBe(true);
  expect(isHealthy(after(fails(0), fails(1), afterAnswer, fails(2)), 3)).toBe(true);
  const failing = after(fails(0), fails(1), fails(2));
  expect([isHealthy(failing, 3), isHealthy(failing, 5001), isHealthy(failing, 5002)]).toEqual([false, false, true]);
});

it("is tried by one request when its time is up, and is back with its answer", () => {
  const tried = after(fails(0), fails(0), fails(0), isChosen(6000));
  expect(isHealthy(tried, 6001)).toBe(false);
  expect(isHealthy(afterAnswer(tried), 6001)).toBe(true);
  expect(isHealthy(afterFailure(tried, RULES, 6100), 11_099)).toBe(false);
  expect(isHealthy(tried, 11_000)).toBe(true);
});

it("is unhealthy while health checks say so, whatever requests see", () => {
  const step = fc.oneof(fc.nat(10_000).map(fails), fc.nat(10_000).map(isChosen), fc.constant(afterAnswer));
  fc.assert(
    fc.property(fc.array(step), fc.nat(100_000), (steps, now) => {
      const health = steps.reduce((one, next) => next(one), { ...HEALTHY, isDown: true });
      expect(isHealthy(health, now)).toBe(false);
    }),
  );
});

it("is always back in time: it fails no longer than once from the last event on", () => {
  const event = fc.record({ what: fc.constantFrom(fails, isChosen), at: fc.nat(10_000) });
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const inOrder = [...events].sort((one, other) => one.at - other.at);
      const health = inOrder.reduce((one, { what, at }) => what(at)(one), HEALTHY);
      expect(isHealthy(health, (inOrder.at(-1)?.at ?? 0) + RULES.failingMs)).toBe(true);
    }),
  );
});
