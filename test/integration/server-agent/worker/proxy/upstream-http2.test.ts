/** The proxy handler in front of upstreams that speak HTTP/2. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { get as open, type IncomingMessage } from "node:http";
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, createServer as createRaw, type Socket } from "node:net";
import { createServer as createSecurePlain } from "node:tls";
import type { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { WebSocket, WebSocketServer } from "ws";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import {
  type ProxyHarness,
  type ProxySetup,
  refusingTarget,
  startProxy,
} from "../../../../support/agent/proxy-harness.ts";
import { targetOptions } from "../../../../../server-agent/core/config/upstream-target.ts";
import { askTarget } from "../../../../../server-agent/supervisor/upstreams/ask-target.ts";
import { Target } from "../../../../../server-agent/worker/upstream/target.ts";
import { ask } from "../../../../support/http/ask.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";
import {
  ACK,
  block,
  DATA,
  END_HEADERS,
  END_STREAM,
  frame,
  GOAWAY,
  HEADERS,
  number,
  PING,
  PUSH_PROMISE,
  RST_STREAM,
  setting,
  SETTINGS,
  WINDOW_UPDATE,
} from "../../../../support/http/frame-client.ts";
import { caddyFolder, HAS_CADDY, startCaddy } from "../../../../support/web-servers/caddy.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const authority = folder.make("authority", []);
const forApp = folder.make("app", ["app.test", "localhost"], { by: authority });
const TLS = { ca: authority.certificate };

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of opened.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});
function keep<T extends AsyncDisposable>(thing: T): T {
  opened.push(thing);
  return thing;
}

interface App {
  readonly port: number;
  /** Connections so far. */
  readonly sessions: ServerHttp2Session[];
}

async function listening(server: Http2Server, port = 0): Promise<App> {
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session)).listen(port, "127.0.0.1");
  await once(server, "listening");
  keep({
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, "close");
    },
  });
  return { port: (server.address() as AddressInfo).port, sessions };
}

type OnStream = (stream: ServerHttp2Stream, fields: Record<string, unknown>) => void;

function app(onStream: OnStream, maxConcurrentStreams = 100): Promise<App> {
  return listening(createServer({ settings: { maxConcurrentStreams }, maxSessionMemory: 100 }).on("stream", onStream));
}

async function proxy({ port }: { readonly port: number }, setup?: ProxySetup): Promise<ProxyHarness> {
  return keep(await startProxy([`h2c://127.0.0.1:${String(port)}`], setup));
}

function givePath(stream: ServerHttp2Stream, fields: Record<string, unknown>): void {
  stream.respond({ ":status": 200 });
  stream.end(String(fields[":path"]));
}

