/**
 * A real Caddy on free ports of the loopback interface, with a folder of its own. It never sees the
 * Caddy of the machine, and never uses its admin endpoint.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Instance } from "../../../server-agent/adapters/adapter.ts";
import { findCaddies } from "../../../server-agent/adapters/caddy/find-caddies.ts";
import { askListener } from "../../../server-agent/adapters/ask-listener.ts";
import { type ServerFiles, type ServerFolder, serverFolder } from "../../../tools/driving/web-servers/server-folder.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_CADDY = spawnSync("caddy", ["version"]).status === 0;

export interface TestCaddy extends AsyncDisposable {
  readonly pid: number;
  /** As the agent finds it. */
  readonly instance: Instance;
  /** What it has said so far. */
  said: () => string;
}

/** Options by which a Caddy stays within its folder; more of them may follow. */
export const OPTIONS = `	admin 127.0.0.1:@PORT9@
	http_port @PORT8@
	https_port @PORT7@
	storage file_system @RUN@/data
	skip_install_trust
`;
const ADMIN = 9;
/** As the packages run it under a user of its own; only root can start it so. */
const NOBODY = process.geteuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Directive for a certificate that its user can read. */
export const TLS = "tls @RUN@/cert.pem @RUN@/key.pem";

/** @param files Names below the folder of the configuration; the main one is `Caddyfile`. */
export async function caddyFolder(files: ServerFiles): Promise<ServerFolder> {
  const folder = await serverFolder("caddy", "Caddyfile", files);
  for (const [name, from] of [
    ["cert.pem", "@CERT@"],
    ["key.pem", "@KEY@"],
  ] as const) {
    const path = join(folder.run, name);
    await copyFile(folder.filled(from), path);
    await chmod(path, 0o644);
  }
  return folder;
}

export interface StartOptions {
  /** Behind `run`. Default: the Caddyfile of the folder. */
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts it, and waits until its admin endpoint answers. */
export async function startCaddy(
  folder: ServerFolder,
  { args = ["--config", folder.main], environment = {} }: StartOptions = {},
): Promise<TestCaddy> {
  if (NOBODY.uid !== undefined) await chown(folder.run, NOBODY.uid, NOBODY.gid);
  const child = spawn("caddy", ["run", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd: folder.etc,
    env: { PATH: process.env.PATH, HOME: folder.run, ...environment },
    ...NOBODY,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const pid = child.pid ?? 0;
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // It waits for open connections of tests that have failed.
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  await using unless = new AsyncDisposableStack();
  unless.defer(stop);
  while (!(await isUp(folder.port(ADMIN)))) {
    if (child.exitCode !== null) throw new Error(`it did not start: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const instance = (await findCaddies()).instances.find((found) => found.pid === pid);
  if (instance === undefined) throw new Error("it is not found");
  unless.move();
  return { pid, instance, said: () => said, [Symbol.asyncDispose]: stop };
}

/** Its listeners are open by then. */
async function isUp(port: number): Promise<boolean> {
  const at = { address: "127.0.0.1", port, tls: false, host: `127.0.0.1:${String(port)}`, path: "/config/" };
  const answered = await askListener({ ...at, timeoutMs: 1000 });
  return answered.ok && answered.answer.status === 200 && answered.answer.body.trim() !== "null";
}

/** As somebody reloads it by hand. */
export async function reloadByHand({ program, configuration }: Instance): Promise<void> {
  const child = spawn(program, ["reload", "--adapter", "caddyfile", "--config", configuration], { stdio: "ignore" });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`caddy reload ended with ${String(code)}`);
}
