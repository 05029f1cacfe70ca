/** Promises 1 to 3, and the proof, where visitors come over TLS to the agent itself. */
import { afterAll, describe, expect, it } from "vitest";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import { openEchoSocket, startLoad, startSlowDownload } from "../../../../../tools/driving/load.ts";
import { DOWNLOAD_BYTES, startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { handOver, HOST, proxied } from "../../../../support/agent/hand-over.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});

/** Two switches each. */
const TIMES = repetitions(10, 100);

describe.each([
  { protocol: "HTTP/1.1", http2: false },
  { protocol: "HTTP/2", http2: true },
])("switching under load over TLS, visitors of $protocol", ({ protocol, http2 }) => {
  it("fails nobody, at a graceful restart and a hand-over either, and is proven", { timeout: 240_000 }, async () => {
    await using origin = await startOriginServer();
    const tls = folder.make("shop", [HOST]);
    const plain = proxied(origin.url);
    const config = {
      ...plain,
      listeners: plain.listeners.map((listener) => ({ ...listener, tls: true })),
      virtualHosts: plain.virtualHosts.map((site) => (site.hosts.includes(HOST) ? { ...site, tls } : site)),
    };
    await using agent = await startAgent({ workers: 2, config });
    const target = { host: HOST, port: agent.port, tls: true, http2 };
    const truth = new Truth();
    const socket = await openEchoSocket(target);
    const download = startSlowDownload(target, 1024 * 1024);
    download.done.catch(() => undefined);
    const load = startLoad(target, truth, { get: 4, fresh: 3, post: 3 });
    let receipt = "";
    for (let time = 0; time < TIMES; time++) {
      await truth.changeTo("maintenance", async () => {
        receipt = (await agent.call("startMaintenance", { body: { site: "shop" } })).id;
      });
      await load.rounds(1);
      if (time === 0) {
        const proofOf = async () => (await agent.call("getMaintenance", { params: { id: receipt } })).proof;
        await expect.poll(proofOf, { timeout: 30_000 }).toBeDefined();
        const outcomes = (await proofOf())?.cells.map(({ outcome, message }) => `${outcome}: ${message}`);
        expect(new Set(outcomes)).toEqual(new Set(["right: The copycat answered as planned."]));
      }
      await truth.changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt } }));
      await load.rounds(1);
      if (time === 2) await agent.call("restart", { body: { mode: "graceful" } });
      if (time === 5) await handOver(agent);
    }
    const result = await load.stop();
    expect(result.failures).toEqual([]);
    expect(await download.finish()).toBe(DOWNLOAD_BYTES);
    expect(await socket.finish()).toBeGreaterThan(0);
    console.log(`${String(2 * TIMES)} switches over TLS, ${protocol}: ${String(result.requests)} requests, 0 failed`);
  });
});
