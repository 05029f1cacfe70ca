import fc from "fast-check";
import { expect, it } from "vitest";
import { afterCheck, type CheckState, isGoodStatus } from "../../../../../server-agent/core/balance/check-state.ts";

const RULES = { failures: 3, successes: 2 };

function after(...checks: readonly boolean[]): boolean | undefined {
  return checks.reduce<CheckState | undefined>((state, isGood) => afterCheck(state, isGood, RULES), undefined)?.isDown;
}

it("is decided by the first check, and then by as many in a row as are asked for", () => {
  expect([after(true), after(false)]).toEqual([false, true]);
  expect([after(true, false, false), after(true, false, false, false)]).toEqual([false, true]);
  expect(after(true, false, false, true, false, false)).toBe(false);
  expect([after(false, true), after(false, true, true), after(false, true, false, true)]).toEqual([true, false, true]);
});

it("changes only after checks that all said so", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 2 }), (checks) => {
      const before = after(...checks.slice(0, -1));
      const now = after(...checks);
      const needed = now === true ? RULES.failures : RULES.successes;
      if (now !== before) expect(checks.slice(-needed)).toEqual(Array(needed).fill(now === false));
    }),
  );
});

it("is good by a status from 200 to 399, or by those that are named", () => {
  expect([200, 399, 199, 400, 503].map((status) => isGoodStatus(status, undefined))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([isGoodStatus(401, [401]), isGoodStatus(200, [401])]).toEqual([true, false]);
});
