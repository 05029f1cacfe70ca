/** What the page watches of the requests in flight: over real agents, and over one that is none. */
import { once } from "node:events";
import http, { createServer, type ServerResponse } from "node:http";
import { rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Servers } from "../../../../main/servers/servers.ts";
import { WatchedRequests } from "../../../../main/servers/watched-requests.ts";
import type { AppState } from "../../../../main/contract/state.ts";
import { StateStore } from "../../../../main/state/state-store.ts";
import { makeFolder, smallConfig, startAgent } from "../../../../tools/driving/agent.ts";
import { someAgent, someSnapshot, someState } from "../../../support/desktop/desktop-fixtures.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** The app's side of it, with one server at this socket. */
function watching(socketPath: string) {
  const store = new StateStore(someState());
  const document = { value: [], problem: undefined, save: () => undefined };
  const servers = new Servers(document, store, () => {
    throw new Error("nothing is reached over SSH here");
  });
  open.push(servers);
  servers.attach({ id: "web", name: "web", kind: "local", socketPath });
  const until = (test: (state: AppState) => boolean): Promise<AppState> =>
    new Promise((resolve) => {
      if (test(store.state)) resolve(store.state);
      const stop = store.onPatch((_patch, state) => {
        if (!test(state)) return;
        stop();
        resolve(state);
      });
    });
  return { requests: new WatchedRequests(servers, store), servers, store, until };
}

/** A site whose answers wait until the test lets them end. */
async function slowSite() {
  const waiting: ServerResponse[] = [];
  const origin = createServer((_request, response) => {
    response.writeHead(200, { "content-length": "2000" });
    response.write("x".repeat(500));
    waiting.push(response);
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
  open.push({
    close: () => {
      origin.closeAllConnections();
      origin.close();
    },
  });
  const { port } = origin.address() as AddressInfo;
  const agent = await startAgent({
    config: {
      ...smallConfig(),
      upstreams: { app: { targets: [`http://127.0.0.1:${port}`] } },
      virtualHosts: [
        { id: "app", hosts: ["app.example.com"], rules: [{ handler: { type: "proxy", upstream: "app" } }] },
        ...smallConfig().virtualHosts,
      ],
    },
  });
  open.push(agent);
  return { agent, waiting };
}

describe("requests that the page watches", () => {
  it("arrive as state: begun, with their bytes, ended, and nothing of what is not watched", async () => {
    const { agent, waiting } = await slowSite();
    const { requests, until, store } = watching(agent.socketPath);
    // Also before the server has answered.
    expect(requests.watch([{ id: "a", serverId: "web", site: "app" }])).toEqual({ ok: true, value: null });
    expect(store.state.requests).toMatchObject({ a: { requests: null, total: 0, failure: null } });
    await until((state) => state.requests.a?.requests?.length === 0);
    requests.watch([
      { id: "a", serverId: "web", site: "app" },
      { id: "b", serverId: "web", site: "shop" },
    ]);
    // The one that goes on keeps what it knows.
    expect(store.state.requests).toMatchObject({ a: { requests: [] }, b: { requests: null } });

    const visit = agent.visit({ host: "app.example.com", path: "/slow" });
    const begun = await until((state) => state.requests.a?.total === 1);
    expect(begun.requests.a).toMatchObject({ requests: [{ site: "app", path: "/slow" }], failure: null });
    waiting[0]?.write("x".repeat(500));
    await until((state) => state.requests.a?.requests?.[0]?.bytesSent === 1000);
    waiting[0]?.end("x".repeat(1000));
    await visit;
    await until((state) => state.requests.a?.total === 0);
    expect((await until((state) => state.requests.b?.requests !== null)).requests.b).toMatchObject({ requests: [] });

    requests.watch([]);
    expect(store.state.requests).toEqual({});
  });

  it("go on by themselves when the agent has been replaced, and say meanwhile why nothing new comes", async () => {
    const folder = await makeFolder();
    open.push({ close: () => rm(folder, { recursive: true, force: true }) });
    const agent = await startAgent({ folder });
    const { requests, until } = watching(agent.socketPath);
    requests.watch([{ id: "a", serverId: "web" }]);
    await until((state) => state.requests.a?.requests?.length === 0);
    await agent.close();
    const lost = await until((state) => state.requests.a?.failure !== null);
    expect(lost.requests.a?.requests).toEqual([]);
    open.push(await startAgent({ folder }));
    await until((state) => state.requests.a?.failure === null);
  });

  it("are refused where there are too many of one server, or two of one id", () => {
    const { requests, store } = watching("/nowhere.sock");
    const four = ["a", "b", "c", "d"].map((id) => ({ id, serverId: "web" }));
    expect(requests.watch(four)).toMatchObject({ ok: false, failure: { code: "ipc.input" } });
    expect(requests.watch([four[0], four[0]].flatMap((one) => one ?? []))).toMatchObject({ ok: false });
    expect(store.state.requests).toEqual({});
  });

  it("of a server that is not in the list are a failure", () => {
    const { requests, store } = watching("/nowhere.sock");
    requests.watch([{ id: "a", serverId: "gone" }]);
    expect(store.state.requests).toMatchObject({ a: { failure: { code: "server.unknown" } } });
  });

  it.each([
    ["no JSON", "{"],
    ["changes before a list", { type: "changes", at: "2026-01-01T00:00:00Z", total: 0, changed: [], ended: [] }],
    ["too many", { type: "snapshot", at: "2026-01-01T00:00:00Z", total: 1e5, requests: Array(100_000).fill(1) }],
    ["another shape", { type: "snapshot", requests: [{ id: 7 }] }],
  ])("say that it is not an agent that sends %s", async (_what, line) => {
    const folder = await makeFolder();
    const socketPath = join(folder, "s.sock");
    const server = http.createServer((request, response) => {
      if (request.url === "/v1/events") response.write(`${JSON.stringify(someSnapshot())}\n`);
      else if (request.url?.startsWith("/v1/requests/events") === true)
        response.write(`${typeof line === "string" ? line : JSON.stringify(line)}\n`);
      else response.end(JSON.stringify(someAgent));
    });
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    open.push({
      close: async () => {
        server.closeAllConnections();
        server.close();
        await rm(folder, { recursive: true, force: true });
      },
    });
    const { requests, until } = watching(socketPath);
    requests.watch([{ id: "a", serverId: "web" }]);
    const { requests: watched, servers } = await until((state) => state.requests.a?.failure !== null);
    expect(watched.a).toMatchObject({ requests: null, failure: { code: "server.not-an-agent" } });
    // The server itself stays connected: nothing else of it is doubted.
    expect(servers[0]?.connection.state).toBe("connected");
  });
});