describe("an upstream of HTTP/2", () => {
  it("gets all requests over one connection, with the fields of HTTP/2 alone", async () => {
    const waiting: (() => void)[] = [];
    let seen: Record<string, unknown> = {};
    const upstream = await app((stream, fields) => {
      seen = fields;
      waiting.push(() => {
        givePath(stream, fields);
      });
      if (waiting.length === 20) for (const answer of waiting) answer();
    });
    const { port } = await proxy(upstream);
    const paths = Array.from({ length: 20 }, (_, index) => `/${String(index)}?a=b`);
    const headers = {
      host: "shop.test",
      te: "trailers, deflate",
      connection: "keep-alive, x-private",
      "x-private": "1",
    };
    const answers = await Promise.all(paths.map((path) => ask(port, path, { headers })));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(paths.map((path) => [200, path]));
    expect(upstream.sessions).toHaveLength(1);
    expect(seen).toMatchObject({ ":authority": "shop.test", ":scheme": "http", te: "trailers", via: "1.1 backsoon" });
    expect(Object.keys(seen).filter((name) => /^(?:host|connection|x-private|transfer-encoding)$/.test(name))).toEqual(
      [],
    );
  });

  it("opens more connections where it takes fewer requests on one", async () => {
    const waiting: (() => void)[] = [];
    const upstream = await app((stream, fields) => {
      waiting.push(() => {
        givePath(stream, fields);
      });
      if (waiting.length === 6) for (const answer of waiting) answer();
    }, 2);
    const { port, log } = await proxy(upstream);
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(port, "/")));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    expect(upstream.sessions.length).toBeGreaterThanOrEqual(3);
    expect(log).toEqual([]);
  });

  it.each(["length", "chunks"])("gets and gives large bodies, by %s", async (framing) => {
    const upstream = await app((stream) => {
      stream.respond({ ":status": 201 });
      stream.pipe(stream);
    });
    const { port } = await proxy(upstream);
    const body = Buffer.alloc(3 * 1024 * 1024, "0123456789abcdef!");
    const headers = framing === "length" ? {} : { "transfer-encoding": "chunked" };
    const answer = await ask(port, "/", { method: "POST", body, headers });
    expect(answer).toMatchObject({ status: 201, complete: true });
    expect(answer.body.equals(body)).toBe(true);
  });

  it("sends no faster than the visitor reads, and others are served meanwhile", async () => {
    const large = Buffer.alloc(24 * 1024 * 1024);
    let sending: ServerHttp2Stream | undefined;
    const upstream = await app((stream, fields) => {
      if (fields[":path"] === "/") {
        givePath(stream, fields);
        return;
      }
      sending = stream;
      stream.respond({ ":status": 200 });
      stream.end(large);
    });
    const { port, log } = await proxy(upstream);
    const request = open({ host: "127.0.0.1", port, path: "/large", agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    for (let turn = 0; turn < 10; turn++) expect((await ask(port, "/")).text).toBe("/");
    expect(log).toEqual([]);
    expect(sending?.writableLength).toBeGreaterThan(0);
    expect((await buffer(response)).length).toBe(large.length);
  });

  it("hears of a visitor who leaves, and keeps the connection", async () => {
    const begun = Promise.withResolvers<ServerHttp2Stream>();
    const upstream = await app((stream, fields) => {
      if (fields[":path"] === "/") givePath(stream, fields);
      else begun.resolve(stream);
      stream.on("error", () => undefined);
    });
    const { port } = await proxy(upstream);
    const request = open({ host: "127.0.0.1", port, path: "/slow", agent: false }).on("error", () => undefined);
    const stream = await begun.promise;
    const closed = once(stream, "close");
    request.destroy();
    await closed;
    expect(stream.rstCode).toBe(8);
    expect((await ask(port, "/")).text).toBe("/");
    expect(upstream.sessions).toHaveLength(1);
  });

  it("is waited for while it takes no connections", async () => {
    const free = Number(/\d+$/.exec(await refusingTarget())?.[0]);
    const { port, entries } = await proxy({ port: free }, { hold: { seconds: 30 } });
    const answers = Promise.all(["/a", "/b", "/c"].map((path) => ask(port, path)));
    await expect.poll(() => entries.filter(({ isHeld }) => isHeld).length).toBeGreaterThanOrEqual(2);
    await listening(createServer().on("stream", givePath), free);
    expect((await answers).map(({ text }) => text)).toEqual(["/a", "/b", "/c"]);
  });

  it("may answer before the request is complete", async () => {
    const upstream = await app((stream) => {
      stream.respond({ ":status": 413 });
      stream.end("too large");
    });
    const { port } = await proxy(upstream);
    const body = Buffer.alloc(1024 * 1024);
    expect(await ask(port, "/", { method: "POST", body })).toMatchObject({ status: 413, text: "too large" });
    expect((await ask(port, "/")).status).toBe(413);
    expect(upstream.sessions).toHaveLength(1);
  });
});

/** What a server of HTTP/2 begins with. */
const HELLO = frame(SETTINGS, 0, 0);
const OK = block([":status", "200"]);

interface Hand {
  readonly socket: Socket;
  /** Of connections, from 0. */
  readonly connection: number;
  /** Its stream. */
  readonly id: number;
}

