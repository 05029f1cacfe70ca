/** A status page over a real HTTP API: opened once the switch was seen, closed later. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { makeFolder, startAgent } from "../../../../../tools/driving/agent.ts";

const TOKEN = "0123456789abcdef-secret";

/** Answers as Statuspage does, the first change with 429. */
async function startStatuspage() {
  const calls: { what: string; authorization: string | undefined; body: unknown }[] = [];
  let isBusy = true;
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
