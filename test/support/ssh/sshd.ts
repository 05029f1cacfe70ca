/**
 * A real OpenSSH server on a free port of the loopback interface, with a folder of its own, which
 * has the home of the account: no login runs what is in the home of who runs the tests. `close()`
 * ends it and its connections and removes the folder.
 */
import {
  type ChildProcessByStdio,
  type SpawnOptionsWithStdioTuple,
  type StdioNull,
  type StdioPipe,
  spawn,
  spawnSync,
} from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../tools/driving/free-port.ts";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type Machine, startMachine } from "./machine.ts";

const SSHD = "/usr/sbin/sshd";
export const USER = userInfo().username;

export interface SshdOptions {
  /**
   * Lines of sshd_config that come before the usual ones, so that they win: `SetEnv` without `HOME`
   * leaves the account its own home.
   */
  config?: readonly string[];
  /** Public keys that are let in. */
  authorizedKeys?: readonly string[];
  /**
   * Lets the present user in by this password and, with `code`, by a one-time code after it (RFC
   * 6238). Only as root: the accounts are replaced for this sshd alone, in a mount namespace of its
   * own.
   */
  password?: { password: string; code?: boolean };
  /**
   * Lets an account `OPERATOR` in by the authorized keys, who becomes root by sudo with this
   * password, and whose home is there. Only as root: the accounts are replaced for this sshd alone,
   * in a mount namespace of its own.
   */
  sudo?: { password: string; home: string };
  /**
   * The present user has services of systemd: its manager, with this home folder, runs beside this
   * sshd, in namespaces that end with it. Only where `canRunSystemd`.
   */
  systemd?: { home: string };
  /**
   * It is the sshd of a machine of its own, on which services of systemd run; with `sudo`, that
   * one's accounts are the machine's. Only where `canRunMachine`.
   */
  machine?: boolean;
  port?: number;
  /** A folder that the caller keeps, to start another sshd with the same host key. */
  folder?: string;
  hostKeyType?: "ed25519" | "ecdsa" | "rsa";
}

export interface TestSshd extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  /** `SHA256:…` of its host key. */
  readonly fingerprint: string;
  /** Public host key: type and base64. */
  readonly hostKey: string;
  readonly log: () => string;
  /** Its processes: the listener, and those of its connections. */
  pids(): number[];
  /** Ends the listener and all connections, keeps the folder. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function makeKey(
  folder: string,
  name: string,
  { type = "ed25519", passphrase = "", format = "RFC4716" } = {},
): Promise<{ file: string; publicKey: string }> {
  const file = join(folder, name);
  run("ssh-keygen", [
    "-q",
    "-t",
    type,
    ...(type === "rsa" ? ["-b", "2048"] : []),
    "-N",
    passphrase,
    "-C",
    name,
    ...(format === "RFC4716" ? [] : ["-m", format]),
    "-f",
    file,
  ]);
  return { file, publicKey: (await readFile(`${file}.pub`, "utf8")).trim() };
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "backsoon-sshd-")));
  const hostKeyFile = join(folder, "host_key");
  if (!existsSync(hostKeyFile)) await makeKey(folder, "host_key", { type: options.hostKeyType ?? "ed25519" });
  const port = options.port ?? (await freePort());
  const home = options.sudo?.home ?? join(folder, "home");
  await mkdir(home, { recursive: true });
  await writeFile(join(folder, "authorized_keys"), (options.authorizedKeys ?? []).map((key) => `${key}\n`).join(""));
  const config = join(folder, "sshd_config");
  await writeFile(
    config,
    [
      ...(options.config ?? []),
      // sshd takes the first SetEnv alone.
      `SetEnv HOME=${home}`,
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${hostKeyFile}`,
      `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
      `PidFile none`,
      "StrictModes no",
      "PermitRootLogin yes",
      "LogLevel VERBOSE",
      ...(options.password === undefined
        ? ["UsePAM no", "PasswordAuthentication no", "KbdInteractiveAuthentication no"]
        : ["UsePAM yes"]),
      ...(options.config?.some((line) => line.startsWith("Subsystem")) ? [] : ["Subsystem sftp internal-sftp"]),
      "",
    ].join("\n"),
  );
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const command = [SSHD, "-D", "-e", "-f", config];
  let machine: Machine | undefined;
  if (options.machine === true) {
    if (options.sudo !== undefined) await writeAccounts(folder, options.sudo);
    machine = startMachine(folder, command);
  }
  const child =
    machine?.child ??
    (options.password !== undefined
      ? await withAccounts(folder, command, options.password)
      : options.systemd !== undefined
        ? withSystemd(options.systemd.home, command)
        : options.sudo !== undefined
          ? await withSudo(folder, command, options.sudo)
          : spawn(SSHD, command.slice(1), CHILD));
  let log = "";
  const lines = createInterface({ input: child.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      log += `${line}\n`;
      if (line.includes("Server listening on")) resolve();
    });
    child.once("exit", (code) => reject(new Error(`sshd ended with ${code}: ${log}`)));
    child.once("error", reject);
  });
  const hostKey = (await readFile(`${hostKeyFile}.pub`, "utf8")).split(" ").slice(0, 2).join(" ");
  const pids = (): number[] => [child.pid ?? 0, ...descendantsOf(child.pid ?? 0)];
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // Each connection's sshd is in a session of its own.
    for (const pid of pids()) killQuietly(pid);
    await ended;
    await machine?.ended();
  };
  const close = async (): Promise<void> => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    port,
    folder,
    hostKey,
    fingerprint: run("ssh-keygen", ["-lf", `${hostKeyFile}.pub`]).split(" ")[1] ?? "",
    log: () => log,
    pids,
    stop,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Base32 (RFC 4648) of "backsoon-testing". */
