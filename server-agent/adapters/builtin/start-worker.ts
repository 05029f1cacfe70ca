import type { Problem } from "../../contract/errors.ts";
import { patience, type Service } from "../service.ts";
import type { WorkerProcess } from "./worker-process.ts";

/**
 * Waits until a fresh process has this generation in service; it accepts nothing yet. Returns why
 * it cannot. `timeoutMs`: for the process; compiling gets as much more as the document needs.
 */
export async function startWorker(
  worker: WorkerProcess,
  service: Service,
  timeoutMs: number,
): Promise<{ message: string; problems: Problem[] } | undefined> {
  const { generation } = service;
  const failed = (message: string, problems: Problem[] = []) => ({
    message: `worker ${worker.id} ${message}`,
    problems,
  });
  const ready = await worker.ready(timeoutMs);
  if (ready.kind !== "answered") return failed(`did not start (${ready.kind})`);
  const prepared = await worker.prepare(service, timeoutMs + patience(service));
  if (prepared.kind !== "answered") return failed(`did not compile generation ${generation} (${prepared.kind})`);
  if (prepared.message.type === "refused")
    return failed(`cannot serve generation ${generation}`, prepared.message.problems);
  const committed = await worker.commit(service, [], patience(service));
  return committed.kind === "answered"
    ? undefined
    : failed(`did not switch to generation ${generation} (${committed.kind})`);
}
