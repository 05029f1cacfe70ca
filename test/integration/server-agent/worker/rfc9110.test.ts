/**
 * RFC 9110 by its sections, for an origin server (files, fixed responses, the maintenance page) and
 * a gateway. What other tests show stands in docs/conformance.md, too.
 */
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRaw, type RawResponse } from "../../../support/http/raw-client.ts";
import { startRawUpstream, type RawUpstream } from "../../../support/http/raw-upstream.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const MODIFIED = new Date("2026-01-02T03:04:05Z");
const IMF_FIXDATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
let folder: string;
let upstream: RawUpstream;
let worker: WorkerHarness;
let response = OK;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "backsoon-"));
  await mkdir(join(folder, "files"));
  await writeFile(join(folder, "files/page.html"), "<p>hello</p>");
  await utimes(join(folder, "files/page.html"), MODIFIED, MODIFIED);
  upstream = await startRawUpstream(({ socket }) => socket.write(response, "latin1"));
  worker = await startWorker(
    configWith(
      [
        { id: "own", hosts: ["own"], rules: [{ handler: { type: "respond", body: "hello" } }] },
        { id: "files", hosts: ["files"], rules: [{ handler: { type: "file", root: join(folder, "files") } }] },
        {
          id: "closed",
          hosts: ["closed"],
          copycatOf: "own",
          rules: [{ handler: { type: "maintenance", page: "default", retryAfter: 60 } }],
        },
        { id: "app", hosts: ["app"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
      ],
      { upstreams: { app: { targets: [upstream.url] } } },
    ),
  );
});
afterAll(async () => {
  await worker.close();
  await upstream.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  response = OK;
  upstream.requests.length = 0;
});

async function ask(first: string, host: string, ...fields: string[]): Promise<RawResponse> {
  using client = await openRaw(worker.port);
  const lines = [`${first} HTTP/1.1`, `Host: ${host}`, ...fields, "", ""];
  return await client.ask(lines.join("\r\n"), !first.startsWith("HEAD "));
}
/** What the upstream was sent for such a request. */
async function sent(first: string, ...fields: string[]): Promise<string> {
  expect((await ask(first, "app", ...fields)).status).toBe(200);
  return upstream.requests[0]?.text ?? "";
}
const PAGE = "GET /page.html";
const SINCE = `If-Modified-Since: ${MODIFIED.toUTCString()}`;

