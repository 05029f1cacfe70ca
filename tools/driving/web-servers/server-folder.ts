/**
 * A folder with the configuration of a web server in `etc` and everything else beside it, and free
 * ports of the loopback interface for it.
 */
import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { freePort } from "../free-port.ts";

/**
 * Text of each file below `etc`. `@ETC@`, `@RUN@`, `@CERT@`, `@KEY@`, `@PEM@` (both) and
 * `@PORT1@` to `@PORT9@` are replaced.
 */
export type ServerFiles = Readonly<Record<string, string>>;

export interface ServerFolder extends AsyncDisposable {
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

const PORTS = 9;

/** @param main Name of the main file below `etc`. */
export async function serverFolder(kind: string, main: string, files: ServerFiles): Promise<ServerFolder> {
  const folder = await mkdtemp(join(tmpdir(), `backsoon-${kind}-`));
  await chmod(folder, 0o755);
  const [etc, run] = [join(folder, "etc"), join(folder, "run")];
  await Promise.all([etc, run].map((path) => mkdir(path)));
  const certificate = await ownCertificate();
  const ports = new Set<number>();
  while (ports.size < PORTS) ports.add(await freePort());
  const values: Record<string, string> = {
    ETC: etc,
    RUN: run,
    CERT: certificate.cert,
    KEY: certificate.key,
    PEM: certificate.pem,
  };
  [...ports].forEach((port, index) => (values[`PORT${String(index + 1)}`] = String(port)));
  const filled = (text: string) => text.replace(/@([A-Z]+\d?)@/g, (whole, name: string) => values[name] ?? whole);
  for (const [name, text] of Object.entries(files)) {
    const path = join(etc, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, filled(text));
  }
  return {
    etc,
    run,
    main: join(etc, main),
    port: (number) => Number(values[`PORT${String(number)}`]),
    snapshot: () => snapshot(etc),
    filled,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** @param keyword In front of an address on which it listens. */
export async function untilListening(
  folder: ServerFolder,
  keyword: string,
  child: ChildProcess,
  said: () => string,
): Promise<void> {
  const texts = Object.values(await folder.snapshot()).join("\n");
  const port = Array.from({ length: PORTS }, (_, index) => folder.port(index + 1)).find((one) =>
    new RegExp(`${keyword}[^;\\n]*\\b${String(one)}\\b`).test(texts),
  );
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it did not start: ${said()}`);
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

let made: Promise<{ cert: string; key: string; pem: string }> | undefined;

/** For localhost; one for all tests of a file. */
export async function ownCertificate(): Promise<{ cert: string; key: string; pem: string }> {
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
    const pem = join(folder, "both.pem");
    await writeFile(pem, (await readFile(cert, "utf8")) + (await readFile(key, "utf8")));
    return { cert, key, pem };
  })();
  return made;
}
