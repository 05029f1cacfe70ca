/** Logging in to real OpenSSH servers, each set up differently. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import { openSecrets } from "../../../../main/ssh/secrets.ts";
import type { SshSession } from "../../../../main/ssh/ssh-session.ts";
import { logInTo, memoryHostKeys, noKeychain, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { type TestSshd, makeKey, oneTimeCode, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";

let keys: string;
async function sshd(options?: Parameters<typeof startSshd>[0]): Promise<TestSshd> {
  return keep(await startSshd(options));
}
/**
 * The accounts of this sshd are its own only with a mount namespace, which not every container
 * gives to its root.
 */
const mayReplaceAccounts = process.getuid?.() === 0 && spawnSync("unshare", ["--mount", "true"]).status === 0;

async function answers(session: SshSession): Promise<string> {
  const channel = await session.exec("echo here");
  let text = "";
  channel.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(channel, "close");
  session.end();
  return text;
}

async function refusal(attempt: Promise<SshSession>): Promise<Failure> {
  try {
    (await attempt).end();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("the login succeeded");
}

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), "backsoon-keys-"));
});
afterAll(() => rm(keys, { recursive: true, force: true }));

describe("key files", () => {
  it.each([
    ["ed25519", "RFC4716"],
    ["ecdsa", "RFC4716"],
    ["ecdsa", "PEM"],
    ["ecdsa", "PKCS8"],
    ["rsa", "RFC4716"],
    ["rsa", "PEM"],
    ["rsa", "PKCS8"],
  ] as const)("%s in %s format, with and without a passphrase", async (type, format) => {
    const plain = await makeKey(keys, `${type}-${format}`, { type, format });
    const locked = await makeKey(keys, `${type}-${format}-locked`, { type, format, passphrase: "open sesame" });
    const server = await sshd({ authorizedKeys: [plain.publicKey, locked.publicKey] });
    expect(
      await answers(await logInTo([sshHost(server.port, { identityFiles: [{ path: plain.file, required: true }] })])),
    ).toBe("here\n");

    const prompter = testPerson({
      secret: ({ wrong }) => ({ secret: wrong ? "open sesame" : "a wrong one", remember: false }),
    });
    const host = sshHost(server.port, { identityFiles: [{ path: locked.file, required: true }] });
    expect(await answers(await logInTo([host], { prompter }))).toBe("here\n");
    expect(prompter.asked.slice(-2)).toEqual(["passphrase", "passphrase again"]);
  });

  it("asks for no passphrase of a key that the server does not want", async () => {
    const locked = await makeKey(keys, "unwanted", { passphrase: "secret" });
    const wanted = await makeKey(keys, "wanted");
    const server = await sshd({ authorizedKeys: [wanted.publicKey] });
    const prompter = testPerson();
    const identityFiles = [locked, wanted].map(({ file }) => ({ path: file, required: true }));
    expect(await answers(await logInTo([sshHost(server.port, { identityFiles })], { prompter }))).toBe("here\n");
    expect(prompter.asked).toEqual([`host-key ${server.fingerprint}`]);
  });

  it("says which key file is missing, broken, or stays locked", async () => {
    const locked = await makeKey(keys, "stays-locked", { passphrase: "secret" });
    const server = await sshd({ authorizedKeys: [locked.publicKey] });
    const through = (path: string, answer?: string) =>
      refusal(
        logInTo([sshHost(server.port, { identityFiles: [{ path, required: true }] })], {
          prompter: testPerson({
            secret: () => (answer === undefined ? undefined : { secret: answer, remember: false }),
          }),
        }),
      );
    expect(await through(join(keys, "nowhere"))).toMatchObject({
      code: "ssh.key-unreadable",
      message: expect.stringContaining("no such file") as string,
    });
    expect(await through(`${locked.file}.pub`)).toMatchObject({
      code: "ssh.key-unreadable",
      message: expect.stringContaining("public key") as string,
    });
    expect(await through(locked.file, "wrong")).toMatchObject({ code: "ssh.passphrase-wrong" });
    expect(await through(locked.file)).toMatchObject({ code: "ssh.cancelled" });
  });
});

