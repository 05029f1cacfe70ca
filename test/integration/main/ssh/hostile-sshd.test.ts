/**
 * An SSH server that means harm: it is waited for no longer than a login takes, its questions have
 * a measure, and what it sends stays within a bound of memory.
 */
import http from "node:http";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FailureError } from "../../../../main/failures.ts";
import type { Failure } from "../../../../main/contract/failures.ts";
import { Semaphore } from "../../../../main/timing/semaphore.ts";
import type { PromptsQuestion } from "../../../../main/ssh/prompter.ts";
import { makeFolder } from "../../../../tools/driving/agent.ts";
import { at, someAgent, someSnapshot } from "../../../support/desktop/desktop-fixtures.ts";
import {
  type HostileConnection,
  type Hostility,
  floodWith,
  sendPacket,
  sshString,
  startHostileSshd,
} from "../../../support/ssh/hostile-sshd.ts";
import { measureSession } from "../../../support/desktop/measured-session.ts";
import { type Answers, logInTo, sshHost, testPerson } from "../../../support/ssh/ssh.ts";
import { makeKey } from "../../../support/ssh/sshd.ts";

const MAX_MB = 300;
const MAX_BLOCK_MS = 2000;

/** Numbers of RFC 4250, section 4.1.2. */
const DISCONNECT = 1;
const USERAUTH_BANNER = 53;
const GLOBAL_REQUEST = 80;
const CHANNEL_DATA = 94;
const CHANNEL_EXTENDED_DATA = 95;

function payload(...parts: (number | string | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) =>
      typeof part === "number" ? Buffer.from([part]) : typeof part === "string" ? sshString(part) : part,
    ),
  );
}
function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

let folder: string;
let honest: http.Server;
let agent: string;
const open: { close(): unknown }[] = [];
async function start(hostility: Hostility) {
  const sshd = await startHostileSshd(hostility);
  open.push(sshd);
  return sshd;
}

beforeAll(async () => {
  folder = await makeFolder();
  agent = join(folder, "s.sock");
  honest = http.createServer((request, response) => {
    if (request.url === "/v1/events") response.write(`${JSON.stringify(someSnapshot())}\n`);
    else response.end(JSON.stringify(someAgent));
  });
  await new Promise<void>((resolve) => honest.listen(agent, resolve));
});
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});
afterAll(async () => {
  honest.closeAllConnections();
  honest.close();
  await rm(folder, { recursive: true, force: true });
});

