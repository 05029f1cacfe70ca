import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import { mergeReceipts } from "../../../../../server-agent/store/merge-receipts.ts";
import { KEEP, prunable } from "../../../../../server-agent/store/prune.ts";
import type { GenerationRecord } from "../../../../../server-agent/store/stored-generation.ts";
import { observeMaintenance } from "../../../../../server-agent/core/maintenance/observed-receipts.ts";
import type { Counted } from "../../../../../server-agent/adapters/builtin/counted.ts";
import { ObservedCounters } from "../../../../../server-agent/adapters/builtin/observed-counters.ts";
import { DrainIndex } from "../../../../../server-agent/supervisor/switch/drain-index.ts";
import { ReceiptBook } from "../../../../../server-agent/supervisor/switch/receipt-book.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const AT = "2026-01-31T22:00:00.000Z";
const copycat = virtualHostOf("shop-copycat", ["shop.example.com"], { copycatOf: "shop" });
const shop = virtualHostOf("shop", ["shop.example.com"]);

function receiptOf(id: string, generation: number, rest: Partial<Receipt> = {}): Receipt {
  return {
    id,
    site: "shop",
    copycat: "shop-copycat",
    state: "in-maintenance",
    generation,
    startedAt: AT,
    switchMs: 1,
    author: "anna",
    reason: "",
    options: { site: "shop" },
    operations: [{ op: "insert-virtual-host", virtualHost: copycat, above: "shop" }],
    inverse: [{ op: "remove-virtual-host", virtualHost: copycat, above: "shop" }],
    changes: [],
    warnings: [],
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
    ...rest,
  };
}

function revertedBy(generation: number): Partial<Receipt> {
  return {
    state: "reverted",
    revert: { how: "delete", generation, at: AT, author: "ben", switchMs: 1, exact: true },
  };
}
function recordOf(generation: number, receipts: Receipt[] = []): GenerationRecord {
  return {
    generation,
    createdAt: AT,
    author: "",
    reason: "",
    changes: [],
    receipts,
  };
}

describe("receipts follow the configuration", () => {
  const occasion = {
    generation: 9,
    at: AT,
    author: "carla",
    reason: "by hand",
    changes: [],
    newId: () => "new",
    isExact: () => true,
  };
  const observe = (config: Config, known: Receipt[]) => observeMaintenance(config, known, occasion);
  const open = receiptOf("r1", 2);

  it("nothing changes while the copycat stands in front of its original", () => {
    expect(observe(configOf([copycat, shop]), [open])).toEqual([]);
    expect(observe(configOf([shop]), [receiptOf("r1", 2, revertedBy(3))])).toEqual([]);
  });

  it.each([
    ["removed", [shop], "delete", true],
    ["moved below", [shop, copycat], "demote", false],
    ["disabled", [{ ...copycat, disabled: true }, shop], "demote", false],
    ["given to another site", [{ ...copycat, copycatOf: "default" }, shop], "demote", false],
  ] as const)("a copycat that was %s closes its receipt", (_how, hosts, how, exact) => {
    expect(observe(configOf(hosts), [open])[0]).toMatchObject({
      id: "r1",
      state: "reverted",
      revert: { how, exact, generation: 9, author: "carla" },
    });
  });

  it("a copycat that appears opens one, with what is needed to undo it", () => {
    const [opened] = observe(configOf([copycat, shop]), []);
    expect(opened).toMatchObject({
      id: "new",
      site: "shop",
      copycat: "shop-copycat",
      state: "in-maintenance",
      generation: 9,
      author: "carla",
    });
    expect(opened?.inverse).toEqual([{ op: "remove-virtual-host", virtualHost: copycat, above: "shop" }]);
  });

  it("the copycat of an earlier receipt brings its staff names back", () => {
    const staff = { op: "add-hosts" as const, id: "shop", hosts: ["staff.shop.internal"] };
    const former = receiptOf("r1", 2, { ...revertedBy(3), operations: [staff, ...open.operations] });
    expect(observe(configOf([copycat, shop]), [former])[0]?.operations).toContainEqual(staff);
  });
});

