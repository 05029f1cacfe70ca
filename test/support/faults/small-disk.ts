/** An agent whose state is on a small file system of its own, which goes with its processes. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestAgent } from "../../../tools/driving/agent.ts";

/** Mounts it at the agent's `--state`, which it finds among the arguments. */
const SCRIPT = `
for word; do [ "$last" = --state ] && state=$word; last=$word; done
mkdir -p "$state" && mount -t tmpfs -o size=256k tmpfs "$state" && exec "$@"
`;

/** The command before the agent's. */
export const onSmallDisk = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"];

/**
 * Fills the disk under a running agent. Returns what makes room again; it takes the pid of a
 * process that has the disk.
 */
export async function fill(agent: TestAgent): Promise<(pid?: number) => Promise<void>> {
  const fillerOf = (pid: number): string => join("/proc", String(pid), "root", agent.stateDirectory, "filler");
  await writeFile(fillerOf(agent.pid), Buffer.alloc(1024 * 1024)).catch(() => undefined);
  return (pid = agent.pid) => rm(fillerOf(pid));
}
