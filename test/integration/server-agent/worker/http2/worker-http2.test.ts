/** HTTP/2 on a worker, with clients as people have them: the promises hold for each stream. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { AddressInfo } from "node:net";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import {
  block,
  DATA,
  END_HEADERS,
  frame,
  get,
  GOAWAY,
  HEADERS,
  openFrames,
  PING,
  RST_STREAM,
  WINDOW_UPDATE,
} from "../../../../support/http/frame-client.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";
import { startRawUpstream } from "../../../../support/http/raw-upstream.ts";
import { configWith, startWorker, type WorkerHarness } from "../../../../support/agent/worker-harness.ts";

let worker: WorkerHarness;
const sessions: ClientHttp2Session[] = [];
/** Serves one test after another, where none ends it and none counts what it has answered. */
let lasting: WorkerHarness | undefined;
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  if (worker !== lasting) await worker.close();
});
afterAll(() => lasting?.close());

async function serving(config: Config): Promise<WorkerHarness> {
  if (lasting === undefined) lasting = await startWorker(config);
  else await lasting.serve(config);
  return lasting;
}

/** More than the socket buffers and windows of both sides take. */
const LARGE = "x".repeat(24 * 1024 * 1024);
const PLAIN: Config["listeners"] = [{ name: "http", address: "127.0.0.1", port: 0, http2: true }];

function answering(body: string, more: Partial<VirtualHost> = {}): Config {
  return configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "respond", body } }], ...more }], {
    listeners: PLAIN,
  });
}

function proxying(url: string): Config {
  return configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }], {
    listeners: PLAIN,
    upstreams: { app: { targets: [url] } },
  });
}

