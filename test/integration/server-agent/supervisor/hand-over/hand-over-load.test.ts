/** Promises 1 to 3 at hand-overs under load: nobody is refused or cut off. */
import { describe, expect, it } from "vitest";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import { handOver, HOST, proxied } from "../../../../support/agent/hand-over.ts";
import { openEchoSocket, openIdleConnection, startLoad, startSlowDownload } from "../../../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { repetitions } from "../../../../support/repetitions.ts";

describe.each([1, 2])("handing over under load, %i worker(s)", (workers) => {
  const TIMES = repetitions(5, 40);
  it("refuses and cuts nobody in any of many hand-overs", { timeout: 280_000 }, async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({ workers, config: proxied(origin.url) });
    const target = { host: HOST, port: agent.port };
    const truth = new Truth();
    const socket = await openEchoSocket(target);
    const download = startSlowDownload(target, 1024 * 1024);
    // While it lasts, an early failure must not be an unhandled rejection.
    download.done.catch(() => undefined);
    const load = startLoad(target, truth, { get: 8, fresh: 6, post: 4 });
    const pids = new Set([agent.pid]);
    for (let time = 0; time < TIMES; time++) {
      const idle = await openIdleConnection(target);
      await idle.ask("/page");
      const { pid } = await handOver(agent);
      pids.add(pid);
      expect((await agent.call("getAgent")).pid, "the successor answers").toBe(pid);
      // A switch by the successor is true at once on the connections of its predecessors too.
      let receipt = "";
      await truth.changeTo("maintenance", async () => {
        receipt = (await agent.call("startMaintenance", { body: { site: "shop", retryAfter: 120 } })).id;
      });
      const answer = await idle.ask("/page");
      expect(answer.status, "the idle connection, after the successor's switch").toBe(503);
      expect(answer.head.toLowerCase()).toContain("connection: close");
      idle.close();
      await load.rounds(1);
      await truth.changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt } }));
      await load.rounds(1);
    }
    const result = await load.stop();
    expect(result.failures).toEqual([]);
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    expect(await socket.finish()).toBeGreaterThan(0);
    expect(pids.size).toBe(TIMES + 1);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    console.log(
      `${String(workers)} worker(s), ${String(TIMES)} hand-overs: ${String(result.requests)} requests, 0 failed`,
    );
  });
});
