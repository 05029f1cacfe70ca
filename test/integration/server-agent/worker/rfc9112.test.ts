/**
 * RFC 9112 by its sections, for a server and a gateway: what comes over the wire is compared byte
 * by byte. What other tests show stands in docs/conformance.md, too.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRaw } from "../../../support/http/raw-client.ts";
import { startRawUpstream, type RawUpstream } from "../../../support/http/raw-upstream.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
let upstream: RawUpstream;
let worker: WorkerHarness;
/** What the upstream answers; nothing if empty. */
let response = OK;

beforeAll(async () => {
  upstream = await startRawUpstream(({ socket }) => {
    if (response === "") return;
    socket.write(response, "latin1");
    if (!/^(?:content-length|transfer-encoding):/im.test(response)) socket.end();
  });
  worker = await startWorker(
    configWith(
      [
        { id: "own", hosts: ["own"], rules: [{ handler: { type: "respond", body: "hello" } }] },
        { id: "app", hosts: ["app"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
      ],
      { upstreams: { app: { targets: [upstream.url] } } },
    ),
  );
});
afterAll(async () => {
  await worker.close();
  await upstream.close();
});
beforeEach(() => {
  response = OK;
  upstream.requests.length = 0;
});

/** Everything that comes back, up to the end of the connection; the last request asks for it. */
async function exchange(text: string): Promise<string> {
  using client = await openRaw(worker.port);
  await client.write(Buffer.from(text, "latin1"));
  return await client.rest();
}
const LAST = "GET / HTTP/1.1\r\nHost: own\r\nConnection: close\r\n\r\n";
const HELLO = /^HTTP\/1\.1 200 [^]*hello$/;
function refused(status: number): RegExp {
  return new RegExp(`^HTTP/1\\.1 ${String(status)} (?:(?!HTTP/1)[^])*\\r\\nConnection: close\\r\\n`, "i");
}

describe("a request to the server (RFC 9112)", () => {
  it.each<[section: string, requirement: string, text: string, answer: RegExp]>([
    ["2.2", "empty lines before the request line SHOULD be ignored", `\r\n\r\n${LAST}`, HELLO],
    ["2.2", "a bare CR MUST NOT be taken for a line end", "GET / HTTP/1.1\rHost: own\r\n\r\n", refused(400)],
    ["2.2", "a bare CR in a value is malformed", "GET / HTTP/1.1\r\nHost: own\r\nX: a\rb\r\n\r\n", refused(400)],
    ["2.2", "blanks between start line and first field", "GET / HTTP/1.1\r\n Host: own\r\n\r\n", refused(400)],
    ["2.3", "a higher minor version is not invented", "GET / HTTP/1.2\r\nHost: own\r\n\r\n", refused(400)],
    ["2.3", "the answer to HTTP/1.0 has the server's version", "GET / HTTP/1.0\r\nHost: own\r\n\r\n", HELLO],
    ["2.3", "names of versions are case-sensitive", "GET / http/1.1\r\nHost: own\r\n\r\n", refused(400)],
    ["3", "one space between the parts of a request line", "GET  / HTTP/1.1\r\nHost: own\r\n\r\n", refused(400)],
    ["3", "a target with a blank is 400, not redirected", "GET /a b HTTP/1.1\r\nHost: own\r\n\r\n", refused(400)],
    ["3", "8,000 bytes of request line SHOULD be read", LAST.replace(" / ", ` /${"a".repeat(7_980)} `), HELLO],
    [
      "3",
      "a target longer than the server parses MUST be 414",
      LAST.replace(" / ", ` /${"a".repeat(70_000)} `),
      refused(414),
    ],
    ["3.2", "a Host that is no host MUST be 400", "GET / HTTP/1.1\r\nHost: own/x\r\n\r\n", refused(400)],
    ["3.2", "a port of no host is no host", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", refused(400)],
    [
      "3.2",
      "an empty Host is a host without a site",
      "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
      /^HTTP\/1\.1 404 /,
    ],
    ["3.2", "no fragment", "GET /#top HTTP/1.1\r\nHost: own\r\n\r\n", refused(400)],
    ["3.2.2", "absolute form MUST be accepted", LAST.replace(" / ", " http://own/ "), HELLO],
    ["5.1", "no blank before the colon: MUST be 400", "GET / HTTP/1.1\r\nHost: own\r\nX : a\r\n\r\n", refused(400)],
    [
      "5.2",
      "a folded field MUST be 400 or unfolded",
      "GET / HTTP/1.1\r\nHost: own\r\nX: a\r\n b\r\n\r\n",
      refused(400),
    ],
    [
      "6.1",
      "an unknown transfer coding before chunked SHOULD be 501",
      "POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
      refused(501),
    ],
    [
      "6.1",
      "names of codings are case-insensitive",
      "POST / HTTP/1.1\r\nHost: own\r\nConnection: close\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
      HELLO,
    ],
    [
      "6.1",
      "a coding in HTTP/1.0 is faulty framing",
      "POST / HTTP/1.0\r\nHost: own\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      refused(400),
    ],
    [
      "6.3",
      "chunked that is not last MUST be 400",
      "POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
      refused(400),
    ],
    [
      "6.3",
      "no chunked at all MUST be 400",
      "POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: identity\r\n\r\n",
      refused(400),
    ],
    [
      "7",
      "chunked twice MUST NOT be",
      "POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
      refused(400),
    ],
    [
      "6.3",
      "a length that is no number MUST be 400",
      "POST / HTTP/1.1\r\nHost: own\r\nContent-Length: 0x5\r\n\r\nhello",
      refused(400),
    ],
    [
      "6.3",
      "a length with a sign MUST be 400",
      "POST / HTTP/1.1\r\nHost: own\r\nContent-Length: +5\r\n\r\nhello",
      refused(400),
    ],
    [
      "6.3",
      "without a length there is no body",
      `POST / HTTP/1.1\r\nHost: own\r\n\r\n${LAST}`,
      /^HTTP\/1\.1 200 [^]*hello *HTTP\/1\.1 200 [^]*hello$/,
    ],
    [
      "7.1.1",
      "unknown chunk extensions MUST be ignored",
      `POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d;e"\r\nhello\r\n0\r\n\r\n${LAST}`,
      /hello *HTTP\/1\.1 200 [^]*hello$/,
    ],
    [
      "7.1.2",
      "trailers are no fields of the request",
      `POST / HTTP/1.1\r\nHost: own\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: app\r\n\r\n${LAST}`,
      /hello *HTTP\/1\.1 200 [^]*hello$/,
    ],
    ["9.3", "HTTP/1.1 persists", `GET / HTTP/1.1\r\nHost: own\r\n\r\n${LAST}`, /hello *HTTP\/1\.1 200 [^]*hello$/],
    [
      "9.6",
      "nothing after a request with close is answered",
      `${LAST}${LAST}`,
      /^HTTP\/1\.1 200 (?:(?!HTTP\/1)[^])*hello$/,
    ],
    ["9.6", "the last answer SHOULD say close", LAST, /\r\nConnection: close\r\n/i],
  ])("%s: %s", async (_section, _requirement, text, answer) => {
    expect(await exchange(text)).toMatch(answer);
  });
});

describe("a request passed on by the gateway (RFC 9112)", () => {
  const APP = "GET /a?b HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n";
  it.each<[section: string, requirement: string, text: string, sent: RegExp]>([
    ["2.3", "goes on with the gateway's own version", APP.replace("1.1", "1.0"), /^GET \/a\?b HTTP\/1\.1\r\n/],
    [
      "3.2",
      "has one Host, of the target where it is absolute",
      "GET http://app/a HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n",
      /^GET \/a HTTP\/1\.1\r\n(?![^]*\r\nHost:[^]*\r\nHost:)[^]*Host: app\r\n/,
    ],
    ["5.1", "has no blanks around its values", APP.replace("\r\n\r\n", "\r\nX:  a \t\r\n\r\n"), /\r\nX: a\r\n/],
    [
      "6.1",
      "has no Content-Length beside chunks",
      "POST / HTTP/1.1\r\nHost: app\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
      /^(?![^]*Content-Length)[^]*Transfer-Encoding: chunked\r\n/i,
    ],
    [
      "7.1.2",
      "has no trailers among its fields",
      "POST / HTTP/1.1\r\nHost: app\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Late: 1\r\n\r\n",
      /^(?![^]*X-Late)/,
    ],
  ])("%s: %s", async (_section, _requirement, text, sent) => {
    expect(await exchange(text)).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
    expect(upstream.requests[0]?.text).toMatch(sent);
  });

  it.each<[section: string, requirement: string, text: string]>([
    [
      "6.1",
      "both lengths",
      "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    [
      "6.3",
      "lengths that differ",
      "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    ],
    ["6.3", "a list of lengths that differ", "POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 5, 6\r\n\r\nhello"],
  ])("%s: nothing goes on with %s", async (_section, _what, text) => {
    expect(await exchange(text)).toMatch(refused(400));
    expect(upstream.requests).toEqual([]);
  });

  it("8: a body that ends early is never made whole", async () => {
    response = "";
    using client = await openRaw(worker.port);
    await client.write("POST / HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
    await expect.poll(() => upstream.requests.length).toBe(1);
    const closed = upstream.nextClose();
    client.destroy();
    await closed;
    expect(upstream.requests[0]?.text).not.toMatch(/\r\n0\r\n/);
  });
});

describe("a response passed on by the gateway (RFC 9112)", () => {
  const ASK = "GET / HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n";
  it.each<[section: string, requirement: string, from: string, answer: RegExp]>([
    [
      "2.3",
      "of HTTP/1.0 goes on with the gateway's version",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      /^HTTP\/1\.1 200 OK\r\n[^]*ok$/,
    ],
    ["4", "may have an empty reason", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", /^HTTP\/1\.1 200 [^]*ok$/],
    [
      "5.1",
      "with a blank before a colon is refused, not passed on",
      "HTTP/1.1 200 OK\r\nX : a\r\nContent-Length: 2\r\n\r\nok",
      /^HTTP\/1\.1 502 (?![^]*X :)/,
    ],
    [
      "5.2",
      "with a folded field is refused",
      "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok",
      /^HTTP\/1\.1 502 /,
    ],
    ["6.3", "with an invalid length MUST be 502", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nok", /^HTTP\/1\.1 502 /],
    [
      "6.3",
      "with lengths that differ MUST be 502",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
      /^HTTP\/1\.1 502 /,
    ],
    [
      "6.3",
      "with both lengths is refused (response smuggling)",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      /^HTTP\/1\.1 502 /,
    ],
    [
      "6.3",
      "without a length ends with its connection, and goes on in chunks",
      "HTTP/1.1 200 OK\r\n\r\nok",
      /\r\nTransfer-Encoding: chunked\r\n[^]*2\r\nok\r\n0\r\n\r\n$/i,
    ],
    [
      "6.3",
      "204 has no body",
      "HTTP/1.1 204 No Content\r\n\r\n",
      /^HTTP\/1\.1 204 (?![^]*Transfer-Encoding)[^]*\r\n\r\n$/i,
    ],
    [
      "6.3",
      "304 has no body, whatever length it says",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
      /^HTTP\/1\.1 304 [^]*\r\n\r\n$/,
    ],
    [
      "8",
      "in chunks that end early is not made whole",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe",
      /^HTTP\/1\.1 200 (?![^]*\r\n0\r\n\r\n$)/,
    ],
  ])("%s: %s", async (_section, _requirement, from, answer) => {
    response = from;
    if (from.includes("\r\n5\r\nhe")) {
      using client = await openRaw(worker.port);
      await client.write(ASK);
      await expect.poll(() => upstream.requests.length).toBe(1);
      upstream.requests[0]?.socket.end();
      expect(await client.rest()).toMatch(answer);
    } else expect(await exchange(ASK)).toMatch(answer);
  });

  it("6.1: never comes in chunks to HTTP/1.0", async () => {
    response = "HTTP/1.1 200 OK\r\n\r\nok";
    expect(await exchange("GET / HTTP/1.0\r\nHost: app\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 200 (?![^]*Transfer-Encoding)[^]*\r\n\r\nok$/i,
    );
  });
});
