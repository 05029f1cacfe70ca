/**
 * Messages with bytes that are overwritten after the call, to some who read at once and one who
 * reads late.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { post } from "../../../../../server-agent/worker/http1/outbox.ts";

const READERS = 4;
const ROUNDS = 200;
const LENT_BYTES = 16 * 1024;
/** More than the system takes for one who does not read. */
const LATE_BYTES = 8 * 1024 * 1024;

async function pair(): Promise<{ socket: Socket; peer: Socket }> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  server.close();
  return { socket, peer };
}

async function allOf(peer: Socket): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of peer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

it("each reader gets his messages, whatever becomes of the bytes that they were made of", async () => {
  const late = await pair();
  late.peer.pause();
  late.socket.write(Buffer.alloc(LATE_BYTES));
  const readers = await Promise.all(Array.from({ length: READERS }, pair));
  const received = readers.map(({ peer }) => allOf(peer));
  const expected = [...readers, late].map(() => [] as Buffer[]);
  const lent = Buffer.alloc(LENT_BYTES);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, { socket }] of [...readers, late].entries()) {
      const bytes = lent.subarray(0, 1 + ((round * 7919 + at * 104_729) % LENT_BYTES));
      bytes.fill(round + at);
      const text = `${String(round)} to ${String(at)}: `;
      expected[at]?.push(Buffer.from(text), Buffer.from(bytes));
      post(socket, text, { posted: () => undefined }, bytes);
      lent.fill(0xff);
    }
    if (round % 9 === 0) await turn();
  }
  await turn();
  for (const { socket } of [...readers, late]) socket.end();
  const all = [...received, allOf(late.peer)];
  for (const [at, bytes] of (await Promise.all(all)).entries()) {
    const before = at === READERS ? LATE_BYTES : 0;
    expect(bytes.subarray(before).equals(Buffer.concat(expected[at] ?? [])), `reader ${String(at)}`).toBe(true);
  }
});
