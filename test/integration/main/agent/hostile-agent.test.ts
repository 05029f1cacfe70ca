/**
 * Something at the agent's place that means harm: whatever it sends, memory stays bounded, the app
 * keeps answering, and the failure says what came.
 */
import { rm } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { socketConnector } from "../../../../main/agent/socket-transport.ts";
import type { Snapshot } from "../../../../server-agent/contract/events.ts";
import type { VirtualHost } from "../../../../server-agent/contract/config.ts";
import { makeFolder } from "../../../../tools/driving/agent.ts";
import {
  at,
  metricsEvent,
  rates,
  someAgent,
  someConfig,
  someReceipt,
  someSnapshot,
} from "../../../support/desktop/desktop-fixtures.ts";
import { measureSession } from "../../../support/desktop/measured-session.ts";
import { watchSession } from "../../../support/desktop/session-watch.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

interface Behaviour {
  agent?: (response: http.ServerResponse) => void;
  events?: (response: http.ServerResponse) => void;
}

async function hostile({ agent, events }: Behaviour): Promise<string> {
  const folder = await makeFolder();
  const socketPath = join(folder, "s.sock");
  const server = http.createServer((request, response) => {
    response.on("error", () => undefined);
    if (request.url === "/v1/events") (events ?? ((streaming) => void streaming.write(line(someSnapshot()))))(response);
    else (agent ?? ((answer) => void answer.end(JSON.stringify(someAgent))))(response);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  open.push({
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  });
  return socketPath;
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** As fast as it is read, until `next` has no more or the other side hangs up. */
function pour(
  to: { write(chunk: string | Buffer): boolean; destroyed: boolean; once(event: "drain", go: () => void): unknown },
  next: () => string | undefined,
) {
  const go = () => {
    for (;;) {
      const chunk = to.destroyed ? undefined : next();
      if (chunk === undefined) return;
      if (!to.write(chunk)) {
        to.once("drain", go);
        return;
      }
    }
  };
  go();
}
/** `begin`, then `middle` again and again until there are so many bytes, then `end`. */
function framed(begin: string, middle: string, bytes: number, end: string): () => string | undefined {
  const piece = middle.repeat(Math.ceil(65_536 / middle.length));
  let sent = 0;
  return () => {
    if (sent === -1) return undefined;
    const chunk = sent === 0 ? begin + piece : sent > bytes ? end : piece;
    sent = sent > bytes ? -1 : sent + chunk.length;
    return chunk;
  };
}
/** HTTP chunks of so many characters, without end: Node's own server would join them. */
function trickle(response: http.ServerResponse, text: string) {
  response.writeHead(200);
  response.flushHeaders();
  const { socket } = response;
  if (socket !== null) pour(socket, () => `${text.length}\r\n${text}\r\n`.repeat(5000));
}
/** Two halves of a snapshot around what replaces `MARK`. */
function around(change: Partial<Snapshot>): [string, string] {
  const [before = "", after = ""] = line(someSnapshot(change)).split('"MARK"');
  return [before, after];
}
function site(change: Partial<VirtualHost>): VirtualHost {
  return { id: "shop", hosts: ["shop.example.com"], rules: [{ handler: { type: "drop" } }], ...change };
}
const [shop, others] =
  someConfig.virtualHosts.length > 0 ? [someConfig.virtualHosts[0], someConfig.virtualHosts.slice(1)] : [undefined, []];

const MB = 1024 * 1024;
/** The process alone takes 115. */
const MAX_MB = 600;
/**
 * One line with half a million faults takes longest: a second and a half on a machine that does
 * nothing else.
 */
const MAX_BLOCK_MS = 4000;

describe("what is too much is refused, within a bound of memory", () => {
  const hostsOf = around({ config: { ...someConfig, virtualHosts: [site({ hosts: ["MARK"] })] } });
  const sitesOf = around({ config: { ...someConfig, virtualHosts: ["MARK" as unknown as VirtualHost, ...others] } });
  const oneSite = JSON.stringify(site({ id: "s" }));
  it.each<[string, Behaviour, RegExp]>([
    [
      "a reply that never ends",
      { agent: (response) => pour(response, () => " ".repeat(65_536)) },
      /longer than any agent's/,
    ],
    [
      "a reply in pieces of one byte",
      { agent: (response) => trickle(response, "1") },
      /longer than any agent's|did not answer/,
    ],
    [
      "a head that never ends",
      {
        agent: ({ socket }) => {
          socket?.write("HTTP/1.1 200 OK\r\n");
          if (socket !== null) pour(socket, () => `x: ${"y".repeat(1000)}\r\n`);
        },
      },
      /Header overflow/,
    ],
    [
      "a line that never ends",
      { events: (response) => pour(response, () => "x".repeat(65_536)) },
      /longer than \d+ characters/,
    ],
    [
      "a line that is nested thirty million times",
      { events: (response) => pour(response, framed('{"type":', "[", 30 * MB, "\n")) },
      /nested more than 200 levels/,
    ],
    [
      "a line of fifteen million values",
      { events: (response) => pour(response, framed('{"type":"snapshot","x":[', "1,", 30 * MB, "1]}\n")) },
      /more than 600000 values/,
    ],
    [
      "a site with half a million hosts that are numbers",
      { events: (response) => pour(response, framed(`${hostsOf[0]}1,`, "1,", 1.0 * MB, `1${hostsOf[1]}`)) },
      /config\.virtualHosts\.0/,
    ],
    [
      "two hundred thousand sites",
      { events: (response) => pour(response, framed(sitesOf[0], `${oneSite},`, 20 * MB, `${oneSite}${sitesOf[1]}`)) },
      /values|sites/,
    ],
    [
      "a value nested twenty thousand levels deep in a change",
      {
        events: (response) => {
          const change = { kind: "added", path: "/", before: "MARK" } as const;
          const [begin, end] = around({
            generations: [
              {
                generation: 1,
                state: "active",
                createdAt: at(0),
                author: "a",
                reason: "b",
                inFlight: 0,
                changes: [change],
              },
            ],
          });
          response.write(`${begin}${"[".repeat(20_000)}${"]".repeat(20_000)}${end}`);
        },
      },
      /nested more than 200 levels/,
    ],
    [
      "an error of a megabyte",
      {
        agent: (response) =>
          response
            .writeHead(500)
            .end(JSON.stringify({ code: "internal", message: "m".repeat(900_000), details: {}, requestId: "r" })),
      },
      /^m+… \(900000 characters\)$/,
    ],
    [
      "ten thousand fields too many",
      {
        agent: (response) =>
          response.end(
            JSON.stringify({
              ...someAgent,
              ...Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`<script>${n}`, 1])),
            }),
          ),
      },
      /Unrecognized keys/,
    ],
  ])("%s", async (_what, behaviour, message) => {
    const { failure, peakMb, longestBlockMs, patches } = await measureSession(await hostile(behaviour), 12_000);
    expect(failure).toMatchObject({ message: expect.stringMatching(message) as string });
    expect(failure?.code).toMatch(/^server\.(not-an-agent|silent)$|^internal$/);
    expect(failure?.message.length).toBeLessThan(2000);
    expect(peakMb).toBeLessThan(MAX_MB);
    expect(longestBlockMs).toBeLessThan(MAX_BLOCK_MS);
    expect(patches.characters).toBeLessThan(10_000);
  });
});

