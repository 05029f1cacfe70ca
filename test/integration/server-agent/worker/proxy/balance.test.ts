/** Several targets of one upstream: who gets a request, and what happens while one is not there. */
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { describe, expect, it } from "vitest";
import type { Target, Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { UpstreamPools } from "../../../../../server-agent/worker/upstream/upstream-pools.ts";
import { type ProxyHarness, startProxy } from "../../../../support/agent/proxy-harness.ts";
import { ask, type Question } from "../../../../support/http/ask.ts";
import { keep } from "../../../../support/keep.ts";

/** An application that can go and come back at its address. */
interface App {
  readonly server: Server;
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function app(name: string, listener?: RequestListener): Promise<App> {
  const server = createServer(
    listener ?? ((request, response) => request.resume().on("end", () => response.end(name))),
  );
  let port = 0;
  const start = async (): Promise<void> => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  await start();
  keep({ [Symbol.asyncDispose]: stop });
  return { server, url: `http://127.0.0.1:${String(port)}`, start, stop };
}

async function proxy(
  targets: Upstream["targets"],
  rest: Omit<Upstream, "targets"> = {},
  pools?: UpstreamPools,
): Promise<ProxyHarness> {
  return keep(await startProxy(targets, rest, pools));
}

async function apps(count: number): Promise<App[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => app(String.fromCharCode(97 + at))));
}

function withIds(all: readonly App[], options: readonly Partial<Target>[] = []): Target[] {
  return all.map(({ url }, at) => ({ url, id: `node-${String(at)}`, ...options[at] }));
}

function oneOf(all: readonly App[], at: number): App {
  const one = all[at];
  if (one === undefined) throw new Error("there are not so many");
  return one;
}

async function answers(port: number, count: number, question?: Question): Promise<string> {
  let text = "";
  for (let turn = 0; turn < count; turn++) text += (await ask(port, "/", question)).text;
  return text;
}

describe("requests", () => {
  it("are spread by weight, backups left out while others are healthy", async () => {
    const all = await apps(3);
    const { port } = await proxy(withIds(all, [{ weight: 3 }, {}, { backup: true }]));
    expect(await answers(port, 8)).toBe("aabaaaba");
    await all[0]?.stop();
    await all[1]?.stop();
    expect(await answers(port, 3)).toBe("ccc");
  });

  it("go to the target with the fewest of them", async () => {
    let release: (() => void) | undefined;
    const busy = await app("", (_request, response) => {
      release = () => response.end("busy");
    });
    const free = await app("free");
    const { port } = await proxy([busy.url, free.url], { balance: "leastConnections" });
    const waiting = ask(port, "/");
    await once(busy.server, "request");
    expect(await answers(port, 3)).toBe("freefreefree");
    release?.();
    expect((await waiting).text).toBe("busy");
  });

  it("with the same cookie or header go to the same target, and to another one while it is gone", async () => {
    const all = await apps(3);
    const { port } = await proxy(withIds(all), { balance: { hash: { header: "x-user" } } });
    const of = (user: string) => ({ headers: { "x-user": user } });
    const [first] = await answers(port, 1, of("anna"));
    expect(await answers(port, 4, of("anna"))).toBe(first?.repeat(4));
    const users = Array.from({ length: 30 }, (_, at) => `user ${String(at)}`);
    const letters = await Promise.all(users.map((user) => answers(port, 1, of(user))));
    expect(new Set(letters).size).toBe(3);
    await all["abc".indexOf(first ?? "")]?.stop();
    const [second] = await answers(port, 1, of("anna"));
    expect(second).not.toBe(first);
    expect(await answers(port, 3, of("anna"))).toBe(second?.repeat(3));
  });
});

