import type { Socket } from "node:net";
import { type Duplex, duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Carrier, PLAIN_ARRIVAL } from "../../../../../server-agent/worker/http/carrier.ts";
import type { IncomingRequest } from "../../../../../server-agent/worker/http/incoming-request.ts";
import type { OutgoingResponse } from "../../../../../server-agent/worker/http/outgoing-response.ts";
import { Http2Connection } from "../../../../../server-agent/worker/http2/connection.ts";
import {
  block,
  frame,
  get,
  GOAWAY,
  number,
  PREFACE,
  RST_STREAM,
  setting,
  SETTINGS,
  WINDOW_UPDATE,
} from "../../../../support/http/frame-client.ts";
import { repetitions } from "../../../../support/repetitions.ts";

/** What became of a connection that these bytes were sent on, piece by piece, and then closed. */
async function serve(pieces: readonly Buffer[]): Promise<{ begun: number; ended: number; closed: number }> {
  const [client, server] = duplexPair();
  const seen = { begun: 0, ended: 0, closed: 0 };
  client.on("data", () => undefined).on("error", () => undefined);
  const answer = (response: OutgoingResponse, url: string): void => {
    response.writeHead(200, url.includes("length") ? ["Content-Length", "3000"] : []);
    if (url.includes("parts")) response.write("x".repeat(1000));
    response.end("x".repeat(url.includes("parts") ? 2000 : 3000));
  };
  const request = (carrier: Carrier, incoming: IncomingRequest, response: OutgoingResponse): void => {
    seen.begun += 1;
    const { url } = incoming;
    if (url.includes("take")) {
      const { stream } = carrier.takeOver({ reason: "", fields: [] });
      stream.on("error", () => undefined).pipe(stream);
      return;
    }
    if (url.includes("read"))
      incoming.read({
        onData: () => {
          incoming.pause();
          setImmediate(() => {
            incoming.resume();
          });
        },
        onEnd: () => {
          answer(response, url);
        },
        onAbandoned: () => {
          response.destroy();
        },
      });
    else {
      incoming.discard();
      if (url.includes("later"))
        setImmediate(() => {
          answer(response, url);
        });
      else answer(response, url);
    }
  };
  const connection = new Http2Connection(
    server as unknown as Socket,
    { listener: "http", isPageSource: false },
    {
      isRetiring: false,
      request,
      ended: () => (seen.ended += 1),
      refused: () => undefined,
      closed: () => (seen.closed += 1),
    },
    PLAIN_ARRIVAL,
  );
  for (const piece of pieces) {
    if (client.writable) client.write(piece);
    await turn();
    connection.sweep(Date.now(), Infinity);
  }
  const closed = new Promise((resolve) => server.once("close", resolve));
  server.destroy();
  await closed;
  await turn();
  return seen;
}

/** A connection whose requests are left to the test, and all that it has written. */
function open({ reads = true } = {}) {
  const [client, server] = duplexPair();
  const requests: { carrier: Carrier; request: IncomingRequest; response: OutgoingResponse }[] = [];
  let written = Buffer.alloc(0);
  let hasEnded = false;
  // As sockets count: what waits to be written, too.
  Object.defineProperty(server, "bytesWritten", { get: () => written.length + server.writableLength });
  const read = (): void => {
    client.on("data", (bytes: Buffer) => (written = Buffer.concat([written, bytes])));
  };
  if (reads) read();
  client.on("end", () => (hasEnded = true));
  const connection = new Http2Connection(
    server as unknown as Socket,
    { listener: "http", isPageSource: false },
    {
      isRetiring: false,
      request: (carrier, request, response) => requests.push({ carrier, request, response }),
      ended: () => undefined,
      refused: () => undefined,
      closed: () => undefined,
    },
    PLAIN_ARRIVAL,
  );
  const settle = async (...frames: Buffer[]): Promise<void> => {
    if (frames.length > 0) client.write(Buffer.concat(frames));
    for (let count = 0; count < 5; count += 1) await turn();
  };
  return {
    connection,
    server,
    requests,
    settle,
    /** The client reads from now on. */
    read,
    get hasEnded() {
      return hasEnded;
    },
    /** Payloads of the frames of this type. */
    payloads(type: number): Buffer[] {
      const found: Buffer[] = [];
      for (let at = 0; at < written.length; at += 9 + written.readUIntBE(at, 3))
        if (written[at + 3] === type) found.push(written.subarray(at + 9, at + 9 + written.readUIntBE(at, 3)));
      return found;
    },
  };
}

const BEGIN = [PREFACE, frame(SETTINGS, 0, 0)];
const SECOND = 1000;

