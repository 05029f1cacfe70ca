/**
 * Requests that two readers of HTTP may take for different ones: more, fewer, or with another end.
 * `/first` is what is asked, `/hidden` what one reader sees where another sees a body, and `/next`
 * what follows on the connection; `@@@` becomes the number of the case.
 */

const HIDDEN = "GET /c@@@/hidden HTTP/1.1\r\nHost: shop\r\n\r\n";
export const NEXT = "GET /c@@@/next HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n";

/** A POST with these fields and this body. */
function post(fields: string, body: string): string {
  return `POST /c@@@/first HTTP/1.1\r\nHost: shop\r\n${fields}\r\n\r\n${body}`;
}

function get(fields: string, target = "/c@@@/first"): string {
  return `GET ${target} HTTP/1.1\r\n${fields}\r\n\r\n`;
}

/** A field of this value decides whether the body is that of chunks, or as long as is said. */
function codings(...fields: readonly string[]): string[] {
  return fields.flatMap((field) => [
    post(`Content-Length: ${String(5 + HIDDEN.length)}\r\n${field}`, `0\r\n\r\n${HIDDEN}`),
    post(`${field}\r\nContent-Length: 0`, `0\r\n\r\n${HIDDEN}`),
    post(field, `0\r\n\r\n${HIDDEN}`),
  ]);
}

function lengths(...fields: readonly string[]): string[] {
  return fields.map((field) => post(field, `hello${HIDDEN}`));
}

function chunks(...bodies: readonly string[]): string[] {
  return bodies.map((body) => post("Transfer-Encoding: chunked", body));
}

