/**
 * Logins to real OpenSSH servers that try keys of files and of SSH agents. What was started ends
 * with its test.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { FailureError } from "../../../main/failures.ts";
import type { SshHost } from "../../../main/ssh-config/ssh-host.ts";
import { logInTo, sshHost, testPerson } from "./ssh.ts";
import { type TestSshd, startSshd } from "./sshd.ts";
import { keep } from "../keep.ts";

/** A folder of the test file. */
export let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-login-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

export async function sshd(authorizedKeys: readonly string[], config: readonly string[] = []): Promise<TestSshd> {
  return keep(await startSshd({ authorizedKeys, config }));
}

/** `undefined`: let in. */
export async function logIn(server: TestSshd, changes: Partial<SshHost>, parts: Parameters<typeof logInTo>[1] = {}) {
  const prompter = testPerson();
  try {
    (await logInTo([sshHost(server.port, changes)], { prompter, ...parts })).end();
    return { failure: undefined, asked: prompter.asked.slice(1) };
  } catch (error) {
    if (error instanceof FailureError) return { failure: error.failure, asked: prompter.asked.slice(1) };
    throw error;
  }
}
export function usual(...paths: string[]): Pick<SshHost, "identityFiles"> {
  return { identityFiles: paths.map((path) => ({ path, required: false })) };
}

let agents = 0;
/** An ssh-agent that holds these keys. */
export async function sshAgent(files: readonly string[]): Promise<string> {
  const socket = join(folder, `agent-${(agents += 1)}.sock`);
  const agent: ChildProcess = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
  keep({ close: () => agent.kill() });
  if (agent.stdout === null) throw new Error("no output");
  await once(agent.stdout, "data");
  for (const file of files) {
    const added = spawnSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    expect(added.status, added.stderr.toString()).toBe(0);
  }
  return socket;
}

/** Something else at an agent's socket. */
export async function falseAgent(answer: (socket: Socket) => void): Promise<string> {
  const path = join(folder, `false-${(agents += 1)}.sock`);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    answer(socket);
  });
  server.listen(path);
  await once(server, "listening");
  keep({
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  });
  return path;
}