/** An upstream that answers each head with exactly these frames. */
async function raw(
  answer: (hand: Hand) => readonly Buffer[],
): Promise<{ port: number; heads: Hand[]; sockets: Socket[] }> {
  const heads: Hand[] = [];
  const sockets: Socket[] = [];
  const server = createRaw((socket) => {
    const connection = sockets.push(socket) - 1;
    let rest = Buffer.alloc(0);
    let isBegun = false;
    socket
      .on("error", () => undefined)
      .on("data", (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes]);
        if (!isBegun && rest.length >= 24) {
          isBegun = true;
          rest = rest.subarray(24);
        }
        while (isBegun && rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
          const hand = { socket, connection, id: rest.readUInt32BE(5) };
          const type = rest[3];
          rest = rest.subarray(9 + rest.readUIntBE(0, 3));
          if (type !== HEADERS) continue;
          heads.push(hand);
          for (const part of answer(hand)) socket.write(part);
        }
      });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  keep({
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
  return { port: (server.address() as AddressInfo).port, heads, sockets };
}

function head(id: number, ...fields: readonly (readonly [string, string])[]): Buffer {
  return frame(HEADERS, END_HEADERS | END_STREAM, id, block(...fields));
}

describe("a request is sent again", () => {
  it.each<[string, (id: number) => readonly Buffer[]]>([
    ["refused", (id) => [HELLO, frame(RST_STREAM, 0, id, number(7))]],
    ["behind the last stream", () => [HELLO, frame(GOAWAY, 0, 0, Buffer.concat([number(0), number(0)]))]],
  ])("when it was %s, whatever its method", async (_, refusal) => {
    const upstream = await raw(({ id }) =>
      upstream.heads.length === 1 ? refusal(id) : [HELLO, head(id, [":status", "204"])],
    );
    const { port, log } = await proxy(upstream);
    expect((await ask(port, "/", { method: "POST", headers: { "content-length": "0" } })).status).toBe(204);
    expect(upstream.heads).toHaveLength(2);
    expect(log).toEqual([]);
  });

  it("not to no end", async () => {
    const upstream = await raw(({ id }) => [HELLO, frame(RST_STREAM, 0, id, number(7))]);
    const { port } = await proxy(upstream);
    expect((await ask(port, "/")).status).toBe(502);
    expect(upstream.heads).toHaveLength(4);
  });

  it("when it may be repeated and an older connection closes, and else not", async () => {
    const upstream = await raw(({ id, socket, connection }) => {
      if (connection > 0 || id === 1) return [HELLO, head(id, [":status", "204"])];
      socket.destroy();
      return [];
    });
    const { port } = await proxy(upstream);
    expect((await ask(port, "/")).status).toBe(204);
    expect((await ask(port, "/")).status).toBe(204);
    expect(upstream.sockets).toHaveLength(2);
  });

  it("not when the answer has begun, or the target has reset it", async () => {
    const upstream = await raw(({ id }) =>
      id === 1
        ? [HELLO, frame(HEADERS, END_HEADERS, id, OK), frame(DATA, 0, id, "begun")]
        : [frame(RST_STREAM, 0, id, number(2))],
    );
    const { port } = await proxy(upstream);
    const request = open({ host: "127.0.0.1", port, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    // Not an end: the whole may be longer (RFC 9113, 8.1).
    upstream.heads[0]?.socket.write(frame(RST_STREAM, 0, 1, number(0)));
    await once(response, "error");
    expect(response.complete).toBe(false);
    expect((await ask(port, "/")).status).toBe(502);
    expect(upstream.heads).toHaveLength(2);
  });
});

function valid(id: number): Buffer {
  return head(id, [":status", "200"], ["x", "y"]);
}

it.each<[string, string, (id: number) => readonly Buffer[]]>([
  ["no HTTP/2", "it answers in HTTP/1.1", () => [Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")]],
  ["no settings", "no settings", (id) => [valid(id)]],
  ["no status", "status", (id) => [HELLO, head(id, ["x", "y"])]],
  ["two statuses", "name is not a token", (id) => [HELLO, head(id, [":status", "200"], [":status", "404"])]],
  ["a switch of protocols", "status", (id) => [HELLO, head(id, [":status", "101"])]],
  ["a status of two digits", "status", (id) => [HELLO, head(id, [":status", "20"])]],
  ["a line feed in a value", "value", (id) => [HELLO, head(id, [":status", "200"], ["x", "a\r\nset-cookie: b=c"])]],
  ["a name in upper case", "lower case", (id) => [HELLO, head(id, [":status", "200"], ["X", "y"])]],
  ["a line feed in a name", "not a token", (id) => [HELLO, head(id, [":status", "200"], ["x\n", "y"])]],
  [
    "a field of HTTP/1.1",
    "which HTTP/2 has not",
    (id) => [HELLO, head(id, [":status", "200"], ["transfer-encoding", "chunked"])],
  ],
  [
    "two lengths",
    "two different",
    (id) => [HELLO, head(id, [":status", "200"], ["content-length", "1"], ["content-length", "2"])],
  ],
  ["less than its length", "shorter", (id) => [HELLO, head(id, [":status", "200"], ["content-length", "1"])]],
  ["a body without a head", "without a head", (id) => [HELLO, frame(DATA, END_STREAM, id, "x")]],
  [
    "a promise",
    "no server sends",
    (id) => [HELLO, frame(PUSH_PROMISE, END_HEADERS, id, Buffer.concat([number(2), OK]))],
  ],
  ["a stream of its own", "not open", () => [HELLO, valid(2)]],
  ["a frame that is too large", "larger", () => [HELLO, frame(DATA, 0, 1, Buffer.alloc(20_000))]],
  [
    "a flood of PINGs",
    "too many",
    () => [HELLO, ...Array.from({ length: 1500 }, () => frame(PING, 0, 0, Buffer.alloc(8)))],
  ],
  ["a flood of settings", "too many", () => Array.from({ length: 1500 }, () => HELLO)],
  [
    "a flood of empty parts",
    "too many",
    (id) =>
      [HELLO, ...Array.from({ length: 1500 }, () => frame(DATA, 0, id))].toSpliced(
        1,
        0,
        frame(HEADERS, END_HEADERS, id, OK),
      ),
  ],
  ["a window that overflows", "too large", () => [HELLO, frame(WINDOW_UPDATE, 0, 0, number(2 ** 31 - 1))]],
  [
    "a head without end",
    "informational response",
    (id) => [HELLO, ...Array.from({ length: 60 }, () => frame(HEADERS, END_HEADERS, id, block([":status", "103"])))],
  ],
])("%s is no answer", async (_, why, frames) => {
  const upstream = await raw(({ id }) => frames(id));
  const { port, log, thrown } = await proxy(upstream);
  const answer = await ask(port, "/").catch(() => undefined);
  expect([502, 200, undefined]).toContain(answer?.status);
  if (answer?.status === 200) expect(answer.complete).toBe(false);
  expect(log.join(" ")).toContain(why);
  expect(thrown).toEqual([]);
});

it("takes settings at any time", async () => {
  const upstream = await raw(({ id }) => [
    HELLO,
    frame(SETTINGS, ACK, 0),
    frame(SETTINGS, 0, 0, setting(4, 0)),
    valid(id),
  ]);
  const { port } = await proxy(upstream);
  expect((await ask(port, "/")).headers.x).toBe("y");
});

describe("an upstream of HTTP/2 over TLS", () => {
  const files = { cert: readFileSync(forApp.certificate), key: readFileSync(forApp.key) };

  it("is agreed by ALPN and verified, and gets WebSockets by HTTP/1.1", async () => {
    const server = createSecureServer({ ...files, allowHTTP1: true }).on("stream", givePath);
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, rest: Buffer) => {
      sockets.handleUpgrade(request, socket, rest, (accepted) => {
        accepted.send("hello");
      });
    });
    const { port: target } = await listening(server);
    const { port } = keep(await startProxy([`h2://localhost:${String(target)}`], { tls: TLS }));
    expect((await ask(port, "/over-tls")).text).toBe("/over-tls");
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/`);
    const [message] = (await once(socket, "message")) as [Buffer];
    expect(message.toString()).toBe("hello");
    socket.terminate();
  });

  it.each([undefined, ["http/1.1"]])(
    "is 502 where it speaks HTTP/1.1 alone, with a hint (ALPN: %s)",
    async (protocols) => {
      const server = createSecurePlain({ ...files, ...(protocols && { ALPNProtocols: protocols }) }).listen(
        0,
        "127.0.0.1",
      );
      await once(server, "listening");
      keep({
        [Symbol.asyncDispose]: async () => {
          server.close();
          await once(server, "close");
        },
      });
      const { port: target } = server.address() as AddressInfo;
      const { port, log } = keep(await startProxy([`h2://localhost:${String(target)}`], { tls: TLS }));
      expect((await ask(port, "/")).status).toBe(502);
      expect(log.join(" ")).toContain("it does not speak HTTP/2 here; write `https://`");
    },
  );
});

it("is asked for its health in HTTP/2", async () => {
  const upstream = await app((stream, fields) => {
    stream.respond({ ":status": fields[":path"] === "/healthz" && fields[":authority"] === "shop.test" ? 204 : 503 });
    stream.end();
  });
  const target = new Target(targetOptions(`h2c://127.0.0.1:${String(upstream.port)}`), undefined);
  const check = { path: "/healthz", host: "shop.test" };
  expect(await askTarget(target, check, 10_000)).toBeUndefined();
  expect(await askTarget(target, { path: "/other" }, 10_000)).toBe("GET /other answered 503");
  const nobody = new Target(targetOptions((await refusingTarget()).replace("http", "h2c")), undefined);
  expect(await askTarget(nobody, check, 10_000)).toContain("ECONNREFUSED");
});

describe.skipIf(!HAS_CADDY)("a real Caddy", () => {
  it("answers over HTTP/2", async () => {
    await using stack = new AsyncDisposableStack();
    const caddyfile = `{
\tadmin 127.0.0.1:@PORT9@
\tservers {
\t\tprotocols h1 h2c
\t}
}
http://:@PORT1@ {
\trespond "{http.request.proto} {http.request.uri}"
}
`;
    const place = stack.use(await caddyFolder({ Caddyfile: caddyfile }));
    stack.use(await startCaddy(place));
    const { port } = await proxy({ port: place.port(1) });
    expect((await ask(port, "/a?b=c")).text).toBe("HTTP/2.0 /a?b=c");
  });
});