function session(address = `http://127.0.0.1:${String(worker.port)}`): ClientHttp2Session {
  const opened = connect(address, { rejectUnauthorized: false, servername: "shop" });
  opened.on("error", () => undefined);
  sessions.push(opened);
  return opened;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request whose answer is read when the function is called. */
function open(
  client: ClientHttp2Session,
  fields: Record<string, string> = {},
): [ClientHttp2Stream, () => Promise<Answer>] {
  const stream = client.request({ ":path": "/", ":authority": "shop", ...fields });
  stream.on("error", () => undefined);
  const response = once(stream, "response") as Promise<[IncomingHttpHeaders & { ":status": number }]>;
  return [
    stream,
    async () => {
      const [headers] = await response;
      return { status: headers[":status"], headers, body: await text(stream) };
    },
  ];
}

function ask(client: ClientHttp2Session, fields: Record<string, string> = {}): Promise<Answer> {
  return open(client, fields)[1]();
}

describe("a switch", () => {
  it("is answered by the new generation on the next stream, and an open one ends on its own", async () => {
    worker = await startWorker(answering(LARGE));
    const client = session();
    const [, read] = open(client);
    await worker.inFlight(({ bytesSent }) => bytesSent > 0);
    for (let count = 1; count <= 20; count += 1) {
      await worker.serve(answering(String(count)));
      expect((await ask(client)).body).toBe(String(count));
    }
    expect((await read()).body.length).toBe(LARGE.length);
    expect(client.closed).toBe(false);
  });

  it("fails nobody under load, twenty times", async () => {
    worker = await startWorker(answering("0"));
    const clients = Array.from({ length: 4 }, () => session());
    let isOver = false;
    let count = 0;
    const failed: unknown[] = [];
    const load = clients.flatMap((client) =>
      Array.from({ length: 10 }, async () => {
        while (!isOver) {
          const { status } = await ask(client).catch((failure: unknown) => ({ status: failure }));
          count += 1;
          if (status !== 200) failed.push(status);
        }
      }),
    );
    for (let generation = 1; generation <= 20; generation += 1) await worker.serve(answering(String(generation)));
    isOver = true;
    await Promise.all(load);
    expect(failed).toEqual([]);
    expect(count).toBeGreaterThan(100);
    await expect.poll(() => worker.counted?.balance).toMatchObject({ accepted: count, answered: count, inFlight: 0 });
  });

  it.skipIf(!existsSync("/usr/bin/h2load"))("fails nobody of h2load's, either", async () => {
    worker = await startWorker(answering("0"));
    const url = `http://127.0.0.1:${String(worker.port)}/`;
    const load = promisify(execFile)("h2load", ["-n", "20000", "-c", "4", "-m", "10", "-H", ":authority: shop", url]);
    for (let generation = 1; generation <= 20; generation += 1) await worker.serve(answering(String(generation)));
    const { stdout } = await load;
    expect(stdout).toContain("20000 succeeded, 0 failed, 0 errored, 0 timeout");
  });
});

describe("the end", () => {
  it("is announced when the worker retires: what is on its way is answered, then nothing more", async () => {
    worker = await startWorker(answering("ok"));
    using client = await openFrames(worker.port);
    client.write(frame(HEADERS, END_HEADERS | 1, 1, get()));
    expect((await client.head(1))[":status"]).toBe("200");
    worker.send({ type: "retire", lingerSeconds: 5 });
    const first = await client.next(({ type }) => type === GOAWAY);
    expect([first.payload.readUInt32BE(), first.payload.readUInt32BE(4)]).toEqual([0x7fffffff, 0]);
    const ping = await client.next(({ type }) => type === PING);
    // nghttp2 writes the answer before heads that it had queued, and its own GOAWAY.
    client.write(frame(PING, 1, 0, ping.payload), frame(GOAWAY, 0, 0, Buffer.alloc(8)));
    client.write(frame(HEADERS, END_HEADERS | 1, 3, get()));
    expect((await client.head(3))[":status"]).toBe("200");
    const last = await client.next(({ type }) => type === GOAWAY);
    expect([last.payload.readUInt32BE(), last.payload.readUInt32BE(4)]).toEqual([3, 0]);
    await expect(client.next(() => false)).rejects.toThrow("has ended");
    expect(await worker.exited).toBe(0);
  });

  it("waits for what is in flight", async () => {
    worker = await startWorker(answering(LARGE));
    const client = session();
    const [, read] = open(client);
    await worker.inFlight(({ bytesSent }) => bytesSent > 0);
    worker.send({ type: "retire", lingerSeconds: 0 });
    expect((await read()).body.length).toBe(LARGE.length);
    expect(await worker.exited).toBe(0);
  });

  it("of one stream that is cut leaves the others", async () => {
    worker = await startWorker(answering(LARGE));
    const client = session();
    const [, read] = open(client);
    const [cut] = open(client, { ":path": "/cut" });
    const second = await worker.inFlight(({ path, bytesSent }) => path === "/cut" && bytesSent > 0);
    worker.send({ type: "cut-request", ask: 99, id: second.id });
    await once(cut, "close");
    expect(cut.rstCode).toBe(8);
    expect((await read()).body.length).toBe(LARGE.length);
    await expect.poll(() => worker.counted?.balance).toMatchObject({ answered: 1, cut: 1, inFlight: 0 });
    expect(client.closed).toBe(false);
  });

  it("of a generation that expires is announced, and cuts only its own streams", async () => {
    worker = await startWorker(answering(LARGE));
    const client = session();
    const [old] = open(client);
    await worker.inFlight(({ bytesSent }) => bytesSent > 0);
    await worker.serve(answering("new"));
    const goAway = once(client, "goaway");
    const closed = once(old, "close");
    worker.send({ type: "expire", generation: 1 });
    expect((await goAway)[0]).toBe(0);
    await closed;
    expect(old.rstCode).toBe(8);
    await expect.poll(() => worker.counted?.balance).toMatchObject({ cut: 1, inFlight: 0 });
  });
});

describe("an upload", () => {
  it("goes to the upstream as fast as it takes it, and no faster", async () => {
    let body = 0;
    await using upstream = await startRawUpstream(({ socket, text: received }) => {
      body = received.length - received.indexOf("\r\n\r\n") - 4;
      socket.pause();
    });
    worker = await serving(proxying(upstream.url));
    const client = session();
    const size = 16 * 1024 * 1024;
    const [upload, read] = open(client, { ":method": "POST", "content-length": String(size) });
    const chunk = Buffer.alloc(64 * 1024);
    let sent = 0;
    const pump = (): void => {
      while (sent < size) {
        sent += chunk.length;
        if (!upload.write(chunk)) return void upload.once("drain", pump);
      }
      upload.end();
    };
    pump();
    await expect.poll(() => upstream.requests.length).toBe(1);
    const [request] = upstream.requests;
    // What the worker has taken does not grow any more, and is far from all.
    let before = -1;
    await expect
      .poll(
        async () => {
          const bytesReceived = (await worker.requests())[0]?.bytesReceived ?? 0;
          const isStill = bytesReceived === before && bytesReceived > 0;
          before = bytesReceived;
          return isStill;
        },
        { interval: 100 },
      )
      .toBe(true);
    expect(before).toBeLessThan(size / 2);
    request?.socket.on("data", (bytes) => {
      body += bytes.length;
      if (body === size) request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    request?.socket.resume();
    expect(await read()).toMatchObject({ status: 200, body: "ok" });
  });

  it("that nobody wants does not keep the answer from its client, and the connection goes on", async () => {
    worker = await serving(answering("closed"));
    const client = session();
    const [upload, read] = open(client, { ":method": "POST" });
    upload.write(Buffer.alloc(1024 * 1024));
    expect(await read()).toMatchObject({ status: 200, body: "closed" });
    upload.end();
    expect((await ask(client)).body).toBe("closed");
  });

  it("that breaks off never reaches the upstream as a whole", async () => {
    await using upstream = await startRawUpstream(() => undefined);
    worker = await serving(proxying(upstream.url));
    using client = await openFrames(worker.port);
    client.write(frame(HEADERS, END_HEADERS, 1, get("/", ["x", "y"])), frame(DATA, 0, 1, "half"));
    await expect.poll(() => upstream.requests.length).toBe(1);
    const [request] = upstream.requests;
    const ended = new Promise<string>((resolve) => {
      let received = "";
      request?.socket.on("data", (bytes) => (received += bytes.toString()));
      request?.socket.on("close", () => {
        resolve(received);
      });
      request?.socket.on("end", () => request.socket.end());
    });
    client.write(frame(RST_STREAM, 0, 1, Buffer.from([0, 0, 0, 8])));
    expect(await ended).not.toContain("0\r\n\r\n");
  });

  it("is asked for where the client waits for leave to send it", async () => {
    await using upstream = await startRawUpstream(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    worker = await serving(proxying(upstream.url));
    const [upload, read] = open(session(), { ":method": "POST", "content-length": "5", expect: "100-continue" });
    await once(upload, "continue");
    upload.end("five!");
    expect((await read()).status).toBe(200);
    expect(upstream.requests[0]?.text).not.toMatch(/expect/i);
  });
});

describe("a request", () => {
  it("reaches an upstream as one of HTTP/1.1, with all it says and nothing else", async () => {
    await using upstream = await startRawUpstream(({ socket }) => {
      socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      socket.write(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: x-own\r\nX-Own: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nok",
      );
    });
    worker = await serving(proxying(upstream.url));
    using client = await openFrames(worker.port);
    client.write(
      frame(
        HEADERS,
        END_HEADERS | 1,
        1,
        get("/a%20b?c", ["cookie", "a=1"], ["cookie", "b=2"], ["te", "trailers"], ["x", "\xe9"]),
      ),
    );
    expect(await client.head(1)).toMatchObject({ ":status": "103", link: "</a>" });
    const answer = await client.head(1);
    expect(answer).toMatchObject({ ":status": "200", "content-length": "2" });
    expect(Object.keys(answer)).not.toContain("x-own");
    const head = upstream.requests[0]?.text ?? "";
    expect(head).toMatch(/^GET \/a%20b\?c HTTP\/1\.1\r\nHost: shop\r\n/);
    expect(head).toContain("\r\ncookie: a=1; b=2\r\n");
    expect(head).toContain("\r\nx: \xe9\r\n");
    expect(head).toContain("\r\nVia: 2.0 backsoon\r\n");
    expect(head).not.toMatch(/\r\n(?:te|transfer-encoding|:\w+):/i);
  });

  it("reaches an upstream of HTTP/2 as gRPC needs it: both ways at once, and with trailers", async () => {
    const upstream = createServer().on("stream", (received: ServerHttp2Stream, { te, ":path": path }) => {
      const fields = { ":status": 200, "content-type": "application/grpc" };
      if (path === "/none") {
        received.respond({ ...fields, "grpc-status": "5" }, { endStream: true });
        return;
      }
      received.respond(fields, { waitForTrailers: true });
      received.on("wantTrailers", () => {
        received.sendTrailers({ "grpc-status": "0", "x-te": String(te), host: "evil.test" });
      });
      received.pipe(received);
    });
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    worker = await serving(proxying(`h2c://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`));
    const client = session();
    const [stream] = open(client, { ":method": "POST", te: "trailers" });
    const trailers = once(stream, "trailers");
    stream.write("ping");
    expect(String((await once(stream, "data"))[0])).toBe("ping");
    // More than the windows take.
    const rest = "x".repeat(1024 * 1024);
    stream.end(rest);
    expect(await text(stream)).toBe(rest);
    expect((await trailers)[0]).toMatchObject({ "grpc-status": "0", "x-te": "trailers" });
    expect((await trailers)[0]).not.toHaveProperty("host");
    expect(await ask(client, { ":path": "/none" })).toMatchObject({ headers: { "grpc-status": "5" }, body: "" });
    upstream.close();
  });

  it("HEAD, 204 and 304 have no body, and the fields of their own", async () => {
    worker = await serving(answering("four"));
    const client = session();
    const head = await ask(client, { ":method": "HEAD" });
    expect([head.status, head.body, head.headers["content-length"]]).toEqual([200, "", "4"]);
    for (const status of [204, 304]) {
      await worker.serve(answering("", { rules: [{ handler: { type: "respond", status } }] }));
      expect(await ask(client)).toMatchObject({ status, body: "" });
    }
  });

  it("whose client opens its windows in small steps is no flood", async () => {
    worker = await serving(answering("x".repeat(6 * 1024 * 1024)));
    using client = await openFrames(worker.port);
    client.write(frame(HEADERS, END_HEADERS | 1, 1, get()));
    const step = Buffer.alloc(4, 0);
    step.writeUInt32BE(4096);
    const steps = [0, 1, 0, 1, 0, 1, 0, 1].map((stream) => frame(WINDOW_UPDATE, 0, stream, step));
    for (let received = 0; received < 6 * 1024 * 1024;) {
      received += (await client.next(({ type }) => type === DATA)).payload.length;
      client.write(...steps);
    }
  });

  it("is in the access log with its version", async () => {
    const folder = mkdtempSync(join(tmpdir(), "backsoon-http2-"));
    const accessLog = join(folder, "access.log");
    worker = await serving(answering("ok", { accessLog }));
    await ask(session(), { ":path": "/logged" });
    await expect
      .poll(() => (existsSync(accessLog) ? readFileSync(accessLog, "utf8") : ""))
      .toContain('"GET /logged HTTP/2.0" 200 2');
    rmSync(folder, { recursive: true });
  });
});

describe("who may speak it", () => {
  it("over TLS, who knows it does, and the others get HTTP/1.1", async () => {
    using folder = certificateFolder();
    const tls = folder.make("shop", ["shop"]);
    const listeners: Config["listeners"] = [{ name: "https", address: "127.0.0.1", port: 0, tls: {} }];
    worker = await startWorker(
      configWith(
        [
          {
            id: "shop",
            hosts: ["shop"],
            tls,
            rules: [{ when: { tls: true }, handler: { type: "respond", body: "secure" } }],
          },
        ],
        { listeners },
      ),
    );
    const client = session(`https://127.0.0.1:${String(worker.port)}`);
    expect((await ask(client)).body).toBe("secure");
    expect(client.alpnProtocol).toBe("h2");
    const { stdout } = await promisify(execFile)("curl", [
      ...["-sk", "--http1.1", "--resolve", `shop:${String(worker.port)}:127.0.0.1`, "-w", " %{http_version}"],
      `https://shop:${String(worker.port)}/`,
    ]);
    expect(stdout).toBe("secure 1.1");
  });

  it("without TLS, only where the listener says so", async () => {
    worker = await startWorker({ ...answering("ok"), listeners: [{ name: "http", address: "127.0.0.1", port: 0 }] });
    using client = await openRaw(worker.port);
    await client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    expect((await client.read()).status).toBe(400);
  });
});

describe("a WebSocket", () => {
  it("comes over a stream, and ends with 1012 when its generation expires", async () => {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    server.on("connection", (socket) => {
      socket.on("message", (data, binary) => {
        socket.send(data, { binary });
      });
    });
    worker = await serving(proxying(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`));
    const client = session();
    await once(client, "remoteSettings");
    const stream = client.request(
      {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "http",
        ":path": "/chat",
        ":authority": "shop",
        "sec-websocket-version": "13",
      },
      { endStream: false },
    );
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    expect(headers[":status"]).toBe(200);
    expect(headers["sec-websocket-accept"]).toBeUndefined();
    // A masked text frame with "hi", by the mask 0.
    stream.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    const [echo] = (await once(stream, "data")) as [Buffer];
    expect([...echo]).toEqual([0x81, 2, 0x68, 0x69]);
    const { generation } = await worker.inFlight(({ kind, path }) => kind === "websocket" && path === "/chat");
    worker.send({ type: "expire", generation });
    const [close] = (await once(stream, "data")) as [Buffer];
    expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, 1012]);
    stream.end(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xf4]));
    await once(stream, "close");
    server.close();
    for (const socket of server.clients) socket.terminate();
  });

  it("is no success where nothing relays it", async () => {
    worker = await serving(answering("a page"));
    using client = await openFrames(worker.port);
    client.write(
      frame(
        HEADERS,
        END_HEADERS,
        1,
        block(
          [":method", "CONNECT"],
          [":protocol", "websocket"],
          [":scheme", "http"],
          [":path", "/"],
          [":authority", "shop"],
        ),
      ),
    );
    expect((await client.head(1))[":status"]).toBe("501");
  });
});
