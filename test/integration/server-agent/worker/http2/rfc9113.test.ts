/** What RFC 9113 asks of a server, frame by frame, and what floods are answered with. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ACK,
  block,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  type Frame,
  frame,
  get,
  GOAWAY,
  HEADERS,
  number,
  openFrames,
  PADDED,
  PING,
  PREFACE,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  setting,
  SETTINGS,
  WINDOW_UPDATE,
} from "../../../../support/http/frame-client.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";

let worker: WorkerHarness;
beforeAll(async () => {
  worker = await startWorker(
    configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "respond", body: "ok" } }] }], {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0, http2: { maxStreams: 10 } }],
    }),
  );
});
afterAll(() => worker.close());

const ALL = END_STREAM | END_HEADERS;
const CODES = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;
type Code = keyof typeof CODES;
const asked = frame(HEADERS, ALL, 1, get());
/** A request whose body is still to come; it is answered, and open until then. */
const posting = frame(
  HEADERS,
  END_HEADERS,
  1,
  block([":method", "POST"], [":scheme", "http"], [":authority", "shop"], [":path", "/"], ["content-length", "5"]),
);

function isGoAway({ type }: Frame): boolean {
  return type === GOAWAY;
}

describe("an error of the connection", () => {
  it.each<[section: string, what: string, code: Code, sent: Buffer[]]>([
    ["3.4", "settings do not come first", "PROTOCOL_ERROR", [PREFACE, frame(PING, 0, 0, "12345678")]],
    ["3.4", "another preface", "PROTOCOL_ERROR", [Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\n\n\n\n")]],
  ])("%s: %s (%s)", async (_section, _what, code, sent) => {
    using client = await openFrames(worker.port, sent);
    expect((await client.next(isGoAway)).payload.readUInt32BE(4)).toBe(CODES[code]);
    await expect(client.next(() => false)).rejects.toThrow("has ended");
  });

  it.each<[section: string, what: string, code: Code, sent: Buffer[]]>([
    ["4.2", "a frame that is too large", "FRAME_SIZE_ERROR", [frame(DATA, 0, 1, Buffer.alloc(16_385))]],
    [
      "4.3",
      "an index that stands for nothing",
      "COMPRESSION_ERROR",
      [frame(HEADERS, ALL, 1, Buffer.from([0xff, 0x7f]))],
    ],
    ["4.3", "a Huffman code that is cut off", "COMPRESSION_ERROR", [frame(HEADERS, ALL, 1, Buffer.from([0, 0x81, 0]))]],
    ["5.1", "data on an idle stream", "PROTOCOL_ERROR", [frame(DATA, END_STREAM, 1, "x")]],
    ["5.1", "a reset of an idle stream", "PROTOCOL_ERROR", [frame(RST_STREAM, 0, 1, number(8))]],
    ["5.1", "a window of an idle stream", "PROTOCOL_ERROR", [frame(WINDOW_UPDATE, 0, 1, number(8))]],
    ["5.1", "a head after the end", "STREAM_CLOSED", [asked, frame(HEADERS, ALL, 1, get())]],
    ["5.1.1", "an even stream", "PROTOCOL_ERROR", [frame(HEADERS, ALL, 2, get())]],
    ["5.1.1", "an earlier stream", "STREAM_CLOSED", [frame(HEADERS, ALL, 3, get()), asked]],
    ["6.1", "data without a stream", "PROTOCOL_ERROR", [frame(DATA, 0, 0, "x")]],
    ["6.1", "more padding than payload", "PROTOCOL_ERROR", [posting, frame(DATA, PADDED, 1, Buffer.from([5, 0, 0]))]],
    ["6.2", "a head without a stream", "PROTOCOL_ERROR", [frame(HEADERS, ALL, 0, get())]],
    ["6.2", "a head with more padding", "PROTOCOL_ERROR", [frame(HEADERS, ALL | PADDED, 1, Buffer.from([9, 0]))]],
    [
      "6.2",
      "a frame inside a head",
      "PROTOCOL_ERROR",
      [frame(HEADERS, END_STREAM, 1, get()), frame(PING, 0, 0, "12345678")],
    ],
    ["6.3", "a priority without a stream", "PROTOCOL_ERROR", [frame(PRIORITY, 0, 0, "12345")]],
    ["6.4", "a reset without a stream", "PROTOCOL_ERROR", [frame(RST_STREAM, 0, 0, number(8))]],
    ["6.4", "a reset of another size", "FRAME_SIZE_ERROR", [posting, frame(RST_STREAM, 0, 1, "x")]],
    ["6.5", "settings of a stream", "PROTOCOL_ERROR", [frame(SETTINGS, 0, 1)]],
    ["6.5", "settings that are cut off", "FRAME_SIZE_ERROR", [frame(SETTINGS, 0, 0, "12345")]],
    ["6.5", "an acknowledgement with settings", "FRAME_SIZE_ERROR", [frame(SETTINGS, ACK, 0, setting(1, 1))]],
    ["6.5.2", "ENABLE_PUSH of 2", "PROTOCOL_ERROR", [frame(SETTINGS, 0, 0, setting(2, 2))]],
    ["6.5.2", "INITIAL_WINDOW_SIZE of 2^31", "FLOW_CONTROL_ERROR", [frame(SETTINGS, 0, 0, setting(4, 2 ** 31))]],
    ["6.5.2", "MAX_FRAME_SIZE of 16,383", "PROTOCOL_ERROR", [frame(SETTINGS, 0, 0, setting(5, 16_383))]],
    ["6.6", "a promise", "PROTOCOL_ERROR", [posting, frame(PUSH_PROMISE, END_HEADERS, 1, number(2))]],
    ["6.7", "a PING of a stream", "PROTOCOL_ERROR", [frame(PING, 0, 1, "12345678")]],
    ["6.7", "a PING of another size", "FRAME_SIZE_ERROR", [frame(PING, 0, 0, "123456")]],
    ["6.8", "a GOAWAY of a stream", "PROTOCOL_ERROR", [frame(GOAWAY, 0, 1, Buffer.alloc(8))]],
    ["6.9", "a window that grows by nothing", "PROTOCOL_ERROR", [frame(WINDOW_UPDATE, 0, 0, number(0))]],
    ["6.9", "a window of another size", "FRAME_SIZE_ERROR", [frame(WINDOW_UPDATE, 0, 0, "x")]],
    ["6.9.1", "a window of 2^31", "FLOW_CONTROL_ERROR", [frame(WINDOW_UPDATE, 0, 0, number(2 ** 31 - 1))]],
    ["6.10", "a continuation of nothing", "PROTOCOL_ERROR", [asked, frame(CONTINUATION, END_HEADERS, 1, get())]],
    [
      "6.10",
      "a continuation of another stream",
      "PROTOCOL_ERROR",
      [frame(HEADERS, END_STREAM, 1, get()), frame(CONTINUATION, END_HEADERS, 3)],
    ],
  ])("%s: %s (%s)", async (_section, _what, code, sent) => {
    using client = await openFrames(worker.port);
    client.write(...sent);
    expect((await client.next(isGoAway)).payload.readUInt32BE(4)).toBe(CODES[code]);
    await expect(client.next(() => false)).rejects.toThrow("has ended");
  });
});

function head(...fields: [string, string][]): Buffer[] {
  return [frame(HEADERS, ALL, 1, block(...fields))];
}
const GET: [string, string][] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "shop"],
  [":path", "/"],
];

