/**
 * A server of one's own over SSH as the app's person meets it: a real sshd, a home with `~/.ssh` on
 * both sides, and a key with a passphrase.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { MACHINE_PATH } from "../../support/ssh/machine.ts";
import { USER, makeKey, startSshd, type TestSshd } from "../../support/ssh/sshd.ts";
import { freePort } from "../../../tools/driving/free-port.ts";

export const PASSPHRASE = "correct horse battery staple";

export interface SshServer {
  readonly sshd: TestSshd;
  /** For `startDesktop`: a person with this key, whose keychain is not there. */
  env: Record<string, string | undefined>;
  /** Home of the person at the app. */
  home: string;
  /** Home of the account on the server. */
  remoteHome: string;
  /** The host in `~/.ssh/config`. */
  alias: string;
  /** Runs a line of shell there, as the account, by a key of its own. */
  run(line: string): Promise<{ stdout: string }>;
  /** The same port, and another host key. */
  setUpAnew(): Promise<void>;
  /** Ends the sshd and every agent that was installed into `remoteHome`, and removes both homes. */
  close(): Promise<void>;
}

/** @param machine it is a machine of its own, with a systemd; only where `canRunMachine` */
export async function startSshServer(alias: string, { machine = false } = {}): Promise<SshServer> {
  const folder = await mkdtemp(path.join(tmpdir(), "backsoon-e2e-ssh-"));
  const home = path.join(folder, "person");
  const remoteHome = path.join(folder, "account");
  await mkdir(path.join(home, ".ssh"), { recursive: true, mode: 0o700 });
  await mkdir(remoteHome);
  const { publicKey } = await makeKey(path.join(home, ".ssh"), "id_work", { passphrase: PASSPHRASE });
  const own = await makeKey(folder, "own");
  const toNode = machine ? MACHINE_PATH : `${path.dirname(process.execPath)}:/usr/bin:/bin`;
  // Nothing of this machine's own homes is read or written, and `node` on the server is the one of
  // the tests.
  const port = await freePort();
  const start = () =>
    startSshd({
      authorizedKeys: [publicKey, own.publicKey],
      port,
      machine,
      config: [`SetEnv HOME=${remoteHome} PATH=${toNode}`],
    });
  let sshd = await start();
  await writeFile(
    path.join(home, ".ssh", "config"),
    [
      `Host ${alias}`,
      "  HostName 127.0.0.1",
      `  Port ${port}`,
      `  User ${USER}`,
      "  IdentityFile ~/.ssh/id_work",
      "  IdentitiesOnly yes",
      "Host gate",
      "  HostName gate.example.com",
      "  User deploy",
      "",
    ].join("\n"),
  );
  return {
    get sshd() {
      return sshd;
    },
    env: { HOME: home, SSH_AUTH_SOCK: undefined, DBUS_SESSION_BUS_ADDRESS: "disabled:" },
    home,
    remoteHome,
    alias,
    run(line) {
      const options = ["-i", own.file, "-p", String(port), "-o", "StrictHostKeyChecking=no"];
      const trust = ["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"];
      return promisify(execFile)("ssh", ["-F", "none", ...options, ...trust, `${USER}@127.0.0.1`, line]);
    },
    async setUpAnew() {
      await sshd.close();
      sshd = await start();
    },
    async close() {
      await sshd.close();
      await endAgent(path.join(remoteHome, "backsoon", "state", "agent.pid"));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The agent outlives the connection that installed it. */
async function endAgent(pidFile: string): Promise<void> {
  const pid = Number(await readFile(pidFile, "utf8").catch(() => "0"));
  if (!(pid > 1)) return;
  // Gone already, or gone now.
  for (let signal: "SIGTERM" | 0 = "SIGTERM"; ; signal = 0) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
