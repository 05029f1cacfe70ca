/**
 * Workers that die or hang: replaced, without losing the listening socket, and without a reply that
 * is not true.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { AgentInfo } from "../../../../../server-agent/contract/agent.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { openIdleConnection, startLoad, startSlowDownload } from "../../../../../tools/driving/load.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { startAgent, type EventStream, type TestAgent } from "../../../../../tools/driving/agent.ts";

async function workersOf(agent: TestAgent): Promise<AgentInfo["workers"]> {
  return (await agent.call("getAgent")).workers;
}

/** Resolves with the workers when as many as wanted serve and none of these pids is among them. */
async function replaced(events: EventStream, count: number, gone: readonly number[]): Promise<AgentInfo["workers"]> {
  const fits = ({ workers }: AgentInfo) =>
    workers.length === count && workers.every(({ pid, state }) => state === "serving" && !gone.includes(pid));
  const line = await events.until((news) => "agent" in news && fits(news.agent));
  return "agent" in line ? line.agent.workers : [];
}

/** Orphaned processes are nobody's children: only asking tells when they have ended. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await delay(20);
  }
}

describe.each([1, 2])("with %i worker(s)", (workers) => {
  it("a killed worker is replaced, and no new connection is refused meanwhile", async () => {
    await using agent = await startAgent({ workers });
    await using events = await agent.events();
    const before = await workersOf(agent);
    for (const { pid } of before) process.kill(pid, "SIGKILL");
    // The socket is still open: these wait for the fresh worker instead of being refused.
    const visits = Promise.all(Array.from({ length: 20 }, () => agent.visit()));
    const after = await replaced(
      events,
      workers,
      before.map(({ pid }) => pid),
    );
    expect(after.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: workers }, (_, index) => workers + 1 + index),
    );
    expect((await visits).map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => "live"));
  });

  it("workers killed before and during switches never make a reply untrue", async () => {
    await using agent = await startAgent({ workers });
    for (let round = 0; round < 4; round++) {
      const victim = (await workersOf(agent))[0];
      const start = agent.call("startMaintenance", { body: { site: "shop" } });
      if (victim !== undefined) process.kill(victim.pid, "SIGKILL");
      const { id } = await start;
      const closed = await Promise.all(Array.from({ length: 4 }, () => agent.visit()));
      expect(closed.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
      const next = (await workersOf(agent))[0];
      const revert = agent.call("revertMaintenance", { params: { id } });
      if (next !== undefined) process.kill(next.pid, "SIGKILL");
      await revert;
      const open = await Promise.all(Array.from({ length: 4 }, () => agent.visit()));
      expect(open.map(({ text }) => text)).toEqual(["live", "live", "live", "live"]);
    }
  });

  it("a worker that hangs is replaced before the reply", async () => {
    await using agent = await startAgent({ workers });
    const before = await workersOf(agent);
    const stuck = before[0]?.pid ?? 0;
    process.kill(stuck, "SIGSTOP");
    await agent.call("startMaintenance", { body: { site: "shop" } });
    const after = await workersOf(agent);
    expect(after).toHaveLength(workers);
    expect(after.map(({ pid }) => pid)).not.toContain(stuck);
    expect((await agent.visit()).status).toBe(503);
    expect(() => process.kill(stuck, 0), "the stuck process is gone").toThrow("ESRCH");
    expect(agent.log()).toMatch(/worker not responding; replacing it/);
  });
});

it("a crash loop backs off instead of starting processes as fast as it can, and ends when the cause does", async () => {
  await using agent = await startAgent();
  const seen = new Set<number>();
  const until = performance.now() + 3000;
  await using events = await agent.events();
  while (performance.now() < until) {
    const line = await events.until((news) => "agent" in news && news.agent.workers.length === 1);
    const pid = "agent" in line ? (line.agent.workers[0]?.pid ?? 0) : 0;
    if (seen.has(pid)) continue;
    seen.add(pid);
    process.kill(pid, "SIGKILL");
  }
  expect(seen.size).toBeGreaterThan(1);
  expect(seen.size).toBeLessThan(10);
  expect((await agent.visit()).text).toBe("live");
});

describe("restart", () => {
  it("graceful: fresh workers and a new generation, and no request fails", async () => {
    await using agent = await startAgent({ workers: 2 });
    const before = await workersOf(agent);
    let going = true;
    const statuses: number[] = [];
    const visitors = Array.from({ length: 4 }, async () => {
      while (going) statuses.push((await agent.visit()).status);
    });
    for (let round = 0; round < 3; round++) {
      expect(await agent.call("restart", { body: { mode: "graceful", author: "anna" } })).toEqual({
        generation: 2 + round,
        cut: 0,
      });
    }
    going = false;
    await Promise.all(visitors);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await using events = await agent.events();
    const after = await replaced(
      events,
      2,
      before.map(({ pid }) => pid),
    );
    expect(after).toHaveLength(2);
    const { generations } = await agent.call("listGenerations");
    expect(generations[0]).toMatchObject({
      generation: 4,
      state: "active",
      author: "anna",
      reason: "graceful restart",
      changes: [],
    });
  });

  it("graceful, with a drain deadline that is over at once: connections in use are told, before they close", async () => {
    await using origin = await startOriginServer();
    const config: Config = {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
      upstreams: { app: { targets: [origin.url] } },
      virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }],
    };
    await using agent = await startAgent({ config, workers: 2 });
    const load = startLoad({ host: "127.0.0.1", port: agent.port }, new Truth(), { get: 2, fresh: 0, post: 4 });
    for (let round = 0; round < 4; round++) {
      await load.rounds(20);
      await agent.call("restart", { body: { mode: "graceful", drainSeconds: 0 } });
    }
    await load.rounds(20);
    expect((await load.stop()).failures).toEqual([]);
  });

  it("graceful: what is in flight ends on its own worker, a later switch reaches that one too", async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({
      config: {
        listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
        upstreams: { app: { targets: [origin.url] } },
        virtualHosts: [
          { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
        ],
      },
    });
    const target = { host: "shop.example.com", port: agent.port };
    const idle = await openIdleConnection(target);
    await idle.ask("/page");
    const download = startSlowDownload(target, 1024 * 1024);
    download.done.catch(() => undefined);
    await using events = await agent.events();
    await events.until((line) => "generations" in line && line.generations.some(({ inFlight }) => inFlight > 0));
    await agent.call("restart", { body: { mode: "graceful" } });
    expect((await workersOf(agent)).map(({ state }) => state).toSorted()).toEqual(["draining", "serving"]);
    await agent.call("startMaintenance", { body: { site: "shop" } });
    expect((await idle.ask("/page")).status, "an old connection to the old worker, after the reply").toBe(503);
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    await events.until((line) => "agent" in line && line.agent.workers.length === 1);
    idle.close();
  });

  it("hard: cuts what is in flight and says how much", async () => {
    const origin = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as { port: number };
    await using agent = await startAgent({
      config: {
        listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          { id: "default", hosts: ["*"], rules: [{ handler: { type: "respond", body: "default" } }] },
        ],
      },
    });
    await using events = await agent.events();
    const visits = [1, 2, 3].map(() => agent.visit());
    const outcomes = Promise.allSettled(visits);
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 3);
    expect(await agent.call("restart", { body: { mode: "hard" } })).toEqual({ generation: 2, cut: 3 });
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect((await agent.visit({ host: "other.example.com" })).text).toBe("default");
    origin.close();
  });

  it("with a drain deadline: what is left is closed, and the old worker ends", async () => {
    const origin = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as { port: number };
    await using agent = await startAgent({
      config: {
        listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
        ],
      },
    });
    await using events = await agent.events();
    const visit = agent.visit();
    visit.catch(() => undefined);
    await events.until((line) => "generations" in line && line.generations[0]?.inFlight === 1);
    await agent.call("restart", { body: { mode: "graceful", drainSeconds: 0.5 } });
    await events.until((line) => "agent" in line && line.agent.workers.length === 1);
    await expect(visit).rejects.toThrow();
    origin.close();
  });
});

describe("the supervisor", () => {
  it("killed with -9: the workers make room, and a new agent serves on the same port", async () => {
    await using first = await startAgent({ workers: 2 });
    const { port } = first;
    const fixed = {
      listeners: [{ name: "http", address: "127.0.0.1", port }],
      virtualHosts: (await first.call("getConfig")).config.virtualHosts,
    };
    await first.call("putConfig", { body: fixed, ifMatch: 1 });
    const { workers } = await first.call("getAgent");
    await first.call("startMaintenance", { body: { site: "shop" } });
    await first.kill("SIGKILL");
    await using second = await startAgent({ folder: first.folder, workers: 2 });
    expect(second.port).toBe(port);
    expect(second.generation).toBe(3);
    expect((await second.visit()).status).toBe(503);
    for (const { pid } of workers) await untilGone(pid);
  });
});
