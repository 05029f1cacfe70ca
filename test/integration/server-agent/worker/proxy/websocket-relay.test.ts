import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { request as openRequest, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
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

interface WebSocketApp {
  readonly url: string;
  readonly server: WebSocketServer;
}

async function app(): Promise<WebSocketApp> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  keep({
    [Symbol.asyncDispose]: async () => {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, server };
}

async function echoApp(): Promise<WebSocketApp> {
  const started = await app();
  started.server.on("connection", (socket) => {
    socket.on("message", (data, binary) => {
      socket.send(data, { binary });
    });
  });
  return started;
}

async function visit(harness: ProxyHarness, options?: WebSocket.ClientOptions): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(harness.port)}/live?x=1`, ["chat"], options);
  await once(socket, "open");
  return socket;
}

const HANDSHAKE =
  "GET /live HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
const SWITCHED =
  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/** A visitor who speaks bytes. */
async function rawVisit(
  harness: ProxyHarness,
  text = HANDSHAKE,
): Promise<{ socket: Socket; received: () => string; until: (part: string) => Promise<void> }> {
  const socket = connect({ port: harness.port, host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  let received = "";
  socket.on("data", (bytes) => (received += bytes.toString("latin1"))).on("error", () => undefined);
  socket.write(text, "latin1");
  keep({
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      await Promise.resolve();
    },
  });
  const until = async (part: string): Promise<void> => {
    while (!received.includes(part)) await once(socket, "data");
  };
  return { socket, received: () => received, until };
}

describe("a WebSocket", () => {
  it("is joined to the upstream, with the visitor's headers, and counted", async () => {
    const { url, server } = await echoApp();
    const requests: IncomingMessage[] = [];
    server.on("connection", (_, request) => requests.push(request));
    const harness = await proxy([url]);
    const socket = await visit(harness, { headers: { cookie: "a=1", "x-forwarded-for": "6.6.6.6" } });
    expect(socket.protocol).toBe("chat");
    expect(requests[0]?.url).toBe("/live?x=1");
    expect(requests[0]?.headers).toMatchObject({
      cookie: "a=1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      upgrade: "websocket",
    });
    for (const length of [0, 1, 125, 126, 65_535, 65_536, 3_000_000]) {
      const message = randomBytes(length);
      socket.send(message);
      const [reply] = (await once(socket, "message")) as [Buffer];
      expect(reply.equals(message)).toBe(true);
    }
    expect(harness.entries[0]?.kind).toBe("websocket");
    expect(harness.entries[0]?.bytesReceived).toBeGreaterThan(3_100_000);
    expect(harness.entries[0]?.bytesSent).toBeGreaterThan(3_100_000);
    socket.close(4001, "bye");
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(4001);
  });

  it("reaches an application that appears at another path, and is refused beside it", async () => {
    const { url, server } = await echoApp();
    const asked: (string | undefined)[] = [];
    server.on("connection", (_, { url: target, headers }) => {
      asked.push(target, String(headers["x-forwarded-prefix"]));
    });
    (await visit(await proxy([url], { mount: "/live" }))).terminate();
    expect(asked).toEqual(["/?x=1", "/live"]);
    const { until } = await rawVisit(await proxy([url], { mount: "/lives" }));
    await until("HTTP/1.1 404");
  });

  it("passes on the close of the upstream", async () => {
    const { url, server } = await app();
    server.on("connection", (socket) => {
      socket.close(4002, "enough");
    });
    const socket = await visit(await proxy([url]));
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];
    expect([code, String(reason)]).toEqual([4002, "enough"]);
  });

  it("breaks on one side when it breaks on the other, and leaves nothing behind", async () => {
    const { url, server } = await echoApp();
    const harness = await proxy([url]);
    const first = await visit(harness);
    const [upstream] = server.clients;
    upstream?.terminate();
    const [code] = (await once(first, "close")) as [number];
    expect(code).toBe(1006);
    const second = await visit(harness);
    const [other] = server.clients;
    second.terminate();
    if (other !== undefined) await once(other, "close");
    expect(server.clients.size).toBe(0);
    while (harness.sockets.size > 0) await new Promise(setImmediate);
    expect(harness.thrown).toEqual([]);
  });

  it("keeps bytes that come together with the handshake, on both sides, in order", async () => {
    const early = "\x81\x85\0\0\0\0hello";
    const upstream = await raw(({ socket }) => {
      socket.write(`${SWITCHED}\x81\x05early`, "latin1");
      socket.on("data", (bytes) => {
        if (bytes.toString("latin1") === early) socket.write("\x81\x04got!", "latin1");
      });
    });
    const visitor = await rawVisit(await proxy([upstream.url]), HANDSHAKE + early);
    await visitor.until("\x81\x04got!");
    expect(visitor.received()).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(visitor.received().split("\r\n\r\n")[1]).toBe("\x81\x05early\x81\x04got!");
  });

  it("passes half-closes on: what is still said by the other side arrives", async () => {
    const upstream = await raw(({ socket }) => {
      socket.write(SWITCHED);
      socket.on("end", () => socket.end("\x81\x04last", "latin1"));
    });
    const harness = await proxy([upstream.url]);
    const visitor = await rawVisit(harness);
    await visitor.until("\r\n\r\n");
    visitor.socket.end();
    await once(visitor.socket, "end");
    expect(visitor.received()).toMatch(/last$/);
    while (upstream.sockets.size + harness.sockets.size > 0) await new Promise(setImmediate);
  });

  it("is held back when the visitor does not read", async () => {
    const { url, server } = await app();
    const total = 100;
    let sent = 0;
    server.on("connection", (socket) => {
      const next = (): void => {
        if (sent < total)
          socket.send(Buffer.alloc(1024 * 1024), () => {
            sent++;
            next();
          });
      };
      next();
    });
    const harness = await proxy([url]);
    const socket = await visit(harness);
    socket.pause();
    let last = -1;
    while (sent !== last || sent === 0) {
      last = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(sent).toBeLessThan(total / 2);
    let received = 0;
    socket.on("message", () => received++);
    socket.resume();
    while (received < total) await once(socket, "message");
  });
});

describe("a handshake", () => {
  it("tries the next target when one refuses", async () => {
    const { url } = await echoApp();
    const harness = await proxy([await refusingTarget(), url]);
    for (let index = 0; index < 3; index++) {
      const socket = await visit(harness);
      socket.send("x");
      await once(socket, "message");
      socket.close();
      await once(socket, "close");
    }
    expect(harness.log.filter((line) => line.includes("skipping it"))).toHaveLength(1);
  });

  it.each([
    ["no target answers", undefined, 502],
    ["the upstream closes", "", 502],
    ["the upstream speaks no HTTP", "hello\r\n", 502],
    ["the upstream switches to something else", "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 502],
  ])("is answered when %s", async (_, text, status) => {
    const target = text === undefined ? await refusingTarget() : (await raw(({ socket }) => socket.end(text))).url;
    const harness = await proxy([target]);
    const visitor = await rawVisit(harness);
    await once(visitor.socket, "end");
    expect(visitor.received()).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(visitor.received()).toContain("Connection: close");
    visitor.socket.end();
    while (harness.sockets.size > 0) await new Promise(setImmediate);
  });

  it("is answered when the upstream does not answer in time", async () => {
    const upstream = await raw(() => undefined);
    const visitor = await rawVisit(await proxy([upstream.url], { responseTimeout: 0.1 }));
    await once(visitor.socket, "end");
    expect(visitor.received()).toMatch(/^HTTP\/1\.1 504 /);
    while (upstream.sockets.size > 0) await new Promise(setImmediate);
  });

  it.each([
    ["of a length", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 5\r\n\r\nno!!!"],
    [
      "in chunks",
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3\r\n!!!\r\n0\r\n\r\n",
    ],
    ["until the end", "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\nno!!!"],
  ])("that the upstream declines is passed on: a response %s", async (_, text) => {
    const upstream = await raw(({ socket }) => {
      socket.write(text);
      if (text.includes("\r\n\r\nno!!!")) socket.end();
    });
    const { port } = await proxy([upstream.url]);
    const request = openRequest({
      port,
      host: "127.0.0.1",
      agent: false,
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect([response.statusCode, response.headers["www-authenticate"]]).toEqual([401, "Basic"]);
    expect(Buffer.concat(await response.toArray()).toString()).toBe("no!!!");
    expect(response.complete).toBe(true);
  });

  it.each(["Content-Length: 50\r\n", "Transfer-Encoding: chunked\r\n"])(
    "that is declined by half an answer (%j) is not passed on as a whole one",
    async (framing) => {
      const upstream = await raw(({ socket }) => {
        socket.write(`HTTP/1.1 401 Unauthorized\r\n${framing}\r\n5\r\nhello\r\n`);
        setTimeout(() => socket.end(), 20);
      });
      const visitor = await rawVisit(await proxy([upstream.url]));
      await once(visitor.socket, "end");
      expect(visitor.received()).toContain("HTTP/1.1 401");
      expect(visitor.received()).not.toMatch(/0\r\n\r\n$/);
    },
  );

  it.each([
    ["another protocol", HANDSHAKE.replace("Upgrade: websocket", "Upgrade: h2c")],
    ["another method", HANDSHAKE.replace("GET", "POST")],
    ["a body", HANDSHAKE.replace("Host: shop", "Host: shop\r\nContent-Length: 5")],
  ])("for %s reaches the upstream as an ordinary request", async (_, text) => {
    const upstream = await raw(({ socket }) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
    const visitor = await rawVisit(await proxy([upstream.url]), text);
    await visitor.until("HTTP/1.1 204");
    expect(upstream.requests[0]?.text).not.toMatch(/upgrade/i);
  });

  it("that is declined by an answer that stalls ends by the time without a byte", async () => {
    const upstream = await raw(({ socket }) => {
      socket.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nhello");
    });
    const harness = await proxy([upstream.url], { idleTimeout: 0.2 });
    const visitor = await rawVisit(harness);
    await once(visitor.socket, "end");
    expect(visitor.received()).toMatch(/^HTTP\/1\.1 403 [^]*hello$/);
    expect(harness.entries[0]?.kind).toBe("page");
    await expect.poll(() => harness.sockets.size).toBe(0);
  });

  it("goes to the next target where one takes the connection and closes it", async () => {
    const { url } = await echoApp();
    const broken = await raw(({ socket }) => socket.destroy());
    const harness = await proxy([broken.url, url]);
    for (let turn = 0; turn < 4; turn++) (await visit(harness)).close();
    expect(broken.requests).toHaveLength(1);
  });

  it("of a visitor who goes away is given up", async () => {
    const upstream = await raw(() => undefined);
    const visitor = await rawVisit(await proxy([upstream.url]));
    while (upstream.requests.length === 0) await new Promise(setImmediate);
    const closed = upstream.nextClose();
    visitor.socket.destroy();
    await closed;
  });
});

describe("a generation that expires", () => {
  it("closes with 1012 and tells the upstream that the visitor goes", async () => {
    const { url, server } = await echoApp();
    const harness = await proxy([url]);
    const socket = await visit(harness);
    const [upstream] = server.clients;
    const upstreamClose = upstream === undefined ? Promise.reject(new Error("not connected")) : once(upstream, "close");
    harness.entries[0]?.expire?.();
    const [code, reason] = (await once(socket, "close")) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1012, "Service Restart"]);
    const [upstreamCode] = (await upstreamClose) as [number];
    expect(upstreamCode).toBe(1001);
    while (harness.sockets.size > 0) await new Promise(setImmediate);
  });

  it("in the middle of a message that never stops still closes with 1012, and every message before is whole", async () => {
    const { url, server } = await app();
    server.on("connection", (socket) => {
      const next = (): void => {
        if (socket.readyState === WebSocket.OPEN) socket.send(Buffer.alloc(100_000, 7), next);
      };
      next();
    });
    const harness = await proxy([url]);
    const socket = await visit(harness);
    let messages = 0;
    socket.on("message", (data: Buffer) => {
      expect(data.length).toBe(100_000);
      if (++messages === 20) harness.entries[0]?.expire?.();
    });
    const [code] = (await once(socket, "close")) as [number];
    expect(code).toBe(1012);
  });

  it("puts the close frame at the end of the frame that is on its way, not into it", async () => {
    let upstreamSocket: Socket | undefined;
    const upstream = await raw(({ socket, turn }) => {
      if (turn > 0) return;
      upstreamSocket = socket;
      socket.write(`${SWITCHED}\x81\x05he`, "latin1");
    });
    const harness = await proxy([upstream.url]);
    const visitor = await rawVisit(harness);
    await visitor.until("\x81\x05he");
    harness.entries[0]?.expire?.();
    upstreamSocket?.write("llo\x81\x04next", "latin1");
    await visitor.until("\x88\x11\x03\xf4Service Restart");
    expect(visitor.received().split("\r\n\r\n")[1]).toBe("\x81\x05hello\x88\x11\x03\xf4Service Restart");
    visitor.socket.write("\x88\x82\0\0\0\0\x03\xf4", "latin1");
    await once(visitor.socket, "end");
    visitor.socket.end();
    while (upstream.sockets.size + harness.sockets.size > 0) await new Promise(setImmediate);
  });

  it("does not wait for ever for a visitor who does not reply", async () => {
    const { url, server } = await echoApp();
    const harness = await proxy([url]);
    const visitor = await rawVisit(harness);
    await visitor.until("\r\n\r\n");
    harness.entries[0]?.expire?.();
    await once(visitor.socket, "end");
    expect(visitor.received()).toContain("\x88\x11\x03\xf4Service Restart");
    while (server.clients.size + harness.sockets.size > 0) await new Promise(setImmediate);
  });

  it("while the handshake is on its way answers 503", async () => {
    const upstream = await raw(() => undefined);
    const harness = await proxy([upstream.url]);
    const visitor = await rawVisit(harness);
    while (upstream.requests.length === 0) await new Promise(setImmediate);
    harness.entries[0]?.expire?.();
    await once(visitor.socket, "end");
    expect(visitor.received()).toMatch(/^HTTP\/1\.1 503 /);
  });
});
