/** What comes from the network is not always HTTP: malformed, hostile, slow, half-closed. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connection, HEAD_TIMEOUT_MS } from "../../../../server-agent/worker/http1/connection.ts";
import { DATA, END_HEADERS, END_STREAM, frame, get, HEADERS, openFrames } from "../../../support/http/frame-client.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { startRawUpstream } from "../../../support/http/raw-upstream.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let worker: WorkerHarness;

beforeAll(async () => {
  worker = await startWorker(
    configWith([
      {
        id: "shop",
        hosts: ["shop"],
        rules: [
          { when: { path: "/hello" }, handler: { type: "respond", body: "hello" } },
          { when: { path: "/drop" }, handler: { type: "drop" } },
        ],
      },
      {
        id: "teapot",
        hosts: ["[2001:db8::1]"],
        rules: [{ handler: { type: "respond", status: 299, headers: { "X-Pot": "tea" }, body: "pot" } }],
      },
    ]),
  );
});

afterAll(() => worker.close());

/** How often connections are looked at. */
const SWEEP_MS = 1000;
const GOOD = "GET /hello HTTP/1.1\r\nHost: shop\r\n\r\n";

describe("malformed requests get 400 and the connection closes in order", () => {
  it.each([
    ["no Host", "GET / HTTP/1.1\r\n\r\n"],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: shop\r\nHost: other\r\n\r\n"],
    ["a Host that is none", "GET / HTTP/1.1\r\nHost: shop/../admin\r\n\r\n"],
    ["a Host with a user", "GET / HTTP/1.1\r\nHost: user@shop\r\n\r\n"],
    ["a broken escape", "GET /%zz HTTP/1.1\r\nHost: shop\r\n\r\n"],
    ["a NUL in the path", "GET /a%00b HTTP/1.1\r\nHost: shop\r\n\r\n"],
    ["a target that is no path", "GET shop HTTP/1.1\r\nHost: shop\r\n\r\n"],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n"],
    [
      "both lengths (request smuggling)",
      "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd"],
    ["a bare line feed in a field", "GET / HTTP/1.1\r\nHost: shop\nX: y\r\n\r\n"],
    ["a space before the colon", "GET / HTTP/1.1\r\nHost : shop\r\n\r\n"],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("%s", async (_, text) => {
    using client = await openRaw(worker.port);
    const all = await client.write(text).then(() => client.rest());
    expect(all).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(all).toMatch(/\r\nConnection: close\r\n/i);
  });

  it("a head that is too large gets 431", async () => {
    using client = await openRaw(worker.port);
    await client.write(`GET / HTTP/1.1\r\nHost: shop\r\nX: ${"x".repeat(40_000)}\r\n\r\n`);
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 431 /);
  });

  it("CONNECT gets 405", async () => {
    using client = await openRaw(worker.port);
    await client.write("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n");
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 405 [^]*\r\nAllow: GET/);
  });

  it("garbage after a good request does not take its answer away", async () => {
    using client = await openRaw(worker.port);
    await client.write(`${GOOD}\u0001\u0002 garbage\r\n\r\n`);
    const all = await client.rest();
    expect(all).toMatch(/^HTTP\/1\.1 200 /);
    expect(all).toContain("hello");
  });
});

it.each([
  ["absolute form outweighs Host", "GET http://shop/hello HTTP/1.1\r\nHost: elsewhere\r\n\r\n", 200],
  ["a host in capitals, with dot and port", "GET /hello HTTP/1.1\r\nHost: SHOP.:8080\r\n\r\n", 200],
  ["an IPv6 host in another spelling", "GET / HTTP/1.1\r\nHost: [2001:DB8:0::1]:80\r\n\r\n", 299],
  ["dot segments", "GET /a/../hello HTTP/1.1\r\nHost: shop\r\n\r\n", 200],
  ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: shop\r\n\r\n", 404],
  ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 404],
  ["an expectation that nobody knows", "GET /hello HTTP/1.1\r\nHost: shop\r\nExpect: wonders\r\n\r\n", 200],
  [
    "an upgrade to HTTP/2",
    "GET /hello HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
    200,
  ],
])("understands %s", async (_, text, status) => {
  using client = await openRaw(worker.port);
  expect((await client.ask(text)).status).toBe(status);
});

it("answers HTTP/1.0 and Connection: close with the end of the connection", async () => {
  for (const text of [
    "GET /hello HTTP/1.0\r\nHost: shop\r\n\r\n",
    "GET /hello HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n",
  ]) {
    using client = await openRaw(worker.port);
    await client.write(text);
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 200 [^]*hello$/);
  }
});

it("answers pipelined requests in their order", async () => {
  using client = await openRaw(worker.port);
  await client.write(
    `${GOOD}GET /none HTTP/1.1\r\nHost: shop\r\n\r\nHEAD /hello HTTP/1.1\r\nHost: shop\r\n\r\n${GOOD}`,
  );
  expect((await client.read()).status).toBe(200);
  expect((await client.read()).status).toBe(404);
  expect((await client.read(false)).status).toBe(200);
  expect((await client.read()).body).toBe("hello");
});

it("drops without a word where the handler says so", async () => {
  using client = await openRaw(worker.port);
  await client.write("GET /drop HTTP/1.1\r\nHost: shop\r\n\r\n");
  expect(await client.rest()).toBe("");
});

