/** Certificates and keys in hardware, which ssh2 does not know: offered to real sshd. */
import { spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { copyFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sshString } from "../../../support/ssh/hostile-sshd.ts";
import { falseAgent, folder, logIn, sshAgent, sshd, usual } from "../../../support/ssh/login-keys.ts";
import { USER, makeKey } from "../../../support/ssh/sshd.ts";

describe("a key in hardware (FIDO)", () => {
  it("signs through the SSH agent, counter and all", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
    const blob = Buffer.concat(["sk-ssh-ed25519@openssh.com", raw, "ssh:"].map(sshString));
    const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
    // Present, and the first time (PROTOCOL.u2f).
    const presence = Buffer.from([1, 0, 0, 0, 1]);
    const agentSocket = await falseAgent((socket) => {
      let came = Buffer.alloc(0);
      socket.on("data", (chunk: Buffer) => {
        came = Buffer.concat([came, chunk]);
        if (came.length < 4 || came.length < 4 + came.readUInt32BE(0)) return;
        if (came[4] === 11) {
          socket.write(sshString(Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), ...[blob, "token"].map(sshString)])));
          return;
        }
        const at = 9 + blob.length;
        const data = came.subarray(at + 4, at + 4 + came.readUInt32BE(at));
        const signature = sign(null, Buffer.concat([sha256("ssh:"), presence, sha256(data)]), privateKey);
        const whole = Buffer.concat([...["sk-ssh-ed25519@openssh.com", signature].map(sshString), presence]);
        socket.write(sshString(Buffer.concat([Buffer.from([14]), sshString(whole)])));
      });
    });
    const server = await sshd([`sk-ssh-ed25519@openssh.com ${blob.toString("base64")}`]);
    expect((await logIn(server, { agentSocket })).failure).toBeUndefined();
    // In a file there is only a handle for the token.
    const handle = join(folder, "id_ed25519_sk");
    await writeFile(`${handle}.pub`, `sk-ssh-ed25519@openssh.com ${blob.toString("base64")} token\n`);
    await writeFile(handle, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");
    expect((await logIn(server, { ...usual(handle), agentSocket, identitiesOnly: true })).failure).toBeUndefined();
    expect((await logIn(server, usual(handle))).failure?.message).toContain("kept in hardware (FIDO)");
  });
});

describe("certificates", () => {
  it.each([
    ["ed25519", "file"],
    ["ecdsa", "file"],
    ["rsa", "file"],
    ["ed25519", "agent"],
    ["rsa", "agent"],
    ["ecdsa", "agent without it"],
    ["ed25519", "CertificateFile"],
  ])("of %s keys let in by their authority: %s", async (type, place) => {
    const name = `${type}-${place.replaceAll(" ", "-")}`;
    const authority = await makeKey(folder, `authority-${name}`);
    const key = await makeKey(folder, name, { type });
    const signed = spawnSync("ssh-keygen", [
      ...["-q", "-s", authority.file, "-I", "test", "-n", USER],
      `${key.file}.pub`,
    ]);
    expect(signed.status, signed.stderr.toString()).toBe(0);
    const certificate = `${key.file}-cert.pub`;
    const ca = join(folder, `${name}.ca`);
    await writeFile(ca, `${authority.publicKey}\n`);
    const server = await sshd([], [`TrustedUserCAKeys ${ca}`]);
    if (place === "CertificateFile") {
      const elsewhere = join(folder, `${name}.elsewhere`);
      await rename(certificate, elsewhere);
      const host = { ...usual(key.file), certificateFiles: [elsewhere] };
      expect((await logIn(server, host)).failure).toBeUndefined();
    } else if (place === "file") expect((await logIn(server, usual(key.file))).failure).toBeUndefined();
    else if (place === "agent") {
      const agentSocket = await sshAgent([key.file]);
      expect((await logIn(server, { agentSocket })).failure).toBeUndefined();
    } else {
      const copy = join(folder, `${name}-copy`);
      await copyFile(key.file, copy);
      const agentSocket = await sshAgent([copy]);
      await rm(key.file);
      expect((await logIn(server, { ...usual(key.file), agentSocket })).failure).toBeUndefined();
    }
    expect(server.log()).toContain("Accepted certificate ID");
  });
});
