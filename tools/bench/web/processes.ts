/** Servers as processes: started on one core, ended by id, and what they use of the machine. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";

const START_TRIES = 200;
const START_INTERVAL_MS = 50;
const END_TIMEOUT_MS = 5000;
/** Of the times in `/proc/PID/stat` (USER_HZ, the same on every Linux of today). */
const TICK_MS = 10;

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a server on a core and resolves when the port accepts. */
export async function start(program: Program, port: number, core: string): Promise<ChildProcess> {
  const child = spawn("taskset", ["-c", core, program.command, ...program.args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, ...program.env },
  });
  for (let tries = 0; ; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return child;
    if (child.exitCode !== null || tries > START_TRIES) throw new Error(`${program.command} does not start`);
    await new Promise((resolve) => setTimeout(resolve, START_INTERVAL_MS));
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

/** Processor time (ms) that a process and all its descendants have used so far. */
export async function cpuMs(pid: number): Promise<number> {
  let ticks = 0;
  for (const { times } of await familyOf(pid)) ticks += times;
  return ticks * TICK_MS;
}

/** Proportional set size (MB) of a process and its descendants: shared pages count once. */
export async function memoryMb(pid: number): Promise<number> {
  let kilobytes = 0;
  for (const member of await familyOf(pid)) {
    const rollup = await readFile(`/proc/${String(member.pid)}/smaps_rollup`, "utf8").catch(() => "");
    kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

interface Member {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, in ticks. */
  readonly times: number;
}

async function familyOf(pid: number): Promise<Member[]> {
  const all = new Map<number, Member>();
  for (const entry of await readdir("/proc")) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : "";
    // Behind the name, which may contain blanks: state, parent, …, user time, system time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields.length < 13) continue;
    const times = Number(fields[11]) + Number(fields[12]);
    all.set(Number(entry), { pid: Number(entry), parent: Number(fields[1]), times });
  }
  return [...all.values()].filter((member) => {
    let ancestor: Member | undefined = member;
    while (ancestor !== undefined && ancestor.pid !== pid) ancestor = all.get(ancestor.parent);
    return ancestor !== undefined;
  });
}