describe("the SSH agent", () => {
  it("offers what it holds, the key named for the host first, and comes through MaxAuthTries 3 with seven keys", async () => {
    const socket = join(keys, "agent.sock");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "inherit"] });
    keep({ close: () => agent.kill() });
    await once(agent.stdout, "data");
    const made = [];
    for (let at = 0; at < 7; at += 1) made.push(await makeKey(keys, `held-${at}`));
    for (const { file } of made)
      expect(spawnSync("ssh-add", ["-q", file], { env: { ...process.env, SSH_AUTH_SOCK: socket } }).status).toBe(0);
    const last = made.at(-1);
    if (last === undefined) throw new Error("no key");
    const server = await sshd({ authorizedKeys: [last.publicKey], config: ["MaxAuthTries 3"] });

    const hostKeys = memoryHostKeys();
    const named = sshHost(server.port, { agentSocket: socket, identityFiles: [{ path: last.file, required: true }] });
    expect(await answers(await logInTo([named], { hostKeys }))).toBe("here\n");
    expect(server.log()).not.toContain("Too many authentication failures");

    // Nothing says which one it is: the server hangs up twice, and the next connection goes on with
    // the keys that are left.
    expect(await answers(await logInTo([sshHost(server.port, { agentSocket: socket })], { hostKeys }))).toBe("here\n");
    expect(server.log()).toContain("Too many authentication failures");

    const only = sshHost(server.port, { agentSocket: socket, identitiesOnly: true });
    expect(await refusal(logInTo([only], { hostKeys }))).toMatchObject({ code: "ssh.auth-refused" });
  });

  it("that is not there is named when the server refuses", async () => {
    const server = await sshd();
    const failure = await refusal(logInTo([sshHost(server.port, { agentSocket: join(keys, "no-agent.sock") })]));
    expect(failure.code).toBe("ssh.auth-refused");
    expect(failure.message).toContain("no-agent.sock");
    expect(failure.message).toContain("The server allows: publickey");
  });
});

describe.runIf(mayReplaceAccounts)("passwords", () => {
  const password = "correct horse";

  it.each([
    ["password", ["PasswordAuthentication yes", "KbdInteractiveAuthentication no"]],
    ["keyboard-interactive", ["PasswordAuthentication no", "KbdInteractiveAuthentication yes"]],
    ["either", ["PasswordAuthentication yes", "KbdInteractiveAuthentication yes"]],
  ] as const)("by %s: asked again when wrong, remembered when wished", async (_name, config) => {
    const server = await sshd({ password: { password }, config });
    const prompter = testPerson({
      secret: ({ wrong }) => ({ secret: wrong ? password : "battery staple", remember: true }),
    });
    const secrets = openSecrets(noKeychain, () => undefined);
    const hostKeys = memoryHostKeys();
    expect(await answers(await logInTo([sshHost(server.port)], { prompter, secrets, hostKeys }))).toBe("here\n");
    expect(prompter.asked.slice(1)).toEqual(["password", "password again"]);
    const silent = testPerson();
    expect(await answers(await logInTo([sshHost(server.port)], { prompter: silent, secrets, hostKeys }))).toBe(
      "here\n",
    );
    expect(silent.asked).toEqual([]);
  });

  it("with a key, then a password, then a one-time code (2FA)", async () => {
    const { file, publicKey } = await makeKey(keys, "first-factor");
    const server = await sshd({
      password: { password, code: true },
      authorizedKeys: [publicKey],
      config: ["AuthenticationMethods publickey,keyboard-interactive", "KbdInteractiveAuthentication yes"],
    });
    const prompter = testPerson({
      secret: () => ({ secret: password, remember: false }),
      prompts: () => [oneTimeCode()],
    });
    expect(
      await answers(
        await logInTo([sshHost(server.port, { identityFiles: [{ path: file, required: true }] })], { prompter }),
      ),
    ).toBe("here\n");
    expect(prompter.asked.slice(1)).toEqual(["password", "1 prompts"]);
  });

  it("nobody is let in who gives none, or only wrong ones", async () => {
    const server = await sshd({ password: { password }, config: ["MaxAuthTries 3"] });
    const hostKeys = memoryHostKeys();
    expect(await refusal(logInTo([sshHost(server.port)], { hostKeys }))).toMatchObject({ code: "ssh.cancelled" });
    const prompter = testPerson({ secret: () => ({ secret: "guess", remember: true }) });
    const secrets = openSecrets(noKeychain, () => undefined);
    expect(await refusal(logInTo([sshHost(server.port)], { hostKeys, prompter, secrets }))).toMatchObject({
      code: "ssh.auth-refused",
    });
    expect(prompter.asked).toHaveLength(3);
    expect(await secrets.get(`password:${process.env.USER ?? "root"}@127.0.0.1:${server.port}`)).toBeUndefined();
  });
});

