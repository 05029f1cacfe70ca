/**
 * What is agreed on with real servers that offer little, under Node's OpenSSL and, by the project
 * "electron", under Electron's BoringSSL.
 */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import { logInTo, sshHost } from "../../../support/ssh/ssh.ts";
import { startHostileSshd } from "../../../support/ssh/hostile-sshd.ts";
import { type TestSshd, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";
import { folder, key } from "../../../support/ssh/own-key.ts";

const IN_ELECTRON = "electron" in process.versions;

async function sshd(config: readonly string[]): Promise<TestSshd> {
  return keep(await startSshd({ authorizedKeys: [key.publicKey], config }));
}

/** `undefined` when the login succeeds. */
async function failureAt(port: number): Promise<Failure | undefined> {
  try {
    (await logInTo([sshHost(port, { identityFiles: [{ path: key.file, required: true }] })])).end();
    return undefined;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
}

describe("a server that offers little", () => {
  it.each([
    ["KexAlgorithms diffie-hellman-group16-sha512", IN_ELECTRON],
    ["KexAlgorithms diffie-hellman-group18-sha512", IN_ELECTRON],
    ["KexAlgorithms diffie-hellman-group14-sha256,ecdh-sha2-nistp521", false],
    ["KexAlgorithms sntrup761x25519-sha512@openssh.com", true],
    ["Ciphers chacha20-poly1305@openssh.com", IN_ELECTRON],
    ["Ciphers aes128-gcm@openssh.com", false],
    ["MACs hmac-sha2-512-etm@openssh.com", false],
    ["HostKeyAlgorithms rsa-sha2-512", false],
  ])("%s: is reached, or told by name what it offers", async (line, isRefused) => {
    const [keyword = "", offered] = line.split(" ");
    const hostKeyType = keyword === "HostKeyAlgorithms" ? "rsa" : "ed25519";
    const server = keep(await startSshd({ authorizedKeys: [key.publicKey], config: [line], hostKeyType }));
    const failure = await failureAt(server.port);
    if (isRefused)
      expect(failure).toMatchObject({
        code: "ssh.algorithms",
        message: expect.stringMatching(
          new RegExp(`in common\\. The server offers ${offered ?? ""}\\. .*: ${keyword} `),
        ) as string,
      });
    else expect(failure).toBeUndefined();
  });

  it.runIf(IN_ELECTRON)("does not make the app stand still before its host key was looked at", async () => {
    const hostile = keep(
      await startHostileSshd({
        algorithms: { kex: ["diffie-hellman-group18-sha512", "diffie-hellman-group16-sha512"] },
      }),
    );
    expect(await failureAt(hostile.port)).toMatchObject({ code: "ssh.algorithms" });
  });
});

describe("a server whose text before the login is longer than a packet", () => {
  it("is told to shorten it", async () => {
    const banner = join(folder, "banner");
    await writeFile(banner, "Authorized use only.\n".repeat(2000));
    const server = await sshd([`Banner ${banner}`]);
    expect((await failureAt(server.port))?.message).toContain("shorten the file that Banner");
  });
});

describe("a server that hangs up", () => {
  it("since too many log in at once is not told that it does not speak SSH", async () => {
    const server = await sshd(["MaxStartups 1"]);
    const first = connect(server.port, "127.0.0.1");
    keep({ close: () => first.destroy() });
    await once(first, "data");
    const failure = await failureAt(server.port);
    expect(failure?.message).toContain("MaxStartups");
    expect(failure?.message).not.toContain("does not speak SSH");
  });
});
