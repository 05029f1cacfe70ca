/** Unhealthy targets, as checks and requests see them: who is told, and what follows. */
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { Upstream } from "../../../../../server-agent/contract/upstream.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { SYSTEM_CLOCK } from "../../../../../server-agent/supervisor/clock.ts";
import { EventBus } from "../../../../../server-agent/supervisor/event-bus.ts";
import { TargetWatch } from "../../../../../server-agent/supervisor/upstreams/target-watch.ts";
import { configOf } from "../../../../support/agent/config.ts";

interface App extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
  /** What its health check gets. */
  health: number;
  /** Requests of visitors. */
  visits: number;
}

async function startApp(): Promise<App> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") response.statusCode = app.health;
    else app.visits++;
    response.end("live");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const app: App = {
    server,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    health: 200,
    visits: 0,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return app;
}

function leadingTo(upstream: Upstream): Config {
  const rules = [{ handler: { type: "proxy" as const, upstream: "app" } }];
  return configOf([{ id: "shop", hosts: ["shop.test"], rules }], { upstreams: { app: upstream } });
}

async function visit(agent: TestAgent, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) expect((await agent.visit({ host: "shop.test" })).status).toBe(200);
}

async function untilTargets(agent: TestAgent, expected: object[]): Promise<void> {
  await expect.poll(async () => (await agent.call("getAgent")).targets ?? []).toMatchObject(expected);
}

it("gets no request while health checks fail, at all workers, also at new ones", async () => {
  await using one = await startApp();
  await using other = await startApp();
  const healthCheck = { path: "/healthz", interval: 0.05, failures: 1, successes: 1 };
  const targets = [one.url, other.url];
  await using agent = await startAgent({ config: leadingTo({ targets, healthCheck }), workers: 2 });
  await visit(agent, 4);
  expect(one.visits).toBeGreaterThan(0);

  one.health = 503;
  const down = { upstream: "app", target: one.url, state: "down", why: "GET /healthz answered 503" };
  await untilTargets(agent, [down]);
  expect((await agent.call("getAgent")).problems?.join()).toContain(`${one.url} of upstream app is down`);
  expect(await agent.call("metrics")).toContain(
    `backsoon_target_unhealthy{upstream="app",target="${one.url}",state="down"} 1`,
  );
  await agent.call("restart", { body: { mode: "graceful" } });
  one.visits = 0;
  await visit(agent, 6);
  expect(one.visits).toBe(0);

  // All are down: what is there is tried.
  other.health = 500;
  await untilTargets(agent, [down, { target: other.url }]);
  await visit(agent, 4);
  one.health = 200;
  other.health = 200;
  await untilTargets(agent, []);
  one.visits = 0;
  await visit(agent, 8);
  expect(one.visits).toBeGreaterThan(0);
});

it("is told of what requests saw, until it answers again or is configured no more", async () => {
  await using gone = await startApp();
  await using there = await startApp();
  await gone[Symbol.asyncDispose]();
  const config = leadingTo({ targets: [gone.url, there.url], passiveHealthCheck: { seconds: 60 } });
  await using agent = await startAgent({ config });
  await visit(agent, 2);
  await untilTargets(agent, [{ upstream: "app", target: gone.url, state: "failing" }]);
  expect((await agent.call("getAgent")).problems).toBeUndefined();
  await agent.call("putConfig", { body: leadingTo({ targets: [there.url] }), ifMatch: "*" });
  await untilTargets(agent, []);
});

it("asks a target that is named twice once at a time, and never again when it is closed", async () => {
  const asked: string[] = [];
  // Who has asked waits.
  const server = createServer(({ headers }) => asked.push(headers.host ?? "")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const [twice, last] = [`http://127.0.0.1:${String(port)}`, `http://localhost:${String(port)}`];
  const config = leadingTo({ targets: [twice, twice, last], healthCheck: { path: "/healthz", timeout: 60 } });
  const watch = new TargetWatch({
    pool: { useDownTargets: () => undefined },
    config: () => config,
    events: new EventBus(),
    clock: SYSTEM_CLOCK,
    log: createLog(() => undefined),
  });
  watch.begin();
  await expect.poll(() => asked).toContain(`localhost:${String(port)}`);
  expect(asked).toHaveLength(2);
  watch.close();
  server.closeAllConnections();
  server.close();
});
