/**
 * Bodies from a buffer that is overwritten after each write, as upstreams are read, to visitors who
 * read at once and to one who reads late.
 */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Connection } from "../../../../../server-agent/worker/http1/connection.ts";
import { drained } from "../../../../../server-agent/worker/http/drained.ts";
import type { OutgoingResponse } from "../../../../../server-agent/worker/http/outgoing-response.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const LENT_BYTES = 256 * 1024;

let server: Server;
let accepted: ((response: OutgoingResponse) => void) | undefined;

beforeAll(async () => {
  server = createServer((socket) => {
    const request = (_: unknown, __: unknown, response: OutgoingResponse): void => accepted?.(response);
    const owner = {
      isRetiring: false,
      request,
      ended: () => undefined,
      refused: () => undefined,
      closed: () => undefined,
    };
    new Connection(socket, { listener: "http", isPageSource: false }, owner);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => server.close());

interface Visitor {
  readonly client: Socket;
  readonly response: OutgoingResponse;
  readonly received: Buffer[];
  readonly sent: Buffer[];
}

function listen({ client, received }: Visitor): void {
  client.on("data", (bytes: Buffer) => received.push(bytes));
}

async function visit(version: string): Promise<Visitor> {
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const response = await new Promise<OutgoingResponse>((resolve) => {
    accepted = resolve;
    client.write(`GET / HTTP/${version}\r\nHost: shop\r\nConnection: close\r\n\r\n`);
  });
  return { client, response, received: [], sent: [] };
}

/** Body of what came, transfer coding removed. */
function bodyOf({ received }: Visitor): Buffer {
  const all = Buffer.concat(received);
  const end = all.indexOf("\r\n\r\n") + 4;
  const isChunked = all.toString("latin1", 0, end).includes("chunked");
  if (!isChunked) return all.subarray(end);
  const parts: Buffer[] = [];
  for (let at = end; ;) {
    const lineEnd = all.indexOf("\r\n", at);
    const size = parseInt(all.toString("latin1", at, lineEnd), 16);
    if (size === 0) return Buffer.concat(parts);
    parts.push(all.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

const size = fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: LENT_BYTES }));
const writes = fc.array(fc.record({ to: fc.nat(1), size, waits: fc.boolean() }), { minLength: 1, maxLength: 10 });

it("each visitor gets his bytes, whatever is written over them", async () => {
  const lent = Buffer.alloc(LENT_BYTES);
  await fc.assert(
    fc.asyncProperty(writes, size, fc.constantFrom("1.1", "1.0"), async (all, sizeOfLate, version) => {
      const [quick, late] = [await visit(version), await visit(version)];
      const visitors = [quick, late];
      const write = ({ response, sent }: Visitor, length: number, value: number): boolean => {
        const bytes = lent.subarray(0, length).fill(value);
        sent.push(Buffer.from(bytes));
        const takesMore = response.write(bytes, true);
        lent.fill(0);
        return takesMore;
      };
      for (const { response } of visitors) response.writeHead(200, []);
      listen(quick);
      // Until the system takes no more for him.
      while (write(late, sizeOfLate + 1000, 255));
      for (const [index, { to, size: length, waits }] of all.entries()) {
        const visitor = to === 0 ? quick : late;
        if (!write(visitor, length, index + 1) && visitor === quick) await drained(visitor.response);
        if (waits) await turn();
      }
      const ends = visitors.map(({ client }) => once(client, "end"));
      listen(late);
      for (const visitor of visitors) {
        write(visitor, 1000, 200);
        visitor.response.end();
      }
      await Promise.all(ends);
      for (const visitor of visitors) {
        visitor.client.destroy();
        expect(bodyOf(visitor).equals(Buffer.concat(visitor.sent))).toBe(true);
      }
    }),
    { numRuns: repetitions(8, 300) },
  );
});
