/**
 * One ordinary reload of an Apache (`graceful`). It is over when no worker of before accepts any
 * more: until then some visitors are served without what has changed.
 */
import { readFile } from "node:fs/promises";
import { accepts } from "../processes.ts";
import { isApache, workersOf } from "./masters.ts";

const RELOAD_TIMEOUT_MS = 15_000;
const LOOK_AGAIN_MS = 20;

/** Why it failed; undefined where it did not. */
export async function reloadMaster(pid: number): Promise<string | undefined> {
  try {
    // The process may be another one's by now.
    if (!isApache(await readFile(`/proc/${String(pid)}/cmdline`, "utf8")))
      return `process ${String(pid)} is no main process of Apache any more.`;
    const before = new Set((await workersOf(pid)).map((worker) => worker.pid));
    process.kill(pid, "SIGUSR1");
    return await untilReplaced(pid, before);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return `process ${String(pid)} has ended.`;
    return code === "EPERM" ? "the agent may not signal it; it needs to run as root for that." : `${message}.`;
  }
}

async function untilReplaced(pid: number, before: ReadonlySet<number>): Promise<string | undefined> {
  const deadline = performance.now() + RELOAD_TIMEOUT_MS;
  for (;;) {
    const now = (await workersOf(pid)).map((worker) => worker.pid);
    const [old, young] = [now.filter((one) => before.has(one)), now.filter((one) => !before.has(one))];
    const [oldAccept, youngAccept] = await Promise.all([anyAccepts(old), anyAccepts(young)]);
    if (youngAccept && !oldAccept) return undefined;
    if (performance.now() >= deadline)
      return `its workers were not replaced within ${String(RELOAD_TIMEOUT_MS / 1000)} s; its error log says why.`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function anyAccepts(pids: readonly number[]): Promise<boolean> {
  return (await Promise.all(pids.map(accepts))).includes(true);
}
