/**
 * Long exchanges through the proxy while the configuration changes under them: uploads, event
 * streams, WebSockets.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { startOriginServer, type OriginServer } from "../../../../tools/driving/origin-server.ts";
import { openRaw } from "../../../support/http/raw-client.ts";
import { configWith, PROOF_TOKEN, startWorker, type WorkerHarness } from "../../../support/agent/worker-harness.ts";

let origin: OriginServer;
let worker: WorkerHarness;

function live(url = origin.url): Config {
  return configWith([{ id: "shop", hosts: ["shop"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }], {
    upstreams: { app: { targets: [url] } },
  });
}
function maintenance(): Config {
  return configWith(
    [
      {
        id: "shop-copycat",
        copycatOf: "shop",
        hosts: ["shop"],
        rules: [{ handler: { type: "maintenance", page: "default", retryAfter: 60 } }],
      },
      { id: "shop", hosts: ["shop"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
    ],
    { upstreams: { app: { targets: [origin.url] } } },
  );
}

beforeEach(async () => {
  origin = await startOriginServer();
  worker = await startWorker(live());
});
afterEach(async () => {
  await worker.close();
  await origin.close();
});

it("an upload that began before the switch ends on its own generation; the next request on its connection gets the 503", async () => {
  using client = await openRaw(worker.port);
  await client.write("POST /upload HTTP/1.1\r\nHost: shop\r\nContent-Length: 200000\r\n\r\n");
  await client.write(Buffer.alloc(100_000, "u"));
  const upload = await worker.inFlight((request) => request.bytesReceived > 0);
  expect(upload).toMatchObject({ kind: "upload", bytesExpected: 200_000, generation: 1, virtualHost: "shop" });
  await worker.serve(maintenance());
  await client.write(Buffer.alloc(100_000, "u"));
  const answer = await client.read();
  expect(answer.status).toBe(200);
  expect(answer.body).toMatch(/^[0-9a-f]{64}$/);
  expect((await client.ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).status).toBe(503);
});

it("an event stream goes on across the switch, and ends completely when its generation expires", async () => {
  using client = await openRaw(worker.port);
  await client.write("GET /events HTTP/1.1\r\nHost: shop\r\n\r\n");
  const stream = await worker.inFlight((request) => request.kind === "event-stream");
  await worker.serve(maintenance());
  const before = stream.bytesSent;
  await worker.inFlight((request) => request.id === stream.id && request.bytesSent > before);
  const cut = worker.next("counted", ({ drains }) => drains[1]?.shop?.cut === 1);
  worker.send({ type: "expire", generation: 1 });
  // A complete chunked body: the terminating chunk came.
  const answer = await client.read();
  expect(answer.body).toContain("data: 0\n\n");
  await cut;
  expect(await client.rest()).toBe("");
});

it("a WebSocket goes on across the switch, and is closed with 1012 when its generation expires; a new handshake gets the 503", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${String(worker.port)}/live`, { headers: { host: "shop" } });
  await once(socket, "open");
  await worker.serve(maintenance());
  socket.send("still there?");
  const [echo] = (await once(socket, "message")) as [Buffer];
  expect(echo.toString()).toBe("still there?");
  expect(await worker.requests()).toMatchObject([{ kind: "websocket", generation: 1, path: "/live" }]);

  const refused = new WebSocket(`ws://127.0.0.1:${String(worker.port)}/live`, { headers: { host: "shop" } });
  const [, response] = (await once(refused, "unexpected-response")) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(503);
  expect(response.headers["retry-after"]).toBe("60");
  response.destroy();

  const closed = once(socket, "close");
  worker.send({ type: "expire", generation: 1 });
  expect((await closed)[0]).toBe(1012);
  const gone = (): boolean => worker.counted?.generations[1]?.cut === 1;
  while (!gone()) await worker.next("counted");
});

it("asks for the body of a request with Expect where it is passed on", async () => {
  using client = await openRaw(worker.port);
  await client.write("POST /echo HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  expect((await client.read()).status).toBe(100);
  expect((await client.ask("hello")).status).toBe(200);
  expect(client.closed).toBe(false);
});

it("does not tell the upstream about the proof", async () => {
  let seen: IncomingMessage | undefined;
  const app = createServer((request, response) => {
    seen = request;
    response.end("ok");
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  await worker.serve(live(`http://127.0.0.1:${String((app.address() as AddressInfo).port)}`));
  using client = await openRaw(worker.port);
  const answer = await client.ask(
    `GET http://shop/absolute?x=1 HTTP/1.1\r\nHost: elsewhere\r\nBacksoon-Proof: ${PROOF_TOKEN}\r\n\r\n`,
  );
  expect(answer.headers["backsoon-answered-by"]).toBe("shop;generation=2");
  expect(seen?.headers["backsoon-proof"]).toBeUndefined();
  expect(seen?.url).toBe("/absolute?x=1");
  expect(seen?.headers.host).toBe("shop");
  app.closeAllConnections();
  app.close();
});

it.each(["h2c", "TLS/1.0, HTTP/1.1", "websocket, h2c"])(
  "an upgrade to %s goes to the upstream as an ordinary request",
  async (protocol) => {
    using client = await openRaw(worker.port);
    const answer = await client.ask(
      `GET /page HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`,
    );
    expect([answer.status, answer.body]).toEqual([200, "the original answers"]);
    expect((await client.ask("GET /page HTTP/1.1\r\nHost: shop\r\n\r\n")).status).toBe(200);
  },
);

it("a WebSocket that is refused is counted by its answer, and ends also when the visitor stays", async () => {
  await worker.serve(live("http://127.0.0.1:1"));
  using client = await openRaw(worker.port);
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  const answer = await client.ask(`GET /live HTTP/1.1\r\nHost: shop\r\n${upgrade}\r\n`);
  expect([answer.status, answer.headers.connection]).toEqual([502, "close"]);
  await expect.poll(() => worker.counted?.hosts.shop?.status, { timeout: 5000 }).toEqual({ "5xx": 1 });
  expect(await worker.requests()).toEqual([]);
  await client.rest();
});

it.each(["Transfer-Encoding: chunked\r\n\r\nZZ\r\n", "Transfer-Encoding: chunked\r\n\r\n5  \r\nhello\r\n"])(
  "a malformed body gets 400, and the upstream no whole request: %j",
  async (rest) => {
    using client = await openRaw(worker.port);
    await client.write(`POST /upload HTTP/1.1\r\nHost: shop\r\n${rest}`);
    expect(await client.rest()).toMatch(/^HTTP\/1\.1 400 [^]*\r\nConnection: close\r\n/);
    await expect.poll(() => worker.log).toContain("the body of POST shop/upload is malformed");
  },
);
