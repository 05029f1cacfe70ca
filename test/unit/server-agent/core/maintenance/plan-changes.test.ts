/**
 * Several changes at once are the same as one after the other, for any document and any list; and
 * nothing is planned where one of them cannot be.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Receipt, StagedChange } from "../../../../../server-agent/contract/maintenance.ts";
import { answersFor } from "../../../../../server-agent/core/maintenance/plan.ts";
import {
  planChanges,
  type PlannedChange,
  type PlannedChanges,
} from "../../../../../server-agent/core/maintenance/plan-changes.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { config as anyConfig, optionsFor } from "../../../../support/agent/arbitrary-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { repetitions } from "../../../../support/repetitions.ts";

vi.setConfig({ testTimeout: 60_000 });

const NOW = "2026-11-23T00:30:00Z";

/** What an agent remembers between changes. */
interface World {
  config: Config;
  receipts: readonly Receipt[];
  before: ReadonlyMap<string, Config>;
}

function worldOf(config: Config): World {
  return { config, receipts: [], before: new Map() };
}
function open({ receipts }: World) {
  return receipts.filter(({ state }) => state === "in-maintenance");
}

function plan(world: World, changes: readonly StagedChange[]): PlannedChanges {
  const receipts = {
    get: (id: string) => world.receipts.find((receipt) => receipt.id === id),
    openFor: (site: string) => open(world).find((receipt) => receipt.site === site),
  };
  return planChanges(freeze(world.config), freeze(changes), { receipts, before: world.before, now: NOW });
}

/** The world in which these changes have become one generation. */
function after(world: World, config: Config, planned: readonly PlannedChange[]): World {
  const opened = planned.flatMap((change, index) =>
    change.kind === "maintenance" ? [receiptOf(`r-${String(world.receipts.length + index)}`, change)] : [],
  );
  const closed = new Set(planned.flatMap((change) => (change.kind === "revert" ? [change.receipt.id] : [])));
  return {
    config,
    receipts: [
      ...world.receipts.map((receipt) =>
        closed.has(receipt.id) ? { ...receipt, state: "reverted" as const } : receipt,
      ),
      ...opened,
    ],
    before: new Map([...world.before, ...opened.map(({ id }) => [id, world.config] as const)]),
  };
}

function receiptOf(id: string, { options, plan: made }: Extract<PlannedChange, { kind: "maintenance" }>): Receipt {
  const { site, copycat, operations, inverse, changes, warnings } = made;
  const counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
  const about = { generation: 1, startedAt: NOW, switchMs: 1, author: "anna", reason: "" };
  return {
    id,
    site,
    copycat,
    state: "in-maintenance",
    ...about,
    options,
    operations,
    inverse,
    changes,
    warnings,
    counts,
  };
}