it("one that idles ends in order after 75 seconds, and PINGs do not keep it", async () => {
  const idle = open();
  await idle.settle(...BEGIN, frame(1, 5, 1, get()));
  idle.requests[0]?.response.writeHead(204, []);
  idle.requests[0]?.response.end();
  await idle.settle();
  const start = Date.now();
  idle.connection.sweep(start, Infinity);
  await idle.settle(frame(6, 0, 0, "12345678"));
  idle.connection.sweep(start + 74 * SECOND, Infinity);
  expect(idle.payloads(GOAWAY)).toEqual([]);
  idle.connection.sweep(start + 75 * SECOND, Infinity);
  await idle.settle();
  expect(idle.payloads(GOAWAY).map((payload) => payload.readUInt32BE())).toEqual([1]);
  expect(idle.hasEnded).toBe(true);
  expect(idle.server.destroyed).toBe(false);
});

it("one that sends no more of a frame, or of a head, does not stay for ever", async () => {
  for (const begun of [frame(1, 5, 1, get()).subarray(0, 20), frame(1, 1, 1, get())]) {
    const slow = open();
    await slow.settle(...BEGIN, begun);
    const start = Date.now();
    slow.connection.sweep(start, Infinity);
    slow.connection.sweep(start + 59 * SECOND, Infinity);
    expect(slow.server.destroyed).toBe(false);
    slow.connection.sweep(start + 60 * SECOND, Infinity);
    expect(slow.server.destroyed).toBe(true);
  }
});

it("a body that stands still is given up with 408, one that nobody wants ends its stream in the end", async () => {
  const slow = open();
  await slow.settle(...BEGIN, frame(1, 4, 1, get("/read")), frame(1, 4, 3, get("/discarded")));
  const [reading, discarding] = slow.requests;
  const abandoned: number[] = [];
  reading?.request.read({
    onData: () => undefined,
    onEnd: () => undefined,
    onAbandoned: (status) => abandoned.push(status),
  });
  discarding?.request.discard();
  discarding?.response.writeHead(503, []);
  discarding?.response.end("closed");
  await slow.settle();
  const start = Date.now();
  for (let seconds = 0; seconds < 29; seconds += 1) slow.connection.sweep(start + seconds * SECOND, Infinity);
  await slow.settle();
  expect(slow.payloads(RST_STREAM)).toEqual([]);
  for (let seconds = 29; seconds < 59; seconds += 1) slow.connection.sweep(start + seconds * SECOND, Infinity);
  await slow.settle();
  expect(slow.payloads(RST_STREAM).map((payload) => payload.readUInt32BE())).toEqual([0]);
  expect(abandoned).toEqual([]);
  slow.connection.sweep(start + 61 * SECOND, Infinity);
  expect(abandoned).toEqual([408]);
});

it("what begins after a long silence has its time", async () => {
  const late = open();
  await late.settle(...BEGIN, frame(1, 5, 1, get()));
  const start = Date.now();
  for (const seconds of [0, 400]) late.connection.sweep(start + seconds * SECOND, Infinity);
  await late.settle(frame(1, 5, 3, get()).subarray(0, 20));
  late.connection.sweep(start + 401 * SECOND, Infinity);
  expect(late.server.destroyed).toBe(false);

  const unread = open();
  await unread.settle(...BEGIN, frame(1, 5, 1, get()));
  for (const seconds of [0, 400]) unread.connection.sweep(start + seconds * SECOND, Infinity);
  unread.server.cork();
  unread.requests[0]?.response.writeHead(200, []);
  unread.requests[0]?.response.write("begun");
  await unread.settle();
  unread.connection.sweep(start + 401 * SECOND, Infinity);
  expect(unread.server.destroyed).toBe(false);
  unread.server.uncork();
});

it("a head in many frames has no more time than one in one", async () => {
  const slow = open();
  await slow.settle(...BEGIN, frame(1, 1, 1, get()));
  const start = Date.now();
  slow.connection.sweep(start, Infinity);
  for (const seconds of [20, 40, 59]) {
    await slow.settle(frame(9, 0, 1, ""));
    slow.connection.sweep(start + seconds * SECOND, Infinity);
  }
  expect(slow.server.destroyed).toBe(false);
  await slow.settle(frame(9, 0, 1, ""));
  slow.connection.sweep(start + 60 * SECOND, Infinity);
  expect(slow.server.destroyed).toBe(true);
});

