/** The processes that have a title of their own, as the kernel tells them. */
import { readFile, readdir } from "node:fs/promises";

export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly uid: number;
  readonly cmdline: string;
}

/** Those that call themselves a process, as those of nginx do. */
export async function allProcesses(): Promise<Process[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const read = await Promise.all(
    pids.map(async (pid): Promise<Process | undefined> => {
      try {
        const cmdline = await readFile(`/proc/${pid}/cmdline`, "utf8");
        if (!cmdline.includes(" process")) return undefined;
        const status = await readFile(`/proc/${pid}/status`, "utf8");
        const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]);
        return { pid: Number(pid), parent: field("PPid"), uid: field("Uid"), cmdline };
      } catch {
        // It has ended, or is none of ours to see.
        return undefined;
      }
    }),
  );
  return read.filter((process) => process !== undefined);
}
