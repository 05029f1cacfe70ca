import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { deltaOf } from "../../../../server-agent/core/config/config-delta.ts";
import { createLog } from "../../../../server-agent/log.ts";
import { AccessLogs } from "../../../../server-agent/worker/access-log/access-logs.ts";
import { Generations } from "../../../../server-agent/worker/generations.ts";
import type { Service, Site } from "../../../../server-agent/worker/site.ts";
import { UpstreamPools } from "../../../../server-agent/worker/upstream/upstream-pools.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";
import { factsOf } from "../../../support/agent/request-facts.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Upstreams, too, so that what a handler knows of its document counts. */
const UPSTREAMS = { app: { targets: ["http://127.0.0.1:9"] } };

function documentOf(count: number, changed: number | undefined, rest: Partial<Config> = {}): Config {
  return configOf(
    Array.from({ length: count }, (_, index) =>
      virtualHostOf(`v${String(index)}`, [`v${String(index)}.test`], {
        rules:
          index === changed
            ? [{ handler: { type: "respond", body: "changed" } }]
            : [{ handler: { type: "proxy", upstream: "app" } }],
      }),
    ),
    { upstreams: UPSTREAMS, ...rest },
  );
}

class Served {
  readonly pools = new UpstreamPools();
  readonly generations = new Generations({
    logs: new AccessLogs(createLog()),
    context: { upstreams: this.pools, log: () => undefined, authKey: "" },
  });
  #before: Config | undefined;

  async serve(number: number, document: Config): Promise<void> {
    const problems =
      this.#before === undefined
        ? await this.generations.prepare(number, document)
        : await this.generations.prepareFrom(number, number - 1, deltaOf(this.#before, document));
    expect(problems).toEqual([]);
    expect(this.generations.commit(number)).toBe(true);
    this.#before = document;
  }

  get active(): Service {
    const { active } = this.generations;
    if (active === undefined) throw new Error("nothing is active");
    return active;
  }

  siteOf(host: string): Site {
    const target = this.generations.findTarget(this.active, factsOf({ host }));
    if (target === undefined) throw new Error(`nobody answers for ${host}`);
    return target.site;
  }
}

it("compiles the one site of ten thousand that changed, and takes the others over", async () => {
  const served = new Served();
  await served.serve(1, documentOf(10_000, undefined));
  const before = new Set(served.active.sites);
  await served.serve(2, documentOf(10_000, 77));
  expect(served.active.sites.filter((site) => !before.has(site)).map(({ id }) => id)).toEqual(["v77"]);
  expect(served.siteOf("v77.test").rules[0]?.takesBody).toBe(false);
  expect(served.siteOf("v78.test").rules[0]?.takesBody).toBe(true);
});

it("compiles what proxies to an upstream that changed", async () => {
  const served = new Served();
  await served.serve(1, documentOf(3, 1));
  const before = new Set(served.active.sites);
  await served.serve(2, documentOf(3, 1, { upstreams: { app: { targets: ["http://127.0.0.1:8"] } } }));
  expect(served.active.sites.filter((site) => before.has(site)).map(({ id }) => id)).toEqual(["v1", "default"]);
  expect(served.pools.size).toBe(1);
});

it("keeps of an old generation only what its requests in flight need", async () => {
  const served = new Served();
  await served.serve(1, documentOf(100, undefined));
  const site = served.siteOf("v5.test");
  const tables: WeakRef<object>[] = [];
  // A function of its own, so that nothing of it is left on the stack.
  const remember = (): void => {
    tables.push(new WeakRef(served.active.table), new WeakRef(served.siteOf("v6.test")));
  };
  remember();
  const figures = served.generations.enter(site, served.active.generation);
  await served.serve(2, documentOf(100, undefined, { upstreams: { app: { targets: ["http://127.0.0.1:8"] } } }));
  await served.serve(3, documentOf(100, undefined));
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  expect(tables.map((table) => table.deref())).toEqual([undefined, undefined]);
  expect(served.generations.leave(site, figures, "answered")).toBe(true);
  expect(served.generations.takeChanged(10)).toEqual([figures]);
  expect([figures.generation.number, figures.drained]).toEqual([1, 1]);
});

it("closes what a request used when the request is over, and not before", async () => {
  const served = new Served();
  await served.serve(1, documentOf(2, undefined));
  const site = served.siteOf("v0.test");
  const figures = served.generations.enter(site, served.active.generation);
  await served.serve(2, configOf([]));
  expect(served.pools.size).toBe(1);
  served.generations.leave(site, figures, "answered");
  expect(served.pools.size).toBe(0);
});

it("releases what it prepared and what is aborted, also in the middle", async () => {
  const served = new Served();
  await served.serve(1, configOf([]));
  expect(await served.generations.prepare(2, documentOf(3, undefined))).toEqual([]);
  expect(served.pools.size).toBe(1);
  served.generations.abort(2);
  expect(served.pools.size).toBe(0);
  const preparing = served.generations.prepare(3, documentOf(50_000, undefined));
  served.generations.abort(3);
  expect(await preparing).toEqual([]);
  expect(served.pools.size).toBe(0);
  expect(served.generations.commit(3)).toBe(false);
});
