import { settleMemory } from "../../settle-memory.ts";
import type { WorkerBoot } from "../../worker/protocol.ts";
import { runWorker } from "../../worker/worker.ts";
import { EXIT } from "../../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/** A worker process of a running agent. */
export function worker(_args: readonly string[]): Promise<number> {
  const boot = process.env.BACKSOON_WORKER;
  if (boot === undefined || process.send === undefined) throw new UsageError("only `run` starts `worker`");
  runWorker(JSON.parse(boot) as WorkerBoot);
  settleMemory();
  return Promise.resolve(EXIT.ok);
}
