/**
 * The agent with a clock that a test sets: the file `clock` beside its state says by how many
 * milliseconds it is wrong.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createLog } from "../../../server-agent/log.ts";
import { startAgent } from "../../../server-agent/agent.ts";

function wrongBy(folder: string): number {
  try {
    return Number(readFileSync(join(folder, "clock"), "utf8"));
  } catch {
    return 0;
  }
}

async function run(args: readonly string[]): Promise<void> {
  const text = { type: "string", default: "" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { config: text, state: text, socket: text, workers: text, "web-folder": text },
  });
  const folder = dirname(values.state);
  const started = await startAgent({
    ...values,
    webFolder: join(folder, "web"),
    workers: Number(values.workers),
    reseed: false,
    predecessor: undefined,
    clock: { now: () => Date.now() + wrongBy(folder), monotonic: () => performance.now() },
    log: createLog((line) => process.stderr.write(line)),
  });
  if (!started.ok) throw new Error(started.message);
  const { agent } = started;
  const { listeners, generation } = agent;
  process.stdout.write(`ready ${JSON.stringify({ listeners, socket: values.socket, pid: process.pid, generation })}\n`);
  process.once("SIGTERM", () => void agent.close(0).then(() => process.exit()));
}

const [verb, ...rest] = process.argv.slice(2);
if (verb === "worker") await import("../../../server-agent/worker-index.ts");
else await run(rest);
