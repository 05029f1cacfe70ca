/** A status page over a real HTTP API: opened once the switch was seen, closed later. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Receipt } from "../../../../../server-agent/contract/maintenance.ts";
import type { Proof } from "../../../../../server-agent/contract/proof.ts";
import { createLog } from "../../../../../server-agent/log.ts";
import { StateDirectory } from "../../../../../server-agent/store/state-directory.ts";
import { Channels } from "../../../../../server-agent/supervisor/channels/channels.ts";
import { EventBus } from "../../../../../server-agent/supervisor/event-bus.ts";
import { makeFolder, startAgent } from "../../../../../tools/driving/agent.ts";
import { FaultyDisk } from "../../../../support/agent/faulty-disk.ts";
import { someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const TOKEN = "0123456789abcdef-secret";

/** All visitors were seen to get what they should. */
function someProof(): Proof {
  const cell = { host: "", listener: "", path: "/", probe: "page", expected: "", observed: "", message: "" } as const;
  const observedAt = "2030-01-06T01:00:00.000Z";
  return { generation: 2, observedAt, durationMs: 1, cells: [{ ...cell, outcome: "right" }] };
}

/** Answers as Statuspage does, the first change with 429. */
async function startStatuspage(isBusy = true) {
  const calls: { what: string; authorization: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      if (method === "GET") {
        const isKnown = headers.authorization === `OAuth ${TOKEN}`;
        response.writeHead(isKnown ? 200 : 401).end(isKnown ? '[{"id":"c1"}]' : '{"error":"Could not authenticate"}');
        return;
      }
      calls.push({ what: `${method} ${url}`, authorization: headers.authorization, body: JSON.parse(body) });
      if (isBusy) response.writeHead(429, { "retry-after": "1" }).end();
      else response.writeHead(method === "POST" ? 201 : 200).end('{"id":"inc1"}');
      isBusy = false;
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    calls,
    api: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    [Symbol.dispose]: () => void server.close(),
  };
}

it("has the maintenance while the site was seen to be closed, also where another agent ends it", async () => {
  using statuspage = await startStatuspage();
  const folder = await makeFolder();
  await using agent = await startAgent({ folder });
  const draft = { kind: "status-page", service: "statuspage", api: statuspage.api, page: "pg1", sites: [] } as const;
  const params = { id: "status" };
  const put = (change: object) =>
    agent.tryCall("putChannel", { params, body: { ...draft, components: ["c1"], ...change } as never });
  expect(await put({})).toMatchObject({ ok: false, error: { details: { problems: [{ path: "/token" }] } } });
  expect(await put({ token: "wrong" })).toMatchObject({ ok: true });
  expect(await agent.call("testChannel", { params })).toEqual({
    ok: false,
    why: "it answered 401 (Could not authenticate): check the API key",
  });
  expect(await put({ token: TOKEN, components: ["c2"] })).toMatchObject({ ok: true });
  expect((await agent.call("testChannel", { params })).why).toMatch(/no component c2/);
  expect(await put({})).toMatchObject({ ok: true, value: { open: [] } });
  expect(await agent.call("testChannel", { params })).toEqual({ ok: true });

  const { id } = await agent.call("startMaintenance", { body: { site: "shop", reason: "New disks" } });
  const channelsOf = async (of = agent) => (await of.call("listChannels")).channels;
  await expect.poll(() => channelsOf(), { timeout: 5000 }).toMatchObject([{ open: [id] }]);
  const opened = {
    what: "POST /v1/pages/pg1/incidents",
    authorization: `OAuth ${TOKEN}`,
    body: { incident: { name: "Maintenance of shop.example.com", body: "New disks", status: "in_progress" } },
  };
  expect(statuspage.calls).toMatchObject([opened, opened]);
  // What is open elsewhere must be closed there.
  expect(await put({ page: "pg2" })).toMatchObject({
    ok: false,
    error: { details: { problems: [{ path: "/page" }] } },
  });
  await agent.kill("SIGKILL");

  await using second = await startAgent({ folder });
  await second.call("revertMaintenance", { params: { id }, body: { how: "delete" } });
  await expect.poll(() => channelsOf(second), { timeout: 5000 }).toMatchObject([{ open: [] }]);
  expect(statuspage.calls.slice(2)).toMatchObject([
    { what: "PATCH /v1/pages/pg1/incidents/inc1", body: { incident: { status: "completed" } } },
  ]);
  expect(await second.call("listReminders")).toEqual({ reminders: [] });
  for (const text of [JSON.stringify(await channelsOf(second)), agent.log(), second.log()])
    expect(text).not.toContain(TOKEN);
});

it("has it once, however often it cannot be stored", async () => {
  using statuspage = await startStatuspage(false);
  const log = createLog(() => undefined);
  const disk = new FaultyDisk();
  const path = join(await makeFolder(), "state");
  const opening = await StateDirectory.open(path, { log, disk });
  if (!opening.ok) throw new Error(opening.reason);
  const { state } = opening;
  const events = new EventBus();
  let receipt = someReceipt();
  const noteDelivery = () => Promise.reject(new Error("a status page gets no reminders"));
  const channels = new Channels(
    {
      clock: { now: () => 0, monotonic: () => performance.now() },
      state,
      reminders: { list: () => [], noteDelivery },
      receipts: { known: () => [receipt] },
      config: () => ({ listeners: [], virtualHosts: [] }),
      events,
      log,
    },
    [],
  );
  const where = { service: "statuspage", api: statuspage.api, token: TOKEN, page: "pg1" } as const;
  const put = channels.put("status", { kind: "status-page", ...where, components: ["c1"], sites: [] });
  expect(put).toMatchObject({ ok: true });
  const proof = someProof();
  const reverted = { how: "delete", generation: 3, at: proof.observedAt, author: "anna", exact: true, proof } as const;
  for (const [change, open] of [
    [{ proof }, ["r-1"]],
    [{ state: "reverted", revert: reverted }, []],
  ] satisfies [Partial<Receipt>, string[]][]) {
    receipt = { ...receipt, ...change };
    disk.fail({ code: "ENOSPC", from: 0, count: Infinity });
    events.publish({ type: "receipt-proved", receipt });
    await expect.poll(() => channels.list()).toMatchObject([{ open, trouble: "ENOSPC: as the test wants it" }]);
    disk.heal();
    events.publish({ type: "receipt-proved", receipt });
    await expect.poll(() => channels.list()[0]).not.toHaveProperty("trouble");
  }
  channels.close();
  expect(statuspage.calls.map(({ what }) => what)).toEqual([
    "POST /v1/pages/pg1/incidents",
    "PATCH /v1/pages/pg1/incidents/inc1",
  ]);
  state.close();
  const next = await StateDirectory.open(path, { log });
  expect(next).toMatchObject({ found: { channels: [{ id: "status", opened: [] }] } });
});
