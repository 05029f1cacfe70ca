/**
 * The states and events of docs/reliability.md over HTTP/2: streams in all states share one
 * connection, and each sees the outcome that a connection of HTTP/1.1 sees in its place.
 */
import { once } from "node:events";
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from "node:http2";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import type { Config, SiteTls } from "../../../../server-agent/contract/config.ts";
import { startAgent } from "../../../../tools/driving/agent.ts";
import { type EventName, EVENTS, MATRIX, type State } from "../../../../tools/docs/reliability.ts";
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
import { repetitions } from "../../../support/repetitions.ts";

/** A stream, and the head of its answer. */
interface Asked {
  readonly stream: ClientHttp2Stream;
  readonly head: Promise<IncomingHttpHeaders & IncomingHttpStatusHeader>;
}

/** A request of one stream, from before the event until after it. */
interface Driver {
  readonly fields: Record<string, string>;
  begin(asked: Asked): Promise<unknown>;
  outcome(asked: Asked): Promise<string>;
}

function open(session: ClientHttp2Session, fields: Record<string, string>): Asked {
  const endStream = fields[":method"] === undefined;
  const stream = session.request({ ":authority": HOST, ...fields }, { endStream });
  const head = new Promise<IncomingHttpHeaders & IncomingHttpStatusHeader>((resolve, reject) => {
    stream.on("response", resolve);
    stream.on("error", reject);
    stream.on("close", () => {
      reject(new Error("closed without an answer"));
    });
  });
  // Some look at the answer after the event only.
  head.catch(() => undefined);
  return { stream, head };
}

async function answerOf({ stream, head }: Asked): Promise<string> {
  const { ":status": status, "content-length": length } = await head;
  const body = await text(stream);
  // Node ends the stream of a connection that broke as if it were complete.
  if (length !== undefined && Number(length) !== body.length) throw new Error("cut short");
  return status === 503 ? "503" : `${String(status)} ${body.length > 100 ? String(body.length) : body}`;
}

async function asOld(asked: Asked, expected: string): Promise<string> {
  const answer = await answerOf(asked);
  return answer === expected ? "old" : answer;
}

/** Bytes up to this text. */
async function until({ stream }: Asked, wanted: string): Promise<void> {
  for (let seen = ""; !seen.includes(wanted);) {
    const part = stream.read() as Buffer | null;
    if (part !== null) seen += part.toString("latin1");
    else await Promise.race([once(stream, "readable"), once(stream, "close").then(() => Promise.reject(new Error()))]);
  }
}

const POST = { ":method": "POST", ":path": "/live/up" };
const UPLOAD = {
  begin: ({ stream }: Asked) => Promise.resolve(stream.write(SOME)),
  outcome(asked: Asked) {
    asked.stream.end(SOME);
    return asOld(asked, `200 took ${String(HELD_BYTES)}`);
  },
};
const WAITING: Driver = {
  fields: { ":path": "/live/held" },
  begin: () => Promise.resolve(),
  outcome: (asked) => asOld(asked, "200 held"),
};

/** The streams of one connection; two of them wait for the application at once. */
const DRIVERS: readonly (readonly [state: State | "waiting", driver: Driver])[] = [
  ["waiting", WAITING],
  ["half a body", { ...UPLOAD, fields: { ...POST, "content-length": String(HELD_BYTES) } }],
  ["chunked upload", { ...UPLOAD, fields: POST }],
  [
    "slow reader",
    {
      fields: { ":path": "/live/large" },
      begin: () => Promise.resolve(),
      outcome: (asked) => asOld(asked, `200 ${String(LARGE.length)}`),
    },
  ],
  [
    "WebSocket",
    {
      fields: {
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "http",
        ":path": "/live/socket",
        "sec-websocket-version": "13",
      },
      begin: ({ head }) => head,
      async outcome(asked) {
        await until(asked, "hi");
        return "goes on";
      },
    },
  ],
  [
    "event stream",
    {
      fields: { ":path": "/live/events" },
      begin: (asked) => until(asked, "first;"),
      async outcome(asked) {
        await until(asked, "second;");
        return "goes on";
      },
    },
  ],
  ["waiting", WAITING],
];

