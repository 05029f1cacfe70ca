/**
 * Every state of a connection × every event: exactly the outcome that docs/reliability.md has, for
 * each of many clients at once.
 */
import { afterAll, describe, expect, it } from "vitest";
import type { SiteTls } from "../../../../server-agent/contract/config.ts";
import { startAgent } from "../../../../tools/driving/agent.ts";
import { CLIENTS_PER_CELL, type EventName, EVENTS, MATRIX, type State } from "../../../../tools/docs/reliability.ts";
import {
  ACTIVE,
  configured,
  HELD_BYTES,
  happen,
  LARGE,
  secured,
  SOME,
  startHoldingOrigin,
} from "../../../support/agent/events.ts";
import { HOST, proxied } from "../../../support/agent/hand-over.ts";
import { certificateFolder } from "../../../support/http/certificates.ts";
import { openRaw, type RawClient } from "../../../support/http/raw-client.ts";
import { repetitions } from "../../../support/repetitions.ts";

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

async function expectOutcomes(event: EventName, perCell: number, tls?: SiteTls): Promise<void> {
  await using origin = await startHoldingOrigin();
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
