/**
 * A maintenance that is changed while it runs: undoing it leads back to the document from before,
 * whatever was changed, and bad input names its field.
 */
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { MaintenanceOptions, Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import type { MaintenanceChange } from "../../../../../server-agent/contract/maintenance-change.ts";
import { changeMaintenance } from "../../../../../server-agent/core/maintenance/change.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { config as anyConfig, condition, optionsFor } from "../../../../support/agent/arbitrary-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

vi.setConfig({ testTimeout: 60_000 });

const NOW = "2026-11-23T00:30:00Z";
const BY_HAND = { now: NOW, byWindow: false };

function started(config: Config, options: MaintenanceOptions): { receipt: Receipt; config: Config } | undefined {
  const planned = planMaintenance(config, options, NOW);
  if (!planned.ok) return undefined;
  const { site, copycat, operations, inverse, changes, warnings, after } = planned.plan;
  const counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
  const about = { id: "r-1", generation: 1, startedAt: NOW, author: "anna", reason: "", counts };
  const { until } = options;
  const receipt: Receipt = {
    ...about,
    state: "in-maintenance",
    site,
    copycat,
    options,
    operations,
    inverse,
    changes,
    warnings,
    ...(until === undefined ? {} : { until }),
  };
  return { receipt, config: after };
}

const change: fc.Arbitrary<MaintenanceChange> = fc
  .record(
    {
      until: fc.constantFrom("2026-11-24T02:30:00Z", null),
      page: fc.constantFrom<MaintenanceOptions["page"]>("default", { title: "Longer", text: "Two more shelves" }),
      root: fc.constant("/srv/page"),
      status: fc.constantFrom(503, 429, null),
      retryAfter: fc.constantFrom(120, null),
      exceptions: fc.array(condition, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  // One page or the other.
  .map(({ root, ...rest }) => (rest.page === undefined && root !== undefined ? { ...rest, root } : rest));

/** Changes one after the other; those that are refused are left out. */
function changeAll(config: Config, receipt: Receipt, changes: readonly MaintenanceChange[]) {
  let [document, current] = [config, receipt];
  let made = 0;
  for (const each of changes) {
    const outcome = changeMaintenance(document, current, each, BY_HAND);
    if (!outcome.ok) continue;
    made += 1;
    document = outcome.plan.after;
    const { until, ...edited } = outcome.edited;
    const { until: _until, ...rest } = current;
    current = { ...rest, ...edited, ...(until === undefined ? {} : { until }) };
  }
  return { config: document, receipt: current, made };
}

describe("the change of a maintenance", () => {
  it("leaves the undo exact, byte for byte, and every document on the way can serve", () => {
    let made = 0;
    fc.assert(
      fc.property(
        anyConfig.chain((document) =>
          fc.tuple(fc.constant(document), optionsFor(document), fc.array(change, { minLength: 1, maxLength: 4 })),
        ),
        ([document, options, changes]) => {
          const running = started(document, options);
          if (running === undefined) return;
          const changed = changeAll(running.config, running.receipt, changes);
          made += changed.made;
          expect(validateConfig(changed.config)).toEqual({ ok: true, config: changed.config });
          const back = revertMaintenance(changed.config, changed.receipt, "delete");
          expect(back.ok && JSON.stringify(back.config)).toBe(JSON.stringify(document));
        },
      ),
    );
    // So that it says something, whatever chance brings.
    expect(made).toBeGreaterThan(10);
  });

  it("gives the copycat that a start with the changed options would have made", () => {
    fc.assert(
      fc.property(
        anyConfig.chain((document) => fc.tuple(fc.constant(document), optionsFor(document), change)),
        ([document, options, wanted]) => {
          const running = started(document, options);
          const outcome =
            running === undefined ? undefined : changeMaintenance(running.config, running.receipt, wanted, BY_HAND);
          if (running === undefined || outcome?.ok !== true) return;
          const anew = started(document, { ...outcome.edited.options, copycat: running.receipt.copycat });
          expect(outcome.plan.after).toEqual(anew?.config);
        },
      ),
    );
  });
});

describe("the change of a maintenance of a small site", () => {
  const document = configOf([virtualHostOf("shop", ["shop.test"])]);
  const running = started(document, { site: "shop", until: "2026-11-23T01:00:00Z", retryAfter: "end" });
  if (running === undefined) throw new Error("not started");
  const { config, receipt } = running;
  const planned = (wanted: MaintenanceChange, of = receipt, at = config) => changeMaintenance(at, of, wanted, BY_HAND);
  const untilOf = (outcome: ReturnType<typeof planned>) => (outcome.ok ? outcome.edited.until : outcome.message);

  it("counts minutes from the planned end, or from now where that has passed", () => {
    expect(untilOf(planned({ minutes: 15 }))).toBe("2026-11-23T01:15:00.000Z");
    expect(untilOf(planned({ minutes: -15 }))).toBe("2026-11-23T00:45:00.000Z");
    expect(untilOf(planned({ minutes: 15 }, { ...receipt, until: "2026-11-22T00:00:00Z" }))).toBe(
      "2026-11-23T00:45:00.000Z",
    );
    const { until: _until, ...open } = receipt;
    expect(untilOf(planned({ minutes: 15 }, open))).toBe("2026-11-23T00:45:00.000Z");
  });

  it("without an end, counts down to nothing any more", () => {
    const outcome = planned({ until: null });
    expect(outcome).toMatchObject({ ok: true, edited: { until: undefined }, fields: ["until", "retryAfter"] });
    const handler = outcome.ok ? outcome.plan.after.virtualHosts[0]?.rules[0]?.handler : undefined;
    expect(handler).toEqual({ type: "maintenance", page: "default" });
  });

  it("takes an own page in place of the built-in one, and the other way round", () => {
    const own = planned({ root: "/srv/page" });
    expect(own).toMatchObject({ ok: true, edited: { options: { root: "/srv/page" } } });
    if (!own.ok) throw new Error(own.message);
    const handlerOf = (at: Config) => at.virtualHosts[0]?.rules[0]?.handler;
    const { until, ...rest } = own.edited;
    expect(handlerOf(own.plan.after)).toEqual({ type: "maintenance", root: "/srv/page", until, retryAfter: "end" });
    const back = planned({ page: { title: "Soon" } }, { ...receipt, ...rest }, own.plan.after);
    expect(back.ok && handlerOf(back.plan.after)).toMatchObject({ page: { title: "Soon" } });
    expect(back.ok && handlerOf(back.plan.after)).not.toHaveProperty("root");
  });

  it("without the status that stood alone, shows the built-in page", () => {
    const bare = started(document, { site: "shop", status: 404 });
    if (bare === undefined) throw new Error("not started");
    const outcome = planned({ status: null }, bare.receipt, bare.config);
    const handler = outcome.ok ? outcome.plan.after.virtualHosts[0]?.rules[0]?.handler : undefined;
    expect(handler).toEqual({ type: "maintenance", page: "default" });
  });

  it.each<[MaintenanceChange, string]>([
    [{}, ""],
    [{ author: "anna" }, ""],
    [{ minutes: 15, until: null }, "/minutes"],
    [{ minutes: -60 }, "/minutes"],
    [{ until: "2026-11-23T00:30:00Z" }, "/until"],
    [{ page: "default", root: "/srv/page" }, "/root"],
    [{ until: null, retryAfter: "end" }, "/retryAfter"],
    [{ exceptions: [{ listener: "nope" }] }, "/exceptions/0/listener"],
  ])("refuses %j, and names the field", (wanted, path) => {
    expect(planned(wanted)).toMatchObject({ ok: false, code: "options.invalid", problems: [{ path }] });
  });

  it("overwrites nothing that was edited by hand, and names its place", () => {
    const [copycat, ...others] = config.virtualHosts;
    if (copycat === undefined) throw new Error("no copycat");
    const edited = (change: Partial<typeof copycat>) => ({
      ...config,
      virtualHosts: [{ ...copycat, ...change }, ...others],
    });
    const opened = edited({ when: { not: { any: [{ path: "/mine" }] } } });
    expect(planned({ exceptions: [] }, receipt, opened)).toMatchObject({
      ok: false,
      code: "maintenance.conflict",
      path: "/virtualHosts/0/when",
    });
    expect(planned({ minutes: 15 }, receipt, opened).ok).toBe(true);
    expect(planned({ page: "default" }, receipt, edited({ rules: [{ handler: { type: "drop" } }] }))).toMatchObject({
      ok: false,
      path: "/virtualHosts/0/rules",
    });
  });
});
