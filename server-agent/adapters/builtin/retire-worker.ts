import type { Log } from "../../log.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Between the polite end of overdue requests and the end of their worker (ms). */
const KILL_AFTER_EXPIRE_MS = 5000;

/**
 * Lets a worker end with its connections; after the deadline (seconds) what is left is closed
 * politely, then cut.
 */
export function retireWorker(
  worker: WorkerProcess,
  lingerSeconds: number,
  deadlineSeconds: number | undefined,
  log: Log,
): void {
  worker.send({ type: "retire", lingerSeconds });
  if (deadlineSeconds === undefined) return;
  const kill = (): void => {
    if (worker.phase === "gone") return;
    log.warn("worker did not stop in time; killing it", { worker: worker.id, pid: worker.pid });
    worker.isToEnd = true;
    worker.kill();
  };
  const expire = (): void => {
    if (worker.phase === "gone") return;
    if (worker.generation !== undefined) worker.send({ type: "expire", generation: worker.generation });
    setTimeout(kill, KILL_AFTER_EXPIRE_MS).unref();
  };
  setTimeout(expire, deadlineSeconds * 1000).unref();
}
