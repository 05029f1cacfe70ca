/** Finds the Caddys that run, by what the kernel tells of all processes. */
import { existsSync } from "node:fs";
import { readlink } from "node:fs/promises";
import type { FoundInstances, Instance } from "../adapter.ts";
import { type Process, containerOf, findProcesses, instanceId, ownRoot, userName } from "../processes.ts";
import { readRunArguments, runArgumentsOf } from "./run-arguments.ts";
import { versionOf } from "./run-caddy.ts";

/** That of the packages. */
const USUAL = "/etc/caddy/Caddyfile";

export async function findCaddies(): Promise<FoundInstances> {
  const processes = await findProcesses((cmdline) => runArgumentsOf(cmdline) !== undefined);
  const found: FoundInstances = { instances: [], problems: [] };
  for (const one of processes.sort((a, b) => a.pid - b.pid)) {
    const named = `The Caddy with process id ${String(one.pid)}`;
    try {
      if (isOutOfReach(one))
        found.problems.push(`${named} belongs to another user than the agent; run the agent as root.`);
      else found.instances.push(await lookAt(one));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      found.problems.push(`${named} cannot be looked at: ${why}.`);
    }
  }
  return found;
}

/** Its program is run again as its own user, which only root can. */
function isOutOfReach({ uid }: Process): boolean {
  const own = process.geteuid?.();
  return own !== 0 && own !== uid;
}

async function lookAt(found: Process): Promise<Instance> {
  const { pid, uid, cmdline } = found;
  const folder = `/proc/${String(pid)}`;
  const [exe, cwd, root] = await Promise.all([readlink(`${folder}/exe`), readlink(`${folder}/cwd`), ownRoot(pid)]);
  // After an upgrade of the package the program that runs has no name any more.
  const program = exe.replace(/ \(deleted\)$/, "");
  const args = runArgumentsOf(cmdline) ?? [];
  const { configuration = "" } = readRunArguments(args, cwd, existsSync);
  const container = root === undefined ? undefined : await containerOf(pid);
  return {
    id: instanceId("caddy", configuration, USUAL),
    kind: "caddy",
    version: root === undefined ? await versionOf(program, found) : "",
    pid,
    program,
    configuration,
    args,
    cwd,
    user: await userName(uid),
    ...(root === undefined ? {} : { root }),
    ...(container === undefined ? {} : { container }),
  };
}
