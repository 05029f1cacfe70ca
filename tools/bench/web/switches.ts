/**
 * Latency of the switch call: maintenance on and off, again and again, on an agent with one worker
 * and few sites or many.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";

const PAIRS = 200;

export interface SwitchTimes {
  readonly sites: number;
  /** From writing the request to the complete reply. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly count: number;
}

export async function measureSwitches(
  agent: { node: string; program: string },
  folder: string,
  sites: number,
): Promise<SwitchTimes> {
  await mkdir(folder, { recursive: true });
  const config = join(folder, "config.json");
  const socketPath = join(folder, "agent.sock");
  await writeFile(
    config,
    JSON.stringify({
      listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
      virtualHosts: [
        ...Array.from({ length: sites }, (_, index) => ({
          id: `shop-${String(index)}`,
          hosts: [`shop-${String(index)}.example.com`, `www.shop-${String(index)}.example.com`],
          rules: [{ handler: { type: "respond", body: "live" } }],
        })),
        { id: "default", hosts: ["*"], rules: [{ handler: { type: "respond", body: "default" } }] },
      ],
    }),
  );
  const child = spawn(
    agent.node,
    [
      agent.program,
      "run",
      "--config",
      config,
      "--state",
      join(folder, "state"),
      "--socket",
      socketPath,
      "--workers",
      "1",
    ],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  // Hundreds of switches make hundreds of lines; they are of interest only when the agent fails.
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  try {
    await once(createInterface({ input: child.stdout }), "line");
    const connection = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = (path: string, body: unknown) =>
      new Promise<{ id: string }>((resolve, reject) => {
        const outgoing = request(
          { socketPath, path, method: "POST", agent: connection, headers: { "content-type": "application/json" } },
          (reply) => {
            let text = "";
            reply.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
            reply.on("end", () => {
              if (reply.statusCode === 200) resolve(JSON.parse(text) as { id: string });
              else reject(new Error(text));
            });
          },
        );
        outgoing.on("error", reject);
        outgoing.end(JSON.stringify(body));
      });
    const site = `shop-${String(Math.floor(sites / 2))}`;
    const times: number[] = [];
    const timed = async (path: string, body: unknown) => {
      const started = performance.now();
      const reply = await call(path, body);
      times.push(performance.now() - started);
      return reply;
    };
    for (let pair = 0; pair < PAIRS; pair++) {
      const { id } = await timed("/v1/maintenance", { site, retryAfter: 60 });
      await timed(`/v1/maintenance/${id}/revert`, { how: "delete" });
    }
    connection.destroy();
    times.sort((a, b) => a - b);
    return {
      sites,
      medianMs: times[Math.floor(times.length / 2)] ?? NaN,
      p99Ms: times[Math.floor(times.length * 0.99)] ?? NaN,
      count: times.length,
    };
  } catch (failure) {
    process.stderr.write(log);
    throw failure;
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
}
