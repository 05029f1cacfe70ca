/**
 * What a stored stage is after a start, which stages every snapshot has, and what is said of
 * refusals.
 */
import { describe, expect, it } from "vitest";
import type { FleetOperation, Receipt, Stage, StagedChange } from "../../../../../server-agent/contract/maintenance.ts";
import { planChanges } from "../../../../../server-agent/core/maintenance/plan-changes.ts";
import { settleStage } from "../../../../../server-agent/store/settle-stage.ts";
import type { GenerationRecord } from "../../../../../server-agent/store/stored-generation.ts";
import { oldStages, recentStages } from "../../../../../server-agent/supervisor/maintenance/recent-stages.ts";
import {
  refuseChange,
  refuseStagedDocument,
} from "../../../../../server-agent/supervisor/maintenance/stage-refusals.ts";
import { newTimedIds } from "../../../../../server-agent/supervisor/timed-id.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const AT = "2026-01-31T22:00:00.000Z";
const END = "2026-01-31T22:00:30.000Z";
const operation: FleetOperation = { id: "operation-1", title: "New database", servers: 2 };
const staged: Stage = {
  id: "s-1",
  operation,
  changes: [{ kind: "maintenance", options: { site: "shop" } }],
  author: "anna",
  sites: ["shop"],
  state: "staged",
  baseGeneration: 1,
  stagedAt: AT,
  expiresAt: END,
  receipts: [],
  warnings: [],
};
function recordOf(generation: number, receipts: Receipt[], stage?: string): GenerationRecord {
  return {
    generation,
    createdAt: AT,
    author: "anna",
    reason: "",
    changes: [],
    receipts,
    ...(stage === undefined ? {} : { stage }),
  };
}
function closed(id: string, generation: number, by?: FleetOperation): Receipt {
  return someReceipt({
    id,
    generation: 1,
    operation,
    state: "reverted",
    revert: {
      how: "delete",
      generation,
      at: AT,
      author: "anna",
      switchMs: 1,
      exact: true,
      ...(by === undefined ? {} : { operation: by }),
    },
  });
}

describe("a stored stage", () => {
  const before = Date.parse(END) - 1;
  const after = Date.parse(END);

  it("is still to be held until the very end of its lease, and then expired", () => {
    expect(settleStage(staged, [recordOf(1, [])], before)).toEqual(staged);
    expect(settleStage(staged, [recordOf(1, [])], after)).toEqual({ ...staged, state: "expired", endedAt: END });
  });

  it.each([before, after])("is committed where a generation says so, with the receipts of its own operation", (now) => {
    const own = [someReceipt({ id: "r-1", generation: 2, operation }), closed("r-2", 2, operation)];
    const others = [closed("r-3", 2), someReceipt({ id: "r-4", generation: 2 })];
    const records = [recordOf(1, []), recordOf(2, [...own, ...others], "s-1"), recordOf(3, [])];
    const committed = { ...staged, state: "committed", endedAt: AT, generation: 2, receipts: ["r-1", "r-2"] };
    expect(settleStage(staged, records, now)).toEqual(committed);
    // Whatever its file says.
    expect(settleStage({ ...staged, state: "expired", endedAt: END }, records, now)).toMatchObject({
      state: "committed",
      generation: 2,
    });
  });

  it.each(["committed", "aborted", "expired"] as const)("that was %s stays so", (state) => {
    const ended: Stage = { ...staged, state, endedAt: AT };
    expect(settleStage(ended, [], after)).toBe(ended);
  });
});

describe("the stages of a snapshot", () => {
  const ended = (id: string, size: number): Stage => ({ ...staged, id, state: "aborted", author: "x".repeat(size) });

  it("are all that are small", () => {
    const all = [staged, ...Array.from({ length: 20 }, (_, index) => ended(`s-${String(index)}`, 1000))];
    expect(recentStages(all)).toEqual(all);
  });

  it("are the held one and the newest ended one, however large, and of the older ones a megabyte at most", () => {
    const large = [{ ...staged, author: "x".repeat(2_000_000) }, ended("s-2", 2_000_000), ended("s-3", 10)];
    expect(recentStages(large).map(({ id }) => id)).toEqual(["s-1", "s-2"]);
    const many = Array.from({ length: 20 }, (_, index) => ended(`s-${String(index)}`, 100_000));
    expect(recentStages(many)).toHaveLength(10);
  });
});

describe("the ended stages that are kept", () => {
  const ended = (id: string, size: number): Stage => ({ ...staged, id, state: "aborted", author: "x".repeat(size) });

  it("are the latest 20, the newest one however large, and of the others eight megabytes at most", () => {
    const small = Array.from({ length: 23 }, (_, index) => ended(`s-${String(index)}`, 10));
    expect(oldStages(small).map(({ id }) => id)).toEqual(["s-20", "s-21", "s-22"]);
    const large = Array.from({ length: 4 }, (_, index) => ended(`s-${String(index)}`, 3_000_000));
    expect(oldStages(large).map(({ id }) => id)).toEqual(["s-2", "s-3"]);
    expect(oldStages([ended("s-0", 9_000_000)])).toEqual([]);
  });
});

describe("a refusal", () => {
  const changes: StagedChange[] = [
    { kind: "revert", receipt: "r-1", how: "delete" },
    { kind: "maintenance", options: { site: "shop" } },
  ];
  const fault = { code: "options.invalid", message: "bad" } as const;
  const paths = (refused: ReturnType<typeof refuseChange>) => refused.refusal.details.problems?.map(({ path }) => path);

  it("of a change points to its field, and says which change it is", () => {
    const problems = [{ path: "/hosts/0", code: "host.bad", message: "bad" }];
    const refused = refuseChange({ index: 1, ...fault, problems }, changes);
    expect(paths(refused)).toEqual(["/changes/1/options/hosts/0"]);
    expect(refused.refusal.message).toBe("Change 2 of 2: bad");
    expect(paths(refuseChange({ index: 1, ...fault }, changes))).toEqual(["/changes/1/options/site"]);
    expect(paths(refuseChange({ index: 0, ...fault, receipt: "r-1" }, changes))).toEqual(["/changes/0/receipt"]);
    const inDocument = refuseChange(
      { index: 1, ...fault, problems: [{ path: "/virtualHosts/3/id", code: "id", message: "taken" }] },
      changes,
    );
    expect(inDocument.refusal.details.problems).toEqual([
      { path: "/changes/1/options", code: "id", message: "/virtualHosts/3/id: taken" },
    ]);
  });

  it("of the document points to the change that made the virtual host, if one did", () => {
    const site = configOf([virtualHostOf("shop", ["shop.test"])]);
    const receipts = { get: () => undefined, openFor: () => undefined };
    const planned = planChanges(site, changes.slice(1), { receipts, before: new Map(), now: AT });
    if (!planned.ok) throw new Error(planned.fault.message);
    const problems = [0, 1].map((index) => ({
      path: `/virtualHosts/${String(index)}/rules/0`,
      code: "handler.refused",
      message: "no",
    }));
    const refused = refuseStagedDocument(
      { code: "config.invalid", message: "no", details: { problems } },
      planned.config,
      planned.planned,
    );
    expect(paths(refused)).toEqual(["/changes/0/options", "/virtualHosts/1/rules/0"]);
  });
});

it("ids of one moment are all different and sort as they were made", () => {
  const ids = newTimedIds(AT, 100);
  expect(new Set(ids).size).toBe(100);
  expect(ids.toSorted()).toEqual(ids);
  expect(ids[0]).toMatch(/^20260131-220000-[0-9a-f]{6}$/);
});
