/** Hosts that are reached through a program (`ProxyCommand`), with real programs and servers. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import { openSshLink } from "../../../../main/ssh/ssh-link.ts";
import type { SshSession } from "../../../../main/ssh/ssh-session.ts";
import { logInTo, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { type TestSshd, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";
import { key } from "../../../support/ssh/own-key.ts";

async function sshd(config: readonly string[] = []): Promise<TestSshd> {
  return keep(await startSshd({ authorizedKeys: [key.publicKey], config }));
}

/** A host whose own address leads nowhere: only the command does. */
function behind(proxyCommand: string) {
  return sshHost(1, {
    hostName: "nowhere.invalid",
    identityFiles: [{ path: key.file, required: true }],
    way: { proxyCommand },
  });
}

async function logIn(proxyCommand: string): Promise<SshSession> {
  const session = await logInTo([behind(proxyCommand)]);
  keep({ close: () => session.end() });
  return session;
}

async function said(session: SshSession, command: string): Promise<string> {
  const channel = await session.exec(command);
  let text = "";
  channel.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(channel, "close");
  return text;
}

async function refusal(proxyCommand: string, parts: Parameters<typeof logInTo>[1] = {}): Promise<Failure> {
  try {
    (await logInTo([behind(proxyCommand)], parts)).end();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("the login succeeded");
}

/** Resolves once no process has this word in its command line. */
function untilGone(word: string): Promise<void> {
  return expect
    .poll(() => spawnSync("ps", ["-eo", "args="], { encoding: "utf8" }).stdout.includes(word), { timeout: 20_000 })
    .toBe(false);
}

const HAS_NC = spawnSync("sh", ["-c", "command -v nc"]).status === 0;

describe("a ProxyCommand", () => {
  it.runIf(HAS_NC)("that is nc leads to the server", async () => {
    const server = await sshd();
    expect(await said(await logIn(`nc 127.0.0.1 ${server.port}`), "echo here")).toBe("here\n");
  });

  it("that is ssh -W with a key of its own leads through another server, and ends with the connection", async () => {
    const [gate, server] = [await sshd(), await sshd()];
    const options = `-F none -i ${key.file} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -p ${gate.port}`;
    const session = await logIn(`ssh ${options} -W 127.0.0.1:${server.port} 127.0.0.1`);
    expect(await said(session, "echo here")).toBe("here\n");
    const megabytes = await said(session, "head -c 3000000 /dev/zero | tr '\\0' x");
    expect(megabytes).toHaveLength(3_000_000);
    session.end();
    await untilGone(`-W 127.0.0.1:${server.port}`);
  });

  it("may lead to the jump host of another, and is what the first one of a route says", async () => {
    const [gate, server] = [await sshd(), await sshd()];
    const through = `${process.execPath} -e 'const s=require("net").connect(${gate.port},"127.0.0.1");process.stdin.pipe(s).pipe(process.stdout)'`;
    const last = sshHost(server.port, { identityFiles: [{ path: key.file, required: true }] });
    const session = await logInTo([behind(through), last]);
    keep({ close: () => session.end() });
    expect(await said(session, "echo here")).toBe("here\n");
    // What the server sees of this computer is what stands in between.
    const link = openSshLink(() => Promise.resolve(session), { socketPath: "/run/none", program: "none" });
    expect(await link.seenAddress?.()).toEqual({ address: "127.0.0.1", by: "hop" });
    const first = await logIn(through);
    const direct = openSshLink(() => Promise.resolve(first), { socketPath: "/run/none", program: "none" });
    expect(await direct.seenAddress?.()).toMatchObject({ by: "hop" });
  });

  it("that fails is named with its code and what it said", async () => {
    expect(await refusal("sh -c 'echo no tunnel named web >&2; exit 3'")).toEqual({
      code: "ssh.unreachable",
      message:
        "The ProxyCommand “sh -c 'echo no tunnel named web >&2; exit 3'” ended with code 3. It said: no tunnel named web",
    });
    expect((await refusal("backsoon-no-such-program %h")).message).toMatch(
      /ended with code 127\. It said: .*not found/,
    );
    expect((await refusal("yes >&2", { patienceMs: 500 })).code).toBe("ssh.timeout");
  });

  it("that stays silent is ended with the attempt, its pipeline as well", async () => {
    const mark = `61${process.pid}`;
    const silent = `sh -c 'echo waiting >&2; trap "" TERM; sleep ${mark} | cat'`;
    const failure = await refusal(silent, { patienceMs: 3000 });
    expect(failure.code).toBe("ssh.timeout");
    expect(failure.message).toContain("runs. It said: waiting");
    await untilGone(`sleep ${mark}`);
  });

  it("does not stand before what the server itself is refused for", async () => {
    const server = await sshd();
    const noisy = `sh -c 'echo hello >&2; exec ${process.execPath} -e "const s=require(\\"net\\").connect(${server.port},\\"127.0.0.1\\");process.stdin.pipe(s).pipe(process.stdout)"'`;
    expect(await refusal(noisy, { prompter: testPerson({ trusts: false }) })).toMatchObject({
      code: "ssh.host-key-unknown",
    });
  });
});

describe("what the configuration asks for in vain", () => {
  it("is said with the failure", async () => {
    const warnings = ["PKCS11Provider is not supported; load the key into an SSH agent (config line 1)."];
    const server = await sshd();
    const attempt = logInTo([sshHost(server.port, { warnings })]);
    await expect(attempt).rejects.toThrow(
      /Your ssh configuration also asks for what this app does not do: PKCS11Provider is not supported/,
    );
  });
});