const CODE_SECRET = "MJQWG23TN5XW4LLUMVZXI2LOM4";

/** The one-time code of this half minute. */
export function oneTimeCode(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", "backsoon-testing").update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map(Number)
    .filter((child) => child > 0)
    .flatMap((child) => [child, ...descendantsOf(child)]);
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

const CHILD: SpawnOptionsWithStdioTuple<StdioNull, StdioNull, StdioPipe> = { stdio: ["ignore", "ignore", "pipe"] };
type Sshd = ChildProcessByStdio<null, null, Readable>;

/** sshd reads the accounts from /etc; a mount namespace gives this one its own. */
async function withAccounts(
  folder: string,
  command: readonly string[],
  { password, code = false }: { password: string; code?: boolean },
): Promise<Sshd> {
  const hash = run("openssl", ["passwd", "-6", password]).trim();
  const shadow = (await readFile("/etc/shadow", "utf8")).replace(
    new RegExp(`^${USER}:[^:]*:`, "m"),
    `${USER}:${hash}:`,
  );
  await writeFile(join(folder, "shadow"), shadow, { mode: 0o600 });
  const codes = join(folder, "codes");
  await writeFile(codes, `${CODE_SECRET}\n" TOTP_AUTH\n`, { mode: 0o600 });
  const pam = [
    "auth required pam_unix.so",
    ...(code ? [`auth required pam_google_authenticator.so secret=${codes} user=${USER} echo_verification_code`] : []),
    "account required pam_permit.so",
    "session required pam_permit.so",
    "",
  ];
  await writeFile(join(folder, "pam"), pam.join("\n"));
  const mounts = `mount --bind ${join(folder, "shadow")} /etc/shadow && mount --bind ${join(folder, "pam")} /etc/pam.d/sshd && exec "$@"`;
  return spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", mounts, "sh", ...command], CHILD);
}

/** The account of `sudo`. */
export const OPERATOR = "operator";
const OPERATOR_ID = 62_001;

async function withSudo(
  folder: string,
  command: readonly string[],
  sudo: { password: string; home: string },
): Promise<Sshd> {
  const mounts = (await writeAccounts(folder, sudo)).map((name) => `mount --bind ${join(folder, name)} /etc/${name}`);
  return spawn(
    "unshare",
    ["--mount", "--propagation", "private", "sh", "-c", `${mounts.join(" && ")} && exec "$@"`, "sh", ...command],
    CHILD,
  );
}

/** Writes the files of /etc with which there is the operator; resolves to their names. */
async function writeAccounts(
  folder: string,
  { password, home }: { password: string; home: string },
): Promise<string[]> {
  const ids = `${OPERATOR_ID}:${OPERATOR_ID}`;
  const lines = {
    passwd: [
      "root:x:0:0:root:/root:/bin/sh",
      "sshd:x:62000:62000::/run/sshd:/bin/false",
      `${OPERATOR}:x:${ids}::${home}:/bin/sh`,
    ],
    group: ["root:x:0:", `sudo:x:27:${OPERATOR}`, `${OPERATOR}:x:${OPERATOR_ID}:`],
    shadow: [
      "root:*:19000:0:99999:7:::",
      `${OPERATOR}:${run("openssl", ["passwd", "-6", password]).trim()}:19000:0:99999:7:::`,
    ],
    sudoers: [
      "Defaults env_reset, secure_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "%sudo ALL=(ALL) ALL",
    ],
  };
  for (const [name, content] of Object.entries(lines))
    await writeFile(join(folder, name), [...content, ""].join("\n"), {
      mode: name === "passwd" || name === "group" ? 0o644 : 0o440,
    });
  // The operator reads the keys and owns the home.
  await chmod(folder, 0o711);
  await chown(home, OPERATOR_ID, OPERATOR_ID);
  return Object.keys(lines);
}

/** Whether this machine can have an sshd with `systemd`. */
export function canRunSystemd(): boolean {
  return userInfo().uid === 0 && existsSync(SYSTEMD) && spawnSync("unshare", [...NAMESPACES, "true"]).status === 0;
}

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = ["--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"];
/** What pam_systemd sets for a login. */
export const SYSTEMD_ENVIRONMENT = `XDG_RUNTIME_DIR=/run/user/${userInfo().uid}`;

/**
 * `systemd --user` runs only where the machine was booted with systemd, which it sees by a folder
 * of /run.
 */
function withSystemd(home: string, command: readonly string[]): Sshd {
  const begin = `
    mount -t tmpfs tmpfs /run && mkdir -p /run/sshd /run/systemd/system "$XDG_RUNTIME_DIR" && chmod 700 "$XDG_RUNTIME_DIR"
    ${SYSTEMD} --user --log-level=err --log-target=console >&2 &
    until systemctl --user is-system-running --wait >/dev/null 2>&1; do sleep 0.1; done
    exec "$@"`;
  const [name = "", value] = SYSTEMD_ENVIRONMENT.split("=");
  return spawn("unshare", [...NAMESPACES, "sh", "-c", begin, "sh", ...command], {
    ...CHILD,
    env: { ...process.env, HOME: home, [name]: value },
  });
}