describe("the sweep of connections", () => {
  async function accept(): Promise<{ client: Socket; connection: Connection; close: () => void }> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    client.on("error", () => undefined);
    const [socket] = (await once(server, "connection")) as [Socket];
    return {
      client,
      connection: new Connection(
        socket,
        { listener: "http", isPageSource: false },
        {
          isRetiring: false,
          request: () => undefined,
          ended: () => undefined,
          refused: () => undefined,
          closed: () => undefined,
        },
      ),
      close: () => {
        client.destroy();
        socket.destroy();
        server.close();
      },
    };
  }

  /** The server's side has seen this many bytes. */
  async function received(connection: Connection, bytes: number): Promise<void> {
    while (connection.socket.bytesRead < bytes) await turn();
  }

  it("bounds a request head that trickles in (slow loris), with 408", async () => {
    const { client, connection, close } = await accept();
    let answer = "";
    client.on("data", (data: Buffer) => (answer += data.toString()));
    const start = Date.now();
    for (let bytes = 1, now = start; now < start + HEAD_TIMEOUT_MS + 2000; bytes += 1, now += 1000) {
      if (connection.closing) break;
      client.write("G");
      await received(connection, bytes);
      connection.sweep(now, Infinity);
    }
    expect(connection.closing).toBe(true);
    await once(client, "end");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    close();
  });

  it("closes idle connections after their time and not before, in two stages", async () => {
    const { client, connection, close } = await accept();
    connection.requests = 1;
    const start = Date.now();
    connection.sweep(start, Infinity);
    connection.sweep(start + 74_000, Infinity);
    expect(connection.closing).toBe(false);
    connection.sweep(start + 75_000, Infinity);
    expect(connection.closing).toBe(true);
    client.resume();
    await once(client, "end");
    expect(connection.socket.destroyed).toBe(false);
    close();
  });
});

it("a clock that jumps ahead ends nobody's request", async () => {
  await using upstream = await startRawUpstream(() => undefined);
  await using jumping = await startWorker(
    configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }], {
      listeners: [{ name: "http", address: "127.0.0.1", port: 0, http2: true }],
      upstreams: { app: { targets: [upstream.url] } },
    }),
  );
  using upload = await openRaw(jumping.port);
  await upload.write("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 10\r\n\r\nhalf ");
  using stream = await openFrames(jumping.port);
  stream.write(frame(HEADERS, END_HEADERS, 1, get("/", ["content-length", "10"])), frame(DATA, 0, 1, "half "));
  await expect.poll(() => upstream.requests.length).toBe(2);
  // Both have been looked at since they stand still.
  await delay(2 * SWEEP_MS);
  process.kill(jumping.pid, "SIGUSR2");
  // Nothing is to happen.
  await delay(2 * SWEEP_MS);
  for (const { socket } of upstream.requests)
    socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  await upload.write("whole");
  stream.write(frame(DATA, END_STREAM, 1, "whole"));
  expect((await upload.read()).status).toBe(200);
  expect((await stream.head(1))[":status"]).toBe("200");
});

describe("the body of a request that nobody reads", () => {
  const POST = "POST /hello HTTP/1.1\r\nHost: shop\r\n";

  it("may have blanks before a chunk extension (RFC 9112, 7.1.1)", async () => {
    using client = await openRaw(worker.port);
    await client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n5 \t;a=b\r\nhello\r\n0\r\n\r\n${GOOD}`);
    expect([(await client.read()).status, (await client.read()).status]).toEqual([200, 200]);
  });

  it.each([
    ["a padded size", "Transfer-Encoding: chunked\r\n\r\n5  \r\nhello\r\n0\r\n\r\n"],
    ["a broken size", "Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n"],
    ["a broken end", "Transfer-Encoding: chunked\r\n\r\n1\r\nhello"],
  ])("does not take the answer away with %s", async (_, rest) => {
    using client = await openRaw(worker.port);
    await client.write(`${POST}${rest}${GOOD}`);
    expect((await client.rest()).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
  });

  it.each([
    ["that says nothing of its length", "Transfer-Encoding: chunked\r\n\r\n", 80],
    ["that is malformed", "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", 64],
  ])("%s is not read for ever, and the answer gets through", async (_, fields, megabytes) => {
    const socket = connect({ port: worker.port, host: "127.0.0.1", allowHalfOpen: true });
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    // The reset that ends it is the client's to bear: it sends on.
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.write(`${POST}${fields}`);
    const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000), Buffer.from("\r\n")]);
    let taken = 0;
    const sendOn = () => {
      socket.write(chunk, (failure) => {
        if (failure !== undefined && failure !== null) return;
        taken += 1;
        // Far more than fits into the buffers on the way.
        if (taken < megabytes + 100) sendOn();
        else socket.destroy();
      });
    };
    sendOn();
    await closed;
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*hello$/);
    expect(taken).toBeGreaterThanOrEqual(megabytes);
    expect(taken).toBeLessThan(megabytes + 50);
  });

  it("is read to its end where it says its length, for who reads the answer last", async () => {
    const megabytes = 120;
    const socket = connect({ port: worker.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.pause();
    socket.write(`${POST}Content-Length: ${String(megabytes * 0x100000)}\r\n\r\n`);
    for (let sent = 0; sent < megabytes; sent++)
      await new Promise<void>((resolve, reject) => {
        socket.write(Buffer.alloc(0x100000), (failure) => {
          if (failure === undefined || failure === null) resolve();
          else reject(failure);
        });
      });
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    await once(socket.resume(), "end");
    socket.destroy();
    expect(received).toMatch(/^HTTP\/1\.1 200 [^]*hello$/);
  });

  it("does not take the answer away when it ends too early", async () => {
    const socket = connect({ port: worker.port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(`${POST}Content-Length: 100\r\n\r\nhello`);
    let received = "";
    socket.setEncoding("latin1").on("data", (text: string) => (received += text));
    await once(socket, "end");
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });
});
