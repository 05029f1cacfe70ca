import type { Problem } from "../../contract/errors.ts";
import { ACKNOWLEDGE_TIMEOUT_MS, type Service } from "../service.ts";
import type { WorkerProcess } from "./worker-process.ts";

/**
 * Waits until a fresh process has this generation in service; it accepts nothing yet. Returns why
 * it cannot.
 */
export async function startWorker(
  worker: WorkerProcess,
  { generation, config }: Service,
  timeoutMs: number,
): Promise<{ message: string; problems: Problem[] } | undefined> {
  const failed = (message: string, problems: Problem[] = []) => ({
    message: `worker ${worker.id} ${message}`,
    problems,
  });
  const ready = await worker.ready(timeoutMs);
  if (ready.kind !== "answered") return failed(`did not start (${ready.kind})`);
  const prepared = await worker.prepare(generation, config, timeoutMs);
  if (prepared.kind !== "answered") return failed(`did not compile generation ${generation} (${prepared.kind})`);
  if (prepared.message.type === "refused")
    return failed(`cannot serve generation ${generation}`, prepared.message.problems);
  const committed = await worker.commit(generation, config, [], ACKNOWLEDGE_TIMEOUT_MS);
  return committed.kind === "answered"
    ? undefined
    : failed(`did not switch to generation ${generation} (${committed.kind})`);
}