describe("counts", () => {
  const drain = (inFlight: number, drained: number, cut: number) => ({ inFlight, drained, cut });
  const report = (copycatRequests: number, shopRequests: number, shopDrain = drain(0, 0, 0)): Counted => ({
    hosts: {
      "shop-copycat": { requests: copycatRequests, inFlight: 0, status: {} },
      shop: { requests: shopRequests, inFlight: 0, status: {} },
    },
    generations: { 1: { ...shopDrain, hosts: { shop: shopDrain, news: drain(9, 9, 9) } } },
  });

  it("are those since the switch, of this site alone, over all workers, ended ones too", () => {
    const counters = new ObservedCounters();
    const book = new ReceiptBook(counters, []);
    counters.update(1, report(0, 100, drain(3, 0, 0)));
    counters.update(2, report(0, 50, drain(2, 0, 0)));
    const [opened] = book.follow([receiptOf("r1", 2)], counters.all(), 5);
    expect(opened).toMatchObject({ switchMs: 5, counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 5 } });
    counters.update(1, report(7, 101, drain(1, 2, 0)));
    counters.update(2, report(4, 50, drain(2, 0, 0)));
    expect(book.get("r1")?.counts).toMatchObject({ refused: 11, excepted: 1, drained: 2, cut: 0, draining: 3 });
    counters.end(2, true);
    expect(book.get("r1")?.counts).toMatchObject({ refused: 11, excepted: 1, drained: 2, cut: 2, draining: 1 });
    for (let worker = 3; worker < 30; worker++) {
      counters.update(worker, report(1, 0));
      counters.end(worker, true);
    }
    expect(book.get("r1")?.counts).toMatchObject({ refused: 38, excepted: 1, drained: 2, cut: 2, draining: 1 });
  });

  it("stop with the revert, but what drains goes on; a restart goes on from what was stored", () => {
    const counters = new ObservedCounters();
    const book = new ReceiptBook(counters, [
      receiptOf("r1", 2, { counts: { refused: 10, excepted: 1, drained: 0, cut: 0, draining: 4 } }),
    ]);
    counters.update(1, report(5, 0, drain(1, 0, 0)));
    expect(book.get("r1")?.counts).toEqual({ refused: 15, excepted: 1, drained: 0, cut: 0, draining: 1 });
    book.follow([receiptOf("r1", 2, revertedBy(3))], counters.all(), 5);
    counters.update(1, report(9, 9, drain(0, 1, 0)));
    expect(book.get("r1")?.counts).toEqual({ refused: 15, excepted: 1, drained: 1, cut: 0, draining: 0 });
  });
});

describe("a site on which one old request lives", () => {
  /** So many maintenances, all reverted but the last, none of which is settled. */
  function bookOf(count: number) {
    const counters = new ObservedCounters();
    const asked = vi.spyOn(counters, "all");
    const book = new ReceiptBook(counters, []);
    const drain = { inFlight: 1, drained: 0, cut: 0 };
    const report = (requests: number): Counted => ({
      hosts: { shop: { requests, inFlight: 1, status: {} } },
      generations: { 1: { ...drain, hosts: { shop: drain } } },
    });
    counters.update(1, report(0));
    for (let index = 0; index < count; index++) {
      const id = `r${String(index)}`;
      const opened = receiptOf(id, index + 2);
      book.follow([opened], counters.without(new Set()), 1);
      if (index < count - 1)
        book.follow([receiptOf(id, index + 2, revertedBy(index + 3))], counters.without(new Set()), 1);
    }
    return { counters, book, asked, report };
  }

  it("costs a switch the same, however many receipts wait for it", () => {
    const costs = [10, 500].map((count) => {
      const { counters, book, asked, report } = bookOf(count);
      counters.update(1, report(1));
      asked.mockClear();
      // What a switch, the reminders and the scheduler ask for.
      for (let time = 0; time < 3; time++) {
        expect(book.known()).toHaveLength(count);
        expect(book.open()).toHaveLength(1);
        expect(book.hasOpen).toBe(true);
      }
      return asked.mock.calls.length;
    });
    expect(costs[1]).toBe(costs[0]);
  });

  it("shows the same receipt as long as its counts are the same, so that nothing is stored again", () => {
    const { counters, book, report } = bookOf(20);
    const before = book.list();
    expect(before.every(({ counts }) => counts.draining === 1)).toBe(true);
    counters.update(1, report(1));
    const after = book.list();
    expect(after.slice(1).every((receipt, index) => receipt === before[index + 1])).toBe(true);
    expect(after[0], "only that of the open one has changed").not.toBe(before[0]);
  });
});

it("what drained before a generation is the sum over all reports, as counted one by one", () => {
  const few = fc.nat(9);
  const figures = fc.record(
    { inFlight: few, drained: few, cut: few, left: few, broken: few, lost: few },
    { requiredKeys: ["inFlight", "drained", "cut"] },
  );
  const sites = fc.dictionary(fc.constantFrom("shop", "news"), figures, { noNullPrototype: true });
  const report = fc
    .dictionary(fc.integer({ min: 1, max: 30 }).map(String), sites, { noNullPrototype: true })
    .map((generations): Counted => {
      const none = { inFlight: 0, drained: 0, cut: 0 };
      return {
        hosts: {},
        generations: Object.fromEntries(Object.entries(generations).map(([n, hosts]) => [n, { ...none, hosts }])),
      };
    });
  fc.assert(
    fc.property(fc.array(report, { maxLength: 5 }), fc.integer({ min: 1, max: 32 }), (reports, generation) => {
      const expected = { drained: 0, cut: 0, draining: 0, left: 0, broken: 0, lost: 0 };
      for (const { generations } of reports)
        for (const [number, { hosts }] of Object.entries(generations)) {
          const drain = Number(number) < generation ? hosts.shop : undefined;
          expected.drained += drain?.drained ?? 0;
          expected.cut += drain?.cut ?? 0;
          expected.draining += drain?.inFlight ?? 0;
          for (const rare of ["left", "broken", "lost"] as const) expected[rare] += drain?.[rare] ?? 0;
        }
      expect(new DrainIndex(reports).before("shop", generation)).toEqual(expected);
    }),
  );
});