describe("a stream that never stops", () => {
  const manySites = {
    ...someConfig,
    virtualHosts: [...Array.from({ length: 5000 }, (_, n) => site({ id: `s${n}` })), ...others],
  };
  const events =
    (next: (revision: number) => unknown, snapshot = someSnapshot()) =>
    (response: http.ServerResponse) => {
      let revision = 1;
      response.write(line(snapshot));
      pour(response, () => Array.from({ length: 50 }, () => line(next(++revision))).join(""));
    };
  it.each<[string, Behaviour]>([
    ["of small events", { events: events((revision) => ({ type: "agent", revision, at: at(1), agent: someAgent })) }],
    [
      "of small events about five thousand sites",
      {
        events: events(
          (revision) => ({ type: "agent", revision, at: at(1), agent: someAgent }),
          someSnapshot({ config: manySites }),
        ),
      },
    ],
    ["of snapshots", { events: (response) => pour(response, () => line(someSnapshot())) }],
    [
      "of receipts of new maintenances",
      {
        events: events((revision) => ({
          type: "maintenance",
          revision,
          at: at(1),
          receipt: someReceipt({ id: `r${revision}`, reason: "x".repeat(100_000) }),
        })),
      },
    ],
  ])("%s is read ten times a second, and the page hears no more than that", async (_what, behaviour) => {
    const { failure, patches, peakMb, longestBlockMs, stateCharacters } = await measureSession(
      await hostile(behaviour),
      5000,
    );
    expect(failure).toBeUndefined();
    // Twenty in advance, ten a second, and those of the connection itself.
    expect(patches.count).toBeLessThan(85);
    expect(stateCharacters).toBeLessThan(33 * MB);
    expect(peakMb).toBeLessThan(MAX_MB);
    expect(longestBlockMs).toBeLessThan(MAX_BLOCK_MS);
  });

  it("of receipts begins anew before they fill the memory", async () => {
    let subscriptions = 0;
    const big = someReceipt({ reason: "x".repeat(1_000_000) });
    const { peakMb, stateCharacters } = await measureSession(
      await hostile({
        events: (response) => {
          subscriptions += 1;
          let revision = 1;
          response.write(line(someSnapshot()));
          pour(response, () =>
            line({ type: "maintenance", revision: ++revision, at: at(1), receipt: { ...big, id: `r${revision}` } }),
          );
        },
      }),
      6000,
    );
    expect(subscriptions).toBeGreaterThan(1);
    expect(stateCharacters).toBeLessThan(33 * MB);
    expect(peakMb).toBeLessThan(MAX_MB);
  });
});