describe("jump hosts", () => {
  it("goes through two others, each with its own host key", async () => {
    const { file, publicKey } = await makeKey(keys, "jumper");
    const servers = [
      await sshd({ authorizedKeys: [publicKey] }),
      await sshd({ authorizedKeys: [publicKey], hostKeyType: "ecdsa" }),
      await sshd({ authorizedKeys: [publicKey] }),
    ];
    const prompter = testPerson();
    const route = servers.map(({ port }) => sshHost(port, { identityFiles: [{ path: file, required: true }] }));
    expect(await answers(await logInTo(route, { prompter }))).toBe("here\n");
    expect(prompter.asked).toEqual(servers.map(({ fingerprint }) => `host-key ${fingerprint}`));
  });

  it("says when a jump host forbids forwarding, or cannot reach the next", async () => {
    const { file, publicKey } = await makeKey(keys, "stopped");
    const host = (port: number) => sshHost(port, { identityFiles: [{ path: file, required: true }] });
    const strict = await sshd({ authorizedKeys: [publicKey], config: ["AllowTcpForwarding no"] });
    const lenient = await sshd({ authorizedKeys: [publicKey] });
    expect(await refusal(logInTo([host(strict.port), host(lenient.port)]))).toMatchObject({
      code: "ssh.forwarding-forbidden",
    });
    expect(await refusal(logInTo([host(lenient.port), host(await freePort())]))).toMatchObject({
      code: "ssh.unreachable",
    });
  });
});

describe("what answers is not what is wanted", () => {
  const listen = async (greet: (write: (text: string) => void, end: () => void) => void): Promise<number> => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      greet(
        (text) => socket.write(text),
        () => socket.end(),
      );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    keep(server);
    return (server.address() as AddressInfo).port;
  };

  it("nothing listens; the name is unknown; nothing answers; it hangs up; it speaks HTTP; it never ends", async () => {
    const { file } = await makeKey(keys, "unused");
    const to = (port: number, changes = {}) =>
      refusal(
        logInTo([sshHost(port, { identityFiles: [{ path: file, required: true }], ...changes })], { patienceMs: 700 }),
      );
    expect(await to(await freePort())).toMatchObject({ code: "ssh.refused" });
    expect(await to(22, { hostName: "no-such-host.invalid" })).toMatchObject({ code: "ssh.name-unknown" });
    expect(await to(await listen(() => undefined))).toMatchObject({ code: "ssh.timeout" });
    expect(await to(await listen((_write, end) => end()))).toMatchObject({ code: "ssh.not-ssh" });
    expect(
      await to(
        await listen((write, end) => {
          write("HTTP/1.1 400 Bad Request\r\n\r\n<html>");
          end();
        }),
      ),
    ).toMatchObject({ code: "ssh.not-ssh" });
    const before = process.memoryUsage().rss;
    expect(
      (
        await to(
          await listen((write) => setInterval(() => write("a line that is no SSH banner\r\n".repeat(1000)), 1).unref()),
        )
      ).code,
    ).toMatch(/^ssh\.(not-ssh|timeout|lost)$/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(
      await to(await listen((write) => write(`SSH-2.0-garbage\r\n${"\u0000\u0001\u0002\u0003".repeat(5000)}`))),
    ).toMatchObject({
      code: expect.stringMatching(/^ssh\./) as string,
    });
  });

  it("a host key that nobody trusts ends it before anything is sent", async () => {
    const server = await sshd();
    expect(await refusal(logInTo([sshHost(server.port)], { prompter: testPerson({ trusts: false }) }))).toMatchObject({
      code: "ssh.host-key-unknown",
    });
    expect(server.log()).not.toContain("Failed");
  });

  it("is given up at once when the person cancels", async () => {
    const port = await listen(() => undefined);
    const cancel = new AbortController();
    const attempt = refusal(logInTo([sshHost(port)], {}, cancel.signal));
    cancel.abort();
    expect(await attempt).toMatchObject({ code: "ssh.cancelled" });
  });
});