it("a stream is not given up for what nobody waited for", async () => {
  const thinking = open();
  await thinking.settle(...BEGIN, frame(1, 4, 1, get("/read")), frame(1, 5, 3, get()));
  const start = Date.now();
  for (const seconds of [0, 400]) thinking.connection.sweep(start + seconds * SECOND, Infinity);
  const [reading, answered] = thinking.requests;
  const abandoned: number[] = [];
  reading?.request.read({
    onData: () => undefined,
    onEnd: () => undefined,
    onAbandoned: (status) => abandoned.push(status),
  });
  answered?.response.writeHead(200, []);
  answered?.response.write("x".repeat(100_000));
  await thinking.settle();
  thinking.connection.sweep(start + 401 * SECOND, Infinity);
  expect(abandoned).toEqual([]);
  expect(thinking.payloads(RST_STREAM)).toEqual([]);
  thinking.connection.sweep(start + 460 * SECOND, Infinity);
  expect(abandoned).toEqual([408]);
});

it("what comes of a stream that was passed over takes none of the others along", async () => {
  const ending = open();
  await ending.settle(...BEGIN, frame(1, 5, 1, get()));
  ending.connection.retire(true);
  await ending.settle(
    frame(1, 4, 3, get("/upload")),
    frame(0, 0, 3, "a body"),
    frame(WINDOW_UPDATE, 0, 3, number(100)),
    frame(RST_STREAM, 0, 3, number(8)),
  );
  ending.requests[0]?.response.writeHead(200, []);
  ending.requests[0]?.response.end("answered");
  await ending.settle();
  expect(ending.requests.length).toBe(1);
  expect(ending.payloads(GOAWAY).map((payload) => [payload.readUInt32BE(), payload.readUInt32BE(4)])).toEqual([[1, 0]]);
  expect(ending.payloads(0).map(String)).toEqual(["answered"]);
  expect(ending.payloads(RST_STREAM)).toEqual([]);
});

it("who reads no answer asks for no more than a bounded number", async () => {
  const deaf = open({ reads: false });
  await deaf.settle(...BEGIN);
  for (let id = 1; id < 2000; id += 2) {
    await deaf.settle(frame(1, 5, id, get()));
    const { response } = deaf.requests.at(-1) ?? {};
    if (response?.headersSent !== false) break;
    response.writeHead(204, ["x-large", "x".repeat(2000)]);
    response.end();
  }
  // Those that lie between the two, and 300.
  expect(deaf.requests.length).toBeLessThan(400);
  deaf.read();
  await deaf.settle();
  expect(deaf.payloads(GOAWAY).map((payload) => payload.readUInt32BE(4))).toEqual([11]);
});

it("a body that waits in many small parts is joined", async () => {
  const held = open();
  const parts = Array.from({ length: 1000 }, (_, index) => frame(0, 0, 1, String(index % 10)));
  await held.settle(...BEGIN, frame(1, 4, 1, get()), ...parts);
  const read: string[] = [];
  held.requests[0]?.request.read({
    onData: (bytes) => read.push(String(bytes)),
    onEnd: () => undefined,
    onAbandoned: () => undefined,
  });
  expect(read.join("")).toBe("0123456789".repeat(100));
  expect(read.length).toBeLessThan(100);
});

it("bodies that nobody reads are kept up to the windows, and told as read when they are", async () => {
  const held = open();
  const WINDOW = 65_535;
  await held.settle(...BEGIN, frame(1, 4, 1, get()));
  const parts = [16_384, 16_384, 16_384, 16_383].map((size) => frame(0, 0, 1, Buffer.alloc(size)));
  await held.settle(...parts);
  // Only the connection's own window, at the beginning.
  expect(held.payloads(WINDOW_UPDATE).length).toBe(1);
  let received = 0;
  held.requests[0]?.request.read({
    onData: (bytes) => (received += bytes.length),
    onEnd: () => undefined,
    onAbandoned: () => undefined,
  });
  await held.settle();
  expect(received).toBe(WINDOW);
  expect(held.payloads(WINDOW_UPDATE).length).toBeGreaterThan(1);
  await held.settle(frame(0, 0, 1, "more"));
  expect(received).toBe(WINDOW + 4);
});

it("what comes over WebSockets and is not relayed is kept up to the window of the connection", async () => {
  const held = open();
  const handshake = block(
    [":method", "CONNECT"],
    [":protocol", "websocket"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "shop"],
    ["sec-websocket-key", "its own"],
  );
  const credit = (): number =>
    held.payloads(WINDOW_UPDATE).reduce((sum, payload) => sum + payload.readUInt32BE(), 65_535);
  await held.settle(...BEGIN);
  const streams: Duplex[] = [];
  // Each fills its own window: 17 of them, that of the connection and what may be held.
  for (let id = 1; id <= 33; id += 2) {
    await held.settle(frame(1, 4, id, handshake));
    const { carrier, request } = held.requests.at(-1) ?? {};
    if (carrier === undefined) throw new Error("no request");
    expect(request?.rawHeaders.filter((name) => name === "sec-websocket-key").length).toBe(1);
    streams.push(carrier.takeOver({ reason: "", fields: [] }).stream);
    await held.settle(...[16_384, 16_384, 16_384, 16_383].map((size) => frame(0, 0, id, Buffer.alloc(size))));
  }
  const before = credit();
  expect(before).toBeLessThan(2 * 1024 * 1024);
  for (const stream of streams) stream.resume();
  await held.settle();
  expect(credit()).toBeGreaterThan(before + 1024 * 1024);
  await held.settle(frame(0, 0, 1, "more"));
});