describe("an error of a stream leaves the connection as it is", () => {
  it.each<[section: string, what: string, code: Code, sent: Buffer[]]>([
    ["5.1", "data after the end", "STREAM_CLOSED", [asked, frame(DATA, 0, 1, "x")]],
    ["6.3", "a priority of another size", "FRAME_SIZE_ERROR", [posting, frame(PRIORITY, 0, 1, "123")]],
    ["6.9", "a window that grows by nothing", "PROTOCOL_ERROR", [posting, frame(WINDOW_UPDATE, 0, 1, number(0))]],
    ["6.9.1", "a window of 2^31", "FLOW_CONTROL_ERROR", [posting, frame(WINDOW_UPDATE, 0, 1, number(2 ** 31 - 1))]],
    ["8.1", "a second head", "PROTOCOL_ERROR", [posting, frame(HEADERS, END_HEADERS, 1, get())]],
    [
      "8.1",
      "a pseudo field behind the body",
      "PROTOCOL_ERROR",
      [posting, frame(HEADERS, ALL, 1, block([":path", "/"]))],
    ],
    ["8.1.1", "less than the Content-Length", "PROTOCOL_ERROR", [posting, frame(DATA, END_STREAM, 1, "four")]],
    ["8.1.1", "more than the Content-Length", "PROTOCOL_ERROR", [posting, frame(DATA, 0, 1, "sixsix")]],
    ["8.1.1", "a Content-Length without a body", "PROTOCOL_ERROR", head(...GET, ["content-length", "1"])],
    ["8.1.1", "a Content-Length that is no number", "PROTOCOL_ERROR", head(...GET, ["content-length", "+1"])],
    ["8.1.1", "two of them", "PROTOCOL_ERROR", head(...GET, ["content-length", "0"], ["content-length", "0"])],
    ["8.2", "a name in upper case", "PROTOCOL_ERROR", head(...GET, ["X-Upper", "a"])],
    ["8.2.1", "a name with a blank", "PROTOCOL_ERROR", head(...GET, ["x y", "a"])],
    ["8.2.1", "a line break in a value", "PROTOCOL_ERROR", head(...GET, ["x", "a\r\nhost: other"])],
    ["8.2.1", "NUL in a value", "PROTOCOL_ERROR", head(...GET, ["x", "a\0"])],
    ["8.2.1", "a blank at the edge of a value", "PROTOCOL_ERROR", head(...GET, ["x", " a"])],
    ["8.2.2", "Connection", "PROTOCOL_ERROR", head(...GET, ["connection", "close"])],
    ["8.2.2", "Keep-Alive", "PROTOCOL_ERROR", head(...GET, ["keep-alive", "timeout=5"])],
    ["8.2.2", "Proxy-Connection", "PROTOCOL_ERROR", head(...GET, ["proxy-connection", "close"])],
    ["8.2.2", "Transfer-Encoding", "PROTOCOL_ERROR", head(...GET, ["transfer-encoding", "chunked"])],
    ["8.2.2", "Upgrade", "PROTOCOL_ERROR", head(...GET, ["upgrade", "h2c"])],
    ["8.2.2", "TE of another value", "PROTOCOL_ERROR", head(...GET, ["te", "trailers, gzip"])],
    ["8.3", "an unknown pseudo field", "PROTOCOL_ERROR", head(...GET, [":other", "a"])],
    ["8.3", "one of responses", "PROTOCOL_ERROR", head(...GET, [":status", "200"])],
    ["8.3", "one behind another field", "PROTOCOL_ERROR", head(["x", "a"], ...GET)],
    ["8.3", "one twice", "PROTOCOL_ERROR", head(...GET, [":path", "/other"])],
    ["8.3.1", "no method", "PROTOCOL_ERROR", head(...GET.slice(1))],
    ["8.3.1", "no scheme", "PROTOCOL_ERROR", head(...GET.filter(([name]) => name !== ":scheme"))],
    ["8.3.1", "no path", "PROTOCOL_ERROR", head(...GET.slice(0, -1))],
    ["8.3.1", "an empty path", "PROTOCOL_ERROR", head(...GET.slice(0, -1), [":path", ""])],
    ["8.3.1", "a path with a blank", "PROTOCOL_ERROR", head(...GET.slice(0, -1), [":path", "/ HTTP/1.1"])],
    ["8.3.1", "a path with a line break", "PROTOCOL_ERROR", head(...GET.slice(0, -1), [":path", "/\r\nx: y"])],
    ["8.3.1", "a path with a fragment", "PROTOCOL_ERROR", head(...GET.slice(0, -1), [":path", "/#a"])],
    ["8.3.1", "a path without a slash", "PROTOCOL_ERROR", head(...GET.slice(0, -1), [":path", "http://other/"])],
    ["8.3.1", "a method with a blank", "PROTOCOL_ERROR", head([":method", "GET /"], ...GET.slice(1))],
    ["8.3.1", "an authority and another Host", "PROTOCOL_ERROR", head(...GET, ["host", "other"])],
    ["8.5", "a CONNECT with a path", "PROTOCOL_ERROR", head([":method", "CONNECT"], ...GET.slice(1))],
  ])("%s: %s (%s)", async (_section, _what, code, sent) => {
    using client = await openFrames(worker.port);
    client.write(...sent);
    const reset = await client.next(({ type }) => type === RST_STREAM || type === GOAWAY);
    expect([reset.type, reset.stream, reset.payload.readUInt32BE()]).toEqual([RST_STREAM, 1, CODES[code]]);
    client.write(frame(HEADERS, ALL, 5, get()));
    expect((await client.head(5))[":status"]).toBe("200");
  });
});

