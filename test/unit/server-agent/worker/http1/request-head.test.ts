import { createServer, type IncomingMessage } from "node:http";
import { duplexPair } from "node:stream";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { MAX_FIELDS } from "../../../../../server-agent/worker/http1/field-lines.ts";
import { MalformedMessage } from "../../../../../server-agent/worker/http/malformed-message.ts";
import { parseRequestHead, type RequestHead } from "../../../../../server-agent/worker/http1/request-head.ts";
import { repetitions } from "../../../../support/repetitions.ts";

/** As it comes: with another one behind it. */
function parse(text: string): RequestHead {
  return parseRequestHead(Buffer.from(`${text}\r\n\r\nGET /next HTTP/1.1\r\n`, "latin1"), text.length);
}

function head(...lines: string[]) {
  return parse(lines.join("\r\n"));
}

describe("a head", () => {
  it("is read as it was sent", () => {
    expect(head("GET /a?b HTTP/1.1", "Host: shop", "X-Odd:\t two  words \t", "x-odd: again", "Empty:")).toEqual({
      method: "GET",
      target: "/a?b",
      version: "1.1",
      rawHeaders: ["Host", "shop", "X-Odd", "two  words", "x-odd", "again", "Empty", ""],
      contentLength: undefined,
      chunked: false,
      persists: true,
    });
  });

  it.each<[string, string[], Partial<RequestHead>]>([
    ["a length", ["POST / HTTP/1.1", "Content-Length: 12"], { contentLength: 12, chunked: false }],
    ["chunks", ["POST / HTTP/1.1", "Transfer-Encoding: Chunked"], { contentLength: undefined, chunked: true }],
    ["a method that nobody knows", ["BREW /pot HTTP/1.1"], { method: "BREW" }],
    ["the end of the connection", ["GET / HTTP/1.1", "Connection: Upgrade, Close"], { persists: false }],
    ["HTTP/1.0", ["GET / HTTP/1.0"], { version: "1.0", persists: false }],
    ["HTTP/1.0 that stays", ["GET / HTTP/1.0", "Connection: Keep-Alive"], { version: "1.0", persists: true }],
    ["bytes above ASCII in a value", ["GET / HTTP/1.1", "X: \xff"], { rawHeaders: ["X", "\xff"] }],
  ])("with %s", (_, lines, expected) => {
    expect(head(...lines)).toMatchObject(expected);
  });

  it.each([
    ["an empty text", ""],
    ["a line that is no request line", "HTTP/1.1 200 OK"],
    ["two blanks in the request line", "GET  / HTTP/1.1"],
    ["a blank behind the version", "GET / HTTP/1.1 "],
    ["a tab in the target", "GET /a\tb HTTP/1.1"],
    ["a byte above ASCII in the target", "GET /\xe9 HTTP/1.1"],
    ["another version", "GET / HTTP/1.2"],
    ["a method that is no token", "G@T / HTTP/1.1"],
    ["a bare line feed", "GET / HTTP/1.1\r\nA: b\nC: d"],
    ["a bare carriage return", "GET / HTTP/1.1\r\nA: b\rC: d"],
    ["a NUL", "GET / HTTP/1.1\r\nA: b\0"],
    ["a folded line", "GET / HTTP/1.1\r\nA: b\r\n c"],
    ["a blank before the colon", "GET / HTTP/1.1\r\nContent-Length : 4"],
    ["a field without name", "GET / HTTP/1.1\r\n: b"],
    ["a field without colon", "GET / HTTP/1.1\r\nA"],
    ["two lengths, equal ones too", "POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 4"],
    ["a list of lengths", "POST / HTTP/1.1\r\nContent-Length: 4, 4"],
    ["a length with a sign", "POST / HTTP/1.1\r\nContent-Length: +4"],
    ["a length in hexadecimal", "POST / HTTP/1.1\r\nContent-Length: 0x4"],
    ["no length", "POST / HTTP/1.1\r\nContent-Length:"],
    ["both framings", "POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked"],
    ["chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked"],
  ])("with %s is refused", (_, text) => {
    expect(() => parse(text)).toThrow(MalformedMessage);
  });

  it.each([
    ["gzip, chunked", 501],
    ["x , chunked", 501],
    ["chunked, chunked", undefined],
    ["chunked, gzip", undefined],
    ["identity", undefined],
    ["", undefined],
  ])("in the transfer coding %s is refused with %s", (coding, status) => {
    const refused: unknown = status === undefined ? MalformedMessage : expect.objectContaining({ status });
    expect(() => head("POST / HTTP/1.1", `Transfer-Encoding: ${coding}`)).toThrow(refused);
    expect(() => head("POST / HTTP/1.1", "Transfer-Encoding: chunked", `Transfer-Encoding: ${coding}`)).toThrow(
      MalformedMessage,
    );
  });

  it("with more fields than anybody needs is refused with 431", () => {
    const fields = (count: number) => Array.from({ length: count }, () => "A: b");
    expect(head("GET / HTTP/1.1", ...fields(MAX_FIELDS)).rawHeaders).toHaveLength(2 * MAX_FIELDS);
    expect(() => head("GET / HTTP/1.1", ...fields(MAX_FIELDS + 1))).toThrow(expect.objectContaining({ status: 431 }));
  });
});

