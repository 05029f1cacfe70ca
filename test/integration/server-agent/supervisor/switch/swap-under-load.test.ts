/**
 * Promises 1, 2 and 3 under load: nobody is interrupted, the reply is the truth, in flight means
 * finished.
 */
import { describe, expect, it } from "vitest";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import {
  openEchoSocket,
  openEventStream,
  openIdleConnection,
  startLoad,
  startSlowDownload,
  startSlowUpload,
} from "../../../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const SWITCHES = repetitions(40, 400);
const HOST = "shop.example.com";

describe.each([1, 2])("switching to maintenance and back under load, %i worker(s)", (workers) => {
  it("interrupts nobody in any of many switches", { timeout: repetitions(120_000, 300_000) }, async () => {
    await using origin = await startOriginServer();
    await using agent = await startAgent({
      workers,
      config: {
        listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
        upstreams: { app: { targets: [origin.url] } },
        virtualHosts: [
          { id: "shop", hosts: [HOST], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
        ],
      },
    });
    const target = { host: HOST, port: agent.port };
    const truth = new Truth();

    const idle = await openIdleConnection(target);
    expect((await idle.ask("/page")).status).toBe(200);
    const socket = await openEchoSocket(target);
    const events = await openEventStream(target);
    const upload = startSlowUpload(target);
    const download = startSlowDownload(target, 1024 * 1024);
    // While the download lasts, an early failure must not be an unhandled
    // rejection.
    download.done.catch(() => undefined);
    const load = startLoad(target, truth, { get: 16, fresh: 8, post: 8 });

    let answersOfIdle = 0;
    for (let switches = 0; switches < SWITCHES; switches += 2) {
      let receipt = "";
      await truth.changeTo("maintenance", async () => {
        receipt = (await agent.call("startMaintenance", { body: { site: "shop", retryAfter: 120 } })).id;
      });
      expect((await idle.ask("/page")).status, "the idle connection, first request after the reply").toBe(503);
      answersOfIdle += 1;
      await load.rounds(1);
      await truth.changeTo("live", () =>
        agent.call("revertMaintenance", {
          params: { id: receipt },
          body: { how: switches % 4 === 0 ? "delete" : "demote" },
        }),
      );
      expect((await idle.ask("/page")).status, "the idle connection, first request after the revert").toBe(200);
      await load.rounds(1);
    }

    const result = await load.stop();
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    expect(await upload.finish(), "the upload arrived as it was sent").toBe(true);
    expect(await socket.finish()).toBeGreaterThan(0);
    expect(events.finish()).toBeGreaterThan(0);
    expect(idle.closed, "the idle connection is still open").toBe(false);
    idle.close();

    expect(result.failures).toEqual([]);
    expect(answersOfIdle).toBe(SWITCHES / 2);
    expect(result.live).toBeGreaterThan(SWITCHES);
    expect(result.maintenance).toBeGreaterThan(SWITCHES);
    console.log(
      `${String(workers)} worker(s): ${String(result.requests)} requests, ${String(result.live)} live, ${String(result.maintenance)} maintenance, 0 failed`,
    );
  });
});
