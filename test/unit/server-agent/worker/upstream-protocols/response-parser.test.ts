import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FIELDS } from "../../../../../server-agent/worker/http1/field-lines.ts";
import { MalformedMessage } from "../../../../../server-agent/worker/http/malformed-message.ts";
import type { ResponseHead } from "../../../../../server-agent/worker/upstream-protocols/response-head.ts";
import {
  MAX_HEAD_BYTES,
  ResponseParser,
} from "../../../../../server-agent/worker/upstream-protocols/response-parser.ts";
import { repetitions } from "../../../../support/repetitions.ts";

interface Parsed {
  head: Omit<ResponseHead, "lines"> | undefined;
  lines: string | undefined;
  information: number[];
  body: string;
  complete: boolean;
  /** What followed the response. */
  excess: string;
}

/** Feeds the pieces, then ends the connection if `ends`. */
function parse(pieces: readonly Buffer[], { method = "GET", ends = false }: Options = {}): Parsed {
  const information: number[] = [];
  let body = "";
  let excess = "";
  const parser = new ResponseParser({
    onInformation: (head) => information.push(head.status),
    onHead: () => undefined,
    onBody: (bytes) => {
      body += bytes.toString("latin1");
    },
  });
  parser.begin(method);
  for (const piece of pieces) excess += piece.toString("latin1", parser.feed(piece));
  if (ends) parser.finish();
  const { head } = parser;
  const lines = head?.lines?.text;
  return { head: head && plain(head), lines, information, body, complete: parser.complete, excess };
}

function plain({ status, reason, headers, contentLength, ...head }: ResponseHead): Parsed["head"] {
  const { chunked, keepAlive, keepAliveSeconds, upgrade } = head;
  return { status, reason, headers, contentLength, chunked, keepAlive, keepAliveSeconds, upgrade };
}

function one(text: string, options?: Options): Parsed {
  return parse([Buffer.from(text, "latin1")], options);
}

interface Options {
  method?: string;
  ends?: boolean;
}

const RESPONSES: readonly (readonly [name: string, text: string, body: string, options: Options])[] = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello", "hello", {}],
  ["no body at all", "HTTP/1.1 204 No Content\r\n\r\n", "", {}],
  ["the length of what is not sent", "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n", "", {}],
  ["to HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", "", { method: "HEAD" }],
  ["chunked to HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "", { method: "HEAD" }],
  ["zero length", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", "", {}],
  ["no reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "", {}],
  [
    "chunks",
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00a;name=value;b="c"\r\n, chunked \r\n1;\r\n!\r\n0\r\n\r\n',
    "hello, chunked !",
    {},
  ],
  [
    "chunks and trailers",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n000\r\nExpires: never\r\nX-Sum: 1\r\n\r\n",
    "abc",
    {},
  ],
  [
    "until the end of the connection",
    "HTTP/1.1 200 OK\r\n\r\nas long as it lasts",
    "as long as it lasts",
    { ends: true },
  ],
  ["of HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", {}],
  [
    "information first",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "x",
    {},
  ],
  ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", "ok", {}],
];

describe("a response", () => {
  it.each(RESPONSES)("with %s is read, whatever pieces it comes in", (_, text, body, options) => {
    const whole = one(text, options);
    expect(whole).toMatchObject({ body, complete: true, excess: "" });
    const bytes = Buffer.from(text, "latin1");
    for (let at = 0; at <= bytes.length; at++)
      expect(parse([bytes.subarray(0, at), bytes.subarray(at)], options)).toEqual(whole);
    expect(
      parse(
        Array.from(bytes, (byte) => Buffer.from([byte])),
        options,
      ),
    ).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(parse(pieces, options)).toEqual(whole);
      }),
      { numRuns: repetitions(200, 800) },
    );
  });

  it("reports what follows it as not belonging to it", () => {
    expect(one("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n")).toMatchObject({
      body: "ok",
      complete: true,
      excess: "HTTP/1.1 200 OK\r\n\r\n",
    });
    expect(one("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", { method: "HEAD" }).excess).toBe("ok");
    expect(one("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")).toMatchObject({
      complete: true,
      excess: "0\r\n\r\n",
    });
    expect(one("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx").excess).toBe("x");
    expect(one("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00").excess).toBe("\x81\x00");
  });

  it("tells informational responses", () => {
    expect(one(RESPONSES[11]?.[1] ?? "").information).toEqual([100, 103]);
  });

  it("is incomplete until its end has come", () => {
    for (const text of [
      "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
    ]) {
      expect(one(text).complete).toBe(false);
      expect(() => one(text, { ends: true })).toThrow(MalformedMessage);
    }
  });
});