/** Another reader of HTTP, in memory: what it makes of a head. */
const reference = createServer({ requireHostHeader: false, insecureHTTPParser: false });
afterAll(() => reference.close());

async function readByNode(text: string): Promise<Pick<RequestHead, "method" | "target" | "rawHeaders"> | undefined> {
  const [client, server] = duplexPair();
  try {
    return await new Promise((resolve) => {
      const answer = ({ method = "", url = "", rawHeaders }: IncomingMessage) => {
        resolve({ method, target: url, rawHeaders });
      };
      reference.removeAllListeners();
      for (const event of ["request", "checkContinue", "checkExpectation", "upgrade", "connect"])
        reference.on(event, answer);
      reference.on("clientError", () => {
        resolve(undefined);
      });
      accept?.call(reference, server);
      client.end(Buffer.from(`${text}\r\n\r\n`, "latin1"));
    });
  } finally {
    client.destroy();
    server.destroy();
  }
}
/** Node's own reader of connections. */
const [accept] = reference.listeners("connection") as ((this: unknown, connection: unknown) => void)[];

describe("beside the parser of node:http", () => {
  const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd });
  const name = mostly(
    fc.constantFrom(
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "Connection",
      "Upgrade",
      "Cookie",
      "X-A",
      "x-a",
      "Content_Length",
    ),
    fc.string({ unit: fc.constantFrom("a", "-", " ", "\t", ":", "\0", "é", "_", "\r", "\n"), maxLength: 4 }),
  );
  const value = mostly(
    fc.constantFrom(
      "shop",
      "0",
      "12",
      "chunked",
      "gzip, chunked",
      "close",
      "keep-alive",
      "upgrade",
      " padded ",
      "1e1",
      "٣",
    ),
    fc.string({ unit: fc.constantFrom("a", "1", " ", "\t", ",", "\0", "\x7f", "é", "\r", "\n"), maxLength: 6 }),
  );
  const separator = mostly(fc.constantFrom(": ", ":", ":\t"), fc.constantFrom(" : ", "=", ""));
  const lineEnd = mostly(fc.constant("\r\n"), fc.constantFrom("\n", "\r", "\r\n ", "\r\r\n"));
  const requestLine = fc
    .tuple(
      fc.constantFrom("GET", "HEAD", "POST", "OPTIONS", "PROPFIND"),
      mostly(fc.constant(" "), fc.constantFrom("  ", "\t")),
      fc.oneof(
        fc.constantFrom("/", "/a?b=c", "*", "http://shop/", "/%zz", "/é"),
        fc.string({ maxLength: 5 }).map((text) => `/${text}`),
      ),
      mostly(fc.constantFrom(" HTTP/1.1", " HTTP/1.0"), fc.constantFrom(" HTTP/1.2", " HTTP/2.0", " http/1.1", "")),
    )
    .map((parts) => parts.join(""));
  const text = fc
    .tuple(requestLine, fc.array(fc.tuple(lineEnd, name, separator, value), { maxLength: 5 }))
    .map(([line, fields]) => line + fields.flat().join(""))
    .map((raw) => Buffer.from(raw, "utf8").toString("latin1"));

  it("accepts nothing that it refuses, and reads the same in all that both accept", async () => {
    const numRuns = repetitions(750, 12_000);
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(text, async (raw) => {
        let ours: RequestHead;
        try {
          ours = parse(raw);
        } catch (failure) {
          expect(failure).toBeInstanceOf(MalformedMessage);
          return;
        }
        accepted++;
        const { method, target, rawHeaders } = ours;
        expect(await readByNode(raw)).toEqual({ method, target, rawHeaders });
      }),
      { numRuns },
    );
    expect(accepted).toBeGreaterThan(numRuns / 10);
  });
});