it("more than the window is an error of the stream", async () => {
  const held = open();
  await held.settle(...BEGIN, frame(1, 4, 1, get()));
  await held.settle(...Array.from({ length: 5 }, () => frame(0, 0, 1, Buffer.alloc(16_000))));
  expect(held.payloads(RST_STREAM).map((payload) => payload.readUInt32BE())).toEqual([3]);
  expect(held.requests[0]?.response.destroyed).toBe(true);
});

it("a body that is not as long as its Content-Length breaks its stream", async () => {
  const broken = open();
  await broken.settle(...BEGIN, frame(1, 5, 1, get()), frame(1, 5, 3, get()));
  const [first, second] = broken.requests;
  first?.response.writeHead(200, ["Content-Length", "5"]);
  first?.response.end("four");
  second?.response.writeHead(200, ["Content-Length", "5"]);
  second?.response.write("sixsix");
  second?.response.end();
  await broken.settle();
  expect(broken.payloads(RST_STREAM).map((payload) => payload.readUInt32BE())).toEqual([2, 2]);
});

/** Makes a frame; `last` is the latest stream so far. */
type Make = (last: number) => Buffer;
const back = fc.constantFrom(0, 0, 0, 2, 4);
const path = fc.subarray(["read", "later", "length", "parts", "take"]).map((words) => `/${words.join("-")}`);
const WEBSOCKET = block(
  [":method", "CONNECT"],
  [":protocol", "websocket"],
  [":scheme", "http"],
  [":path", "/take"],
  [":authority", "shop"],
);
const opens = fc.tuple(path, fc.constantFrom(4, 5), fc.option(fc.nat({ max: 20 }))).map(
  ([at, flags, length]): Make =>
    (last) =>
      frame(1, flags, last + 2, length === null ? get(at) : get(at, ["content-length", String(length)])),
);
const goesOn = fc.oneof(
  fc.tuple(fc.constantFrom(0, 1), back, fc.uint8Array({ maxLength: 30 })).map(
    ([flags, earlier, bytes]): Make =>
      (last) =>
        frame(0, flags, Math.max(1, last - earlier), Buffer.from(bytes)),
  ),
  fc.tuple(fc.boolean(), back, fc.nat({ max: 100_000 })).map(
    ([isOfStream, earlier, size]): Make =>
      (last) =>
        frame(8, 0, isOfStream ? Math.max(1, last - earlier) : 0, number(size + 1)),
  ),
  back.map(
    (earlier): Make =>
      (last) =>
        frame(3, 0, Math.max(1, last - earlier), number(8)),
  ),
  fc.nat({ max: 5000 }).map(
    (size): Make =>
      () =>
        frame(SETTINGS, 0, 0, setting(4, size)),
  ),
);
const rubbish = fc.oneof(
  fc
    .tuple(fc.nat({ max: 12 }), fc.nat({ max: 255 }), fc.nat({ max: 9 }), fc.uint8Array({ maxLength: 20 }))
    .map(([type, flags, id, bytes]) => frame(type, flags, id, Buffer.from(bytes))),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
);

it("whatever comes, every request that was begun ends once, and the connection too", async () => {
  const piece = fc.oneof(
    opens.map((make) => ({ make, step: 2 })),
    fc.constant({ make: (last: number) => frame(1, 4, last + 2, WEBSOCKET), step: 2 }),
    goesOn.map((make) => ({ make, step: 0 })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 25 }), rubbish, fc.nat({ max: 300 }), async (pieces, end, cut) => {
      let last = -1;
      const frames = pieces.map(({ make, step }) => {
        const bytes = make(last);
        last += step;
        return bytes;
      });
      const all = Buffer.concat([...frames, end]);
      const seen = await serve([PREFACE, frame(SETTINGS, 0, 0), all.subarray(0, cut), all.subarray(cut)]);
      expect(seen).toEqual({ begun: seen.begun, ended: seen.begun, closed: 1 });
    }),
    { numRuns: repetitions(200, 10_000) },
  );
});
