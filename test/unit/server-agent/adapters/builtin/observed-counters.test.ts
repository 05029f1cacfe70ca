/** Figures come in pieces, and are the same as if all of them came each time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Counted } from "../../../../../server-agent/adapters/builtin/counted.ts";
import { ObservedCounters } from "../../../../../server-agent/adapters/builtin/observed-counters.ts";
import { DrainIndex } from "../../../../../server-agent/supervisor/switch/drain-index.ts";
import type { CounterChanges, DrainCounters, HostCounters } from "../../../../../server-agent/worker/protocol.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const SITES = ["shop", "blog", "constructor"];

/** A worker as it counts, with what it has not told yet. */
class Model {
  // Without a prototype, as a site may be called `constructor`.
  readonly hosts = Object.create(null) as Record<string, HostCounters>;
  readonly drains: Record<number, Record<string, DrainCounters>> = {};
  balance = { accepted: 0, answered: 0, left: 0, broken: 0, cut: 0, inFlight: 0 };
  #untold = new Set<string>();
  active = 1;

  begin(site: string): void {
    const { requests, inFlight, status } = this.hosts[site] ?? { requests: 0, inFlight: 0, status: {} };
    this.hosts[site] = { requests: requests + 1, inFlight: inFlight + 1, status };
    this.#count(this.active, site, { inFlight: 1 });
    this.balance = { ...this.balance, accepted: this.balance.accepted + 1, inFlight: this.balance.inFlight + 1 };
  }

  end(site: string, outcome: "answered" | "cut"): void {
    const generation = Object.keys(this.drains).find(
      (number) => (this.drains[Number(number)]?.[site]?.inFlight ?? 0) > 0,
    );
    const host = this.hosts[site];
    if (generation === undefined || host === undefined) return;
    const status = { ...host.status, "2xx": (host.status["2xx"] ?? 0) + 1 };
    this.hosts[site] = { ...host, inFlight: host.inFlight - 1, status };
    const drained = Number(generation) === this.active ? {} : { [outcome === "cut" ? "cut" : "drained"]: 1 };
    this.#count(Number(generation), site, { inFlight: -1, ...drained });
    const ended = { ...this.balance, inFlight: this.balance.inFlight - 1 };
    ended[outcome] += 1;
    this.balance = ended;
  }

  /** Some of what has changed; all of it without a limit. */
  take(limit = Infinity): CounterChanges {
    const changes: CounterChanges = { hosts: {}, drains: {}, balance: this.balance };
    for (const key of [...this.#untold].slice(0, limit)) {
      const [generation = "", site = ""] = key.split(" ");
      const host = this.hosts[site];
      const drain = this.drains[Number(generation)]?.[site];
      if (host !== undefined) changes.hosts[site] = host;
      if (drain !== undefined) (changes.drains[Number(generation)] ??= {})[site] = drain;
      this.#untold.delete(key);
    }
    return changes;
  }

  #count(generation: number, site: string, by: { inFlight: number; drained?: number; cut?: number }): void {
    const of = (this.drains[generation] ??= Object.create(null) as Record<string, DrainCounters>);
    const { inFlight, drained, cut } = of[site] ?? { inFlight: 0, drained: 0, cut: 0 };
    of[site] = { inFlight: inFlight + by.inFlight, drained: drained + (by.drained ?? 0), cut: cut + (by.cut ?? 0) };
    this.#untold.add(`${String(generation)} ${site}`);
  }
}

function requestsOf(hosts: Readonly<Record<string, HostCounters>>) {
  return SITES.map((site) =>
    Object.hasOwn(hosts, site) ? [hosts[site]?.requests, hosts[site]?.status["2xx"] ?? 0] : [0, 0],
  );
}

const step = fc.record({
  act: fc.constantFrom("begin", "begin", "begin", "end", "end", "tell", "switch", "die"),
  worker: fc.nat(2),
  site: fc.constantFrom(...SITES),
  isCut: fc.boolean(),
  limit: fc.integer({ min: 1, max: 3 }),
  isAsked: fc.boolean(),
});

