/**
 * A real HAProxy on free ports of the loopback interface, with a folder of its own. It never sees
 * the HAProxy of the machine.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../../server-agent/adapters/adapter.ts";
import { findMasters } from "../../../server-agent/adapters/haproxy/masters.ts";
import { type ServerFolder, serverFolder, untilListening } from "../../../tools/driving/web-servers/server-folder.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_HAPROXY = spawnSync("haproxy", ["-v"]).status === 0;

export interface TestHaproxy extends AsyncDisposable {
  readonly pid: number;
  /** As the agent finds it. */
  readonly instance: Instance;
  /** What it has said so far. */
  said: () => string;
}

/** As Debian's package begins: workers with a root folder and a user of their own. */
export const GLOBAL = `global
    chroot @RUN@/root
    stats socket @RUN@/admin.sock mode 660 level admin expose-fd listeners
    user nobody
    group nogroup
    nbthread 2

defaults
    mode http
    option forwardfor
    timeout connect 5s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h

`;

/** @param text Of `haproxy.cfg`, behind `GLOBAL`. */
export async function haproxyFolder(text: string, global = GLOBAL): Promise<ServerFolder> {
  const folder = await serverFolder("haproxy", "haproxy.cfg", { "haproxy.cfg": global + text });
  await mkdir(join(folder.run, "root"), { mode: 0o755 });
  return folder;
}

export interface StartOptions {
  /** Default `-W`, and a socket of the main process. */
  readonly args?: readonly string[];
}

/** Starts it, and waits until it listens. */
export async function startHaproxy(folder: ServerFolder, { args }: StartOptions = {}): Promise<TestHaproxy> {
  const how = args ?? ["-W", "-S", join(folder.run, "master.sock")];
  const child = spawn("haproxy", [...how, "-f", folder.main], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const pid = child.pid ?? 0;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  await using unless = new AsyncDisposableStack();
  unless.defer(stop);
  await untilListening(folder, "bind", child, () => said);
  const instance = await untilFound(pid);
  unless.move();
  return { pid, instance, said: () => said, [Symbol.asyncDispose]: stop };
}

/** The main process starts its program once more before it is what it stays. */
async function untilFound(pid: number): Promise<Instance> {
  for (;;) {
    const instance = (await findMasters()).instances.find((found) => found.pid === pid);
    if (instance !== undefined) return instance;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
