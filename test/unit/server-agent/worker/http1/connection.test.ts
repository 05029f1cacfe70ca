import type { Socket } from "node:net";
import { duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Carrier } from "../../../../../server-agent/worker/http/carrier.ts";
import { Connection } from "../../../../../server-agent/worker/http1/connection.ts";
import type { IncomingRequest } from "../../../../../server-agent/worker/http/incoming-request.ts";
import type { OutgoingResponse } from "../../../../../server-agent/worker/http/outgoing-response.ts";
import { repetitions } from "../../../../support/repetitions.ts";

interface Seen {
  method: string;
  url: string;
  body: string;
}

/**
 * What a server makes of these pieces, and what it writes. Bodies are read, discarded or left
 * alone, as the path says; answers come at once or a moment later.
 */
async function serve(pieces: readonly Buffer[]): Promise<{ seen: Seen[]; written: string }> {
  const [client, server] = duplexPair();
  const seen: Seen[] = [];
  let written = "";
  client.on("data", (bytes: Buffer) => (written += bytes.toString("latin1")));
  const answer = (response: OutgoingResponse, url: string) => {
    const end = () => {
      response.writeHead(200, []);
      response.end(url);
    };
    if (url.includes("later")) void turn().then(end);
    else end();
  };
  const request = (_: Carrier, incoming: IncomingRequest, response: OutgoingResponse) => {
    const { method, url } = incoming;
    const entry: Seen = { method, url, body: "" };
    seen.push(entry);
    if (url.includes("discard")) {
      incoming.discard();
      answer(response, url);
      return;
    }
    const read = () => {
      const parts: Buffer[] = [];
      incoming.read({
        onData: (bytes) => {
          parts.push(bytes);
          if (!url.includes("pause")) return;
          incoming.pause();
          void turn().then(() => {
            incoming.resume();
          });
        },
        onAbandoned: () => undefined,
        onEnd: () => {
          entry.body = Buffer.concat(parts).toString("latin1");
          answer(response, url);
        },
      });
    };
    if (url.includes("hold")) void turn().then(read);
    else read();
  };
  new Connection(
    server as unknown as Socket,
    { listener: "http", isPageSource: false },
    { isRetiring: false, request, ended: () => undefined, refused: () => undefined, closed: () => undefined },
  );
  // As the buffer is overwritten that all connections read into.
  server.on("data", (bytes: Buffer) => bytes.fill("?"));
  for (const piece of pieces) {
    client.write(piece);
    await turn();
  }
  client.end();
  await new Promise((resolve) => client.on("end", resolve));
  client.destroy();
  return { seen, written };
}

const pathOf = fc.subarray(["discard", "hold", "pause", "later"]).map((words) => `/${words.join("-")}`);
const bodyOf = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0", ":", " ", "G"), maxLength: 12 });
const sent = fc.oneof(
  fc.record({
    method: fc.constantFrom("GET", "HEAD", "BREW"),
    url: pathOf,
    body: fc.constant(""),
    text: fc.constant((url: string) => `${url} HTTP/1.1\r\nHost: shop\r\n\r\n`),
  }),
  fc.record({
    method: fc.constantFrom("POST", "PUT", "GET"),
    url: pathOf,
    body: bodyOf,
    text: fc.constantFrom(
      (url: string, body: string) =>
        `${url} HTTP/1.1\r\nHost: shop\r\nContent-Length: ${String(body.length)}\r\n\r\n${body}`,
      (url: string, body: string) =>
        `${url} HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: shop\r\n\r\n${body === "" ? "" : `${body.length.toString(16)};x=y\r\n${body}\r\n`}0\r\nTrailer: z\r\n\r\n`,
    ),
  }),
);

