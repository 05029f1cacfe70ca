/** A worker that runs out of file descriptors: who gives way, who waits, who is told. */
import { expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { openRaw, type RawClient } from "../../../support/http/raw-client.ts";

const LIMIT = 128;
const GET = "GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";
const GET_LARGE = "GET /large HTTP/1.1\r\nHost: shop.example.com\r\n\r\n";

/** A response that stays in flight as long as nobody reads it. */
const CONFIG: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
  virtualHosts: [
    {
      id: "shop",
      hosts: ["shop.example.com"],
      rules: [
        { when: { path: ["/large"] }, handler: { type: "respond", body: "x".repeat(8 * 1024 * 1024) } },
        { handler: { type: "respond", body: "live" } },
      ],
    },
    { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
  ],
};

function startLimited(workers: number): Promise<TestAgent> {
  return startAgent({ config: CONFIG, workers, wrapper: ["prlimit", `--nofile=${String(LIMIT)}`] });
}

async function openAll(port: number, count: number, request = ""): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) {
    const client = await openRaw(port);
    clients.push(client);
    await client.write(request);
  }
  return clients;
}

it("never-used connections give way to visitors at once, the oldest first", async () => {
  await using agent = await startLimited(1);
  const unused = await openAll(agent.port, 2 * LIMIT);
  for (let visit = 0; visit < 20; visit++) expect((await agent.visit({ host: "shop.example.com" })).text).toBe("live");
  // What has given way is told so, and by the end of the connection, not by a reset.
  expect(await unused[0]?.rest()).toBe("");
  expect(unused[0]?.failure).toBe("");
  for (const client of unused) client.destroy();
});

it("so do those that are idle between requests, and who is served is not touched", async () => {
  await using agent = await startLimited(1);
  using busy = await openRaw(agent.port);
  await busy.write(GET_LARGE);
  const idle: RawClient[] = [];
  while (idle.length < LIMIT) {
    const client = await openRaw(agent.port);
    idle.push(client);
    expect((await client.ask(GET)).body).toBe("live");
  }
  expect((await agent.visit({ host: "shop.example.com" })).text).toBe("live");
  expect((await busy.read()).body).toHaveLength(8 * 1024 * 1024);
  for (const client of idle) client.destroy();
});

it("a full worker says so, lets visitors wait instead of turning them away, and accepts again", async () => {
  await using agent = await startLimited(1);
  await using events = await agent.events();
  const busy = await openAll(agent.port, LIMIT, GET_LARGE);
  const told = await events.until((line) => "agent" in line && line.agent.problems !== undefined);
  expect("agent" in told && told.agent.problems).toEqual([
    "Worker 1 is out of file descriptors and accepts no connection; raise the limit (LimitNOFILE).",
  ]);
  await agent.logged(/out of file descriptors; accepting no connections until some are free/);
  const waiting = agent.visit({ host: "shop.example.com" });
  for (const client of busy) client.destroy();
  expect((await waiting).text).toBe("live");
  await events.until((line) => "agent" in line && line.agent.problems === undefined);
  expect((await agent.call("getAgent")).problems).toBeUndefined();
  expect((await agent.admin({ path: "/v1/metrics" })).text).toContain("backsoon_accept_failures_total 0\n");
});

it("a full worker leaves visitors to those that have room", async () => {
  await using agent = await startLimited(2);
  const [, other] = (await agent.call("getAgent")).workers;
  const pid = other?.pid ?? 0;
  process.kill(pid, "SIGSTOP");
  const clients = await openAll(agent.port, LIMIT, GET_LARGE);
  await agent.logged(/out of file descriptors; accepting no connections until some are free/);
  process.kill(pid, "SIGCONT");
  const answers = await Promise.all(clients.map((client) => client.read()));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(clients.length);
  for (const client of clients) client.destroy();
});
