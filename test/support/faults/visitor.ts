import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { startSlowDownload } from "../../../tools/driving/load.ts";
import { startOriginServer } from "../../../tools/driving/origin-server.ts";
import { HOST } from "../agent/hand-over.ts";
import { openRaw } from "../http/raw-client.ts";
import { startRelay } from "../http/relay.ts";
import { type Bench, type Cells, startBench, STOP_MS, until } from "./bench.ts";

const GET_LARGE = `GET /large HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
const HALF = "an order of three chairs";
/** What a worker may have open. */
const MAX_OPEN = 128;

async function untilInFlight({ agent }: Bench, count: number): Promise<void> {
  await until(async () => (await agent.call("listRequests", { query: { site: "shop" } })).requests.length === count);
}

export const visitor: Cells<"visitor"> = {
  async stopped() {
    await using origin = await startOriginServer();
    await using bench = await startBench({ url: origin.url });
    bench.visitNews();
    using client = await openRaw(bench.agent.port);
    await client.write(
      `POST /echo HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: ${String(2 * HALF.length)}\r\n\r\n${HALF}`,
    );
    await untilInFlight(bench, 1);
    await bench.agent.call("startMaintenance", { body: { site: "shop" } });
    await delay(STOP_MS);
    await client.write(HALF);
    const digest = createHash("sha256").update(HALF).update(HALF).digest("hex");
    expect(await client.read()).toMatchObject({ status: 200, body: digest });
    await bench.check();
  },

  async killed() {
    await using bench = await startBench({ hasLarge: true });
    bench.visitNews();
    const client = await openRaw(bench.agent.port);
    await client.write(GET_LARGE);
    await untilInFlight(bench, 1);
    client.destroy();
    await untilInFlight(bench, 0);
    await until(async () => (await bench.agent.call("getAgent")).requests?.left === 1);
    await bench.check();
  },

  async halfOpen() {
    await using bench = await startBench({ hasLarge: true });
    await using relay = await startRelay(bench.agent.port);
    bench.visitNews();
    using client = await openRaw(relay.port);
    await client.write(GET_LARGE);
    await client.until("\r\n\r\n");
    relay.goSilent();
    await bench.switchTwice();
    const { requests } = await bench.agent.call("listRequests", { query: { site: "shop" } });
    expect(requests).toHaveLength(1);
    await bench.agent.call("cutRequest", { params: { id: requests[0]?.id ?? "" } });
    await untilInFlight(bench, 0);
    await bench.check();
  },

  async slow() {
    await using origin = await startOriginServer();
    await using bench = await startBench({ url: origin.url });
    bench.visitNews();
    const download = startSlowDownload({ host: HOST, port: bench.agent.port }, 500_000);
    await untilInFlight(bench, 1);
    await bench.agent.call("startMaintenance", { body: { site: "shop" } });
    expect((await bench.agent.visit()).status).toBe(503);
    await bench.rounds(20);
    // It rejects if it is cut or altered.
    await download.finish();
    await bench.check();
  },

  async descriptors() {
    await using bench = await startBench({
      hasLarge: true,
      workers: 1,
      wrapper: ["prlimit", `--nofile=${String(MAX_OPEN)}`],
    });
    const { agent } = bench;
    const clients = [];
    for (let count = 0; count < MAX_OPEN; count++) {
      const client = await openRaw(agent.port);
      clients.push(client);
      await client.write(GET_LARGE);
    }
    await agent.logged(/out of file descriptors; accepting no connections/);
    const waiting = Array.from({ length: 10 }, () => agent.visit());
    for (const client of clients) client.destroy();
    expect(new Set((await Promise.all(waiting)).map(({ text }) => text))).toEqual(new Set(["live"]));
    await bench.check();
  },
};
