/**
 * One ordinary reload of an nginx. It is over when no worker of before accepts any more: until then
 * some visitors are served without what has changed, although others already see it.
 */
import { readFile } from "node:fs/promises";
import { findProcesses } from "../processes.ts";
import { hasTitle, isAccepting, readMasterTitle } from "./title.ts";

const RELOAD_TIMEOUT_MS = 15_000;
const LOOK_AGAIN_MS = 20;

/** Why it failed; undefined where it did not. */
export async function reloadMaster(pid: number): Promise<string | undefined> {
  try {
    // The process may be another one's by now.
    if (readMasterTitle(await readFile(`/proc/${String(pid)}/cmdline`, "utf8")) === undefined)
      return `process ${String(pid)} is no main process of nginx any more.`;
    const before = await acceptingWorkers(pid);
    process.kill(pid, "SIGHUP");
    return await untilReplaced(pid, before);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return `process ${String(pid)} has ended.`;
    return code === "EPERM" ? "the agent may not signal it; it needs to run as root for that." : `${message}.`;
  }
}

async function untilReplaced(pid: number, before: readonly number[]): Promise<string | undefined> {
  const deadline = performance.now() + RELOAD_TIMEOUT_MS;
  for (;;) {
    const now = await acceptingWorkers(pid);
    if (now.length > 0 && !now.some((worker) => before.includes(worker))) return undefined;
    if (performance.now() >= deadline)
      return `its workers were not replaced within ${String(RELOAD_TIMEOUT_MS / 1000)} s; its error log says why.`;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function acceptingWorkers(master: number): Promise<number[]> {
  const processes = await findProcesses(hasTitle);
  return processes.filter(({ parent, cmdline }) => parent === master && isAccepting(cmdline)).map(({ pid }) => pid);
}
