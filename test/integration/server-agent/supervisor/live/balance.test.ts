/**
 * No request is lost without a word: accepted = answered + left + broken + cut + in flight, of all
 * requests and of those that were in flight at a switch.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startAgent, type TestAgent } from "../../../../../tools/driving/agent.ts";
import { handOver, HOST, proxied } from "../../../../support/agent/hand-over.ts";
import { openRaw, type RawClient } from "../../../../support/http/raw-client.ts";
import { startRawUpstream, type RawUpstream } from "../../../../support/http/raw-upstream.ts";

const NONE = { accepted: 0, answered: 0, left: 0, broken: 0, cut: 0, inFlight: 0, lost: 0 };

/** Clients whose requests wait at the upstream, in order. */
async function waiting(agent: TestAgent, upstream: RawUpstream, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let index = 0; index < count; index++) {
    const client = await openRaw(agent.port);
    clients.push(client);
    const before = upstream.requests.length;
    await client.write(`GET /${String(index)} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await expect.poll(() => upstream.requests.length).toBe(before + 1);
  }
  return clients;
}

function answer(upstream: RawUpstream, index: number, text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"): void {
  upstream.requests[index]?.socket.write(text);
}

async function balanceOf(agent: TestAgent, receipt: string) {
  const { maintenance } = await agent.call("listMaintenance");
  return maintenance.find(({ id }) => id === receipt)?.counts.balance;
}

it("says what became of every request that was in flight at a switch, and when one is lost", async () => {
  await using upstream = await startRawUpstream(() => undefined);
  await using agent = await startAgent({ config: proxied(upstream.url) });
  const [first, second, third, fourth, fifth] = await waiting(agent, upstream, 5);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
  expect(await balanceOf(agent, id)).toEqual({ ...NONE, accepted: 5, inFlight: 5, unobserved: 0 });

  answer(upstream, 0);
  expect((await first?.read())?.body).toBe("ok");
  second?.destroy();
  answer(upstream, 2, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha");
  upstream.requests[2]?.socket.end();
  await third?.rest();
  const { requests } = await agent.call("listRequests");
  await agent.call("cutRequest", { params: { id: requests.find(({ path }) => path === "/3")?.id ?? "" } });
  await fourth?.rest();
  const ended = { accepted: 5, answered: 1, left: 1, broken: 1, cut: 1 };
  await expect.poll(() => balanceOf(agent, id)).toEqual({ ...NONE, ...ended, inFlight: 1, unobserved: 0 });
  await expect.poll(async () => (await agent.call("getAgent")).requests).toMatchObject({ inFlight: 1, lost: 0 });
  expect((await agent.call("getAgent")).problems).toBeUndefined();

  process.kill((await agent.call("getAgent")).workers[0]?.pid ?? 0, "SIGKILL");
  await fifth?.rest();
  await agent.logged(/requests were lost with their worker .*requests=1/);
  expect(await balanceOf(agent, id)).toEqual({ ...NONE, ...ended, lost: 1, unobserved: 0 });
  const { problems, requests: all } = await agent.call("getAgent");
  expect(all).toMatchObject({ inFlight: 0, lost: 1 });
  expect(problems).toEqual([expect.stringContaining(": 1 of ")]);
  expect((await agent.admin({ path: "/v1/metrics" })).text).toContain('backsoon_ended_requests_total{how="lost"} 1\n');
});

it("a hard restart cuts by order, and loses nothing", async () => {
  await using upstream = await startRawUpstream(() => undefined);
  await using agent = await startAgent({ config: proxied(upstream.url), workers: 2 });
  const clients = await waiting(agent, upstream, 4);
  expect(await agent.call("restart", { body: { mode: "hard" } })).toMatchObject({ cut: 4 });
  for (const client of clients) await client.rest();
  await expect.poll(async () => (await agent.call("getAgent")).requests).toMatchObject({ inFlight: 0, lost: 0 });
  expect((await agent.call("getAgent")).requests?.cut).toBe(4);
});

it("holds over a hand-over", async () => {
  await using upstream = await startRawUpstream(() => undefined);
  await using agent = await startAgent({ config: proxied(upstream.url) });
  const [first, second] = await waiting(agent, upstream, 2);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
  await handOver(agent);
  expect(await balanceOf(agent, id)).toEqual({ ...NONE, accepted: 2, inFlight: 2, unobserved: 0 });
  answer(upstream, 0);
  await first?.read();
  second?.destroy();
  const ended = { accepted: 2, answered: 1, left: 1 };
  await expect.poll(() => balanceOf(agent, id)).toEqual({ ...NONE, ...ended, unobserved: 0 });
  expect((await agent.call("getAgent")).requests).toMatchObject({ inFlight: 0, lost: 0 });
});

it("does not call lost what nobody saw end, because the agent itself was killed", async () => {
  await using upstream = await startRawUpstream(() => undefined);
  const agent = await startAgent({ config: proxied(upstream.url) });
  const [client] = await waiting(agent, upstream, 1);
  const { id } = await agent.call("startMaintenance", { body: { site: "shop" } });
  const stored = join(agent.stateDirectory, "receipts", `${id}.json`);
  await expect.poll(() => existsSync(stored)).toBe(true);
  await agent.kill("SIGKILL");
  answer(upstream, 0);
  expect((await client?.read())?.body).toBe("ok");
  await using next = await startAgent({ config: proxied(upstream.url), folder: agent.folder });
  expect(await balanceOf(next, id)).toEqual({ ...NONE, accepted: 1, unobserved: 1 });
  expect((await next.call("getAgent")).problems).toBeUndefined();
  await agent.close();
});
