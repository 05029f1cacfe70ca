/** Finds the main processes of nginx that run, by what the kernel tells of all processes. */
import { readlink } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import type { FoundInstances, Instance } from "../adapter.ts";
import { containerOf, findProcesses, instanceId, mayRunFor, ownRoot, type Process, userName } from "../processes.ts";
import { aboutProgram } from "./run-nginx.ts";
import { hasTitle, isAccepting, type MasterTitle, readMasterTitle } from "./title.ts";

export async function findMasters(): Promise<FoundInstances> {
  const processes = await findProcesses(hasTitle);
  const titled = processes.flatMap((process) => {
    const title = readMasterTitle(process.cmdline);
    return title === undefined ? [] : [{ process, title }];
  });
  const pids = new Set(titled.map(({ process }) => process.pid));
  // A worker that is just born has the title of its main process; a new main process was executed.
  const masters = titled.filter(({ process }) => !process.isForked || !pids.has(process.parent));
  // While nginx is upgraded, the old main process is the parent of the new one, and on its way out.
  const parents = new Set(masters.map(({ process }) => process.parent));
  const found: FoundInstances = { instances: [], problems: [] };
  for (const { process, title } of masters.sort((a, b) => a.process.pid - b.process.pid)) {
    if (parents.has(process.pid)) continue;
    try {
      if (!mayRunFor(process)) {
        found.problems.push(
          `The nginx with process id ${String(process.pid)} belongs to a different user than the agent, which does not run other users' programs; run the agent as ${await userName(process.uid)}.`,
        );
        continue;
      }
      const instance = await lookAt(process, title, processes);
      if (instance !== undefined) found.instances.push(instance);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      found.problems.push(`The nginx with process id ${String(process.pid)} cannot be inspected: ${why}.`);
    }
  }
  return found;
}

/** Undefined for one that has ended meanwhile. */
async function lookAt(
  { pid, parent, uid }: Process,
  title: MasterTitle,
  processes: readonly Process[],
): Promise<Instance | undefined> {
  const folder = `/proc/${String(pid)}`;
  const [exe, cwd] = await Promise.all([readlink(`${folder}/exe`), readlink(`${folder}/cwd`)]);
  const root = await ownRoot(pid);
  // After an upgrade of the package the program that runs has no name any more.
  const program = exe.replace(/ \(deleted\)$/, "");
  const about = await aboutProgram(root === undefined ? program : `${root}${program}`);
  const prefix = valueOf(title.args, "-p") ?? about.prefix;
  const named = valueOf(title.args, "-c") ?? about.configuration;
  const worker = processes.find(({ parent, cmdline }) => parent === pid && cmdline.includes(": worker process"));
  const before = processes.find((one) => one.pid === parent && readMasterTitle(one.cmdline) !== undefined);
  const isUpgraded = before !== undefined && processes.some((one) => one.parent === parent && isAccepting(one.cmdline));
  const container = root === undefined ? undefined : await containerOf(pid);
  const configuration = isAbsolute(named) ? named : resolve(cwd, prefix, named);
  return {
    id: instanceId("nginx", configuration, resolve(about.prefix, about.configuration)),
    kind: "nginx",
    version: about.version,
    pid,
    program,
    configuration,
    args: title.args,
    cwd,
    user: await userName(worker?.uid ?? uid),
    ...(isUpgraded ? { predecessor: parent } : {}),
    ...(root === undefined ? {} : { root }),
    ...(container === undefined ? {} : { container }),
  };
}

function valueOf(args: readonly string[], option: string): string | undefined {
  const at = args.lastIndexOf(option);
  return at < 0 ? undefined : args[at + 1];
}
