/** Renewals of the keys (RFC 4253, section 9) by a real sshd: nothing is lost, nobody is asked. */
import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { HostKeys } from "../../../../main/host-keys/host-keys.ts";
import type { SshSession } from "../../../../main/ssh/ssh-session.ts";
import { logInTo, memoryHostKeys, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { type TestSshd, startSshd } from "../../../support/ssh/sshd.ts";
import { keep } from "../../../support/keep.ts";
import { key } from "../../../support/ssh/own-key.ts";

async function sshd(rekeyLimit: string): Promise<TestSshd> {
  const config = [`RekeyLimit ${rekeyLimit}`, "LogLevel DEBUG1"];
  return keep(await startSshd({ authorizedKeys: [key.publicKey], config }));
}

/** Keys that take as long to be looked up as those in files. */
function slowHostKeys(): HostKeys {
  const keys = memoryHostKeys();
  return {
    ...keys,
    judge: async (host, shown) => {
      for (let turns = 0; turns < 20; turns += 1) await turn();
      return keys.judge(host, shown);
    },
  };
}

async function logIn(servers: readonly TestSshd[], patienceMs?: number) {
  const prompter = testPerson();
  const route = servers.map(({ port }) => sshHost(port, { identityFiles: [{ path: key.file, required: true }] }));
  const parts = { prompter, hostKeys: slowHostKeys(), ...(patienceMs === undefined ? {} : { patienceMs }) };
  const session = await logInTo(route, parts);
  keep({ close: () => session.end() });
  return { session, prompter };
}

/** What `cat` on the server gives back. */
async function echoed(session: SshSession, bytes: Buffer): Promise<Buffer> {
  const channel = await session.exec("cat");
  const pieces: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => pieces.push(chunk));
  channel.end(bytes);
  await Promise.race([once(channel, "close"), once(session.ended, "abort")]);
  return Buffer.concat(pieces);
}

function renewals(server: TestSshd): number {
  return server.log().match(/rekeying/g)?.length ?? 0;
}

describe("a renewal of the keys", () => {
  it("in the middle of what is sent damages nothing of it", async () => {
    const server = await sshd("1M");
    const { session } = await logIn([server]);
    const bytes = Buffer.alloc(8 * 1024 * 1024, "not one byte is lost ");
    expect((await echoed(session, bytes)).equals(bytes)).toBe(true);
    const calls = Array.from({ length: 5 }, (_, at) => echoed(session, bytes.subarray(0, 1_500_000 + at)));
    for (const [at, answer] of (await Promise.all(calls)).entries()) expect(answer.length).toBe(1_500_000 + at);
    expect(renewals(server)).toBeGreaterThan(5);
    expect(session.ended.aborted).toBe(false);
  });

  it("is not the beginning of another login, whose time would run out, neither here nor at a jump host", async () => {
    const patienceMs = 500;
    const [jump, server] = [await sshd("default 1s"), await sshd("default 1s")];
    const { session, prompter } = await logIn([jump, server], patienceMs);
    const asked = [...prompter.asked];
    const word = Buffer.from("still here");
    while (renewals(server) < 6 || renewals(jump) < 6) expect(await echoed(session, word)).toEqual(word);
    expect(session.ended.aborted).toBe(false);
    expect(session.fault).toBeUndefined();
    expect(prompter.asked).toEqual(asked);
  });
});
