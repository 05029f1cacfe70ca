/**
 * A crowd that holds connections and asks for little: heads that trickle in (slow loris), idle
 * ones, half uploads. Visitors beside it notice nothing, and each of the crowd is answered in the
 * end, with 408 where a head took its time.
 */
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { expect, it } from "vitest";
import { startAgent } from "../../../../tools/driving/agent.ts";
import { repetitions } from "../../../support/repetitions.ts";

/** Both ends need a descriptor; 20,000 are a usual limit for a process. */
const CROWD = repetitions(600, 15_000);
const AT_ONCE = 200;
const VISITS = 50;
const HEAD = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n";

/** What each of them sends at the beginning, bit by bit, and in the end. */
const KINDS = [
  { begin: HEAD.slice(0, 20), middle: Array.from(HEAD.slice(20, 30)), end: `${HEAD.slice(30)}\r\n`, answers: 1 },
  { begin: `${HEAD}\r\n`, middle: [], end: `${HEAD}\r\n`, answers: 2 },
  {
    begin: `${HEAD.replace("GET", "POST")}Content-Length: 30\r\n\r\n`,
    middle: Array.from("0123456789"),
    end: "x".repeat(20),
    answers: 1,
  },
] as const;

interface OneOfMany {
  readonly socket: Socket;
  readonly kind: (typeof KINDS)[number];
  readonly answered: Promise<number>;
}

function join(port: number, index: number): Promise<OneOfMany> {
  const kind = KINDS[index % KINDS.length] ?? KINDS[0];
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let answers = 0;
    const answered = new Promise<number>((done) => {
      socket.on("data", (bytes: Buffer) => {
        answers += bytes.toString("latin1").split(/HTTP\/1\.1 (?:200|408) /).length - 1;
        if (answers === kind.answers) done(answers);
      });
      socket.on("close", () => {
        done(answers);
      });
    });
    socket.on("error", reject);
    socket.on("connect", () => {
      socket.write(kind.begin);
      resolve({ socket, kind, answered });
    });
  });
}

function residentMemory(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) / 1024;
}

it("of slow, idle and half-finished visitors keeps nobody waiting, and gets its answers", async () => {
  await using agent = await startAgent();
  const pid = (await agent.call("getAgent")).workers[0]?.pid ?? 0;
  const before = residentMemory(pid);
  const crowd: OneOfMany[] = [];
  while (crowd.length < CROWD)
    crowd.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => join(agent.port, index)))));
  for (let turn = 0; turn < 10; turn++) {
    for (const { socket, kind } of crowd) {
      const byte = kind.middle[turn];
      if (byte !== undefined) socket.write(byte);
    }
    for (let visit = 0; visit < VISITS / 10; visit++) expect((await agent.visit()).text).toBe("live");
  }
  const perConnection = ((residentMemory(pid) - before) * 1024) / crowd.length;
  console.log(`${String(crowd.length)} connections: ${perConnection.toFixed(1)} kB each in the worker`);
  for (const { socket, kind } of crowd) socket.write(kind.end);
  const answers = await Promise.all(crowd.map(({ answered }) => answered));
  for (const { socket } of crowd) socket.destroy();
  expect(answers).toEqual(crowd.map(({ kind }) => kind.answers));
});
