/**
 * Servers to install the agent on: a real sshd each, with a fresh home folder. What was started and
 * opened ends with its test.
 */
import { mkdir, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InstallChoice, UninstallChoice } from "../../../main/contract/install.ts";
import { type AgentProgram, AgentPrograms } from "../../../main/install/agent-program.ts";
import { type InstallParts, uninstall } from "../../../main/install/install.ts";
import { lookAround } from "../../../main/install/server-facts.ts";
import type { SshSession } from "../../../main/ssh/ssh-session.ts";
import { AGENT_PROGRAM } from "../../../tools/driving/agent.ts";
import { Truth } from "../../../tools/driving/truth.ts";
import { logInTo, sshHost } from "./ssh.ts";
import { SYSTEMD_ENVIRONMENT, startSshd } from "./sshd.ts";
import { keep } from "../keep.ts";
import { folder, key } from "./own-key.ts";

export const programs = new AgentPrograms({ agent: AGENT_PROGRAM, node: process.execPath });
/** The agent as a script. */
export function script() {
  return scriptOf(AGENT_PROGRAM);
}
/**
 * A session on a server where this is the home folder and Node is on the path.
 *
 * @param first a folder that comes first on the path; `config` more lines of sshd_config
 */
export async function session(
  home: string,
  { node = true, systemd = false, first, config = [] }: SessionOptions = {},
): Promise<SshSession> {
  const path = [
    ...(first === undefined ? [] : [first]),
    ...(node ? [dirname(process.execPath)] : []),
    "/usr/bin",
    "/bin",
  ];
  const environment = [`HOME=${home}`, `PATH=${path.join(":")}`, ...(systemd ? [SYSTEMD_ENVIRONMENT] : [])];
  const server = keep(
    await startSshd({
      authorizedKeys: [key.publicKey],
      config: [...config, `SetEnv ${environment.map(configWord).join(" ")}`],
      ...(systemd ? { systemd: { home } } : {}),
    }),
  );
  const opened = await logInTo([sshHost(server.port, { identityFiles: [{ path: key.file, required: true }] })]);
  keep({ close: () => opened.end() });
  return opened;
}

interface SessionOptions {
  node?: boolean;
  systemd?: boolean;
  first?: string;
  config?: readonly string[];
}

/** As sshd_config(5) quotes arguments. */
function configWord(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** @param name of a folder in it that is the home */
export async function freshHome(name?: string): Promise<string> {
  const parent = await mkdtemp(join(folder, "home-"));
  const home = name === undefined ? parent : join(parent, name);
  await mkdir(home, { recursive: true });
  // Whatever was started there ends with the test, by its own record.
  keep({
    close: async () => {
      for (const state of [join(home, "backsoon/state"), join(home, "elsewhere/state")]) {
        const pid = Number(await readFile(join(state, "agent.pid"), "utf8").catch(() => "0"));
        if (pid > 0 && isAlive(pid)) process.kill(pid, "SIGKILL");
      }
    },
  });
  return home;
}

export function choice(changes: Partial<InstallChoice> = {}): InstallChoice {
  return {
    role: "serves",
    service: "process",
    config: {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
      virtualHosts: [{ id: "shop", hosts: ["*"], rules: [{ handler: { type: "respond", body: "open" } }] }],
    },
    ...changes,
  };
}

export function onPort(port: number): InstallChoice["config"] {
  return { ...choice().config, listeners: [{ name: "http", address: "127.0.0.1", port }] };
}

export function scriptOf(agent: string): Promise<AgentProgram> {
  return new AgentPrograms({ agent, node: process.execPath }).for({
    node: process.versions.node,
    system: "Linux x86_64",
    address: "here",
  });
}

/** The program in other words. */
export async function nextVersion(): Promise<AgentProgram> {
  const agent = join(folder, "next-agent.mjs");
  await writeFile(agent, `${await readFile(AGENT_PROGRAM, "utf8")}\n// Another build.\n`);
  return scriptOf(agent);
}

export const LIVE = new Truth();
export const VISITORS = { get: 3, fresh: 2, post: 2 };
export const SITE = {
  get: { path: "/", answer: "open" },
  post: { path: "/", body: "an order", answer: "open" },
  pauseMs: 2,
};

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Without telling how it goes. */
export async function parts(on: SshSession, changes: Partial<InstallParts> = {}): Promise<InstallParts> {
  return {
    session: on,
    facts: await lookAround(on, on.address),
    sudoPassword: undefined,
    report: () => undefined,
    ...changes,
  };
}

/** What is below a folder, with what is in the files. */
export async function contentOf(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(file, "utf8")] as const)),
  );
}

/** The same, with what is installed there. */
export async function partsOf(on: SshSession, known?: string): Promise<InstallParts> {
  return parts(on, { facts: await lookAround(on, "here", known) });
}

export async function remove(on: SshSession, to: UninstallChoice, known?: string): Promise<void> {
  await uninstall(await partsOf(on, known), to);
}

export async function pathsOf(home: string): Promise<string[]> {
  return (await readdir(home, { recursive: true })).sort();
}