/** One character per byte. */
export const AMBIGUOUS: Readonly<Record<string, readonly string[]>> = {
  "what nobody doubts": [
    get("Host: shop"),
    post("Content-Length: 5", "hello"),
    post("Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"),
    post(`Content-Length: ${String(HIDDEN.length)}`, HIDDEN),
  ],
  "both framings, and spellings of Transfer-Encoding": codings(
    "Transfer-Encoding: chunked",
    "transfer-encoding: CHUNKED",
    "Transfer-Encoding:chunked",
    "Transfer-Encoding:\tchunked",
    "Transfer-Encoding: chunked\t ",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    " Transfer-Encoding: chunked",
    "Transfer_Encoding: chunked",
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding: chunkedx",
    'Transfer-Encoding: "chunked"',
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: , chunked",
    "Transfer-Encoding: chunked,",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: identity",
    "Transfer-Encoding:",
    "Transfer-Encoding: \x0bchunked",
    "Transfer-Encoding: \x00chunked",
    "Transfer-Encoding: chunked\x00",
    "Transfer-Encoding: chunked\x0c",
    "Transfer-Encoding: \xa0chunked",
    "Transfer-Encoding: \xffchunked",
    "Transfer-Encoding: cow\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding:\r\n\tchunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\nX: y",
    "X: \x00\r\nTransfer-Encoding: chunked",
    "Transfer\x00-Encoding: chunked",
    "Connection: transfer-encoding\r\nTransfer-Encoding: chunked",
  ),
  "spellings of Content-Length": lengths(
    "Content-Length: +5",
    "Content-Length: -5",
    "Content-Length: 0x5",
    "Content-Length: 5,5",
    "Content-Length: 5, 44",
    "Content-Length: 5 44",
    "Content-Length: 005",
    "Content-Length: 5.0",
    "Content-Length: 5e0",
    "Content-Length: 5;",
    "Content-Length: 5\x00",
    "Content-Length: 5\x0b",
    "Content-Length: \xa05",
    "Content-Length:",
    "Content-Length: five",
    "Content-Length: 18446744073709551621",
    "Content-Length: 4294967301",
    "Content-Length : 5",
    "Content_Length: 5",
    "Content-Length\t: 5",
    "Content-Length:\r\n 5",
    " Content-Length: 5",
    "Content-Length: 5\r\n 0",
    "Content-Length: 5\r\nContent-Length: 5",
    "Content-Length: 5\r\nContent-Length: 0",
    "Content-Length: 0\r\nContent-Length: 5",
    "Content-Length: 5\r\ncontent-length: 44",
    "X: y\nContent-Length: 5",
    "X: y\rContent-Length: 5",
    "Connection: content-length\r\nContent-Length: 5",
    "Connection: close, content-length\r\nContent-Length: 5",
  ),
  "lines of chunks": chunks(
    `5;a=b\r\nhello\r\n0\r\n\r\n`,
    `5;a="b;c"\r\nhello\r\n0\r\n\r\n`,
    `5;a="\r\n"\r\nhello\r\n0\r\n\r\n`,
    `5 \r\nhello\r\n0\r\n\r\n`,
    `5\t;a\r\nhello\r\n0\r\n\r\n`,
    ` 5\r\nhello\r\n0\r\n\r\n`,
    `05\r\nhello\r\n0\r\n\r\n`,
    `+5\r\nhello\r\n0\r\n\r\n`,
    `-5\r\nhello\r\n0\r\n\r\n`,
    `0x5\r\nhello\r\n0\r\n\r\n`,
    `5_\r\nhello\r\n0\r\n\r\n`,
    `5\x00\r\nhello\r\n0\r\n\r\n`,
    `5\nhello\r\n0\r\n\r\n`,
    `5\rhello\r\n0\r\n\r\n`,
    `5\r\nhello0\r\n\r\n`,
    `5\r\nhello\n0\r\n\r\n`,
    `5\r\nhelloXX0\r\n\r\n`,
    `5\r\nhello\r\n0\n\n`,
    `5\r\nhello\r\n0\r\n\n`,
    `5\r\nhello\r\n00\r\n\r\n`,
    `5\r\nhello\r\n0;x\r\n\r\n`,
    `5\r\nhello\r\n-0\r\n\r\n`,
    `2;\nxx\r\n4c\r\n0\r\n\r\n${HIDDEN}`,
    `0;\n${HIDDEN}\r\n0\r\n\r\n`,
    `0\r\nX: y\r\n\r\n`,
    `0\r\nX: y\n\r\n`,
    `0\r\nX: y\r\n z\r\n\r\n`,
    `0\r\nContent-Length: 5\r\n\r\nhello`,
    `0\r\nTransfer-Encoding: chunked\r\nHost: other\r\n\r\n`,
    `0\r\n: y\r\n\r\n`,
    `0\r\nno field\r\n\r\n`,
    `100000000000000005\r\nhello\r\n0\r\n\r\n${HIDDEN}`,
    `ffffffffffffffff\r\nhello${HIDDEN}`,
    `\r\n5\r\nhello\r\n0\r\n\r\n`,
    `\r\n`,
  ),
  "heads and their lines": [
    get("Host: shop").replaceAll("\r\n", "\n"),
    get("Host: shop").replaceAll("\r\n", "\r"),
    `\r\n\r\n${get("Host: shop")}`,
    `\n\n${get("Host: shop")}`,
    ` ${get("Host: shop")}`,
    get("Host: shop\r\n\r"),
    get("Host: shop\n"),
    get(`Host: shop\r\nX: y\n\n${HIDDEN}`),
    get(`Host: shop\r\nX: y\r\r${HIDDEN}`),
    get(`Host: shop\r\nX:\x00y`),
    get(`Host: shop\r\nX\x00: y`),
    get(`Host: shop\r\n: y`),
    get(`Host: shop\r\nX`),
    get(`Host: shop\r\nX y: z`),
    get(`Host: shop\r\n(X): z`),
    get(`Host: shop\r\nX: y\r\n z`),
    get(` Host: shop`),
    get("Host : shop"),
    get("Host: shop\r\nHost: other"),
    get("Host: shop\r\nhost: shop"),
    get("Host: shop, other"),
    get("Host: shop other"),
    get("Host: user@shop"),
    get("Host: shop/x"),
    get("X: y"),
    get("Host:"),
    get("Host: other", "http://shop/c@@@/first"),
    get("Host: shop", "http://other/c@@@/first"),
    get("Host: shop", "http://user@shop/c@@@/first"),
    get("Host: shop", "http://shop\\@other/c@@@/first"),
    get("Host: shop", "http:/c@@@/first"),
    get("Host: shop", "//shop/c@@@/first"),
    get("Host: shop", "/c@@@/first#/c@@@/hidden"),
    get("Host: shop", "/c@@@/first /c@@@/hidden"),
    get("Host: shop", "/c@@@/first\t"),
    get("Host: shop", "/c@@@/first\x00/c@@@/hidden"),
    get("Host: shop", "/c@@@/first\xe9"),
    get("Host: shop", "*"),
    get("Host: shop").replace("GET ", "GET  "),
    get("Host: shop").replace("GET ", "GET\t"),
    get("Host: shop").replace("GET", "get"),
    get("Host: shop").replace("GET", "GE\x00T"),
    get("Host: shop").replace("GET", "PRI"),
    get("Host: shop").replace("HTTP/1.1", "HTTP/1.1 HTTP/1.1"),
    get("Host: shop").replace("HTTP/1.1", "HTTP/1.1 "),
    get("Host: shop").replace("HTTP/1.1", "HTTP/1.2"),
    get("Host: shop").replace("HTTP/1.1", "HTTP/2.0"),
    get("Host: shop").replace("HTTP/1.1", "HTTP/01.1"),
    get("Host: shop").replace("HTTP/1.1", "http/1.1"),
    "GET /c@@@/first\r\n",
    "GET /c@@@/first\r\n\r\n",
    `CONNECT shop:80 HTTP/1.1\r\nHost: shop\r\n\r\n${HIDDEN}`,
    `OPTIONS * HTTP/1.1\r\nHost: shop\r\n\r\n`,
  ],
  "what else has to do with bodies": [
    post("Content-Length: 5", "hello").replace("POST", "GET"),
    post(`Content-Length: ${String(HIDDEN.length)}`, HIDDEN).replace("POST", "HEAD"),
    post("Content-Length: 5", "hello").replace("HTTP/1.1", "HTTP/1.0"),
    post("Content-Length: 5\r\nConnection: keep-alive", "hello").replace("HTTP/1.1", "HTTP/1.0"),
    post("Transfer-Encoding: chunked\r\nConnection: keep-alive", `0\r\n\r\n${HIDDEN}`).replace("HTTP/1.1", "HTTP/1.0"),
    post("", HIDDEN),
    post(`Expect: 100-continue\r\nContent-Length: ${String(HIDDEN.length)}`, HIDDEN),
    post(`Expect: 100-continue, x\r\nContent-Length: ${String(HIDDEN.length)}`, HIDDEN),
    post(`Expect: nothing\r\nContent-Length: ${String(HIDDEN.length)}`, HIDDEN),
    post(`Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${String(HIDDEN.length)}`, HIDDEN),
    get(
      `Host: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==`,
    ) + HIDDEN,
    get(`Host: shop\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk`) + HIDDEN,
    get("Host: shop\r\nConnection: host"),
    get("Host: shop\r\nConnection: close, x\r\nX: y"),
  ],
};