describe("the head", () => {
  it("keeps what is end to end, in order and spelling, and leaves out what is about the connection", () => {
    const { head, lines } = one(
      "HTTP/1.1 201 Made it so\r\nServer: x\r\nSet-Cookie: a=1\r\nset-cookie:b=2\t \r\nEmpty:\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=7, max=3\r\nProxy-Authenticate: Basic\r\nTrailer: X\r\nTE: x\r\nUpgrade: h2c\r\nName: K\xe4se\r\nContent-Length: 0\r\n\r\n",
    );
    expect(head).toEqual({
      status: 201,
      reason: "Made it so",
      headers: ["Server", "x", "Set-Cookie", "a=1", "set-cookie", "b=2", "Empty", "", "Name", "K\xe4se"],
      contentLength: 0,
      chunked: false,
      keepAlive: false,
      keepAliveSeconds: 7,
      upgrade: "h2c",
    });
    expect(lines).toBe("Server: x\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nEmpty: \r\nName: K\xe4se\r\n");
  });

  it("has no date where that is one of the connection's fields", () => {
    const nobody = (): undefined => undefined;
    const parser = new ResponseParser({ onInformation: nobody, onHead: nobody, onBody: nobody });
    parser.begin("GET");
    parser.feed(Buffer.from("HTTP/1.1 204 x\r\nConnection: date\r\nDate: x\r\nA: 1\r\n\r\n"));
    expect(parser.head?.lines).toEqual({ text: "A: 1\r\n", hasDate: false });
  });

  it("gives its fields as lines until the list is asked for, which may be changed", () => {
    const nobody = (): undefined => undefined;
    const parser = new ResponseParser({ onInformation: nobody, onHead: nobody, onBody: nobody });
    parser.begin("GET");
    parser.feed(Buffer.from("HTTP/1.1 204 No Content\r\ndate: x\r\nA: 1\r\n\r\n"));
    expect(parser.head?.lines).toEqual({ text: "date: x\r\nA: 1\r\n", hasDate: true });
    expect(parser.head?.headers).toEqual(["date", "x", "A", "1"]);
    expect(parser.head?.lines).toBeUndefined();
  });

  it.each([
    ["HTTP/1.1 200 OK\r\n\r\n", true],
    ["HTTP/1.1 200 OK\r\nConnection: Close\r\n\r\n", false],
    ["HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: x, close\r\n\r\n", false],
    ["HTTP/1.0 200 OK\r\n\r\n", false],
    ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n\r\n", true],
  ])("%j: connection stays: %s", (text, keepAlive) => {
    expect(one(text, { method: "HEAD" }).head?.keepAlive).toBe(keepAlive);
  });
});