/** A connection, and whether it was told that it ends. */
interface Told extends ClientHttp2Session {
  isTold?: boolean;
}

/**
 * What a client sees that asks for more on a connection, and asks on another where this one was
 * announced to end without the request (RFC 9113, 6.8).
 */
async function askAgain(session: Told, reopen: () => Promise<Told>, active: string): Promise<string> {
  const ask = async (on: Told) => answerOf(open(on, { ":path": "/" }));
  const answer = await ask(session).catch(async (failure: unknown) => {
    if (session.isTold !== true) throw failure;
    return ask(await reopen());
  });
  return answer === active ? "new" : answer;
}

function speaking(config: Config): Config {
  return { ...config, listeners: config.listeners.map((listener) => ({ ...listener, http2: true })) };
}

/** Opens connections, and ends them all. */
function openSessions(port: number, scheme: string) {
  const sessions: Told[] = [];
  return {
    open: async (): Promise<Told> => {
      const session: Told = connect(`${scheme}://127.0.0.1:${String(port)}`, {
        servername: HOST,
        rejectUnauthorized: false,
      });
      sessions.push(session);
      session.on("error", () => undefined).on("goaway", () => (session.isTold = true));
      await once(session, "remoteSettings");
      return session;
    },
    [Symbol.dispose]() {
      for (const session of sessions) session.destroy();
    },
  };
}

async function expectOutcomes(event: EventName, clients: number, tls?: SiteTls): Promise<void> {
  await using origin = await startHoldingOrigin();
  const config = secured(speaking(proxied(origin.url)), tls);
  await using agent = await startAgent({ config });
  const exceptions = [{ path: "/live/*" }];
  const { id } =
    event === "reopen" ? await agent.call("startMaintenance", { body: { site: "shop", exceptions } }) : { id: "" };
  using sessions = openSessions(agent.port, tls === undefined ? "http" : "https");
  const begun: { state: string; driver: Driver; asked: Asked }[] = [];
  const idle: Told[] = [];
  for (let client = 0; client < clients; client++) {
    const busy = await sessions.open();
    for (const [state, driver] of DRIVERS) {
      const asked = open(busy, driver.fields);
      begun.push({ state, driver, asked });
      await driver.begin(asked);
    }
    const other = await sessions.open();
    expect(await askAgain(other, sessions.open, event === "reopen" ? "503" : "200 live")).toBe("new");
    idle.push(other);
  }
  await expect
    .poll(async () => (await agent.call("listRequests")).requests.length, { timeout: 20_000 })
    .toBe(begun.length);
  await expect.poll(() => origin.held.length).toBe(2 * clients);
  await happen(event, agent, id, secured(configured(origin.url), tls));
  origin.goOn();
  const seen = await Promise.all([
    ...begun.map(async ({ state, driver, asked }) => `${state}: ${await driver.outcome(asked).catch(() => "cut")}`),
    ...idle.map(async (session) => {
      const outcome = await askAgain(session, sessions.open, ACTIVE[event]).catch(() => "ended");
      return `idle between requests: ${outcome}`;
    }),
  ]);
  const states = ["idle between requests", ...new Set(DRIVERS.map(([state]) => state))] as const;
  const expected = states.map((state) => `${state}: ${MATRIX[state === "waiting" ? "half a body" : state][event]}`);
  expect([...new Set(seen)].toSorted()).toEqual(expected.toSorted());
}

it.each(Object.entries(EVENTS))("%s (%s): each stream sees the one outcome that its state allows", async (name) => {
  await expectOutcomes(name as EventName, repetitions(5, 20));
});

describe("over TLS", () => {
  const folder = certificateFolder();
  afterAll(() => {
    folder[Symbol.dispose]();
  });
  const tls = folder.make("shop", [HOST]);

  it.each(Object.entries(EVENTS).filter(([name]) => repetitions(0, 1) === 1 || name === "handOver"))(
    "%s (%s): the same",
    async (name) => {
      await expectOutcomes(name as EventName, repetitions(2, 20), tls);
    },
  );
});