describe("a visitor who sticks to a target", () => {
  it("gets its cookie once, also at a WebSocket, and another one when it is gone", async () => {
    const all = await apps(2);
    const { port } = await proxy(withIds(all, [{ weight: 0 }]), { sticky: { cookie: "app" } });
    const first = await ask(port, "/");
    expect(first.headers["set-cookie"]).toEqual(["app=node-1; Path=/; HttpOnly; SameSite=Lax"]);
    const stuck = { headers: { cookie: "x=1; app=node-0" } };
    const again = await ask(port, "/", stuck);
    expect([again.text, again.headers["set-cookie"]]).toEqual(["a", undefined]);
    const sockets = new WebSocketServer({ server: oneOf(all, 1).server });
    sockets.on("connection", (socket) => socket.close());
    const visitor = new WebSocket(`ws://127.0.0.1:${String(port)}/`);
    const [{ headers }] = (await once(visitor, "upgrade")) as [{ headers: Record<string, string[]> }];
    expect(headers["set-cookie"]).toEqual(["app=node-1; Path=/; HttpOnly; SameSite=Lax"]);
    await once(visitor, "close");
    await all[0]?.stop();
    const moved = await ask(port, "/", stuck);
    expect([moved.text, moved.headers["set-cookie"]?.[0]?.slice(0, 10)]).toEqual(["b", "app=node-1"]);
  });
});

describe("an unhealthy target", () => {
  it("costs no request while targets go and come back", async () => {
    const all = await apps(3);
    const { port, log } = await proxy(withIds(all), {
      passiveHealthCheck: { seconds: 0.02 },
      balance: "leastConnections",
    });
    let isOver = false;
    const statuses = new Map<number, number>();
    const visit = async (question: Question): Promise<void> => {
      while (!isOver) {
        const { status } = await ask(port, "/", question);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const visitors = [{}, {}, { method: "PUT" }, { method: "DELETE" }].map((question) => visit(question));
    const served = async (count: number): Promise<void> => {
      const until = (statuses.get(200) ?? 0) + count;
      while ((statuses.get(200) ?? 0) < until) await new Promise(setImmediate);
    };
    for (let round = 0; round < 9; round++) {
      const gone = oneOf(all, round % 3);
      await served(20);
      await gone.stop();
      await served(20);
      await gone.start();
    }
    isOver = true;
    await Promise.all(visitors);
    expect([...statuses.keys()]).toEqual([200]);
    expect(log.some((line) => line.includes("answers again"))).toBe(true);
  });

  it("is told once, not at every request that fails, and again when it answers", async () => {
    const [only] = await apps(1);
    const told: (string | undefined)[] = [];
    const pools = new UpstreamPools(({ why }) => told.push(why));
    const { port } = await proxy([only?.url ?? ""], { passiveHealthCheck: { seconds: 60 } }, pools);
    await only?.stop();
    for (let turn = 0; turn < 5; turn++) expect((await ask(port, "/")).status).toBe(502);
    expect(told).toEqual([expect.stringContaining("ECONNREFUSED")]);
    await only?.start();
    expect(await answers(port, 2)).toBe("aa");
    expect(told.slice(1)).toEqual([undefined]);
  });

  it("has answered nobody for a whole responseTimeout", async () => {
    const hanging = await app("", () => undefined);
    const working = await app("b");
    const { port, log } = await proxy([hanging.url, working.url], {
      responseTimeout: 0.2,
      passiveHealthCheck: { seconds: 60 },
    });
    expect((await ask(port, "/")).status).toBe(504);
    expect(await answers(port, 3)).toBe("bbb");
    expect(log.join("\n")).toContain("no response in time");
  });

  it("is skipped only after as many failures as are allowed", async () => {
    const [gone, working] = await apps(2);
    await gone?.stop();
    const { port, log } = await proxy([gone?.url ?? "", working?.url ?? ""], {
      passiveHealthCheck: { failures: 3, seconds: 60 },
    });
    expect(await answers(port, 4)).toBe("bbbb");
    expect(log).toEqual([]);
    expect(await answers(port, 4)).toBe("bbbb");
    expect(log).toHaveLength(1);
  });
});
