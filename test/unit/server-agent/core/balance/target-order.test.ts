import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Choice,
  type Standing,
  targetOrder,
  tierOf,
} from "../../../../../server-agent/core/balance/target-order.ts";
import { turnsOf } from "../../../../../server-agent/core/balance/turns.ts";

const TURN: Choice = { stuckTo: undefined, key: undefined, byCalls: false, turns: [], turn: 0 };

function standing(rest: Partial<Standing> = {}): Standing {
  return { url: "http://a", weight: 1, isBackup: false, isHealthy: true, calls: 0, ...rest };
}

const anyStanding = fc.record({
  url: fc.stringMatching(/^http:\/\/[a-z]{1,8}$/),
  weight: fc.nat(5),
  isBackup: fc.boolean(),
  isHealthy: fc.boolean(),
  calls: fc.nat(100),
});
const anyChoice = fc.record({
  stuckTo: fc.option(fc.integer({ min: -1, max: 9 }), { nil: undefined }),
  key: fc.option(fc.string(), { nil: undefined }),
  byCalls: fc.boolean(),
  turn: fc.nat(),
});

/** What a worker does: turns for those that are used now. */
function orderOf(targets: readonly Standing[], choice: Omit<Choice, "turns">): number[] {
  const used = Math.min(...targets.map(tierOf));
  const turns = turnsOf(targets.map((target) => (tierOf(target) === used ? target.weight : 0)));
  return targetOrder(targets, { ...choice, turns });
}

describe("the order of targets", () => {
  it("has each of them once, and a healthy one before any other", () => {
    fc.assert(
      fc.property(fc.array(anyStanding, { minLength: 1, maxLength: 8 }), anyChoice, (targets, choice) => {
        const order = orderOf(targets, choice);
        expect([...order].sort((one, other) => one - other)).toEqual(targets.map((_, at) => at));
        const firstUnhealthy = order.findIndex((at) => targets[at]?.isHealthy === false);
        expect(
          order.slice(firstUnhealthy < 0 ? order.length : firstUnhealthy).some((at) => targets[at]?.isHealthy),
        ).toBe(false);
      }),
    );
  });

  it("begins with the target that the visitor sticks to, if it is healthy", () => {
    const targets = [standing(), standing({ weight: 0 }), standing({ isHealthy: false })];
    expect(targetOrder(targets, { ...TURN, stuckTo: 1 })[0]).toBe(1);
    expect(targetOrder(targets, { ...TURN, stuckTo: 2 })).toEqual([0, 1, 2]);
    expect(targetOrder(targets, { ...TURN, stuckTo: -1 })[0]).toBe(0);
  });

  it("has backups after all other healthy ones, and those of weight 0 after these", () => {
    const targets = [standing({ weight: 0 }), standing({ isBackup: true }), standing({ isHealthy: false }), standing()];
    expect(targetOrder(targets, TURN)).toEqual([3, 1, 0, 2]);
  });

  it("gives every target its share of the turns, whoever is unhealthy", () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.nat(5), (all, unhealthy) => {
        const targets = all.map((weight, at) => standing({ weight, isHealthy: at !== unhealthy }));
        const used = targets.map(({ weight, isHealthy }) => (isHealthy ? weight : 0));
        const rounds = used.reduce((sum, weight) => sum + weight, 0);
        const counts = all.map(() => 0);
        for (let turn = 0; turn < rounds; turn++) {
          const [first = -1] = orderOf(targets, { ...TURN, turn });
          counts[first] = (counts[first] ?? 0) + 1;
        }
        expect(counts).toEqual(used);
      }),
    );
  });

  it("takes the one with the fewest requests for its weight, and equals in turn", () => {
    const targets = [standing({ calls: 4, weight: 5 }), standing({ calls: 1 }), standing({ calls: 1 })];
    const byCalls = (turn: number) => orderOf(targets, { ...TURN, byCalls: true, turn });
    expect(byCalls(0)[0]).toBe(0);
    const equal = [standing(), standing()];
    expect([0, 1, 2].map((turn) => orderOf(equal, { ...TURN, byCalls: true, turn })[0])).toEqual([0, 1, 0]);
  });
});

describe("turns", () => {
  it("are spread evenly", () => {
    expect(turnsOf([3, 1])).toEqual([0, 0, 1, 0]);
    expect(turnsOf([2, 2, 2])).toEqual([0, 1, 2]);
    expect(turnsOf([0, 0])).toEqual([]);
  });
});

describe("a key", () => {
  const targets = Array.from({ length: 5 }, (_, at) => standing({ url: `http://10.0.0.${String(at)}:3000` }));
  const first = (key: string, among: readonly Standing[]) => among[orderOf(among, { ...TURN, key })[0] ?? -1]?.url;

  it("keeps its target when another one leaves, is unhealthy, or stands elsewhere in the list", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(4), (key, gone) => {
        const before = first(key, targets);
        expect(first(key, [...targets].reverse())).toBe(before);
        const left = targets.filter((_, at) => at !== gone);
        const unhealthy = targets.map((target, at) => (at === gone ? { ...target, isHealthy: false } : target));
        if (before !== targets[gone]?.url) expect([first(key, left), first(key, unhealthy)]).toEqual([before, before]);
      }),
    );
  });

  it("is spread by weight", () => {
    const two = [standing({ url: "http://a", weight: 3 }), standing({ url: "http://b" })];
    const keys = Array.from({ length: 4000 }, (_, at) => `192.0.2.${String(at)}`);
    const share = keys.filter((key) => first(key, two) === "http://a").length / keys.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });
});