describe("what is answered", () => {
  it.each<[section: string, what: string, sent: Buffer[], status: string]>([
    ["4.1", "the reserved bit is ignored", [frame(HEADERS, ALL, 0x80000001, get())], "200"],
    ["5.5", "frames that nobody knows are passed over", [frame(0x42, 0xff, 0, "what?"), asked], "200"],
    [
      "6.2",
      "padding and a priority in a head",
      [
        frame(
          HEADERS,
          ALL | PADDED | 0x20,
          1,
          Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 1]), get(), Buffer.alloc(2)]),
        ),
      ],
      "200",
    ],
    ["6.5.2", "settings that nobody knows are passed over", [frame(SETTINGS, 0, 0, setting(0x99, 7)), asked], "200"],
    [
      "6.10",
      "a head in three frames",
      [
        frame(HEADERS, END_STREAM, 1),
        frame(CONTINUATION, 0, 1, get()),
        frame(CONTINUATION, END_HEADERS, 1, block(["x", "y"])),
      ],
      "200",
    ],
    [
      "8.1",
      "fields behind a body",
      [posting, frame(DATA, 0, 1, "five!"), frame(HEADERS, ALL, 1, block(["x", "y"]))],
      "200",
    ],
    ["8.2.2", "TE with trailers", head(...GET, ["te", "trailers"]), "200"],
    [
      "8.3.1",
      "Host in place of an authority",
      head(...GET.filter(([name]) => name !== ":authority"), ["host", "shop"]),
      "200",
    ],
    ["8.3.1", "neither of them", head(...GET.filter(([name]) => name !== ":authority")), "400"],
    ["8.5", "no tunnel is ever made", head([":method", "CONNECT"], [":authority", "shop:443"]), "405"],
    [
      "10.5.1",
      "more fields than are taken",
      head(
        ...GET,
        ...Array.from({ length: 8 }, (_, index): [string, string] => [`x${String(index)}`, "y".repeat(4080)]),
      ),
      "431",
    ],
  ])("%s: %s", async (_section, _what, sent, status) => {
    using client = await openFrames(worker.port);
    const size = Buffer.concat(sent);
    if (size.length > 16_384) {
      const payload = size.subarray(9);
      client.write(frame(HEADERS, END_STREAM, 1, payload.subarray(0, 16_384)));
      client.write(frame(CONTINUATION, 0, 1, payload.subarray(16_384, 30_000)));
      client.write(frame(CONTINUATION, END_HEADERS, 1, payload.subarray(30_000)));
    } else client.write(...sent);
    expect((await client.head(1))[":status"]).toBe(status);
  });

  it("6.5.3 and 6.7: settings are acknowledged, a PING is answered with what it holds", async () => {
    using client = await openFrames(worker.port);
    await client.next(({ type, flags }) => type === SETTINGS && flags === ACK);
    client.write(frame(PING, 0, 0, "abcdefgh"));
    const answer = await client.next(({ type }) => type === PING);
    expect([answer.flags, answer.payload.toString()]).toEqual([ACK, "abcdefgh"]);
  });

  it("5.1.2: streams beyond the limit are refused, and may be asked for again", async () => {
    using client = await openFrames(worker.port);
    const post = posting.subarray(9);
    for (let stream = 1; stream <= 21; stream += 2) client.write(frame(HEADERS, END_HEADERS, stream, post));
    const reset = await client.next(({ type }) => type === RST_STREAM);
    expect([reset.stream, reset.payload.readUInt32BE()]).toEqual([21, CODES.REFUSED_STREAM]);
    client.write(frame(DATA, END_STREAM, 1, "five!"), frame(HEADERS, END_HEADERS, 23, post));
    expect((await client.head(23))[":status"]).toBe("200");
  });

  it("6.9.2: a body goes out as the windows let it, also when they have shrunk below nothing", async () => {
    using client = await openFrames(worker.port, [PREFACE, frame(SETTINGS, 0, 0, setting(4, 1))]);
    client.write(asked);
    const isData = ({ type }: Frame): boolean => type === DATA;
    expect((await client.next(isData)).payload.toString()).toBe("o");
    client.write(frame(SETTINGS, 0, 0, setting(4, 0)), frame(WINDOW_UPDATE, 0, 1, number(1)));
    client.write(frame(PING, 0, 0, "abcdefgh"));
    expect((await client.next(({ type }) => type === PING || type === DATA)).type).toBe(PING);
    client.write(frame(WINDOW_UPDATE, 0, 1, number(1)));
    const last = await client.next(isData);
    expect([last.payload.toString(), last.flags]).toEqual(["k", END_STREAM]);
  });

  it("6.8: after the client's GOAWAY, what is open is answered and the connection ends", async () => {
    using client = await openFrames(worker.port);
    client.write(posting, frame(GOAWAY, 0, 0, Buffer.alloc(8)), frame(DATA, END_STREAM, 1, "five!"));
    const { payload } = await client.next(({ type }) => type === PING);
    // Some clients send a request that they had queued behind their GOAWAY.
    client.write(frame(PING, ACK, 0, payload), frame(HEADERS, ALL, 3, get()));
    expect((await client.head(3))[":status"]).toBe("200");
    await expect(client.next(() => false)).rejects.toThrow("has ended");
  });
});