describe("an answer of the server (RFC 9110)", () => {
  it.each(["own", "files", "closed"])("6.6.1, 5.6.7: of %s has a Date, as IMF-fixdate", async (host) => {
    expect((await ask(PAGE, host)).headers.date).toMatch(IMF_FIXDATE);
  });
  it("8.8.2: has a Last-Modified that is not later than its Date", async () => {
    const { headers } = await ask(PAGE, "files");
    expect(headers["last-modified"]).toBe(MODIFIED.toUTCString());
    expect(Date.parse(headers["last-modified"] ?? "")).toBeLessThanOrEqual(Date.parse(headers.date ?? ""));
  });
  it("8.8.2.1: never has one in the future", async () => {
    const file = join(folder, "files/future.html");
    await writeFile(file, "later");
    await utimes(file, new Date(), new Date(Date.now() + 3_600_000));
    const { headers } = await ask("GET /future.html", "files");
    const modified = headers["last-modified"];
    if (modified !== undefined) expect(Date.parse(modified)).toBeLessThanOrEqual(Date.parse(headers.date ?? ""));
  });
  it.each(["own", "files", "closed"])("9.3.2: of %s to HEAD has the fields of GET and no content", async (host) => {
    const [get, head] = [await ask(PAGE, host), await ask("HEAD /page.html", host)];
    const { date: _one, ...fields } = get.headers;
    const { date: _other, ...same } = head.headers;
    expect([head.status, same]).toEqual([get.status, fields]);
  });
  it("15.5.6, 10.2.1: 405 MUST name the methods in Allow", async () => {
    const { status, headers } = await ask("DELETE /page.html", "files");
    expect([status, headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });
  it("15.4.5: 304 has the fields that 200 would have, and no content", async () => {
    const { headers: whole } = await ask(PAGE, "files");
    const { status, headers } = await ask(PAGE, "files", `If-None-Match: ${whole.etag ?? ""}`);
    expect(status).toBe(304);
    for (const name of ["date", "etag", "cache-control", "vary"]) expect(name in headers).toBe(name in whole);
    expect(headers["content-length"]).toBeUndefined();
  });
  it("15.6.4, 10.2.3: 503 says when to come back, in seconds or as a date", async () => {
    expect((await ask("GET /", "closed")).headers["retry-after"]).toBe("60");
  });
  it("8.3: has its Content-Type", async () => {
    expect((await ask(PAGE, "files")).headers["content-type"]).toBe("text/html; charset=utf-8");
  });
});

describe("a request (RFC 9110)", () => {
  it.each<[section: string, requirement: string, first: string, host: string, fields: string[], status: number]>([
    ["4.2.4", "userinfo in the target is an error", "GET http://user@own/", "own", [], 400],
    ["5.1", "names of fields are case-insensitive", PAGE, "files", [SINCE.replace("If", "iF")], 304],
    ["5.5", "NUL in a value is refused", "GET /", "own", ["X: a\0b"], 400],
    ["10.1.1", "an unknown expectation may be ignored", "GET /", "own", ["Expect: wonders"], 200],
    ["13.1.1", "If-Match that is false: 412", PAGE, "files", ['If-Match: "other"'], 412],
    ["13.1.1", "If-Match: * is true where there is something", PAGE, "files", ["If-Match: *"], 200],
    ["13.1.2", "If-None-Match: * is false where there is something", PAGE, "files", ["If-None-Match: *"], 304],
    [
      "13.1.3",
      "If-Modified-Since MUST be ignored beside If-None-Match",
      PAGE,
      "files",
      ['If-None-Match: "other"', SINCE],
      200,
    ],
    ["13.1.3", "If-Modified-Since that is no date MUST be ignored", PAGE, "files", ["If-Modified-Since: soon"], 200],
    ["13.1.3", "If-Modified-Since, not modified", PAGE, "files", [SINCE], 304],
    [
      "13.1.4",
      "If-Unmodified-Since that is false: 412",
      PAGE,
      "files",
      ["If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT"],
      412,
    ],
    [
      "13.1.4",
      "If-Unmodified-Since MUST be ignored beside If-Match",
      PAGE,
      "files",
      ["If-Match: *", "If-Unmodified-Since: Thu, 01 Jan 2015 00:00:00 GMT"],
      200,
    ],
    [
      "13.2.1",
      "preconditions MUST be ignored where the answer is no success anyway",
      "GET /none",
      "files",
      ["If-None-Match: *"],
      404,
    ],
    ["13.2.1", "nor do they open a closed site", "GET /", "closed", ["If-None-Match: *"], 503],
    ["14.2", "Range MUST be ignored for other methods than GET", "HEAD /page.html", "files", ["Range: bytes=0-1"], 200],
    ["14.2", "a range", PAGE, "files", ["Range: bytes=0-1"], 206],
    ["14.2", "a unit that nobody knows is ignored", PAGE, "files", ["Range: pages=1-2"], 200],
    ["14.2", "a range that is none is ignored", PAGE, "files", ["Range: bytes=2-1"], 200],
    [
      "13.1.5",
      "Range MUST be ignored where If-Range is false",
      PAGE,
      "files",
      ["Range: bytes=0-1", 'If-Range: "other"'],
      200,
    ],
    ["13.1.5", "a weak tag in If-Range is false", PAGE, "files", ["Range: bytes=0-1", 'If-Range: W/"other"'], 200],
    ["15.5.17", "a range beyond the end: 416", PAGE, "files", ["Range: bytes=100-"], 416],
  ])("%s: %s", async (_section, _requirement, first, host, fields, status) => {
    expect((await ask(first, host, ...fields)).status).toBe(status);
  });

  it("14.4: 206 and 416 say which part of what they have", async () => {
    expect((await ask(PAGE, "files", "Range: bytes=0-1")).headers["content-range"]).toBe("bytes 0-1/12");
    expect((await ask(PAGE, "files", "Range: bytes=100-")).headers["content-range"]).toBe("bytes */12");
  });
  it("10.1.1: with Expect in HTTP/1.0 gets no 100", async () => {
    using client = await openRaw(worker.port);
    await client.write("POST / HTTP/1.0\r\nHost: own\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok");
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 /);
  });
  it("12.5.5: whose answer depends on Accept-Encoding says so in Vary", async () => {
    await writeFile(join(folder, "files/long.txt"), "hello ".repeat(2_000));
    for (const coding of ["gzip", "identity"])
      expect((await ask("GET /long.txt", "files", `Accept-Encoding: ${coding}`)).headers.vary).toMatch(
        /accept-encoding/i,
      );
  });
});

describe("a request passed on by the gateway (RFC 9110)", () => {
  it("5.1: keeps fields that nobody knows", async () => {
    expect(await sent("GET /", "X-Unknown: a")).toContain("\r\nX-Unknown: a\r\n");
  });
  it("5.3: keeps the order of values of one name", async () => {
    expect(await sent("GET /", "X-List: a", "Other: o", "X-List: b")).toMatch(/X-List: a\r\n[^]*X-List: b\r\n/);
  });
  it("7.6.1: loses Connection, what it names, and fields of one hop", async () => {
    const head = await sent(
      "GET /",
      "Connection: X-Hop, keep-alive",
      "X-Hop: 1",
      "Keep-Alive: 5",
      "TE: gzip",
      "Proxy-Connection: keep-alive",
    );
    expect(head).not.toMatch(/\r\n(?:X-Hop|Keep-Alive|TE|Proxy-Connection):/i);
  });
  it("7.6.3: has Via with the version it came in, behind those before", async () => {
    expect(await sent("GET /", "Via: 1.0 front")).toMatch(/\r\nVia: 1\.0 front, 1\.1 backsoon\r\n/);
  });
  it("7.6.2: with Max-Forwards is counted down, and answered at 0", async () => {
    expect(await sent("OPTIONS /", "Max-Forwards: 3")).toMatch(/\r\nMax-Forwards: 2\r\n/i);
    upstream.requests.length = 0;
    await ask("OPTIONS /", "app", "Max-Forwards: 0");
    expect(upstream.requests).toEqual([]);
  });
  it("9.2.2: that is not idempotent is sent once", async () => {
    expect(await sent("POST /", "Content-Length: 0")).toMatch(/^POST \/ /);
    expect(upstream.requests).toHaveLength(1);
  });
  it("7.8: an Upgrade in HTTP/1.0 MUST be ignored", async () => {
    using client = await openRaw(worker.port);
    await client.write("GET / HTTP/1.0\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.requests[0]?.text).not.toMatch(/\r\nUpgrade:/i);
  });
});

describe("a response passed on by the gateway (RFC 9110)", () => {
  it("6.6.1: without a Date gets one", async () => {
    expect((await ask("GET /", "app")).headers.date).toMatch(IMF_FIXDATE);
  });
  it("6.6.1: keeps the Date it has", async () => {
    response = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok";
    expect((await ask("GET /", "app")).headers.date).toBe("Thu, 01 Jan 2015 00:00:00 GMT");
  });
  it("7.6.1: loses Connection, what it names, and fields of one hop", async () => {
    response =
      "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nX-Kept: 1\r\nContent-Length: 2\r\n\r\nok";
    const { head } = await ask("GET /", "app");
    expect(head).not.toMatch(/X-Hop|Keep-Alive: timeout|Proxy-Connection/i);
    expect(head).toContain("X-Kept: 1");
  });
  it("15.2: an informational one goes on, but never to HTTP/1.0", async () => {
    response = `HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n${OK}`;
    using client = await openRaw(worker.port);
    expect((await client.ask("GET / HTTP/1.1\r\nHost: app\r\n\r\n")).status).toBe(103);
    expect((await client.read()).status).toBe(200);
    using old = await openRaw(worker.port);
    await old.write("GET / HTTP/1.0\r\nHost: app\r\n\r\n");
    expect(await old.rest()).toMatch(/^HTTP\/1\.1 200 /);
  });
  it("7.7: is not transformed", async () => {
    const text = "hello ".repeat(1_000);
    response = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${String(text.length)}\r\n\r\n${text}`;
    const { headers, body } = await ask("GET /", "app", "Accept-Encoding: gzip");
    expect([headers["content-encoding"], body]).toEqual([undefined, text]);
  });
  it("11.6.1: 401 keeps its WWW-Authenticate", async () => {
    response = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=a\r\nContent-Length: 0\r\n\r\n";
    expect((await ask("GET /", "app")).headers["www-authenticate"]).toBe("Basic realm=a");
  });
});