async function refusal(port: number, answers: Answers = {}, loginMs = 1500): Promise<Failure> {
  try {
    (await logInTo([sshHost(port)], { prompter: testPerson(answers), loginMs })).end();
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("the login succeeded");
}

function asking(ask: (attempt: ssh2.KeyboardAuthContext) => void): NonNullable<Hostility["login"]> {
  return (attempt) => {
    if (attempt.method === "keyboard-interactive") ask(attempt);
    else attempt.reject(["keyboard-interactive"]);
  };
}

describe("a login", () => {
  it("that is never answered ends, and so does one with questions of no words, one after the other", async () => {
    const silent = await start({ login: () => undefined });
    expect(await refusal(silent.port)).toMatchObject({
      code: "ssh.timeout",
      message: expect.stringContaining("neither let you in nor refused") as string,
    });
    const wordless = await start({
      login: asking((attempt) => {
        const again = () => attempt.prompt([], "", again);
        again();
      }),
    });
    expect(await refusal(wordless.port)).toMatchObject({ code: "ssh.timeout" });
  });

  it("does not count the time that a person takes", async () => {
    const sshd = await start({
      login: asking((attempt) => attempt.prompt([{ prompt: "Code:", echo: true }], "", () => attempt.accept())),
    });
    const prompter = {
      ...testPerson(),
      prompts: () => new Promise<string[]>((resolve) => setTimeout(() => resolve(["1"]), 1200)),
    };
    const session = await logInTo([sshHost(sshd.port)], { prompter, loginMs: 600 });
    session.end();
  });

  it("that asks a thousand questions at once, or never stops asking, is ended with a word", async () => {
    const many = await start({
      login: asking((attempt) =>
        attempt.prompt(
          Array.from({ length: 1000 }, () => ({ prompt: "Why?", echo: true })),
          "",
          () => undefined,
        ),
      ),
    });
    expect(await refusal(many.port)).toMatchObject({
      code: "ssh.auth-refused",
      message: expect.stringContaining("asks 1000 questions at once") as string,
    });
    const endless = await start({
      login: asking((attempt) => {
        const again = () => attempt.prompt([{ prompt: "And now?", echo: true }], "", again);
        again();
      }),
    });
    expect(await refusal(endless.port, { prompts: () => ["x"] }, 20_000)).toMatchObject({
      code: "ssh.auth-refused",
      message: expect.stringContaining("one question after the other") as string,
    });
  });

  it("asks in text without control characters that a person can read to the end", async () => {
    let asked: PromptsQuestion | undefined;
    const sshd = await start({
      login: asking((attempt) =>
        attempt.prompt(
          [{ prompt: `\u001b[2J<b>Password\u202e:${"x".repeat(10_000)}`, echo: true }],
          "t\u0007",
          "i".repeat(10_000),
          () => attempt.accept(),
        ),
      ),
    });
    const prompts = (question: PromptsQuestion) => {
      asked = question;
      return ["x"];
    };
    (await logInTo([sshHost(sshd.port)], { prompter: testPerson({ prompts }) })).end();
    expect(asked).toMatchObject({
      title: "t\ufffd",
      prompts: [{ text: expect.stringMatching(/^\ufffd\[2J<b>Password\ufffd:x+… \(\d+ characters\)$/) as string }],
    });
    expect(asked?.instructions.length).toBeLessThan(2100);
  });

  it("that is hung up on before anything was tried is not begun again", async () => {
    const { file } = await makeKey(folder, "never-offered");
    const sshd = await start({
      login: (_attempt, connection) =>
        sendPacket(connection, payload(DISCONNECT, uint32(2), "Too many authentication failures", "")),
    });
    const host = sshHost(sshd.port, { identityFiles: [{ path: file, required: true }] });
    await expect(logInTo([host])).rejects.toMatchObject({ failure: { code: "ssh.auth-refused" } });
    expect(sshd.connections()).toBe(1);
  });

  it("is not made with compression, whose bombs unfold here, nor with a prime of the server's choice, which takes a minute to check", async () => {
    for (const algorithms of [
      { compress: ["zlib"] },
      { kex: ["diffie-hellman-group-exchange-sha256"] },
    ] as ssh2.Algorithms[])
      expect(await refusal((await start({ algorithms })).port)).toMatchObject({ code: "ssh.algorithms" });
  });

  it("that waits for its server keeps no other waiting", async () => {
    const semaphore = new Semaphore(1);
    const never = Promise.withResolvers<undefined>();
    const stuck = semaphore.run(() => never.promise, 100);
    await expect(semaphore.run(() => Promise.resolve("next"), 100)).resolves.toBe("next");
    never.resolve(undefined);
    await stuck;
    // The slot was given back once.
    const order: string[] = [];
    await Promise.all(
      ["a", "b"].map((name) =>
        semaphore.run(async () => (order.push(`${name} begins`), await Promise.resolve(), order.push(`${name} ends`))),
      ),
    );
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });
});

// They run the session in a process of its own, from TypeScript: nothing for Electron's Node.
describe.skipIf("electron" in process.versions)("packets without end", () => {
  const afterwards = (flood: (connection: HostileConnection) => void): Hostility => ({
    agent,
    begin: (connection) => void setTimeout(() => flood(connection), 300),
  });
  const streamed = (revision: number) =>
    `${JSON.stringify({ type: "agent", revision, at: at(1), agent: someAgent })}\n`;
  /** Answers the first question, and floods the channel of the second, whatever its window is. */
  const beyondWindow = (channel: ssh2.ServerChannel) => {
    const { outgoing, _client: connection } = channel as unknown as {
      outgoing: { id: number };
      _client: HostileConnection;
    };
    const about = JSON.stringify(someAgent);
    let revision = 1;
    channel.on("data", (request: Buffer) => {
      if (!request.includes("/v1/events")) {
        channel.write(`HTTP/1.1 200 OK\r\ncontent-length: ${about.length}\r\n\r\n${about}`);
        return;
      }
      channel.write(`HTTP/1.1 200 OK\r\n\r\n${JSON.stringify(someSnapshot())}\n`);
      floodWith(connection, () =>
        payload(
          CHANNEL_DATA,
          uint32(outgoing.id),
          Array.from({ length: 80 }, () => streamed((revision += 1))).join(""),
        ),
      );
    });
  };
  it.each<[string, () => Promise<Hostility>, RegExp | undefined, number?]>([
    [
      "of data beyond the window of a channel",
      () => Promise.resolve({ agent: beyondWindow }),
      /sends more than it was allowed to/,
    ],
    [
      "on the error stream of a channel",
      () =>
        Promise.resolve({
          agent: (channel: ssh2.ServerChannel) => {
            const { outgoing, _client: connection } = channel as unknown as {
              outgoing: { id: number };
              _client: HostileConnection;
            };
            floodWith(connection, payload(CHANNEL_EXTENDED_DATA, uint32(outgoing.id), uint32(1), "x".repeat(30_000)));
          },
        }),
      /did not answer within/,
    ],
    [
      "of requests that want an answer which is not fetched",
      () =>
        Promise.resolve(
          afterwards((connection) => {
            connection._sock.pause();
            floodWith(connection, payload(GLOBAL_REQUEST, "x", 1));
          }),
        ),
      undefined,
    ],
    [
      "of host keys that it announces",
      async () => {
        const { publicKey } = await makeKey(folder, "announced");
        const blob = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
        return afterwards((connection) =>
          floodWith(
            connection,
            payload(
              GLOBAL_REQUEST,
              "hostkeys-00@openssh.com",
              0,
              ...Array.from({ length: 400 }, () => sshString(blob)),
            ),
          ),
        );
      },
      /announces host keys without end/,
      // The agent behind it does not get to its answer.
      30_000,
    ],
    [
      "of banners before the login",
      () =>
        Promise.resolve({
          login: (_attempt, connection) => floodWith(connection, payload(USERAUTH_BANNER, "b".repeat(30_000), "en")),
        }),
      /neither let you in nor refused/,
    ],
    [
      "of a kind that nobody knows",
      () => Promise.resolve(afterwards((connection) => floodWith(connection, payload(200, "x".repeat(30_000))))),
      undefined,
    ],
  ])("%s", async (_what, hostility, message, answerMs = 5000) => {
    const { port } = await start(await hostility());
    const { failure, peakMb, longestBlockMs } = await measureSession(port, answerMs + 1500, answerMs);
    // Where the agent is still there behind it, it may answer in time or not.
    if (message !== undefined)
      expect(failure).toMatchObject({
        code: expect.stringMatching(/^(ssh|server)\./) as string,
        message: expect.stringMatching(message) as string,
      });
    expect(peakMb).toBeLessThan(MAX_MB);
    expect(longestBlockMs).toBeLessThan(MAX_BLOCK_MS);
  });

  it("a packet that cannot be read ends the connection, also where the server keeps its side open", async () => {
    const sshd = await start(
      afterwards((connection) =>
        sendPacket(connection, payload(GLOBAL_REQUEST, "hostkeys-00@openssh.com", 0, "no key")),
      ),
    );
    const session = await logInTo([sshHost(sshd.port)]);
    await session.dial({ socketPath: "/agent.sock", program: "agent" });
    session.end();
    expect(session.ended.aborted).toBe(true);
  });
});