/** Name and value, and the body where there is one. */
type StreamCase = readonly [fields: readonly (readonly [string, string])[], body?: string];

const ASKED = [
  [":method", "POST"],
  [":scheme", "http"],
  [":authority", "shop"],
  [":path", "/c@@@/first"],
] as const;

function stream(fields: readonly (readonly [string, string])[], body: string = HIDDEN): StreamCase {
  return [[...ASKED, ...fields], body];
}

/** @param others In the place of those that have these names. */
function pseudo(...others: readonly (readonly [string, string])[]): StreamCase {
  return [[...ASKED.filter(([name]) => !others.some(([other]) => other === name)), ...others]];
}

/** Streams of HTTP/2 whose requests could become two where they are written as HTTP/1.1. */
export const AMBIGUOUS_STREAMS: Readonly<Record<string, readonly StreamCase[]>> = {
  "what nobody doubts": [stream([], "hello"), stream([["content-length", "5"]], "hello"), pseudo([":method", "GET"])],
  "lengths and codings": [
    stream([["content-length", "0"]]),
    stream([["content-length", "5"]]),
    stream([["content-length", String(2 * HIDDEN.length)]]),
    stream([["content-length", "+5"]]),
    stream([["content-length", "5,5"]]),
    stream([
      ["content-length", "5"],
      ["content-length", "5"],
    ]),
    stream([["content_length", "5"]]),
    stream([["transfer-encoding", "chunked"]], `0\r\n\r\n${HIDDEN}`),
    stream([["transfer_encoding", "chunked"]], `0\r\n\r\n${HIDDEN}`),
    stream([["te", "trailers, chunked"]]),
    stream([["connection", "content-length"]]),
    stream([["connection", "keep-alive"]]),
    stream([["upgrade", "h2c"]]),
    stream([["expect", "100-continue"]]),
    stream([], `0\r\n\r\n${HIDDEN}`),
  ],
  "bytes that end a line or a request": [
    stream([["x", `y\r\ntransfer-encoding: chunked\r\n\r\n${HIDDEN}`]]),
    stream([["x", "y\ncontent-length: 0"]]),
    stream([["x", "y\rcontent-length: 0"]]),
    stream([["x", "y\0z"]]),
    stream([["x\r\ncontent-length: 0\r\ny", "z"]]),
    stream([["x: y\r\ncontent-length", "0"]]),
    stream([["x ", "y"]]),
    stream([["content-length ", "0"]]),
    stream([["content-length:", "0"]]),
    stream([["x", " y"]]),
    stream([["", "y"]]),
    stream([["X", "y"]]),
    stream([["cookie", "a=1\r\nx: y"]]),
    stream([
      ["cookie", "a=1"],
      ["cookie", "b=2; c=3"],
    ]),
  ],
  "pseudo fields": [
    pseudo([":path", "/c@@@/first HTTP/1.1\r\nHost: shop\r\n\r\nGET /c@@@/hidden"]),
    pseudo([":path", "/c@@@/first /c@@@/hidden"]),
    pseudo([":path", "/c@@@/first#/c@@@/hidden"]),
    pseudo([":path", "/c@@@/first\t"]),
    pseudo([":path", "/c@@@/first\0"]),
    pseudo([":path", "/c@@@/first\xe9"]),
    pseudo([":path", "http://other/c@@@/first"]),
    pseudo([":path", "//other/c@@@/first"]),
    pseudo([":path", "*"]),
    pseudo([":path", ""]),
    pseudo([":method", `GET /c@@@/hidden HTTP/1.1\r\nHost: shop\r\n\r\nGET`]),
    pseudo([":method", "GET /c@@@/hidden"]),
    pseudo([":method", "get"]),
    pseudo([":method", "CONNECT"]),
    pseudo([":scheme", "http://shop/c@@@/hidden"]),
    pseudo([":scheme", "ftp"]),
    pseudo([":authority", "shop\r\nx: y"]),
    pseudo([":authority", "shop/c@@@/hidden"]),
    pseudo([":authority", "user@shop"]),
    pseudo([":authority", "shop other"]),
    pseudo([":authority", ""]),
    [[...ASKED, ["host", "other"]]],
    [[...ASKED, ["host", "shop"]]],
    [[["x", "y"], ...ASKED]],
    [[...ASKED, [":path", "/c@@@/hidden"]]],
    [[...ASKED, [":protocol", "websocket"]]],
    [[...ASKED, [":status", "200"]]],
  ],
};