describe("a connection", () => {
  it("keeps what it needs of bytes that the next read overwrites", async () => {
    const head = "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\n\r\n";
    const pieces = [`${head}ab`, `cd${head.slice(0, 20)}`, `${head.slice(20)}e`, "fgh"];
    const { seen } = await serve(pieces.map((piece) => Buffer.from(piece)));
    expect(seen.map(({ body }) => body)).toEqual(["abcd", "efgh"]);
  });

  it("reads the same requests and writes the same responses, whatever pieces they come in", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 5 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
        async (requests, cuts) => {
          const bytes = Buffer.from(
            requests.map(({ method, url, body, text }) => `${method} ${text(url, body)}`).join(""),
            "latin1",
          );
          const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
          const pieces = places
            .slice(1)
            .map((end, index) => bytes.subarray(places[index], end))
            .filter((piece) => piece.length > 0);
          const { seen, written } = await serve(pieces);
          expect(seen).toEqual(
            requests.map(({ method, url, body }) => ({ method, url, body: url.includes("discard") ? "" : body })),
          );
          const heads = [...written.matchAll(/HTTP\/1\.1 (\d+) [^]*?\r\n\r\n/g)];
          expect(heads.map(([, status]) => status)).toEqual(requests.map(() => "200"));
          const bodies = requests.map(({ method, url }) => (method === "HEAD" ? "" : url)).join("");
          expect(written.replaceAll(/HTTP\/1\.1 \d+ [^]*?\r\n\r\n/g, "")).toBe(bodies);
        },
      ),
      { numRuns: repetitions(100, 1_600) },
    );
  });
});

/** A connection whose requests are left to the test, and all that it has written. */
function open() {
  const [client, server] = duplexPair();
  const responses: OutgoingResponse[] = [];
  let bytesRead = 0;
  let written = "";
  client.on("data", (bytes: Buffer) => (written += bytes.toString("latin1")));
  // As sockets count: what waits to be written, too.
  Object.defineProperties(server, {
    bytesRead: { get: () => bytesRead },
    bytesWritten: { get: () => written.length + server.writableLength },
  });
  const connection = new Connection(
    server as unknown as Socket,
    { listener: "http", isPageSource: false },
    {
      isRetiring: false,
      request: (_, __, response) => responses.push(response),
      ended: () => undefined,
      refused: () => undefined,
      closed: () => undefined,
    },
  );
  return {
    connection,
    server,
    /** Resolves to the response that the request is to get. */
    async ask(): Promise<OutgoingResponse> {
      const bytes = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
      bytesRead += bytes.length;
      client.write(bytes);
      await turn();
      const response = responses.at(-1);
      if (response === undefined) throw new Error("no request came");
      return response;
    },
    get written() {
      return written;
    },
  };
}

const SECOND = 1000;

describe("a connection that was answered slowly", () => {
  it("may idle as long as any other", async () => {
    const slow = open();
    const start = Date.now();
    let seconds = 0;
    for (let round = 0; round < 2; round += 1) {
      const response = await slow.ask();
      slow.connection.sweep(start + ++seconds * SECOND, Infinity);
      response.writeHead(204, []);
      response.end();
      await turn();
      await turn();
    }
    for (let idle = 0; idle <= 74; idle += 1) slow.connection.sweep(start + (seconds + idle) * SECOND, Infinity);
    await turn();
    expect(slow.written).not.toContain("408");
    expect(slow.server.writableEnded).toBe(false);
    slow.connection.sweep(start + (seconds + 75) * SECOND, Infinity);
    expect(slow.server.writableEnded).toBe(true);
    expect(slow.written).not.toContain("408");
  });

  it("has its time to read the answer, however long that took", async () => {
    const slow = open();
    const response = await slow.ask();
    const start = Date.now();
    for (const seconds of [0, 400]) slow.connection.sweep(start + seconds * SECOND, Infinity);
    slow.server.cork();
    response.writeHead(200, []);
    response.write("begun");
    await turn();
    slow.connection.sweep(start + 401 * SECOND, Infinity);
    expect(slow.server.destroyed).toBe(false);
    slow.connection.sweep(start + 701 * SECOND, Infinity);
    expect(slow.server.destroyed).toBe(true);
  });
});
