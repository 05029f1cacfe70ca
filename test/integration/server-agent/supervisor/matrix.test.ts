/**
 * Every state of a connection × every event: exactly the outcome that docs/reliability.md has, for
 * each of many clients at once.
 */
import { createHash } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { afterAll, describe, expect, it } from "vitest";
import type { Config, SiteTls } from "../../../../server-agent/contract/config.ts";
import { startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { CLIENTS_PER_CELL, type EventName, EVENTS, MATRIX, type State } from "../../../../tools/docs/reliability.ts";
import { handOver, HOST, proxied } from "../../../support/agent/hand-over.ts";
import { certificateFolder } from "../../../support/http/certificates.ts";
import { openRaw, type RawClient } from "../../../support/http/raw-client.ts";
import { repetitions } from "../../../support/repetitions.ts";

const LARGE = "x".repeat(8 * 1024 * 1024);
const SOME = "0123456789";
const HELD_BYTES = 2 * SOME.length;

/** What is active after the event answers `GET /` like this. */
const ACTIVE: Record<EventName, string> = {
  close: "503",
  reopen: "200 live",
  configure: "200 configured",
  restart: "200 live",
  handOver: "200 live",
  workerKilled: "200 live",
  agentKilled: "200 live",
};

/** Answers by path; what is held is let go all at once. */
async function startOrigin() {
  const held: ServerResponse[] = [];
  const streams: (() => void)[] = [];
  const upgraded: Duplex[] = [];
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      let bytes = 0;
      request.on("data", (chunk: Buffer) => (bytes += chunk.length));
      request.on("end", () => response.end(`took ${String(bytes)}`));
    } else if (request.url === "/live/held") held.push(response);
    else if (request.url === "/live/large") response.end(LARGE);
    else if (request.url === "/live/events") {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write("first;");
      streams.push(() => response.write("second;"));
    } else response.end("live");
  });
  server.on("upgrade", (request, socket) => {
    const key = `${request.headers["sec-websocket-key"] ?? ""}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    upgraded.push(socket.on("error", () => undefined).on("end", () => socket.end()));
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    streams.push(() => socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    /** Requests that wait here. */
    held,
    goOn() {
      for (const response of held.splice(0)) response.end("held");
      for (const next of streams.splice(0)) next();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function ask(path: string, more = "", method = "GET"): string {
  return `${method} ${path} HTTP/1.1\r\nHost: ${HOST}\r\n${more}\r\n`;
}

/** One client: what it does before the event, and what it sees afterwards. */
interface Driver {
  before(client: RawClient): Promise<void>;
  after(client: RawClient, active: string): Promise<string>;
}

async function answerOf(client: RawClient): Promise<string> {
  const { status, body } = await client.read();
  return status === 503 ? "503" : `${String(status)} ${body.length > 100 ? String(body.length) : body}`;
}

async function asOld(client: RawClient, expected: string): Promise<string> {
  const answer = await answerOf(client);
  return answer === expected ? "old" : answer;
}

async function asNew(client: RawClient, active: string): Promise<string> {
  const answer = await answerOf(client);
  return answer === active ? "new" : answer;
}

const UPGRADE =
  "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

const DRIVERS: Record<State, Driver> = {
  "idle between requests": {
    async before(client) {
      await client.ask(ask("/"));
    },
    async after(client, active) {
      await client.write(ask("/"));
      return asNew(client, active);
    },
  },
  "half a head": {
    // Accepted for certain, as it has been answered once.
    async before(client) {
      await client.ask(ask("/"));
      await client.write(`GET / HTTP/1.1\r\nHo`);
    },
    async after(client, active) {
      await client.write(`st: ${HOST}\r\n\r\n`);
      return asNew(client, active);
    },
  },
  "half a body": {
    before: (client) => client.write(ask("/live/up", `Content-Length: ${String(HELD_BYTES)}\r\n`, "POST") + SOME),
    async after(client) {
      await client.write(SOME);
      return asOld(client, `200 took ${String(HELD_BYTES)}`);
    },
  },
  "chunked upload": {
    before: (client) => client.write(`${ask("/live/up", "Transfer-Encoding: chunked\r\n", "POST")}a\r\n${SOME}\r\n`),
    async after(client) {
      await client.write(`a\r\n${SOME}\r\n0\r\n\r\n`);
      return asOld(client, `200 took ${String(HELD_BYTES)}`);
    },
  },
  pipelined: {
    before: (client) => client.write(ask("/live/held") + ask("/")),
    async after(client, active) {
      const first = await asOld(client, "200 held");
      const second = await asNew(client, active).catch(() => "ended");
      return `${first}, ${second}`;
    },
  },
  "slow reader": {
    before: (client) => client.write(ask("/live/large")),
    after: (client) => asOld(client, `200 ${String(LARGE.length)}`),
  },
  WebSocket: {
    async before(client) {
      await client.ask(ask("/live/socket", UPGRADE), false);
    },
    after: async (client) => ((await client.bytes(4)).endsWith("hi") ? "goes on" : "other bytes"),
  },
  "event stream": {
    async before(client) {
      await client.write(ask("/live/events"));
      await client.until("first;");
    },
    async after(client) {
      await client.until("second;");
      return "goes on";
    },
  },
};

/** Those of which a request is in flight at the event. */
const IN_FLIGHT = Object.keys(DRIVERS).length - 2;

function configured(url: string): Config {
  const config = proxied(url);
  const [shop, ...others] = config.virtualHosts;
  if (shop === undefined) throw new Error("no site");
  const rules = [{ handler: { type: "respond" as const, body: "configured" } }];
  return { ...config, virtualHosts: [{ ...shop, rules }, ...others] };
}

/** Visitors come over TLS where there is a certificate. */
function secured(config: Config, tls: SiteTls | undefined): Config {
  if (tls === undefined) return config;
  return {
    ...config,
    listeners: config.listeners.map((listener) => ({ ...listener, tls: true })),
    virtualHosts: config.virtualHosts.map((site) => ({ ...site, tls })),
  };
}

async function happen(event: EventName, agent: TestAgent, receipt: string, next: Config): Promise<void> {
  switch (event) {
    case "close":
      await agent.call("startMaintenance", { body: { site: "shop" } });
      return;
    case "reopen":
      await agent.call("revertMaintenance", { params: { id: receipt } });
      return;
    case "configure": {
      const config = { ...next, listeners: (await agent.call("getConfig")).config.listeners };
      await agent.call("putConfig", { body: config, ifMatch: "*" });
      return;
    }
    case "restart":
      await agent.call("restart", { body: { mode: "graceful" } });
      return;
    case "handOver":
      await handOver(agent);
      return;
    case "workerKilled":
      process.kill((await agent.call("getAgent")).workers[0]?.pid ?? 0, "SIGKILL");
      return;
    case "agentKilled":
      await agent.kill("SIGKILL");
  }
}

async function expectOutcomes(event: EventName, perCell: number, tls?: SiteTls): Promise<void> {
  await using origin = await startOrigin();
  await using agent = await startAgent({ config: secured(proxied(origin.url), tls) });
  const exceptions = [{ path: "/live/*" }];
  const { id } =
    event === "reopen" ? await agent.call("startMaintenance", { body: { site: "shop", exceptions } }) : { id: "" };
  const clients: { state: State; client: RawClient }[] = [];
  for (const state of Object.keys(DRIVERS) as State[])
    for (let count = 0; count < perCell; count++) {
      const client = await openRaw(agent.port, tls === undefined ? undefined : HOST);
      clients.push({ state, client });
      await DRIVERS[state].before(client);
    }
  await expect
    .poll(async () => (await agent.call("listRequests")).requests.length, { timeout: 20_000 })
    .toBe(IN_FLIGHT * perCell);
  await expect.poll(() => origin.held.length).toBe(perCell);
  await happen(event, agent, id, secured(configured(origin.url), tls));
  origin.goOn();
  const seen = await Promise.all(
    clients.map(async ({ state, client }) => {
      const isIdle = state === "idle between requests" || state === "half a head";
      const outcome = await DRIVERS[state].after(client, ACTIVE[event]).catch(() => (isIdle ? "ended" : "cut"));
      client.destroy();
      return `${state}: ${outcome}`;
    }),
  );
  const expected = Object.entries(MATRIX).map(([state, cells]) => `${state}: ${cells[event]}`);
  expect([...new Set(seen)].toSorted()).toEqual(expected.toSorted());
}

it.each(Object.entries(EVENTS))("%s (%s): each connection sees the one outcome that its state allows", async (name) => {
  await expectOutcomes(name as EventName, CLIENTS_PER_CELL);
});

describe("over TLS", () => {
  const folder = certificateFolder();
  afterAll(() => {
    folder[Symbol.dispose]();
  });
  const tls = folder.make("shop", [HOST]);

  it.each(Object.entries(EVENTS).slice(0, repetitions(1, Infinity)))("%s (%s): the same", async (name) => {
    await expectOutcomes(name as EventName, repetitions(3, CLIENTS_PER_CELL), tls);
  });
});
