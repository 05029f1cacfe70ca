/**
 * A real nginx on free ports of the loopback interface, with a folder of its own: its configuration
 * is in `etc`, everything else beside it. It never sees the nginx of the machine.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../../server-agent/adapters/adapter.ts";
import { findMasters } from "../../../server-agent/adapters/nginx/masters.ts";
import { type ServerFiles, type ServerFolder, serverFolder, untilListening } from "./server-folder.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_NGINX = spawnSync("nginx", ["-v"]).status === 0;
/** `npm test` has set this machine up, and installed what the tests use. */
export const IS_SET_UP = existsSync(join(import.meta.dirname, "../../../.cache/debian-tests.stamp"));

export type NginxFolder = ServerFolder;

export interface TestNginx extends AsyncDisposable {
  readonly pid: number;
  /** As the agent finds it. */
  readonly instance: Instance;
  log: () => Promise<string>;
}

const MAIN = `worker_processes 2;
events {}
http {
    include conf.d/*.conf;
    include sites-enabled/*;
}
`;
/** In front of the main file: where this nginx writes, and that it stays in the foreground. */
function itsOwn(name: string): string {
  return `daemon off; pid @RUN@/${name}.pid; error_log @RUN@/error.log notice;`;
}

/** Without `nginx.conf` there is one that includes `conf.d/*.conf` and `sites-enabled/*`. */
export async function nginxFolder(files: ServerFiles): Promise<NginxFolder> {
  const folder = await serverFolder("nginx", "nginx.conf", { "nginx.conf": MAIN, ...files });
  for (const name of ["conf.d", "sites-enabled"]) await mkdir(join(folder.etc, name), { recursive: true });
  return folder;
}

/** Arguments by which nginx stays within the folder. */
export function nginxArgs({ run, main, filled }: NginxFolder, name = "nginx"): string[] {
  return ["-p", `${run}/`, "-c", main, "-g", filled(itsOwn(name))];
}

/**
 * Starts it, and waits until it listens.
 *
 * @param name Of its PID file; another one where several serve the same folder.
 */
export async function startNginx(folder: NginxFolder, name?: string): Promise<TestNginx> {
  const child = spawn("nginx", nginxArgs(folder, name), { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const pid = child.pid ?? 0;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    await once(child, "exit");
  };
  await using unless = new AsyncDisposableStack();
  unless.defer(stop);
  await untilListening(folder, "listen", child, () => said);
  const instance = await untilFound(pid);
  unless.move();
  return {
    pid,
    instance,
    log: () => readFile(join(folder.run, "error.log"), "utf8"),
    [Symbol.asyncDispose]: stop,
  };
}

/** Starts it as a daemon, whose program can be upgraded (`SIGUSR2`); kills all that came of it. */
export async function startDaemon(folder: NginxFolder): Promise<{ pid: number } & AsyncDisposable> {
  const program = spawnSync("sh", ["-c", "command -v nginx"], { encoding: "utf8" }).stdout.trim();
  // It knows a daemon by its parent, which has ended since its start.
  const shell = spawn("sh", ["-c", `"$@" & read -r _`, "sh", program, ...nginxArgs(folder)], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = once(shell, "exit");
  await untilListening(folder, "listen", shell, () => "");
  const pid = Number(await readFile(join(folder.run, "nginx.pid"), "utf8"));
  await untilFound(pid);
  shell.stdin.end();
  await ended;
  const mine = async () => (await findMasters()).instances.filter(({ configuration }) => configuration === folder.main);
  return {
    pid,
    async [Symbol.asyncDispose]() {
      for (let left = await mine(); left.length > 0; left = await mine())
        for (const { pid: one } of left) process.kill(one, "SIGTERM");
    },
  };
}

/** It listens a moment before it takes its title. */
async function untilFound(pid: number): Promise<Instance> {
  for (;;) {
    const instance = (await findMasters()).instances.find((found) => found.pid === pid);
    if (instance !== undefined) return instance;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
