/** Which keys a login tries, with real sshd and ssh-agent: none that cannot be used ends it. */
import { spawnSync } from "node:child_process";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Failure } from "../../../../main/contract/failures.ts";
import { falseAgent, folder, logIn, sshAgent, sshd, usual } from "../../../support/ssh/login-keys.ts";
import { logInTo, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { makeKey } from "../../../support/ssh/sshd.ts";

describe("a key file that cannot be used", () => {
  it("does not end the login when it was not chosen in the app, and is named when all fail", async () => {
    const good = await makeKey(folder, "good");
    const at = (name: string) => join(folder, name);
    await writeFile(at("damaged"), (await readFile(good.file, "utf8")).slice(0, 120));
    await writeFile(at("empty"), "");
    await mkdir(at("a-folder"));
    await symlink(at("loop"), at("loop"));
    await writeFile(at("putty.ppk"), "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n");
    expect(spawnSync("mkfifo", [at("pipe")]).status).toBe(0);
    const bad = ["damaged", "empty", "a-folder", "empty/below", "loop", "putty.ppk", "pipe"].map(at);
    const server = await sshd([good.publicKey]);
    expect(await logIn(server, usual(...bad, good.file))).toEqual({ failure: undefined, asked: [] });
    const other = await makeKey(folder, "other");
    const { failure } = await logIn(server, usual(...bad, other.file));
    expect(failure?.code).toBe("ssh.auth-refused");
    for (const name of ["damaged", "empty", "a-folder", "putty.ppk", "pipe"])
      expect(failure?.message).toContain(`The key ${at(name)} was not tried: `);
    const chosen = [{ path: at("damaged"), required: true }, ...usual(good.file).identityFiles];
    expect((await logIn(server, { identityFiles: chosen })).failure?.code).toBe("ssh.key-unreadable");
  });

  it("is told why when it is in hardware or encrypted as nobody here can open it", async () => {
    const plain = await makeKey(folder, "for-chacha");
    spawnSync("ssh-keygen", ["-q", "-p", "-N", "secret", "-Z", "chacha20-poly1305@openssh.com", "-f", plain.file]);
    const server = await sshd([]);
    const { failure, asked } = await logIn(server, usual(plain.file));
    expect(failure?.message).toContain("encrypted with chacha20-poly1305");
    expect(asked).toEqual([]);
  });

  it("is not the ed25519 key in PKCS #8, which other programs write", async () => {
    const file = join(folder, "ed25519.pem");
    expect(spawnSync("openssl", ["genpkey", "-algorithm", "ed25519", "-out", file]).status).toBe(0);
    const { file: known, publicKey } = await makeKey(folder, "as-openssh");
    expect(publicKey).toContain("ssh-ed25519");
    await rm(known);
    const der = spawnSync("openssl", ["pkey", "-in", file, "-pubout", "-outform", "DER"]).stdout.subarray(-32);
    const blob = Buffer.concat([
      Buffer.from([0, 0, 0, 11]),
      Buffer.from("ssh-ed25519"),
      Buffer.from([0, 0, 0, 32]),
      der,
    ]);
    const server = await sshd([`ssh-ed25519 ${blob.toString("base64")}`]);
    expect((await logIn(server, usual(file))).failure).toBeUndefined();
  });
});

describe("a locked key without a public half", () => {
  it("is asked about last, and passed over when the person does not know", async () => {
    const locked = await makeKey(folder, "locked-pem", { type: "rsa", format: "PEM", passphrase: "secret" });
    await rm(`${locked.file}.pub`);
    const good = await makeKey(folder, "right-one");
    const server = await sshd([good.publicKey]);
    const agentSocket = await sshAgent([good.file]);
    expect(await logIn(server, { ...usual(locked.file), agentSocket })).toEqual({ failure: undefined, asked: [] });
    const empty = await sshd([locked.publicKey]);
    const cancelled = await logIn(empty, usual(locked.file));
    expect(cancelled).toMatchObject({ asked: ["passphrase"], failure: { code: "ssh.auth-refused" } });
    expect(cancelled.failure?.message).toContain(`No passphrase was given for ${locked.file}`);
    const prompter = testPerson({ secret: () => ({ secret: "secret", remember: false }) });
    expect((await logIn(empty, usual(locked.file), { prompter })).failure).toBeUndefined();
  });
});

describe("a public key as IdentityFile", () => {
  it("names the key of the SSH agent, also where only the file beside it is there", async () => {
    const work = await makeKey(folder, "work");
    const others = await Promise.all([1, 2, 3].map((at) => makeKey(folder, `work-${at}`)));
    const agentSocket = await sshAgent([...others.map(({ file }) => file), work.file]);
    await rm(work.file);
    const server = await sshd([work.publicKey], ["MaxAuthTries 2"]);
    for (const path of [`${work.file}.pub`, work.file])
      expect(await logIn(server, { ...usual(path), agentSocket, identitiesOnly: true })).toEqual({
        failure: undefined,
        asked: [],
      });
    const { failure } = await logIn(server, { ...usual(`${work.file}.pub`), identitiesOnly: true });
    expect(failure?.message).toContain("it is a public key");
  });
});

describe("an SSH agent", () => {
  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["that does not answer", () => undefined, /did not answer within 5 s/],
    ["that speaks HTTP", (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"), /is no SSH agent/],
    ["that hangs up", (socket) => void socket.destroy(), /it hung up|ECONNRESET|EPIPE/],
    [
      "that sends without end",
      (socket) => {
        const go = () => socket.write(Buffer.alloc(65_536, 1), () => setImmediate(go));
        go();
      },
      /is no SSH agent/,
    ],
    ["that counts too far", (socket) => void socket.write(Buffer.from([0, 0, 0, 5, 12, 0, 0, 1, 0])), /cannot be read/],
  ])("%s is passed over, and named in the refusal", async (what, answer, said) => {
    const agentSocket = await falseAgent(answer);
    const good = await makeKey(folder, `beside-${what.replaceAll(" ", "-")}`);
    const server = await sshd([good.publicKey]);
    expect((await logIn(server, { ...usual(good.file), agentSocket })).failure).toBeUndefined();
    const { failure } = await logIn(server, { agentSocket });
    expect(failure).toMatchObject({ code: "ssh.auth-refused", message: expect.stringMatching(said) as string });
  });

  it("that does not answer does not hold who gives up", async () => {
    const cancel = new AbortController();
    const agentSocket = await falseAgent(() => cancel.abort());
    const server = await sshd([]);
    const attempt = logInTo([sshHost(server.port, { agentSocket })], {}, cancel.signal);
    await expect(attempt).rejects.toMatchObject({ failure: { code: "ssh.cancelled" } satisfies Partial<Failure> });
  });

  it("that will not sign with a key is passed over to the next", async () => {
    const [card, good] = [await makeKey(folder, "card"), await makeKey(folder, "next")];
    const blob = Buffer.from(card.publicKey.split(" ")[1] ?? "", "base64");
    const size = (bytes: number) => Buffer.from([0, 0, 0, bytes]);
    const list = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), size(blob.length), blob, size(4), Buffer.from("card")]);
    const asked: number[] = [];
    const agentSocket = await falseAgent((socket) =>
      socket.on("data", (question: Buffer) => {
        asked.push(question.readUInt8(4));
        if (question[4] === 11) socket.write(Buffer.concat([size(list.length), list]));
        else if (asked.filter((kind) => kind === 13).length === 1) socket.write(Buffer.from([0, 0, 0, 1, 5]));
        else socket.destroy();
      }),
    );
    const server = await sshd([card.publicKey, good.publicKey]);
    const keys = { ...usual(card.file, good.file), agentSocket };
    expect((await logIn(server, keys)).failure).toBeUndefined();
    expect((await logIn(server, keys)).failure).toBeUndefined();
    expect(asked).toEqual([11, 13, 11, 13]);
    await rm(card.file);
    await rm(`${card.file}.pub`);
    const alone = await logIn(server, { agentSocket });
    expect(alone.failure).toMatchObject({ code: "ssh.auth-refused" });
    expect(alone.failure?.message).toContain("did not sign with card (SSH agent)");
  });

  it("with more keys than are tried says so", async () => {
    const held = await Promise.all(Array.from({ length: 26 }, (_, at) => makeKey(folder, `many-${at}`)));
    const agentSocket = await sshAgent(held.map(({ file }) => file));
    const server = await sshd([held.at(-1)?.publicKey ?? ""], ["MaxAuthTries 50"]);
    const { failure } = await logIn(server, { agentSocket });
    expect(failure?.message).toContain("Of 26 keys the first 24 were tried");
  });
});
