import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  afterFailure,
  type FailedOrders,
  type HeldCertificate,
  namesNow,
  orderAt,
  remindAt,
  renewalAt,
  type WantedCertificate,
} from "../../../../../server-agent/core/acme/order-time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const chance = fc.double({ min: 0, max: 1, noNaN: true });
const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
const WANTED: WantedCertificate = { directory: "https://ca.test/dir", names: ["shop.test", "www.shop.test"] };

function heldUntil(ends: number): HeldCertificate {
  return { ...WANTED, ends, renewAt: ends - 30 * DAY_MS };
}

/** Orders that fail each time they are tried, as soon as they may be. */
function failures(count: number, chances: readonly number[]): FailedOrders[] {
  const all: FailedOrders[] = [];
  for (let index = 0; index < count; index++) {
    const last = all.at(-1);
    all.push(afterFailure(WANTED, last, { now: last?.retryAt ?? 0, chance: chances[index] ?? 0 }));
  }
  return all;
}

describe("when a certificate is ordered", () => {
  it("is by two thirds of its life, and not long before", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 1000, max: 400 * DAY_MS }), chance, (begins, life, by) => {
        const share = (renewalAt(begins, begins + life, by) - begins) / life;
        expect(share).toBeLessThanOrEqual(2 / 3 + 1 / life);
        expect(share).toBeGreaterThanOrEqual(0.62);
      }),
    );
  });

  it("is at once for the first one, for another authority, and for a name more; else at its time", () => {
    const held = heldUntil(90 * DAY_MS);
    expect(orderAt(WANTED, undefined, undefined)).toBe(0);
    expect(orderAt(WANTED, held, undefined)).toBe(held.renewAt);
    expect(orderAt({ ...WANTED, names: ["shop.test"] }, held, undefined)).toBe(held.renewAt);
    expect(orderAt({ ...WANTED, names: [...WANTED.names, "new.test"] }, held, undefined)).toBe(0);
    expect(orderAt({ ...WANTED, directory: "https://other.test/dir" }, held, undefined)).toBe(0);
  });

  it("is never more than five times in any hour, nor less than every 15 hours, however long it fails", () => {
    fc.assert(
      fc.property(fc.array(chance, { minLength: 20, maxLength: 20 }), (chances) => {
        const at = failures(20, chances).map((failed) => failed.at);
        for (const from of at)
          expect(at.filter((each) => each >= from && each < from + HOUR_MS).length).toBeLessThanOrEqual(5);
        for (const [index, each] of at.slice(1).entries())
          expect(each - (at[index] ?? 0)).toBeLessThanOrEqual(15 * HOUR_MS);
      }),
    );
  });

  it("waits as long as the authority asks, up to a week", () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 30 * DAY_MS }), chance, (now, retryAfterMs, by) => {
        const { retryAt } = afterFailure(WANTED, undefined, { now, retryAfterMs, chance: by });
        expect(retryAt - now).toBeGreaterThanOrEqual(Math.min(retryAfterMs, 7 * DAY_MS));
        expect(retryAt - now).toBeLessThanOrEqual(7 * DAY_MS);
      }),
    );
  });

  it("does not wait for what failed before somebody changed the document", () => {
    const failed = afterFailure(WANTED, undefined, { now: DAY_MS, chance: 0 });
    expect(orderAt(WANTED, undefined, failed)).toBe(failed.retryAt);
    const changed = { ...WANTED, names: ["shop.test"] };
    expect(orderAt(changed, undefined, failed)).toBe(0);
    expect(afterFailure(changed, failed, { now: 2 * DAY_MS, chance: 0 })).toMatchObject({
      attempts: 1,
      since: 2 * DAY_MS,
    });
    expect(afterFailure(WANTED, failed, { now: 2 * DAY_MS, chance: 0 })).toMatchObject({ attempts: 2, since: DAY_MS });
  });
});

describe("for which names a certificate is ordered", () => {
  const grown = { ...WANTED, names: [...WANTED.names, "staff.internal"] };
  const held = heldUntil(90 * DAY_MS);
  const failed = afterFailure(grown, undefined, { now: 10 * DAY_MS, chance: 0 });

  it("is for all, but a new one that cannot be reached does not cost the others their renewal", () => {
    expect(namesNow(grown, undefined, failed, held.renewAt)).toEqual(grown.names);
    expect(namesNow(grown, held, undefined, held.renewAt)).toEqual(grown.names);
    expect(namesNow(grown, held, failed, held.renewAt - 1)).toEqual(grown.names);
    expect(namesNow(grown, held, failed, held.renewAt)).toEqual(WANTED.names);
  });

  it("is for all again at the next attempt, and for a changed document", () => {
    const again = afterFailure(grown, failed, { now: held.renewAt, chance: 0 });
    expect(namesNow(grown, held, again, held.renewAt)).toEqual(grown.names);
    const other = { ...grown, names: [...grown.names, "more.test"] };
    expect(namesNow(other, held, failed, held.renewAt)).toEqual(other.names);
  });
});

describe("when somebody is told of orders that fail", () => {
  it("is at the first one, and as the end comes near", () => {
    const held = heldUntil(90 * DAY_MS);
    const failed = afterFailure(WANTED, undefined, { now: held.renewAt, chance: 0 });
    expect(remindAt(failed, held)).toEqual([60, 75, 82.5, 90].map((day) => day * DAY_MS));
    expect(remindAt({ ...failed, since: 80 * DAY_MS }, held)).toEqual([80, 82.5, 90].map((day) => day * DAY_MS));
  });

  it("is again after a day and a week where there is none yet", () => {
    const failed = afterFailure(WANTED, undefined, { now: DAY_MS, chance: 0 });
    expect(remindAt(failed, undefined)).toEqual([1, 2, 8].map((day) => day * DAY_MS));
  });
});