describe("figures that come in pieces", () => {
  it("add up to all that was counted, whoever dies, and whatever is forgotten", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const counters = new ObservedCounters();
        const models = [new Model(), new Model(), new Model()];
        const ids = [1, 2, 3];
        const ended: Model[] = [];
        const asked: number[] = [];
        const kept: { report: Counted; as: string }[] = [];
        let active = 1;
        let nextId = 4;
        for (const { act, worker, site, isCut, limit, isAsked } of steps) {
          const model = models[worker] ?? new Model();
          if (act === "begin") model.begin(site);
          if (act === "end") model.end(site, isCut ? "cut" : "answered");
          if (act === "tell") counters.change(ids[worker] ?? 0, model.take(limit));
          if (act === "die") {
            counters.change(ids[worker] ?? 0, model.take());
            counters.end(ids[worker] ?? 0, true);
            ended.push(model);
            models[worker] = new Model();
            models[worker].active = active;
            ids[worker] = nextId++;
          }
          if (act === "switch") {
            active += 1;
            for (const [index, each] of models.entries()) {
              counters.change(ids[index] ?? 0, each.take());
              each.active = active;
            }
            for (const report of counters.without(new Set())) kept.push({ report, as: JSON.stringify(report) });
            if (isAsked) asked.push(active);
            counters.forgetOld([...asked, active]);
          }
        }
        for (const [index, model] of models.entries()) counters.change(ids[index] ?? 0, model.take());

        const sum = (count: (model: Model) => number) =>
          [...models, ...ended].reduce((all, each) => all + count(each), 0);
        expect(requestsOf(counters.hosts())).toEqual(
          SITES.map((site) => [
            sum(({ hosts }) => hosts[site]?.requests ?? 0),
            sum(({ hosts }) => hosts[site]?.status["2xx"] ?? 0),
          ]),
        );
        expect(requestsOf(counters.total().hosts)).toEqual(requestsOf(counters.hosts()));
        const { accepted, answered, cut, inFlight } = counters.balance();
        expect([accepted, answered + cut + inFlight]).toEqual([sum(({ balance }) => balance.accepted), accepted]);

        const index = new DrainIndex(counters.all());
        for (const generation of [...asked, active])
          for (const site of SITES) {
            const before = (key: "drained" | "cut" | "inFlight", of: readonly Model[]) =>
              of.reduce(
                (all, { drains }) =>
                  all +
                  Object.entries(drains).reduce(
                    (count, [number, hosts]) =>
                      Number(number) < generation && Object.hasOwn(hosts, site)
                        ? count + (hosts[site]?.[key] ?? 0)
                        : count,
                    0,
                  ),
                0,
              );
            expect(index.before(site, generation)).toMatchObject({
              drained: before("drained", [...models, ...ended]),
              // What was in flight on a worker that has died was cut.
              cut: before("cut", [...models, ...ended]) + before("inFlight", ended),
              draining: before("inFlight", models),
            });
          }
        for (const { report, as } of kept) expect(JSON.stringify(report)).toBe(as);
      }),
      { numRuns: repetitions(500, 10_000) },
    );
  });

  it("keep as many generations as somebody asks for, however many there were", () => {
    const counters = new ObservedCounters();
    const model = new Model();
    for (let generation = 1; generation <= 2000; generation++) {
      model.active = generation;
      model.begin("shop");
      model.begin("blog");
      model.active = generation + 1;
      model.end("shop", "answered");
      if (generation > 1) model.end("blog", "answered");
      counters.change(1, model.take());
      counters.forgetOld([500, 1500, generation + 1]);
    }
    // Three sums, and what is in flight.
    expect(Object.keys(counters.total().generations)).toHaveLength(4);
    expect(new DrainIndex(counters.all()).before("shop", 1500).drained).toBe(1499);
  });
});