describe("floods end with the connection that they come from", () => {
  const many = (count: number, make: (index: number) => Buffer): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, index) => make(index)));
  it.each<[what: string, flood: Buffer]>([
    ["PING", many(1100, () => frame(PING, 0, 0, "12345678"))],
    ["SETTINGS", many(1100, () => frame(SETTINGS, 0, 0))],
    ["PRIORITY", many(1100, () => frame(PRIORITY, 0, 1, "12345"))],
    ["unknown frames", many(1100, () => frame(0x42, 0, 0))],
    ["empty DATA", Buffer.concat([posting, many(1100, () => frame(DATA, 0, 1))])],
    ["window updates", many(1100, () => frame(WINDOW_UPDATE, 0, 0, number(1)))],
    ["CONTINUATION", Buffer.concat([frame(HEADERS, 0, 1), many(40, () => frame(CONTINUATION, 0, 1))])],
    [
      "a head without an end",
      Buffer.concat([
        frame(HEADERS, 0, 1, get()),
        many(3, () => frame(CONTINUATION, 0, 1, block(["x", "y".repeat(16_000)]))),
      ]),
    ],
    [
      "rapid resets (CVE-2023-44487)",
      many(600, (index) =>
        Buffer.concat([
          frame(HEADERS, END_HEADERS, 2 * index + 1, posting.subarray(9)),
          frame(RST_STREAM, 0, 2 * index + 1, number(8)),
        ]),
      ),
    ],
    [
      "resets that the client provokes (CVE-2025-8671)",
      many(600, (index) =>
        Buffer.concat([
          frame(HEADERS, END_HEADERS, 2 * index + 1, posting.subarray(9)),
          frame(WINDOW_UPDATE, 0, 2 * index + 1, number(0)),
        ]),
      ),
    ],
  ])("%s", async (_what, flood) => {
    using client = await openFrames(worker.port);
    client.write(flood);
    expect((await client.next(isGoAway)).payload.readUInt32BE(4)).toBe(CODES.ENHANCE_YOUR_CALM);
    await expect(client.next(() => false)).rejects.toThrow("has ended");
  });
});
