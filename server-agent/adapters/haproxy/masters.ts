/** Finds the HAProxy that run, by what the kernel tells of all processes. */
import { readlink } from "node:fs/promises";
import { basename, isAbsolute, resolve } from "node:path";
import type { FoundInstances, Instance } from "../adapter.ts";
import {
  containerOf,
  environmentOf,
  findProcesses,
  instanceId,
  mayRunFor,
  ownRoot,
  type Process,
  userName,
} from "../processes.ts";
import { configurationArgs, configurationFiles } from "./arguments.ts";
import { aboutProgram } from "./run-haproxy.ts";

const USUAL = "/etc/haproxy/haproxy.cfg";

export async function findMasters(): Promise<FoundInstances> {
  const processes = await haproxyProcesses();
  const pids = new Set(processes.map(({ pid }) => pid));
  const found: FoundInstances = { instances: [], problems: [] };
  for (const process of processes.sort((a, b) => a.pid - b.pid)) {
    if (pids.has(process.parent)) continue;
    const which = `The HAProxy with process id ${String(process.pid)}`;
    try {
      if (!mayRunFor(process)) {
        found.problems.push(
          `${which} belongs to another user than the agent, which does not run programs of other users. Run the agent as root, and HAProxy with a main process (-W or -Ws), which keeps the user that it was started by.`,
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

/** Those that a main process has started; none where there is no main process. */
export async function workersOf(pid: number): Promise<Process[]> {
  return (await haproxyProcesses()).filter(({ parent }) => parent === pid);
}

/** By these a main process tells itself of its workers; a check would take them for its own. */
const OF_A_MASTER = /^(?:HAPROXY_(?:MWORKER.*|PROCESSES|CFGFILES|CLI|MASTER_CLI|LOCALPEER)|NOTIFY_SOCKET)$/;

/** Variables of the environment that it was started with: its configuration may use them. */
export async function environmentFor(pid: number): Promise<Record<string, string>> {
  const all = Object.entries(await environmentOf(pid));
  return Object.fromEntries(all.filter(([name]) => !OF_A_MASTER.test(name)));
}

async function haproxyProcesses(): Promise<Process[]> {
  return findProcesses((cmdline) => /^haproxy(?:-\w+)?$/.test(basename(cmdline.split("\0")[0] ?? "")));
}

/** Undefined for one that reads no configuration, such as a check of one. */
async function lookAt(process: Process, processes: readonly Process[]): Promise<Instance | undefined> {
  const { pid, cmdline } = process;
  const folder = `/proc/${String(pid)}`;
  const [exe, started] = await Promise.all([readlink(`${folder}/exe`), readlink(`${folder}/cwd`)]);
  const [, ...given] = cmdline.split("\0").slice(0, -1);
  if (given.some((arg) => arg === "-c" || arg.startsWith("-v"))) return undefined;
  const args = configurationArgs(given);
  const changed = args[args.indexOf("-C") + 1];
  const cwd = args.includes("-C") && changed !== undefined ? resolve(started, changed) : started;
  const [main] = configurationFiles(args, cwd);
  if (main === undefined) return undefined;
  // After an upgrade of the package the program that runs has no name any more.
  const program = exe.replace(/ \(deleted\)$/, "");
  const workers = processes.filter(({ parent }) => parent === pid);
  // Without a main process, it is this one that `chroot` gave a root folder of its own.
  const root = workers.length > 0 || !(await hasOurMounts(pid)) ? await ownRoot(pid) : undefined;
  const container = root === undefined ? undefined : await containerOf(pid);
  const [worker = process] = workers;
  return {
    id: instanceId("haproxy", main, USUAL),
    kind: "haproxy",
    version: (await aboutProgram(root === undefined ? program : `${root}${program}`)).version,
    pid,
    program,
    configuration: isAbsolute(main) ? main : resolve(cwd, main),
    args,
    cwd,
    user: await userName(worker.uid),
    group: worker.gid,
    ...(root === undefined ? {} : { root }),
    ...(container === undefined ? {} : { container }),
  };
}

/** Containers have mounts of their own. */
async function hasOurMounts(pid: number): Promise<boolean> {
  const [own, ours] = await Promise.all([readlink(`/proc/${String(pid)}/ns/mnt`), readlink("/proc/self/ns/mnt")]);
  return own === ours;
}
