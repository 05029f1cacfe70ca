/** Finds the main processes of Apache that run, by what the kernel tells of all processes. */
import { readlink } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { FoundInstances, Instance } from "../adapter.ts";
import { containerOf, findProcesses, instanceId, mayRunFor, ownRoot, type Process, userName } from "../processes.ts";
import { configurationArgs, isQuestion, valuesOf } from "./arguments.ts";
import { aboutProgram } from "./run-apache.ts";

export async function findMasters(): Promise<FoundInstances> {
  const processes = await apacheProcesses();
  const pids = new Set(processes.map(({ pid }) => pid));
  const found: FoundInstances = { instances: [], problems: [] };
  for (const process of processes.sort((a, b) => a.pid - b.pid)) {
    if (pids.has(process.parent)) continue;
    const which = `The Apache with process id ${String(process.pid)}`;
    try {
      if (!mayRunFor(process)) {
        found.problems.push(
          `${which} belongs to another user than the agent, which does not run programs of other users; run the agent as ${await userName(process.uid)}.`,
        );
        continue;
      }
      const instance = await lookAt(process, processes);
      if (instance !== undefined) found.instances.push(instance);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      found.problems.push(`${which} cannot be looked at: ${why}.`);
    }
  }
  return found;
}

/** Those that a main process has started. */
export async function workersOf(pid: number): Promise<Process[]> {
  return (await apacheProcesses()).filter(({ parent }) => parent === pid);
}

export function isApache(cmdline: string): boolean {
  return /^(?:apache2|httpd)(?:[.-]\w+)?$/.test(basename(cmdline.split("\0")[0] ?? ""));
}

async function apacheProcesses(): Promise<Process[]> {
  return findProcesses(isApache);
}

/** Undefined for one that serves nobody, such as a check of a configuration. */
async function lookAt(process: Process, processes: readonly Process[]): Promise<Instance | undefined> {
  const { pid, cmdline } = process;
  const [, ...given] = cmdline.split("\0").slice(0, -1);
  if (isQuestion(given)) return undefined;
  const folder = `/proc/${String(pid)}`;
  const [exe, cwd] = await Promise.all([readlink(`${folder}/exe`), readlink(`${folder}/cwd`)]);
  // After an upgrade of the package the program that runs has no name any more.
  const program = exe.replace(/ \(deleted\)$/, "");
  const root = await ownRoot(pid);
  const about = await aboutProgram(root === undefined ? program : `${root}${program}`);
  const args = configurationArgs(given);
  const home = valuesOf(args, "-d").at(-1) ?? about.root;
  const named = valuesOf(args, "-f").at(-1);
  const usual = resolve(home, about.configuration.slice(about.root.length + 1));
  const configuration = named === undefined ? usual : resolve(home, named);
  const container = root === undefined ? undefined : await containerOf(pid);
  // Some have children that serve nobody, such as one for CGI programs: they have its user, too.
  const worker = processes.find(({ parent, uid }) => parent === pid && uid !== 0) ?? process;
  return {
    id: instanceId("apache", configuration, about.configuration),
    kind: "apache",
    version: about.version,
    pid,
    program,
    configuration,
    args,
    cwd,
    user: await userName(worker.uid),
    group: worker.gid,
    ...(root === undefined ? {} : { root }),
    ...(container === undefined ? {} : { container }),
  };
}