/** One change after the other; what cannot be made is left out. */
function applyEach(world: World, changes: readonly StagedChange[]): World {
  return changes.reduce((current, change) => {
    const result = plan(current, [change]);
    return result.ok ? after(current, result.config, result.planned) : current;
  }, world);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

function maintenancesOf(config: Config, most: number): fc.Arbitrary<StagedChange[]> {
  return fc
    .uniqueArray(optionsFor(config), { maxLength: most, selector: ({ site }) => site })
    .map((all) => all.map((options) => ({ kind: "maintenance" as const, options })));
}
function revertsOf(world: World): fc.Arbitrary<StagedChange[]> {
  return fc
    .shuffledSubarray(open(world).map(({ id }) => id))
    .chain((ids) =>
      fc.tuple(
        ...ids.map((receipt) =>
          fc
            .constantFrom("delete" as const, "demote" as const)
            .map((how): StagedChange => ({ kind: "revert", receipt, how })),
        ),
      ),
    );
}

/**
 * Without what is refused for sure: a site that is in maintenance, by a receipt or by hand, and is
 * not brought back before.
 */
function sensible(world: World, starts: readonly StagedChange[], reverts: readonly StagedChange[]): StagedChange[] {
  const brought = new Set(reverts.map((change) => (change.kind === "revert" ? change.receipt : "")));
  const { virtualHosts } = world.config;
  const answering = virtualHosts.flatMap((copycat) => {
    const original = virtualHosts.find(({ id }) => id === copycat.copycatOf);
    return original !== undefined && answersFor(copycat, original, world.config)
      ? [{ site: original.id, copycat: copycat.id }]
      : [];
  });
  const stays = (copycat: string) =>
    !open(world).some((receipt) => receipt.copycat === copycat && brought.has(receipt.id));
  const busy = new Set(answering.flatMap(({ site, copycat }) => (stays(copycat) ? [site] : [])));
  return [...reverts, ...starts.filter((change) => change.kind === "maintenance" && !busy.has(change.options.site))];
}

/**
 * A document with a past, and a list of changes of both kinds; most of them can be made, in the
 * order in which they are or in any other.
 */
const task: fc.Arbitrary<{ world: World; changes: StagedChange[] }> = anyConfig
  .chain((config) => maintenancesOf(config, 3).map((past) => applyEach(worldOf(config), past)))
  .chain((world) =>
    fc.tuple(maintenancesOf(world.config, 4), revertsOf(world), fc.nat(3)).chain(([starts, reverts, kind]) => {
      const changes = kind === 0 ? [...starts, ...reverts] : sensible(world, starts, reverts);
      const order = kind < 2 ? fc.shuffledSubarray(changes, { minLength: changes.length }) : fc.constant(changes);
      return order.map((ordered) => ({ world, changes: ordered }));
    }),
  )
  .filter(({ changes }) => changes.length > 0);

describe("a list of changes", () => {
  it("is often one that can be planned, so that the properties below say something", () => {
    const results = fc
      .sample(task, { numRuns: 300, seed: 1 })
      .map(({ world, changes }) => ({ changes, result: plan(world, changes) }));
    const count = (holds: (made: (typeof results)[number]) => boolean) => results.filter(holds).length;
    expect(count(({ result }) => result.ok)).toBeGreaterThan(100);
    expect(count(({ result, changes }) => result.ok && changes.length > 1)).toBeGreaterThan(50);
    expect(
      count(({ result, changes }) => result.ok && new Set(changes.map(({ kind }) => kind)).size > 1),
    ).toBeGreaterThan(20);
    expect(count(({ result }) => !result.ok && result.fault.index > 0)).toBeGreaterThan(20);
  });

  it("gives the document that the changes give one after the other, or names the first that cannot be made", () => {
    fc.assert(
      fc.property(task, ({ world, changes }) => {
        const together = plan(world, changes);
        let current = world;
        for (const [index, change] of changes.entries()) {
          const single = plan(current, [change]);
          if (!single.ok) {
            expect(together.ok ? undefined : together.fault).toMatchObject({ index, code: single.fault.code });
            return;
          }
          current = after(current, single.config, single.planned);
        }
        if (!together.ok) throw new Error(together.fault.message);
        expect(JSON.stringify(together.config)).toBe(JSON.stringify(current.config));
        expect(validateConfig(together.config)).toEqual({ ok: true, config: together.config });
        const states = (receipts: readonly Receipt[]) =>
          receipts.map(({ site, copycat, state, changes: made }) => ({ site, copycat, state, made }));
        expect(states(after(world, together.config, together.planned).receipts)).toEqual(states(current.receipts));
      }),
      { numRuns: repetitions(300, 1_200) },
    );
  });

  it("leaves what it was given as it was", () => {
    fc.assert(
      fc.property(task, ({ world, changes }) => {
        const text = JSON.stringify([world.config, world.receipts, changes]);
        plan(world, changes);
        expect(JSON.stringify([world.config, world.receipts, changes])).toBe(text);
      }),
    );
  });

  it("is undone exactly by reverting all that it opened, the last one first", () => {
    const starts = anyConfig.chain((config) =>
      maintenancesOf(config, 4).map((changes) => ({ world: worldOf(config), changes })),
    );
    fc.assert(
      fc.property(starts, ({ world, changes }) => {
        const made = plan(world, changes);
        if (!made.ok) return;
        const closed = after(world, made.config, made.planned);
        const back = plan(
          closed,
          open(closed)
            .toReversed()
            .map(({ id }) => ({ kind: "revert" as const, receipt: id, how: "delete" as const })),
        );
        if (!back.ok) throw new Error(back.fault.message);
        expect(JSON.stringify(back.config)).toBe(JSON.stringify(world.config));
        expect(back.planned.map((change) => change.kind === "revert" && change.exact)).toEqual(
          back.planned.map(() => true),
        );
      }),
    );
  });
});

describe("a change among others", () => {
  const SITES = configOf([virtualHostOf("shop", ["shop.test"]), virtualHostOf("blog", ["blog.test"])]);
  const start = (site: string): StagedChange => ({ kind: "maintenance", options: { site } });
  const end = (receipt: string): StagedChange => ({ kind: "revert", receipt, how: "delete" });
  const closed = applyEach(worldOf(SITES), [start("shop")]);

  it("may put a site in maintenance again that an earlier one brings back", () => {
    const result = plan(closed, [end("r-0"), { kind: "maintenance", options: { site: "shop", retryAfter: 60 } }]);
    expect(result.ok && result.config.virtualHosts.map(({ id }) => id)).toEqual([
      "shop-copycat",
      "shop",
      "blog",
      "default",
    ]);
    expect(result.ok && result.planned.map(({ kind }) => kind)).toEqual(["revert", "maintenance"]);
  });

  it.each<[string, StagedChange[], object]>([
    [
      "a site that is in maintenance",
      [start("blog"), start("shop")],
      { index: 1, code: "maintenance.already", receipt: "r-0" },
    ],
    ["a site twice", [start("blog"), start("blog")], { index: 1, code: "maintenance.already" }],
    ["a site that is not there", [start("blog"), start("wiki")], { index: 1, code: "not-found" }],
    ["a receipt that is not there", [end("r-9")], { index: 0, code: "not-found" }],
    ["a receipt twice", [end("r-0"), end("r-0")], { index: 1, code: "maintenance.reverted", receipt: "r-0" }],
    [
      "bad options",
      [start("blog"), end("r-0"), { kind: "maintenance", options: { site: "shop", hosts: ["~("] } }],
      { index: 2, code: "options.invalid", problems: [{ path: "/hosts/0" }] },
    ],
  ])("is refused for %s", (_what, changes, fault) => {
    expect(plan(closed, changes)).toMatchObject({ ok: false, fault });
  });

  it("is exact only where the document is again what it was before its own switch", () => {
    const both = applyEach(worldOf(SITES), [start("shop"), start("blog")]);
    const exactness = (...receipts: string[]) => {
      const result = plan(both, receipts.map(end));
      return result.ok && result.planned.map((change) => change.kind === "revert" && change.exact);
    };
    expect(exactness("r-1")).toEqual([true]);
    expect(exactness("r-0")).toEqual([false]);
    // The document of before the first switch; before the second one, shop was in maintenance
    // already.
    expect(exactness("r-1", "r-0")).toEqual([false, true]);
    const unknown = plan({ ...both, before: new Map() }, [end("r-1")]);
    expect(unknown.ok && unknown.planned).toMatchObject([{ exact: false }]);
  });
});
