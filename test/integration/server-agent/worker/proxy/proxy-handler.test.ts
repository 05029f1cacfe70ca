import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, request as openRequest, type IncomingMessage, type RequestListener } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { ask } from "../../../../support/http/ask.ts";
import { listening } from "../../../../support/http/listening.ts";
import {
  refusingTarget,
  startProxy,
  type ProxyHarness,
  type ProxySetup,
} from "../../../../support/agent/proxy-harness.ts";
import { startRawUpstream, type RawRequest, type RawUpstream } from "../../../../support/http/raw-upstream.ts";
import { keep } from "../../../../support/keep.ts";

async function proxy(targets: readonly string[], setup?: ProxySetup): Promise<ProxyHarness> {
  return keep(await startProxy(targets, setup));
}

async function raw(answer: (request: RawRequest) => void): Promise<RawUpstream> {
  return keep(await startRawUpstream(answer));
}

/** Always answers with the same bytes. */
function says(text: string): (request: RawRequest) => void {
  return ({ socket }) => socket.write(text, "latin1");
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function app(listener: RequestListener): Promise<{ url: string; port: number; sockets: Set<Socket> }> {
  const server = createServer(listener);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  keep({
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}`, port, sockets };
}

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  digest: string;
  length: number;
}

const echo: RequestListener = (request, response) => {
  const hash = createHash("sha256");
  let length = 0;
  request.on("data", (bytes: Buffer) => {
    hash.update(bytes);
    length += bytes.length;
  });
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        method: request.method,
        url: request.url,
        headers: request.headers,
        digest: hash.digest("hex"),
        length,
      }),
    );
  });
};

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describe("a target that takes connections and closes them without an answer", () => {
  it("is skipped for requests that may be repeated, and failing for the others", async () => {
    const broken = await raw(({ socket }) => socket.destroy());
    const { url } = await app(echo);
    const { port } = await proxy([broken.url, url]);
    for (let turn = 0; turn < 6; turn++) expect((await ask(port, "/")).status).toBe(200);
    expect(broken.requests).toHaveLength(1);
    const again = await proxy([broken.url, url]);
    const statuses = [];
    for (let turn = 0; turn < 6; turn++) statuses.push((await ask(again.port, "/", { method: "POST" })).status);
    expect(statuses).toEqual([502, 200, 200, 200, 200, 200]);
  });

  it("is all there is: the answer is 502, each time at once", async () => {
    const broken = await raw(({ socket }) => socket.destroy());
    const { port } = await proxy([broken.url]);
    expect([(await ask(port, "/")).status, (await ask(port, "/")).status]).toEqual([502, 502]);
  });
});

describe("an application that appears at another path", () => {
  const answer = (origin: string) =>
    `HTTP/1.1 302 Found\r\nLocation: ${origin}/v2/login?a\r\nSet-Cookie: a=b; Path=/v2/x\r\nSet-Cookie: c=d; Path=/\r\nContent-Length: 0\r\n\r\n`;

  it("gets the path without `mount`, is told of it, and leads back into the site", async () => {
    const upstream = await raw(({ socket }) => socket.write(answer(upstream.url)));
    const { port } = await proxy([upstream.url], { mount: "/api", upstreamPath: "/v2" });
    const { status, headers } = await ask(port, "/api/a%2Fb?c=%20", {
      method: "POST",
      headers: { "x-forwarded-prefix": "/evil" },
    });
    expect(upstream.requests[0]?.text).toMatch(/^POST \/v2\/a%2Fb\?c=%20 HTTP\/1\.1\r\n/);
    expect(upstream.requests[0]?.text.match(/^x-forwarded-prefix: .*$/gim)).toEqual(["X-Forwarded-Prefix: /api"]);
    expect({ status, location: headers.location, cookies: headers["set-cookie"] }).toEqual({
      status: 302,
      location: "/api/login?a",
      cookies: ["a=b; Path=/api/x", "c=d; Path=/"],
    });
    const others = await Promise.all(["/apix", "/", "/api/..;/admin"].map((path) => ask(port, path)));
    expect(others.map((other) => other.status)).toEqual([404, 404, 400]);
    expect(upstream.requests).toHaveLength(1);
  });

  it("leads back by its own name, which it gets without `preserveHost`", async () => {
    const upstream = await raw(({ socket }) => socket.write(answer(upstream.url)));
    const { port } = await proxy([upstream.url], { preserveHost: false });
    expect((await ask(port, "/x")).headers.location).toBe("/v2/login?a");
    const same = await proxy([upstream.url]);
    expect((await ask(same.port, "/x")).headers.location).toBe(`${upstream.url}/v2/login?a`);
  });
});

describe("an upstream that leads back", () => {
  it("is noticed after a few rounds", async () => {
    const upstream = await raw(says(OK));
    const { port } = await proxy([upstream.url]);
    const via = (count: number) => ({ headers: { via: Array(count).fill("1.1 backsoon").join(", ") } });
    expect((await ask(port, "/", via(4))).status).toBe(200);
    expect(upstream.requests[0]?.text).toMatch(/\r\nVia: (?:1\.1 backsoon, ){4}1\.1 backsoon\r\n/);
    expect((await ask(port, "/", via(5))).status).toBe(508);
    expect(
      (await ask(port, "/", { headers: { ...via(5).headers, connection: "Upgrade", upgrade: "websocket" } })).status,
    ).toBe(508);
    expect((await ask(port, "/", { headers: { via: "1.1 backsoon.example, 1.0 mybacksoon" } })).status).toBe(200);
  });

  it("is told apart by Max-Forwards, too (RFC 9110, 7.6.2)", async () => {
    const upstream = await raw(says(OK));
    const { port } = await proxy([upstream.url]);
    const left = (method: string, hops: string) => ask(port, "/", { method, headers: { "max-forwards": hops } });
    expect([(await left("OPTIONS", "0")).status, (await left("TRACE", "0")).status]).toEqual([204, 405]);
    expect(upstream.requests).toHaveLength(0);
    await left("OPTIONS", "7");
    await left("GET", "0");
    expect(upstream.requests.map(({ text }) => /max-forwards: (\d)/i.exec(text)?.[1])).toEqual(["6", "0"]);
  });
});

describe("a request", () => {
  it("arrives as it was sent, with who sent it", async () => {
    const { url } = await app(echo);
    const { port } = await proxy([url]);
    const { status, text } = await ask(port, "/a%2Fb/../c?d=%20e&f", {
      headers: {
        host: "Shop.Example.com:81",
        cookie: "a=1",
        "x-forwarded-for": "6.6.6.6",
        forwarded: "for=6.6.6.6",
        "x-real-ip": "6.6.6.6",
        te: "trailers",
      },
    });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ method: "GET", url: "/a%2Fb/../c?d=%20e&f" });
    expect((JSON.parse(text) as Echo).headers).toEqual({
      host: "Shop.Example.com:81",
      cookie: "a=1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": "Shop.Example.com:81",
      "x-forwarded-proto": "http",
      forwarded: 'for=127.0.0.1;host="Shop.Example.com:81";proto=http',
      via: "1.1 backsoon",
    });
  });

  it("from a trusted proxy keeps what it says", async () => {
    const { url } = await app(echo);
    const { port } = await proxy([url], { trustedProxies: ["127.0.0.0/8"] });
    const { text } = await ask(port, "/", {
      headers: {
        host: "inner",
        "x-forwarded-for": "6.6.6.6, 203.0.113.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "shop.example.com",
        "x-real-ip": "203.0.113.7",
      },
    });
    expect((JSON.parse(text) as Echo).headers).toMatchObject({
      host: "inner",
      "x-forwarded-for": "6.6.6.6, 203.0.113.7, 127.0.0.1",
      "x-forwarded-host": "shop.example.com",
      "x-forwarded-proto": "https",
      "x-real-ip": "203.0.113.7",
      forwarded: 'for=203.0.113.7;host="shop.example.com";proto=https, for=127.0.0.1',
    });
  });

  it.each([undefined, "127.0.0.1"])(
    "from a trusted proxy that names %s as the visitor keeps the rest",
    async (visitor) => {
      const { url } = await app(echo);
      const { port } = await proxy([url], { trustedProxies: ["127.0.0.0/8"] });
      const said = { "x-forwarded-host": "shop.example.com", "x-forwarded-port": "443", "x-real-ip": "127.0.0.1" };
      const headers = { host: "inner", ...said, ...(visitor === undefined ? {} : { "x-forwarded-for": visitor }) };
      expect((JSON.parse((await ask(port, "/", { headers })).text) as Echo).headers).toMatchObject(said);
    },
  );

  it("is sent to the target's own host if told so, and from absolute to origin form", async () => {
    const { url, port: upstreamPort } = await app(echo);
    const own = await proxy([url], { preserveHost: false });
    expect((JSON.parse((await ask(own.port, "/")).text) as Echo).headers.host).toBe(
      `127.0.0.1:${String(upstreamPort)}`,
    );
    const { port } = await proxy([url]);
    const absolute = JSON.parse((await ask(port, "http://absolute.example.com/x?y")).text) as Echo;
    expect([absolute.url, absolute.headers.host]).toEqual(["/x?y", "absolute.example.com"]);
  });

  it.each(["content-length", "chunked"])("with a body (%s) arrives whole, and is counted", async (framing) => {
    const { url } = await app(echo);
    const harness = await proxy([url]);
    const body = randomBytes(5 * 1024 * 1024 + 7);
    const headers =
      framing === "chunked" ? { "transfer-encoding": "chunked" } : { "content-length": String(body.length) };
    const answer = JSON.parse((await ask(harness.port, "/upload", { method: "POST", headers, body })).text) as Echo;
    expect([answer.digest, answer.length]).toEqual([digestOf(body), body.length]);
    expect(answer.headers["transfer-encoding"]).toBe(framing === "chunked" ? "chunked" : undefined);
    expect(answer.headers["content-length"]).toBe(framing === "chunked" ? undefined : String(body.length));
    expect(harness.entries[0]).toMatchObject({
      kind: "upload",
      bytesReceived: body.length,
      bytesExpected: framing === "chunked" ? undefined : body.length,
    });
  });

  it("without body, of a method that has one, says so", async () => {
    const { url } = await app(echo);
    const { port } = await proxy([url]);
    const answer = JSON.parse(
      (await ask(port, "/", { method: "POST", headers: { "content-length": "0" } })).text,
    ) as Echo;
    expect(answer.headers["content-length"]).toBe("0");
    expect(answer.headers["transfer-encoding"]).toBeUndefined();
  });

  it("that waits for 100 Continue gets it, and its body arrives", async () => {
    const { url } = await app(echo);
    const { port } = await proxy([url]);
    const request = openRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      path: "/",
      agent: false,
      headers: { expect: "100-continue", "content-length": "5" },
    });
    request.flushHeaders();
    await once(request, "continue");
    request.end("hello");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const answer = JSON.parse(Buffer.concat(await response.toArray()).toString()) as Echo;
    expect([answer.length, answer.headers.expect]).toEqual([5, undefined]);
  });

  it("in another transfer coding than chunked is refused, not passed on under a false name", async () => {
    const upstream = await raw(says(OK));
    const { port } = await proxy([upstream.url]);
    expect(
      (await ask(port, "/", { method: "POST", headers: { "transfer-encoding": "gzip, chunked" }, body: "x" })).status,
    ).toBe(501);
    expect(upstream.requests).toHaveLength(0);
  });
});

describe("a response", () => {
  it("arrives as it was sent, without what is about the connection", async () => {
    const upstream = await raw(
      says(
        "HTTP/1.1 201 Made it so\r\nX-Name: K\xe4se\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=99\r\nContent-Length: 2\r\n\r\nok",
      ),
    );
    const { port } = await proxy([upstream.url]);
    const request = openRequest({ port, host: "127.0.0.1", agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect([response.statusCode, response.statusMessage]).toEqual([201, "Made it so"]);
    expect(response.headers).toMatchObject({
      "x-name": "K\xe4se",
      "set-cookie": ["a=1", "b=2"],
      "content-length": "2",
    });
    expect(response.headers["x-private"]).toBeUndefined();
    expect(response.headers["keep-alive"]).not.toBe("timeout=99");
    expect(Buffer.concat(await response.toArray()).toString()).toBe("ok");
  });

  it.each([
    ["of a length", `HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world`],
    [
      "in chunks with trailers",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n6\r\nhello \r\n5;x=y\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n",
    ],
    ["of HTTP/1.0, until the end", "HTTP/1.0 200 OK\r\n\r\nhello world"],
  ])("%s is complete, in whatever pieces it comes", async (_, text) => {
    for (const size of [1, 3, 1000]) {
      const upstream = await raw(({ socket }) => {
        void (async () => {
          for (let at = 0; at < text.length; at += size) {
            socket.write(text.slice(at, at + size));
            await new Promise(setImmediate);
          }
          if (text.startsWith("HTTP/1.0")) socket.end();
        })();
      });
      const { port } = await proxy([upstream.url]);
      const answer = await ask(port, "/");
      expect([answer.status, answer.text, answer.complete, answer.headers.trailer]).toEqual([
        200,
        "hello world",
        true,
        undefined,
      ]);
    }
  });

  it("to HEAD, 204 and 304 have no body and keep the connection", async () => {
    const upstream = await raw(({ socket, text }) => {
      const status = / \/(\d+) /.exec(text)?.[1] ?? "200";
      socket.write(`HTTP/1.1 ${status} X\r\n${status === "204" ? "" : "Content-Length: 1234567\r\n"}ETag: "x"\r\n\r\n`);
    });
    const harness = await proxy([upstream.url]);
    const head = await ask(harness.port, "/200", { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "1234567", 0]);
    const fresh = await ask(harness.port, "/304");
    expect([fresh.status, fresh.headers.etag, fresh.body.length]).toEqual([304, '"x"', 0]);
    const empty = await ask(harness.port, "/204");
    expect([empty.status, empty.headers["content-length"], empty.headers["transfer-encoding"]]).toEqual([
      204,
      undefined,
      undefined,
    ]);
    expect(new Set(upstream.requests.map(({ connection }) => connection)).size).toBe(1);
    expect(harness.entries.every(({ kind }) => kind === "page")).toBe(true);
  });

  it("with early hints passes them on", async () => {
    const upstream = await raw(
      says(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: </b.js>; rel=preload\r\n\r\n${OK}`),
    );
    const { port } = await proxy([upstream.url]);
    const request = openRequest({ port, host: "127.0.0.1", agent: false });
    const hints: unknown[] = [];
    request.on("information", ({ statusCode, headers }: { statusCode: number; headers: unknown }) =>
      hints.push([statusCode, headers]),
    );
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(Buffer.concat(await response.toArray()).toString()).toBe("ok");
    expect(hints).toEqual([[103, { link: "</a.css>; rel=preload, </b.js>; rel=preload" }]]);
  });

  it("that is large is a download and arrives whole", async () => {
    const body = randomBytes(8 * 1024 * 1024);
    const { url } = await app((_, response) => response.writeHead(200, { "content-length": body.length }).end(body));
    const harness = await proxy([url]);
    const answer = await ask(harness.port, "/");
    expect(digestOf(answer.body)).toBe(digestOf(body));
    expect(harness.entries[0]).toMatchObject({ kind: "download", bytesSent: body.length, bytesExpected: body.length });
  });

  it.each([
    ["content-length", 1024 * 1024 - 1, "page"],
    ["content-length", 1024 * 1024, "download"],
    ["chunked", 1024 * 1024 - 1, "page"],
    ["chunked", 1024 * 1024, "download"],
  ])("with a body (%s) of %i bytes is a %s", async (framing, size, kind) => {
    const headers = framing === "chunked" ? {} : { "content-length": size };
    const { url } = await app((_, response) => response.writeHead(200, headers).end(Buffer.alloc(size)));
    const harness = await proxy([url]);
    expect((await ask(harness.port, "/")).body).toHaveLength(size);
    expect(harness.entries[0]).toMatchObject({ kind, bytesSent: size });
  });

  it("before the end of the request's body is passed on at once", async () => {
    const upstream = await raw(says("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"));
    const { port } = await proxy([upstream.url]);
    const request = openRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
      headers: { "content-length": "1000000" },
    });
    request.write("the beginning");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    expect(Buffer.concat(await response.toArray()).toString()).toBe("big");
    request.destroy();
    // A connection in the middle of a body is never used again.
    await ask(port, "/");
    expect(upstream.requests.at(-1)?.connection).not.toBe(0);
  });
});

