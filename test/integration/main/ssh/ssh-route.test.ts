/**
 * From what the person typed to a session: the ssh configuration, host keys and the real sshd
 * together.
 */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import type { SshTarget } from "../../../../main/contract/servers.ts";
import { Prompts } from "../../../../main/ssh/prompts.ts";
import { HostKeyStore } from "../../../../main/host-keys/host-key-store.ts";
import { Remotes } from "../../../../main/ssh/remotes.ts";
import { openSecrets } from "../../../../main/ssh/secrets.ts";
import { localAccount } from "../../../../main/ssh-config/ssh-config-files.ts";
import { StateStore } from "../../../../main/state/state-store.ts";
import type { OpenDocument } from "../../../../main/stores/document.ts";
import type { TrustedHostKey } from "../../../../main/stores/host-keys.ts";
import { someState } from "../../../support/desktop/desktop-fixtures.ts";
import { noKeychain } from "../../../support/ssh/ssh.ts";
import { type TestSshd, makeKey, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";
import { freePort } from "../../../../tools/driving/free-port.ts";

let folder: string;
let key: { file: string; publicKey: string };
let home: string;
let remotes: Remotes;
let store: StateStore;
let trusted: TrustedHostKey[];
/** Whether the person trusts a host key that they are asked about. */
let trusts: boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-route-"));
  key = await makeKey(folder, "key");
});
beforeEach(async () => {
  home = await mkdtemp(join(folder, "home-"));
  await mkdir(join(home, ".ssh"), { mode: 0o700 });
  store = new StateStore(someState());
  trusted = [];
  trusts = true;
  const document: OpenDocument<TrustedHostKey[]> = {
    get value() {
      return trusted;
    },
    problem: undefined,
    save: (next) => (trusted = next),
  };
  const prompts = new Prompts(store);
  store.onPatch((patch) => {
    if (patch.part !== "questions") return;
    for (const { id } of patch.value)
      setImmediate(() => prompts.answer(id, trusts ? { values: [], remember: false } : null));
  });
  remotes = new Remotes({
    prompts,
    secrets: openSecrets(noKeychain, () => undefined),
    hostKeys: new HostKeyStore(document),
    account: { ...localAccount(), home, env: {} },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function sshd(options: Parameters<typeof startSshd>[0] = {}): Promise<TestSshd> {
  return keep(await startSshd({ authorizedKeys: [key.publicKey], ...options }));
}
function config(text: string) {
  return writeFile(join(home, ".ssh/config"), text, { mode: 0o600 });
}
function knownHosts() {
  return join(home, ".ssh/known_hosts");
}
async function connect(target: SshTarget): Promise<Failure | undefined> {
  try {
    (await remotes.logIn(target, { id: "web", name: "web" }, new AbortController().signal)).end();
    return undefined;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}

describe("a host of ~/.ssh/config", () => {
  it("is reached with its port, key and jump host; an included file counts too", async () => {
    const [jump, target] = [await sshd(), await sshd()];
    await writeFile(
      join(home, ".ssh/more"),
      `Host web\n  HostName 127.0.0.1\n  Port ${target.port}\n  ProxyJump jump\n`,
      { mode: 0o600 },
    );
    await config(
      `Include more\nHost jump\n  HostName localhost\n  Port ${jump.port}\nHost *\n  IdentityFile ${key.file}\n`,
    );
    expect(await remotes.hosts()).toMatchObject({
      ok: true,
      value: { hosts: [{ alias: "web", port: target.port }, { alias: "jump" }], problems: [] },
    });
    expect(await connect({ host: "web" })).toBeUndefined();
    expect(jump.log()).toContain("Accepted publickey");
    expect(target.log()).toContain("Accepted publickey");
    expect(trusted.map(({ host, port }) => `${host}:${port}`)).toEqual([
      `localhost:${jump.port}`,
      `127.0.0.1:${target.port}`,
    ]);
  });

  it("is listed with what the app does not do of it, which is refused where it decides about the way", async () => {
    await config("Host web\n  PKCS11Provider /lib/x.so\nHost bound\n  BindInterface eth0\n");
    expect(await remotes.hosts()).toMatchObject({
      ok: true,
      value: {
        hosts: [{ alias: "web", warnings: [expect.stringMatching(/^PKCS11Provider is not supported/)] }],
        problems: [expect.stringMatching(/config line 4: BindInterface is not supported/)],
      },
    });
    expect(await connect({ host: "bound" })).toMatchObject({ code: "ssh.config" });
  });

  it("what the person gives wins, and what cannot be used is named with file and line", async () => {
    const target = await sshd();
    await config(`Host web\n  HostName 127.0.0.1\n  Port ${await freePort()}\n`);
    expect(await connect({ host: "web", port: target.port, identityFile: key.file })).toBeUndefined();
    await config("Host web\n  Port many\n");
    expect(await connect({ host: "web" })).toMatchObject({
      code: "ssh.config",
      message: expect.stringMatching(/config.*2/) as string,
    });
    expect(await connect({ host: "web", jump: "a b" })).toMatchObject({ code: "ssh.config" });
  });
});

describe("the host key", () => {
  const target = (server: TestSshd): SshTarget => ({ host: "127.0.0.1", port: server.port, identityFile: key.file });

  it("that is in known_hosts asks nobody, also where the server has others; hashed names count", async () => {
    const server = await sshd({ hostKeyType: "ecdsa" });
    await writeFile(knownHosts(), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    trusts = false;
    expect(await connect(target(server))).toBeUndefined();
    const { spawnSync } = await import("node:child_process");
    expect(spawnSync("ssh-keygen", ["-H", "-f", knownHosts()]).status).toBe(0);
    expect(await readFile(knownHosts(), "utf8")).toMatch(/^\|1\|/);
    expect(await connect(target(server))).toBeUndefined();
    expect(trusted).toEqual([]);
  });

  it("is trusted once and then known; it is not written into known_hosts", async () => {
    const server = await sshd();
    expect(await connect(target(server))).toBeUndefined();
    expect(trusted).toMatchObject([{ host: "127.0.0.1", port: server.port, type: "ssh-ed25519" }]);
    trusts = false;
    expect(await connect(target(server))).toBeUndefined();
    await expect(readFile(knownHosts())).rejects.toThrow("ENOENT");
  });

  it("that has changed stops everything, shows both fingerprints, and only the explicit act replaces it", async () => {
    const before = await sshd();
    expect(await connect(target(before))).toBeUndefined();
    await before.close();
    const after = await sshd({ port: before.port });
    const changed = await connect(target(after));
    expect(changed).toMatchObject({
      code: "ssh.host-key-changed",
      hostKey: {
        host: `[127.0.0.1]:${after.port}`,
        offered: { fingerprint: after.fingerprint },
        known: [{ fingerprint: before.fingerprint }],
      },
    });
    expect(after.log()).not.toContain("publickey");
    expect(remotes.replaceHostKey(`[127.0.0.1]:${after.port}`, "SHA256:another")).toMatchObject({ ok: false });
    expect(remotes.replaceHostKey(`[127.0.0.1]:${after.port}`, after.fingerprint)).toMatchObject({ ok: true });
    expect(await connect(target(after))).toBeUndefined();
    expect(trusted).toHaveLength(1);
  });

  it("that has changed against known_hosts may be replaced in the app; a revoked one never", async () => {
    const server = await sshd();
    const { publicKey } = await makeKey(folder, `other-${server.port}`);
    await writeFile(knownHosts(), `[127.0.0.1]:${server.port} ${publicKey}\n`);
    expect(await connect(target(server))).toMatchObject({
      code: "ssh.host-key-changed",
      hostKey: { known: [{ where: expect.stringContaining("known_hosts, line 1") as string }] },
    });
    expect(remotes.replaceHostKey(`[127.0.0.1]:${server.port}`, server.fingerprint)).toMatchObject({ ok: true });
    expect(await connect(target(server))).toBeUndefined();
    await appendFile(knownHosts(), `@revoked * ${server.hostKey}\n`);
    expect(await connect(target(server))).toMatchObject({ code: "ssh.host-key-revoked" });
  });

  it("of a host that a certificate authority stands for is refused with a clear word", async () => {
    const server = await sshd();
    const { publicKey } = await makeKey(folder, `authority-${server.port}`);
    await writeFile(knownHosts(), `@cert-authority [127.0.0.1]:${server.port} ${publicKey}\n`);
    expect(await connect(target(server))).toMatchObject({
      code: "ssh.host-key-authority",
      message: expect.stringContaining("not supported") as string,
    });
  });
});

describe("many servers", () => {
  it("log in together, forty at once", async () => {
    const server = await sshd({ config: ["MaxStartups 100"] });
    await writeFile(knownHosts(), `[127.0.0.1]:${server.port} ${server.hostKey}\n`);
    const results = await Promise.all(
      Array.from({ length: 40 }, () => connect({ host: "127.0.0.1", port: server.port, identityFile: key.file })),
    );
    expect(results.every((failure) => failure === undefined)).toBe(true);
  });
});
