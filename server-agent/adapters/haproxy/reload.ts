/**
 * One ordinary reload of an HAProxy. It is over when no worker of before accepts any more: until
 * then some visitors are served without what has changed, although others already see it.
 */
import { accepts } from "../processes.ts";
import { workersOf } from "./masters.ts";

const RELOAD_TIMEOUT_MS = 15_000;
const LOOK_AGAIN_MS = 20;

/** Why it failed; undefined where it did not. */
export async function reloadMaster(pid: number): Promise<string | undefined> {
  const before = new Set((await workersOf(pid)).map((worker) => worker.pid));
  if (before.size === 0)
    return "it runs without a main process (-W), so that only a restart would read the change, and end what runs.";
  try {
    process.kill(pid, "SIGUSR2");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "EPERM" ? "the agent may not signal it; it needs to run as root for that." : `${message}.`;
  }
  const deadline = performance.now() + RELOAD_TIMEOUT_MS;
  for (;;) {
    const now = (await workersOf(pid)).map((worker) => worker.pid);
    const old = now.filter((worker) => before.has(worker));
    if (now.length > old.length && !(await Promise.all(old.map(accepts))).includes(true)) return undefined;
    if (performance.now() >= deadline)
      return `its workers were not replaced within ${String(RELOAD_TIMEOUT_MS / 1000)} s; its log says why.`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
