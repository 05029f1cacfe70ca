/**
 * Many requests over many switches: none fails, and memory does not grow. The long run is
 * `npm run soak -- --requests 1000000`.
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { startLoad } from "../../../../../tools/driving/load.ts";
import { startOriginServer } from "../../../../../tools/driving/origin-server.ts";
import { Truth } from "../../../../../tools/driving/truth.ts";
import { secured } from "../../../../support/agent/events.ts";
import { HOST, proxied } from "../../../../support/agent/hand-over.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import { repetitions } from "../../../../support/repetitions.ts";

/** At least so many of each kind. */
const REQUESTS = Number(process.env.BACKSOON_REQUESTS ?? repetitions(300, 3000));
const SWITCHES = 2 * Math.ceil(Math.max(4, REQUESTS / 1000) / 2);
const VISITORS = { get: 10, fresh: 2, post: 4 };
const ROUNDS = Math.ceil(REQUESTS / SWITCHES / (VISITORS.get + VISITORS.fresh + VISITORS.post));
/** Before half of so many, a process is still on its way to the size that it keeps. */
const MIN_REQUESTS_FOR_MEMORY = 100_000;
/** What resident memory of one process moves up and down by itself (MB). */
const MEMORY_NOISE_MB = 24;

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const tls = folder.make("shop", [HOST]);

/** Of the supervisor and its workers (MB). */
async function residentMemory(agent: TestAgent): Promise<number[]> {
  const { workers } = await agent.call("getAgent");
  return [agent.pid, ...workers.map(({ pid }) => pid)].map((pid) =>
    Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) / 1024),
  );
}

interface Kind {
  readonly protocol: string;
  readonly how: { tls?: boolean; http2?: boolean };
  readonly configure: (config: Config) => Config;
}

const KINDS: readonly Kind[] = [
  { protocol: "HTTP/1.1", how: {}, configure: (config) => config },
  { protocol: "HTTP/1.1 over TLS", how: { tls: true }, configure: (config) => secured(config, tls) },
  { protocol: "HTTP/2 over TLS", how: { tls: true, http2: true }, configure: (config) => secured(config, tls) },
];

describe.each(KINDS)("$protocol", ({ protocol, how, configure }) => {
  it.each([1, 2].slice(repetitions(1, 0)))(
    "%i worker(s): no request fails, memory stays",
    { timeout: 120_000 + 20 * REQUESTS },
    async (workers) => {
      await using origin = await startOriginServer();
      await using agent = await startAgent({ workers, config: configure(proxied(origin.url)) });
      const truth = new Truth();
      const load = startLoad({ host: HOST, port: agent.port, ...how }, truth, VISITORS);
      const memory: number[][] = [];
      for (let switches = 0; switches < SWITCHES; switches += 2) {
        let receipt = "";
        await truth.changeTo("maintenance", async () => {
          receipt = (await agent.call("startMaintenance", { body: { site: "shop" } })).id;
        });
        await load.rounds(ROUNDS);
        await truth.changeTo("live", () => agent.call("revertMaintenance", { params: { id: receipt } }));
        await load.rounds(ROUNDS);
        if (4 * (switches + 2) >= SWITCHES * (memory.length + 1)) memory.push(await residentMemory(agent));
      }
      const { failures, requests } = await load.stop();
      const sizes = memory.map((megabytes) => megabytes.join(" ")).join(" → ");
      console.log(
        `${protocol}, ${String(workers)} worker(s): ${String(requests)} requests, ${String(SWITCHES)} switches, ${String(failures.length)} failed; MB of supervisor and workers by quarters: ${sizes}`,
      );
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThanOrEqual(REQUESTS);
      if (REQUESTS < MIN_REQUESTS_FOR_MEMORY) return;
      const [, half = [], , end = []] = memory;
      const grown = end.filter((megabytes, index) => megabytes > (half[index] ?? 0) + MEMORY_NOISE_MB);
      expect(grown, sizes).toEqual([]);
    },
  );
});
