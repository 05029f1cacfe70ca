/**
 * A real nginx on free ports of the loopback interface, with a folder of its own: its configuration
 * is in `etc`, everything else beside it. It never sees the nginx of the machine.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Instance } from "../../../server-agent/adapters/adapter.ts";
import { findMasters } from "../../../server-agent/adapters/nginx/masters.ts";
import { freePort } from "../ssh/sshd.ts";

/** Where it is missing, its tests are skipped. */
export const HAS_NGINX = spawnSync("nginx", ["-v"]).status === 0;
/** `npm test` has set this machine up, and installed what the tests use. */
export const IS_SET_UP = existsSync(join(import.meta.dirname, "../../../.cache/debian-tests.stamp"));

/**
 * Text of each file below `etc`. `@ETC@`, `@RUN@`, `@CERT@`, `@KEY@` and `@PORT1@` to `@PORT9@` are
 * replaced. Without `nginx.conf` there is one that includes `conf.d/*.conf` and `sites-enabled/*`.
 */
export type NginxFiles = Readonly<Record<string, string>>;

export interface NginxFolder extends AsyncDisposable {
  readonly etc: string;
  readonly run: string;
  readonly main: string;
  /** Port behind `@PORT1@` and so on. */
  port: (number: number) => number;
  /** Every file and link below `etc`, by name, with its text, owner, group and mode. */
  snapshot: () => Promise<Record<string, string>>;
  /** The text with the placeholders replaced. */
  filled: (text: string) => string;
}

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
const ITS_OWN = `daemon off; pid @RUN@/nginx.pid; error_log @RUN@/error.log notice;`;

const PORTS = 9;

export async function nginxFolder(files: NginxFiles): Promise<NginxFolder> {
  const folder = await mkdtemp(join(tmpdir(), "backsoon-nginx-"));
  await chmod(folder, 0o755);
  const [etc, run] = [join(folder, "etc"), join(folder, "run")];
  await Promise.all(
    [etc, run, join(etc, "conf.d"), join(etc, "sites-enabled")].map((path) => mkdir(path, { recursive: true })),
  );
  const certificate = await ownCertificate();
  const ports = new Set<number>();
  while (ports.size < PORTS) ports.add(await freePort());
  const values: Record<string, string> = { ETC: etc, RUN: run, CERT: certificate.cert, KEY: certificate.key };
  [...ports].forEach((port, index) => (values[`PORT${String(index + 1)}`] = String(port)));
  const filled = (text: string) => text.replace(/@([A-Z]+\d?)@/g, (whole, name: string) => values[name] ?? whole);
  for (const [name, text] of Object.entries({ "nginx.conf": MAIN, ...files })) {
    const path = join(etc, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, filled(text));
  }
  return {
    etc,
    run,
    main: join(etc, "nginx.conf"),
    port: (number) => Number(values[`PORT${String(number)}`]),
    snapshot: () => snapshot(etc),
    filled,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Arguments by which nginx stays within the folder. */
export function nginxArgs({ run, main, filled }: NginxFolder): string[] {
  return ["-p", `${run}/`, "-c", main, "-g", filled(ITS_OWN)];
}

/** Starts it, and waits until it listens. */
export async function startNginx(folder: NginxFolder): Promise<TestNginx> {
  const child = spawn("nginx", nginxArgs(folder), { stdio: ["ignore", "ignore", "pipe"] });
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
  await untilListening(folder, child, () => said);
  const instance = await untilFound(pid);
  unless.move();
  return {
    pid,
    instance,
    log: () => readFile(join(folder.run, "error.log"), "utf8"),
    [Symbol.asyncDispose]: stop,
  };
}

async function untilListening(folder: NginxFolder, child: ChildProcess, said: () => string): Promise<void> {
  const texts = Object.values(await folder.snapshot()).join("\n");
  const port = Array.from({ length: PORTS }, (_, index) => folder.port(index + 1)).find((one) =>
    new RegExp(`listen[^;]*\\b${String(one)}\\b`).test(texts),
  );
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx did not start: ${said()}`);
    const socket = connect({ host: "127.0.0.1", port: port ?? 0 });
    try {
      await once(socket, "connect");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      socket.destroy();
    }
  }
}

/** It listens a moment before it takes its title. */
async function untilFound(pid: number): Promise<Instance> {
  for (;;) {
    const instance = (await findMasters()).instances.find((found) => found.pid === pid);
    if (instance !== undefined) return instance;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function snapshot(etc: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const entries = await readdir(etc, { recursive: true, withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(entry.parentPath, entry.name);
    const { uid, gid, mode } = await lstat(path);
    const text = entry.isSymbolicLink() ? await readlink(path) : entry.isFile() ? await readFile(path, "latin1") : "";
    found[path.slice(etc.length + 1)] = `${String(uid)}:${String(gid)} ${mode.toString(8)}\n${text}`;
  }
  return found;
}

let made: Promise<{ cert: string; key: string }> | undefined;

/** One for all tests of a file. */
async function ownCertificate(): Promise<{ cert: string; key: string }> {
  made ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), "backsoon-certificate-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const subject = [
      "-subj",
      "/CN=localhost",
      "-days",
      "30",
      "-nodes",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
    ];
    const { status, stderr } = spawnSync("openssl", ["req", "-x509", ...subject, "-keyout", key, "-out", cert], {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stderr);
    return { cert, key };
  })();
  return made;
}