describe("what has the right form and cannot be", () => {
  const failureOf = async (behaviour: Behaviour, options = {}) => {
    const watched = watchSession(socketConnector(await hostile(behaviour)), options);
    open.push(watched);
    const lost = await watched.until(({ type }) => type === "lost");
    return lost.type === "lost" ? lost.failure : undefined;
  };
  const withSnapshot = (change: Partial<Snapshot>): Behaviour => ({
    events: (response) => void response.write(line(someSnapshot(change))),
  });
  it.each<[string, Behaviour, RegExp]>([
    [
      "two sites of one name",
      withSnapshot({ config: { ...someConfig, virtualHosts: [...someConfig.virtualHosts, site({})] } }),
      /virtualHosts has "shop" twice/,
    ],
    [
      "two receipts of one id",
      withSnapshot({ maintenance: [someReceipt(), someReceipt()] }),
      /maintenance has "r-1" twice/,
    ],
    [
      "a site called __proto__",
      withSnapshot({ config: { ...someConfig, virtualHosts: [site({ id: "__proto__" })] } }),
      /virtualHosts\.0\.id/,
    ],
    [
      "a key that would give an object another prototype",
      {
        events: (response) =>
          void response.write(
            line(someSnapshot({ metrics: rates(7) })).replace('"2xx"', String.raw`"\u005f_proto__"` + " ".repeat(50)),
          ),
      },
      /the key __proto__/,
    ],
    [
      "an end that is no time",
      withSnapshot({ maintenance: [someReceipt({ until: "tomorrow" })] }),
      /maintenance\.0\.until/,
    ],
    [
      "more requests than any number",
      {
        events: (response) =>
          void response.write(line(someSnapshot({ metrics: rates(7) })).replace('"perSecond":7', '"perSecond":1e400')),
      },
      /metrics\.shop\.perSecond/,
    ],
    [
      "a number that JSON does not have",
      {
        events: (response) =>
          void response.write(line(someSnapshot({ metrics: rates(7) })).replace('"perSecond":7', '"perSecond":NaN')),
      },
      /it is not JSON/,
    ],
    [
      "a redirect",
      { agent: (response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end() },
      /status 302.*not JSON/,
    ],
    [
      "a version of the API that is no number",
      { agent: (response) => response.end('{"apiVersion":1e400}') },
      /not one of this version/,
    ],
  ])("%s", async (_what, behaviour, message) => {
    expect(await failureOf(behaviour)).toMatchObject({
      code: "server.not-an-agent",
      message: expect.stringMatching(message) as string,
    });
  });

  it("a snapshot, or a later line, that begins and does not end", async () => {
    expect(await failureOf({ events: (response) => response.flushHeaders() }, { lineMs: 300 })).toMatchObject({
      code: "server.silent",
    });
    const half = { events: (response: http.ServerResponse) => void response.write(`${line(someSnapshot())}{"type":`) };
    expect(await failureOf(half, { lineMs: 300 })).toMatchObject({
      code: "server.not-an-agent",
      message: expect.stringContaining("did not finish a line") as string,
    });
  });

  it("texts are handed on without what cannot be seen, and not longer than somebody reads; the configuration is handed on as it is", async () => {
    const body = "a \u202ebody\u0007";
    const config = {
      ...someConfig,
      virtualHosts: [
        ...(shop === undefined ? [] : [{ ...shop, rules: [{ handler: { type: "respond" as const, body } }] }]),
        ...others,
      ],
    };
    const receipt = someReceipt({ author: "\u202emarta\u0000", reason: `line\nbreak\u001b[31m${"x".repeat(10_000)}` });
    const watched = watchSession(
      socketConnector(
        await hostile(
          withSnapshot({ config, maintenance: [receipt], agent: { ...someAgent, hostname: "\u2066host" } }),
        ),
      ),
    );
    open.push(watched);
    const streamed = await watched.until(({ type }) => type === "streamed");
    const snapshot = streamed.type === "streamed" ? streamed.lines[0] : undefined;
    expect(snapshot).toMatchObject({
      config,
      agent: { hostname: "\ufffdhost" },
      maintenance: [{ author: "\ufffdmarta\ufffd" }],
    });
    const reason = snapshot?.type === "snapshot" ? (snapshot.maintenance[0]?.reason ?? "") : "";
    expect(reason).toMatch(/^line\nbreak\ufffd\[31mx+… \(10015 characters\)$/);
  });

  it("a site may be called constructor", async () => {
    const metrics = { constructor: { requests: 1, inFlight: 0, perSecond: 2, status: {} } };
    const events = (response: http.ServerResponse) => {
      response.write(
        line(
          someSnapshot({ config: { ...someConfig, virtualHosts: [site({ id: "constructor" }), ...others] }, metrics }),
        ),
      );
      response.write(line({ ...metricsEvent(2, 1), metrics }));
    };
    const { failure, answered, sites } = await measureSession(await hostile({ events }), 1000);
    expect({ failure, sites }).toEqual({ failure: undefined, sites: 2 });
    expect(answered).toBeGreaterThan(0);
  });
});