describe("refused is", () => {
  const header = (line: string): string => `HTTP/1.1 200 OK\r\n${line}\r\n\r\n`;
  const chunked = (body: string): string => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`;
  it.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["HTTP/2", "HTTP/2 200 OK\r\n\r\n"],
    ["HTTP/0.9", "<html>hello"],
    ["an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a status line with two blanks", "HTTP/1.1  200 OK\r\n\r\n"],
    ["both lengths", header("Content-Length: 5\r\nTransfer-Encoding: chunked")],
    ["both lengths, the other way round", header("Transfer-Encoding: chunked\r\nContent-Length: 5")],
    ["two different lengths", header("Content-Length: 5\r\nContent-Length: 6")],
    ["a list of lengths", header("Content-Length: 5, 5")],
    ["a signed length", header("Content-Length: +5")],
    ["a negative length", header("Content-Length: -5")],
    ["a length in hex", header("Content-Length: 0x5")],
    ["an empty length", header("Content-Length:")],
    ["a length beyond numbers", header("Content-Length: 9999999999999999")],
    ["an unknown coding", header("Transfer-Encoding: gzip, chunked")],
    ["chunked twice", header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")],
    ["a coding that only looks like chunked", header("Transfer-Encoding: xchunked")],
    ["chunked by HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a blank before the colon", header("Content-Length : 5")],
    ["a blank in a name", header("Content Length: 5")],
    ["a folded line", header("X: a\r\n b")],
    ["a line without colon", header("nonsense")],
    ["an empty name", header(": x")],
    ["a bare line feed", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 5\r\n\r\n"],
    ["a bare carriage return", header("A: b\rContent-Length: 5")],
    ["a NUL", header("A: b\0c")],
    ["a head that is too long", header(`A: ${"b".repeat(MAX_HEAD_BYTES)}`)],
    ["too many headers", header("A: b\r\n".repeat(MAX_FIELDS + 1) + "C: d")],
    ["information without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(60)],
    ["a chunk without size", chunked("\r\nhello\r\n")],
    ["a chunk size that is no number", chunked("xyz\r\n")],
    ["a signed chunk size", chunked("+5\r\nhello\r\n0\r\n\r\n")],
    ["a chunk size in 0x notation", chunked("0x5\r\nhello\r\n0\r\n\r\n")],
    ["a blank before the chunk size", chunked(" 5\r\nhello\r\n0\r\n\r\n")],
    ["a blank behind the chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n")],
    ["a chunk size beyond numbers", chunked("fffffffffffff\r\n")],
    ["a chunk size with endless zeros", chunked("0".repeat(100))],
    ["a bare line feed behind the chunk size", chunked("5\nhello\r\n0\r\n\r\n")],
    ["a chunk that is longer than its size", chunked("3\r\nhello\r\n0\r\n\r\n")],
    ["a chunk that is shorter than its size", chunked("6\r\nhello\r\n0\r\n\r\n")],
    ["a line feed in a chunk extension", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n")],
    ["an endless chunk extension", chunked(`5;${"a".repeat(5000)}\r\n`)],
    ["endless trailers", chunked(`0\r\n${"A: b\r\n".repeat(10_000)}`)],
    ["a bare line feed in the trailers", chunked("0\r\nA: b\n\r\n\r\n")],
  ])("%s, at once or byte by byte", (_, text) => {
    expect(() => one(text)).toThrow(MalformedMessage);
    expect(() => parse(Array.from(Buffer.from(text, "latin1"), (byte) => Buffer.from([byte])))).toThrow(
      MalformedMessage,
    );
  });

  it("a head that never ends, as soon as it is too long", () => {
    expect(() =>
      parse(
        Array.from({ length: 100 }, (_, index) =>
          Buffer.from(index === 0 ? "HTTP/1.1 200 OK\r\nA: " : "a".repeat(1000)),
        ),
      ),
    ).toThrow("too long");
  });
});

it("any bytes whatever are either read or refused, never something else", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
      (start, pieces) => {
        try {
          parse([Buffer.from(start), ...pieces.map((piece) => Buffer.from(piece))]);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessage);
        }
      },
    ),
    { numRuns: repetitions(500, 8_000) },
  );
});

it("any body comes out of any chunks as it went in", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 10 }),
      fc.array(fc.nat(600), { maxLength: 6 }),
      (chunks, cuts) => {
        const wire = Buffer.concat([
          Buffer.from("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
          ...chunks.flatMap((chunk) => [
            Buffer.from(`${chunk.length.toString(16)}\r\n`),
            Buffer.from(chunk),
            Buffer.from("\r\n"),
          ]),
          Buffer.from("0\r\n\r\n"),
        ]);
        const at = [0, ...cuts.map((cut) => Math.min(cut, wire.length)).toSorted((a, b) => a - b), wire.length];
        const { body, complete, excess } = parse(at.slice(1).map((end, index) => wire.subarray(at[index], end)));
        expect([body, complete, excess]).toEqual([Buffer.concat(chunks).toString("latin1"), true, ""]);
      },
    ),
  );
});

describe("a head whose lines end with line feeds alone", () => {
  it.each(["HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 200 OK\r\nA: b\nC: d", "HTTP/1.1 200 OK\n"])(
    "is refused as soon as it is seen: %j",
    (text) => {
      expect(() => one(text)).toThrow(MalformedMessage);
      expect(() => parse(Array.from(Buffer.from(text), (byte) => Buffer.of(byte)))).toThrow(MalformedMessage);
    },
  );
});