describe("back pressure", () => {
  it("a slow visitor slows the upstream down", async () => {
    let written = 0;
    const block = Buffer.alloc(64 * 1024);
    const total = 200 * 1024 * 1024;
    const { url } = await app((_, response) => {
      response.writeHead(200, { "content-length": total });
      const fill = (): void => {
        while (written < total && !response.destroyed) {
          written += block.length;
          if (!response.write(block)) {
            response.once("drain", fill);
            return;
          }
        }
      };
      fill();
    });
    const harness = await proxy([url]);
    const request = openRequest({ port: harness.port, host: "127.0.0.1", agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.pause();
    await settled(() => written);
    expect(written).toBeLessThan(total / 4);
    let received = 0;
    response.on("data", (bytes: Buffer) => (received += bytes.length));
    response.resume();
    await once(response, "end");
    expect(received).toBe(total);
    expect(harness.entries[0]?.bytesSent).toBe(total);
  });

  it("a slow upstream slows the visitor down", async () => {
    const total = 100 * 1024 * 1024;
    let reading: IncomingMessage | undefined;
    const hash = createHash("sha256");
    const { url } = await app((request, response) => {
      reading = request;
      request.pause();
      request.on("data", (bytes: Buffer) => hash.update(bytes));
      request.pause();
      request.on("end", () => response.end(hash.digest("hex")));
    });
    const harness = await proxy([url]);
    const body = randomBytes(1024 * 1024);
    const expected = createHash("sha256");
    const request = openRequest({
      port: harness.port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
      headers: { "content-length": String(total) },
    });
    void (async () => {
      for (let sent = 0; sent < total; sent += body.length) {
        expected.update(body);
        if (!request.write(body)) await once(request, "drain");
      }
      request.end();
    })();
    await settled(() => harness.entries[0]?.bytesReceived ?? 0);
    expect(harness.entries[0]?.bytesReceived).toBeLessThan(total / 4);
    reading?.resume();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(Buffer.concat(await response.toArray()).toString()).toBe(expected.digest("hex"));
  });
});

describe("connections to an upstream", () => {
  it("are used again, in turn and at once", async () => {
    const upstream = await raw(says(OK));
    const { port } = await proxy([upstream.url]);
    for (let index = 0; index < 20; index++) await ask(port, `/${String(index)}`);
    expect(new Set(upstream.requests.map(({ connection }) => connection))).toEqual(new Set([0]));
    await Promise.all(Array.from({ length: 20 }, () => ask(port, "/")));
    expect(upstream.requests).toHaveLength(40);
    expect(upstream.sockets.size).toBeLessThanOrEqual(20);
  });

  it("are not used again when the upstream says so", async () => {
    const upstream = await raw(says("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
    const { port } = await proxy([upstream.url]);
    for (let index = 0; index < 3; index++) expect((await ask(port, "/")).text).toBe("ok");
    expect(upstream.requests.map(({ connection }) => connection)).toEqual([0, 1, 2]);
  });

  it("are not used again when more came than an answer: nobody gets another visitor's response", async () => {
    const upstream = await raw(({ socket, turn, connection }) =>
      socket.write(turn === 0 && connection === 0 ? `${OK}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison` : OK),
    );
    const { port } = await proxy([upstream.url]);
    for (let index = 0; index < 4; index++) expect((await ask(port, "/")).text).toBe("ok");
    expect(upstream.requests.map(({ connection }) => connection)).toEqual([0, 1, 1, 1]);
  });

  it("are not used again when something comes unasked", async () => {
    const upstream = await raw(({ socket }) => {
      // It would be kept for a minute, which is longer than this test waits.
      socket.write(OK.replace("\r\n", "\r\nKeep-Alive: timeout=600\r\n"));
      // Late enough not to come in the same packet as the answer.
      setTimeout(() => socket.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 6\r\n\r\npoison"), 100);
    });
    const { port } = await proxy([upstream.url]);
    const closed = upstream.nextClose();
    expect((await ask(port, "/")).text).toBe("ok");
    await closed;
    expect((await ask(port, "/")).text).toBe("ok");
  });

  it("that turn out closed are replaced by a fresh one, for what may be repeated", async () => {
    const upstream = await raw(({ socket, turn }) => {
      if (turn === 0) socket.write(OK);
      else socket.destroy();
    });
    const { port, log } = await proxy([upstream.url]);
    expect((await ask(port, "/1")).text).toBe("ok");
    expect((await ask(port, "/2")).text).toBe("ok");
    expect((await ask(port, "/3", { method: "DELETE" })).text).toBe("ok");
    expect(upstream.requests.map(({ connection, turn }) => [connection, turn])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
    expect(log).toEqual([]);
  });

  it("that turn out closed fail what may not be repeated: it is sent once", async () => {
    const upstream = await raw(({ socket, turn }) => {
      if (turn === 0) socket.write(OK);
      else socket.destroy();
    });
    const { port } = await proxy([upstream.url]);
    expect((await ask(port, "/1")).status).toBe(200);
    expect((await ask(port, "/2", { method: "POST", body: "x", headers: { "content-length": "1" } })).status).toBe(502);
    expect(upstream.requests.filter(({ text }) => text.startsWith("POST"))).toHaveLength(1);
  });

  it("that fail after the first byte of a response are not replaced", async () => {
    const upstream = await raw(({ socket, turn }) => {
      if (turn === 0) socket.write(OK);
      else socket.end("HTTP/1.1 20");
    });
    const { port } = await proxy([upstream.url]);
    expect((await ask(port, "/1")).status).toBe(200);
    expect((await ask(port, "/2")).status).toBe(502);
    expect(upstream.requests).toHaveLength(2);
  });
});

describe("several targets", () => {
  it("take turns", async () => {
    const [a, b] = [await raw(says(OK)), await raw(says(OK))];
    const { port } = await proxy([a.url, b.url]);
    for (let index = 0; index < 10; index++) await ask(port, "/");
    expect([a.requests.length, b.requests.length]).toEqual([5, 5]);
  });

  it("stand in for one that refuses, also for a POST, and it is left alone for a while", async () => {
    const good = await raw(({ socket, text }) => {
      if (text.includes("\r\n\r\n")) socket.write(OK);
    });
    const { port, log } = await proxy([await refusingTarget(), good.url]);
    for (let index = 0; index < 6; index++)
      expect((await ask(port, "/", { method: "POST", body: "x", headers: { "content-length": "1" } })).status).toBe(
        200,
      );
    expect(log.filter((line) => line.includes("ECONNREFUSED"))).toHaveLength(1);
  });

  it("that all refuse end in the site's own 502", async () => {
    const { port, log } = await proxy([await refusingTarget(), await refusingTarget()]);
    for (let index = 0; index < 3; index++) {
      const { status, text } = await ask(port, "/");
      expect([status, text]).toEqual([502, "error page of the site: 502 Bad Gateway\n"]);
    }
    expect(log.filter((line) => line.includes("skipping it"))).toHaveLength(2);
  });

  it("are tried again although all are failing: an upstream that comes back is used at once", async () => {
    const target = await refusingTarget();
    const { port } = await proxy([target]);
    expect((await ask(port, "/")).status).toBe(502);
    await listening(
      createServer((_, response) => response.end("back")),
      Number(new URL(target).port),
    );
    expect((await ask(port, "/")).text).toBe("back");
  });
});

describe("an upstream that fails", () => {
  it.each([
    ["closes without a word", ""],
    ["closes in the head", "HTTP/1.1 200 OK\r\nContent-"],
    ["speaks no HTTP", "220 smtp.example.com ESMTP\r\n"],
    ["sends both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["sends an endless head", `HTTP/1.1 200 OK\r\nA: ${"b".repeat(100_000)}`],
    ["switches protocols unasked", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"],
  ])("and %s is a 502 with the site's page", async (_, text) => {
    const upstream = await raw(({ socket }) => socket.end(text));
    const { port, thrown } = await proxy([upstream.url]);
    const answer = await ask(port, "/");
    expect([answer.status, answer.text]).toEqual([502, "error page of the site: 502 Bad Gateway\n"]);
    expect(thrown).toEqual([]);
  });

  it.each([
    ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", false],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false],
    ["chunks, malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense", true],
    ["a reset", "HTTP/1.1 200 OK\r\n\r\nhello", true],
  ])(
    "in the middle of a body (%s) breaks the visitor's connection: no response is falsely complete",
    async (_, text, reset) => {
      const upstream = await raw(({ socket }) => {
        socket.write(text);
        if (reset) setTimeout(() => socket.resetAndDestroy(), 20);
        else socket.end();
      });
      const { port } = await proxy([upstream.url]);
      const answer = await ask(port, "/").catch((error: unknown) => error as Error);
      // What is seen to be wrong before anything was sent can still be a 502.
      expect(answer instanceof Error || !answer.complete || answer.status === 502).toBe(true);
    },
  );

  it("to answer in time is a 504", async () => {
    const upstream = await raw(() => undefined);
    const { port } = await proxy([upstream.url], { responseTimeout: 0.1 });
    const closed = upstream.nextClose();
    const { status, text } = await ask(port, "/");
    expect([status, text]).toEqual([504, "error page of the site: 504 Gateway Timeout\n"]);
    await closed;
  });

  it("to take a connection in time is a 504, unless another target does", async () => {
    const stuck = await stoppedTarget();
    const good = await raw(says(OK));
    const alone = await proxy([stuck], { connectTimeout: 0.2 });
    expect((await ask(alone.port, "/")).status).toBe(504);
    const { port } = await proxy([stuck, good.url], { connectTimeout: 0.2 });
    expect((await ask(port, "/")).status).toBe(200);
  });

  it("to go on with a body in time breaks the connection", async () => {
    const upstream = await raw(says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello"));
    const { port } = await proxy([upstream.url], { idleTimeout: 0.1 });
    const { text, complete } = await ask(port, "/");
    expect([text, complete]).toEqual(["hello", false]);
  });

  it("to read an upload in time is a 504", async () => {
    const { url } = await app((request) => request.pause());
    const { port } = await proxy([url], { idleTimeout: 0.2 });
    const request = openRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
      headers: { "content-length": String(100 * 1024 * 1024) },
    });
    request.on("error", () => undefined);
    request.write(Buffer.alloc(50 * 1024 * 1024));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(response.statusCode).toBe(504);
    request.destroy();
  });

  it("never takes a slow visitor for a slow upstream", async () => {
    const { url } = await app(echo);
    const { port } = await proxy([url], { responseTimeout: 0.1, idleTimeout: 0.1 });
    const request = openRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
      headers: { "content-length": "2" },
    });
    request.write("a");
    // Not a wait for something to happen, but for it not to happen.
    await new Promise((resolve) => setTimeout(resolve, 500));
    request.end("b");
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect((JSON.parse(Buffer.concat(await response.toArray()).toString()) as Echo).digest).toBe(
      digestOf(Buffer.from("ab")),
    );
  });
});

describe("a visitor who goes away", () => {
  it.each(["before the answer", "in the middle of it"])("%s takes the upstream request along", async (when) => {
    const upstream = await raw(({ socket }) => {
      if (when !== "before the answer") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
    });
    const { port } = await proxy([upstream.url]);
    const request = openRequest({ port, host: "127.0.0.1", agent: false });
    request.on("error", () => undefined);
    request.end();
    if (when === "before the answer") {
      while (upstream.requests.length === 0) await new Promise(setImmediate);
    } else {
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.on("error", () => undefined);
      await once(response, "data");
    }
    const closed = upstream.nextClose();
    request.destroy();
    await closed;
  });

  it("in the middle of an upload never makes it look complete", async () => {
    const bodies: string[] = [];
    const { url } = await app((request) => {
      request.on("end", () => bodies.push("complete")).on("error", () => bodies.push("broken"));
      request.resume();
    });
    const { port } = await proxy([url]);
    const request = openRequest({
      port,
      host: "127.0.0.1",
      method: "POST",
      agent: false,
      headers: { "transfer-encoding": "chunked" },
    });
    request.on("error", () => undefined);
    await new Promise((resolve) => request.write("the beginning", resolve));
    request.destroy();
    while (bodies.length === 0) await new Promise(setImmediate);
    expect(bodies).toEqual(["broken"]);
  });
});

describe("an event stream", () => {
  it("is passed on event by event, and ends politely when its generation expires", async () => {
    let send: (text: string) => void = () => undefined;
    const { url, sockets } = await app((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
      response.flushHeaders();
      send = (text) => response.write(text);
    });
    const harness = await proxy([url]);
    const request = openRequest({ port: harness.port, host: "127.0.0.1", agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const entry = harness.entries[0];
    expect(entry?.kind).toBe("event-stream");
    for (let index = 0; index < 3; index++) {
      send(`data: ${String(index)}\n\n`);
      expect(String(((await once(response, "data")) as [Buffer])[0])).toBe(`data: ${String(index)}\n\n`);
    }
    const [upstreamSocket] = sockets;
    const closed =
      upstreamSocket === undefined ? Promise.reject(new Error("no connection")) : once(upstreamSocket, "close");
    entry?.expire?.();
    await once(response.resume(), "end");
    expect(response.complete).toBe(true);
    await closed;
  });
});

describe("pools", () => {
  it("are shared by handlers with the same upstream, outlive each of them, and close with the last", async () => {
    const upstream = await raw(says(OK));
    const harness = await proxy([upstream.url]);
    const { pools } = harness;
    const definition = { targets: [upstream.url] };
    const again = pools.acquire("app", definition, () => undefined);
    expect(pools.size).toBe(1);
    expect(pools.acquire("app", { ...definition, idleTimeout: 7 }, () => undefined)).not.toBe(again);
    expect(pools.size).toBe(2);
    pools.release("app", { ...definition, idleTimeout: 7 });
    expect(pools.size).toBe(1);
    await ask(harness.port, "/");
    pools.release("app", definition);
    await ask(harness.port, "/");
    expect(new Set(upstream.requests.map(({ connection }) => connection)).size).toBe(1);
    const closed = upstream.nextClose();
    await harness.close();
    expect(pools.size).toBe(0);
    await closed;
  });

  it("that are closed let what is under way end", async () => {
    const upstream = await raw(() => undefined);
    const { port, pools } = await proxy([upstream.url]);
    const answer = ask(port, "/");
    while (upstream.requests.length === 0) await new Promise(setImmediate);
    pools.release("app", { targets: [upstream.url] });
    upstream.requests[0]?.socket.write(OK);
    expect((await answer).text).toBe("ok");
    while (upstream.sockets.size > 0) await new Promise(setImmediate);
  });
});

/** Resolves when a figure has not grown for a while: a wait for nothing to happen. */
async function settled(figure: () => number): Promise<void> {
  for (let last = -1; figure() === 0 || figure() !== last;) {
    last = figure();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A target whose kernel takes no further connection: its process is stopped, its queue is full. */
async function stoppedTarget(): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      "-e",
      "const s=require('net').createServer().listen({port:0,host:'127.0.0.1',backlog:1},()=>console.log(s.address().port))",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const port = Number(String(line));
  child.kill("SIGSTOP");
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  keep({
    [Symbol.asyncDispose]: async () => {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  });
  await Promise.race(fillers.map((filler) => once(filler, "connect")));
  await new Promise((resolve) => setTimeout(resolve, 100));
  return `http://127.0.0.1:${String(port)}`;
}
