import { afterEach, expect, it, vi } from "vitest";
import { createLog } from "../../../../server-agent/log.ts";
import { Counters } from "../../../../server-agent/worker/counters.ts";
import { Generations } from "../../../../server-agent/worker/generations.ts";
import { AccessLogs } from "../../../../server-agent/worker/access-log/access-logs.ts";
import type { CounterChanges, FromWorker } from "../../../../server-agent/worker/protocol.ts";
import type { Site } from "../../../../server-agent/worker/site.ts";
import { UpstreamPools } from "../../../../server-agent/worker/upstream/upstream-pools.ts";
import { configWith } from "../../../support/agent/worker-harness.ts";

async function served(hosts: number) {
  const said: string[] = [];
  const log = createLog((line) => said.push(line));
  const generations = new Generations({
    logs: new AccessLogs(log),
    context: { upstreams: new UpstreamPools(), log: () => undefined, authKey: "" },
  });
  const virtualHosts = Array.from({ length: hosts }, (_, index) => ({
    id: `v${String(index)}`,
    hosts: [`v${String(index)}.test`],
    rules: [{ handler: { type: "error" as const, status: 404 } }],
  }));
  expect(await generations.prepare(1, configWith(virtualHosts))).toEqual([]);
  generations.commit(1);
  const told: CounterChanges[] = [];
  const send = (message: FromWorker, sent?: () => void) => {
    if (message.type === "counted") told.push(message);
    sent?.();
  };
  const inFlight = { size: 0 };
  const counters = new Counters(generations, inFlight, send, log);
  const service = generations.active;
  if (service === undefined) throw new Error("nothing is served");
  const ask = (site: Site) => {
    const figures = generations.enter(site, service.generation);
    site.totals.requests += 1;
    inFlight.size += 1;
    counters.changed();
    return () => {
      inFlight.size -= 1;
      site.totals.byClass[4] = (site.totals.byClass[4] ?? 0) + 1;
      generations.leave(site, figures, "answered");
      counters.changed();
    };
  };
  return { generations, counters, told, said, inFlight, ask, sites: service.sites };
}

afterEach(() => vi.useRealTimers());

it("tells what has changed, and nothing of the other sites", async () => {
  const { counters, told, ask, sites } = await served(50);
  vi.useFakeTimers();
  for (const site of sites) ask(site)();
  counters.report();
  const [third] = sites.slice(3);
  if (third === undefined) throw new Error("no such site");
  told.length = 0;
  const end = ask(third);
  vi.advanceTimersByTime(1000);
  expect(told).toEqual([
    {
      type: "counted",
      hosts: { v3: { requests: 2, inFlight: 1, status: { "4xx": 1 } } },
      drains: { 1: { v3: { inFlight: 1, drained: 0, cut: 0 } } },
      balance: expect.objectContaining({ accepted: 52 }) as unknown,
    },
  ]);
  end();
  vi.advanceTimersByTime(1000);
  expect(told[1]?.hosts).toEqual({ v3: { requests: 2, inFlight: 0, status: { "4xx": 2 } } });
  vi.advanceTimersByTime(5000);
  expect(told).toHaveLength(2);
});

it("tells of many sites in many messages, and of all of them before a switch", async () => {
  const { counters, told, ask, sites } = await served(3000);
  vi.useFakeTimers();
  for (const site of sites) ask(site)();
  vi.advanceTimersByTime(250);
  expect(told).toHaveLength(1);
  expect(Object.keys(told[0]?.hosts ?? {})).toHaveLength(500);
  let isSent = false;
  counters.report(() => (isSent = true));
  expect(isSent).toBe(true);
  expect(told.every(({ hosts }) => Object.keys(hosts).length <= 500)).toBe(true);
  expect(new Set(told.flatMap(({ hosts }) => Object.keys(hosts))).size).toBe(sites.length);
  counters.report();
  expect(told.at(-1)?.hosts).toEqual({});
});

it("says once when requests do not add up, and nothing while they do", async () => {
  const { counters, said, inFlight, ask, sites } = await served(2);
  const [site] = sites;
  if (site === undefined) throw new Error("no such site");
  const end = ask(site);
  counters.report();
  end();
  counters.report();
  expect(said).toEqual([]);
  ask(site);
  inFlight.size = 0;
  counters.report();
  counters.report();
  expect(said.map((line) => line.includes("do not add up"))).toEqual([true]);
});
