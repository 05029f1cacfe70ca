/**
 * The event stream: a snapshot, then every event with the next revision, and nobody who can hold it
 * up.
 */
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { Snapshot, StreamLine } from "../../../../server-agent/contract/events.ts";
import { applyEvent } from "../../../../server-agent/core/client/apply-event.ts";
import { smallConfig, startAgent, type StreamedLine } from "../../../../tools/driving/agent.ts";

describe("the event stream", () => {
  it("starts with a snapshot and goes on without a gap, and both are what the contract says", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const seen: StreamedLine[] = [await events.next()];
    expect(Snapshot.parse(seen[0])).toMatchObject({
      type: "snapshot",
      agent: { pid: agent.pid, generation: 1 },
      config: smallConfig(),
      maintenance: [],
    });
    for (let round = 0; round < 3; round++) {
      const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
      await agent.visit();
      await agent.call("revertMaintenance", { params: { id } });
    }
    await agent.call("restart", { body: { mode: "graceful" } });
    seen.push(
      await events.until((line) => {
        seen.push(line);
        return line.type === "config" && line.agent.generation === 8;
      }),
    );
    seen.pop();
    for (const line of seen) StreamLine.parse(line);
    const first = seen[0]?.revision ?? 0;
    expect(seen.map(({ revision }) => revision)).toEqual(seen.map((_, index) => first + index));
  });

  it("tells a subscriber who applies it the same as a fresh snapshot", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    let state = (await events.next()) as Snapshot;
    const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
    for (let visit = 0; visit < 3; visit++) await agent.visit();
    await agent.call("revertMaintenance", { params: { id } });
    await events.until((line) => {
      if (line.type !== "snapshot") state = applyEvent(state, line);
      return state.maintenance[0]?.revert?.proof !== undefined && state.maintenance[0].counts.refused === 3;
    });
    await using again = await agent.events();
    const fresh = (await again.next()) as Snapshot;
    // More may have happened meanwhile, such as an old generation that has drained.
    if (state.revision < fresh.revision)
      await events.until((line) => {
        if (line.type !== "snapshot") state = applyEvent(state, line);
        return state.revision >= fresh.revision;
      });
    const comparable = ({ config, generations, maintenance }: Snapshot) => ({ config, generations, maintenance });
    expect(comparable(state)).toEqual(comparable(fresh));
  });

  it("publishes metrics once a second at most", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    await events.next();
    const times: number[] = [];
    const load = { going: true };
    const visitor = (async () => {
      while (load.going) await agent.visit();
    })();
    let requests = 0;
    while (times.length < 3) {
      const line = await events.until(({ type }) => type === "metrics");
      times.push(performance.now());
      if (line.type === "metrics") {
        const { shop } = line.metrics;
        expect(shop?.requests ?? 0).toBeGreaterThanOrEqual(requests);
        requests = shop?.requests ?? 0;
        if (times.length === 1) continue;
        expect(shop?.perSecond).toBeGreaterThan(0);
        expect(shop?.status["2xx"]).toBeGreaterThan(0);
      }
    }
    load.going = false;
    await visitor;
    for (const [index, time] of times.slice(1).entries()) expect(time - (times[index] ?? 0)).toBeGreaterThan(800);
  });

  it("drops a subscriber who does not read, and goes on for the others", { timeout: 120_000 }, async () => {
    await using agent = await startAgent();
    const lazy = request({ socketPath: agent.socketPath, path: "/v1/events", agent: false });
    lazy.on("error", () => undefined);
    const [response] = (await once(lazy.end(), "response")) as [IncomingMessage];
    response.pause();
    // A stream that is cut has no proper end: `aborted` is how node's client says so.
    const cut = new Promise<Error>((resolve) => response.once("error", resolve));
    await using diligent = await agent.events();
    let revision = (await diligent.next()).revision;
    // Every one of these events carries a document of 200 KB.
    const body = "x".repeat(200_000);
    for (let change = 0; change < 30; change++) {
      const virtualHosts = [
        {
          id: "shop",
          hosts: ["shop.example.com"],
          rules: [{ handler: { type: "respond" as const, body: `${body}${String(change)}` } }],
        },
        ...smallConfig().virtualHosts.slice(1),
      ];
      const { generation } = await agent.call("putConfig", { body: { ...smallConfig(), virtualHosts }, ifMatch: "*" });
      const line = await diligent.until(({ type, revision: next }) => {
        expect(next).toBe(++revision);
        return type === "config";
      });
      expect(line.type === "config" && line.agent.generation).toBe(generation);
    }
    // What had been sent is read now; then the stream ends instead of going on.
    response.resume();
    expect((await cut).message).toBe("aborted");
  });

  it("forgets subscribers who are gone", async () => {
    await using agent = await startAgent();
    const openFiles = () => readdirSync(`/proc/${String(agent.pid)}/fd`).length;
    const before = openFiles();
    for (let round = 0; round < 20; round++) {
      await using events = await agent.events();
      await events.next();
    }
    await agent.call("startMaintenance", { body: { site: "shop" } });
    await agent.call("getAgent");
    expect(openFiles()).toBeLessThan(before + 5);
  });
});