describe("proofs", () => {
  const proofAt = (observedAt: string) => ({ generation: 1, observedAt, durationMs: 1, cells: [] });
  const [first, second, third] = [
    proofAt("2026-01-31T22:00:01.000Z"),
    proofAt("2026-01-31T22:10:00.000Z"),
    proofAt(AT),
  ];

  it("the one right after the switch is kept beside the latest, also over a start", () => {
    const book = new ReceiptBook(new ObservedCounters(), [receiptOf("1", 1)]);
    expect(book.attachProof("1", "switch", first)).toMatchObject({ proof: first });
    expect(book.get("1")).not.toHaveProperty("firstProof");
    book.attachProof("1", "switch", second);
    const proved = book.attachProof("1", "switch", third);
    expect(proved).toMatchObject({ firstProof: first, proof: third });
    const closed = receiptOf("1", 1, revertedBy(2));
    expect(mergeReceipts([recordOf(2, [closed])], proved === undefined ? [] : [proved])).toMatchObject([
      { state: "reverted", firstProof: first, proof: third },
    ]);
  });
});

describe("after a start", () => {
  it("the generation decides what is open, the receipt's own file lends its observation", () => {
    const observed = receiptOf("r1", 2, {
      switchMs: 6,
      counts: { refused: 3, excepted: 0, drained: 0, cut: 0, draining: 0 },
    });
    expect(mergeReceipts([recordOf(2, [receiptOf("r1", 2)])], [observed])).toEqual([observed]);
    const closed = receiptOf("r1", 2, revertedBy(3));
    expect(mergeReceipts([recordOf(2, [receiptOf("r1", 2)]), recordOf(3, [closed])], [observed])).toMatchObject([
      { state: "reverted", switchMs: 6 },
    ]);
    expect(mergeReceipts([recordOf(2, [receiptOf("r1", 2)])], [closed])).toMatchObject([{ state: "in-maintenance" }]);
    expect(mergeReceipts([], [observed, receiptOf("r2", 5)]).map(({ id }) => id)).toEqual(["r2", "r1"]);
  });
});

describe("pruning", () => {
  const records = (count: number) => Array.from({ length: count }, (_, index) => recordOf(index + 1));
  /** Each generation is stored whole. */
  const WHOLE = { bytes: () => 1, baseOf: () => undefined };

  it("keeps the latest, and what an open maintenance needs", () => {
    const { generations } = prunable(records(KEEP.generations + 10), [receiptOf("r1", 4)], WHOLE, new Set(["r1"]));
    expect(generations.toSorted((a, b) => a - b)).toEqual([1, 2, 5, 6, 7, 8, 9, 10]);
  });

  it("keeps a generation whose receipt has no file of its own yet", () => {
    const all = records(KEEP.generations + 2).map((record) =>
      record.generation === 1 ? recordOf(1, [receiptOf("r1", 1, revertedBy(2))]) : record,
    );
    expect(prunable(all, [receiptOf("r1", 1, revertedBy(2))], WHOLE, new Set()).generations).toEqual([2]);
    expect(prunable(all, [receiptOf("r1", 1, revertedBy(2))], WHOLE, new Set(["r1"])).generations).toEqual([2, 1]);
  });

  it("bounds the bytes, but never takes the active one", () => {
    expect(prunable(records(3), [], { ...WHOLE, bytes: () => KEEP.bytes }, new Set()).generations).toEqual([2, 1]);
  });

  it("keeps the one that a later one is told from", () => {
    const told = { bytes: () => 1, baseOf: (generation: number) => (generation > 3 ? 3 : undefined) };
    expect(prunable(records(KEEP.generations + 5), [], told, new Set()).generations).toEqual([5, 4, 2, 1]);
  });

  it("keeps so many characters of reverted receipts, and the latest however large", () => {
    const receipts = Array.from({ length: 4 }, (_, index) =>
      receiptOf(`r${String(index)}`, 1, {
        ...revertedBy(2),
        options: { site: "x".repeat(KEEP.receiptCharacters / 2.5) },
      }),
    );
    expect(prunable([], receipts, WHOLE, new Set()).receipts).toEqual(["r1", "r0"]);
    const [only] = receipts.map((receipt) => ({ ...receipt, options: { site: "x".repeat(KEEP.receiptCharacters) } }));
    expect(prunable([], only === undefined ? [] : [only], WHOLE, new Set()).receipts).toEqual([]);
  });

  it("keeps the latest reverted receipts", () => {
    const receipts = Array.from({ length: KEEP.receipts + 2 }, (_, index) =>
      receiptOf(`r${String(index).padStart(5, "0")}`, 1, revertedBy(2)),
    );
    expect(prunable([], receipts, WHOLE, new Set()).receipts).toEqual(["r00001", "r00000"]);
  });
});
