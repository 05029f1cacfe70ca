/**
 * Windows that reopen their site only once it is well: the original is asked through the agent
 * while it is closed for everybody else.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import { CLOCK_PROGRAM, draft, setClock, untilOccurrence, untilReminder } from "../../../../support/agent/windows.ts";

/** An application that answers with `status`, and remembers what it was asked. */
async function startApp() {
  const app = { status: 200, asked: [] as { url: string | undefined; host: string | undefined; fields: string[] }[] };
  const server = createServer(({ url, headers }, response) => {
    app.asked.push({ url, host: headers.host, fields: Object.keys(headers) });
    response.writeHead(app.status).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const config: Config = {
    listeners: [{ name: "http", address: "127.0.0.1", port: 0 }],
    upstreams: { app: { targets: [`http://127.0.0.1:${port}`] } },
    virtualHosts: [
      {
        id: "shop",
        hosts: ["shop.example.com"],
        rules: [
          { when: { path: "/elsewhere" }, handler: { type: "respond", status: 204 } },
          { handler: { type: "proxy", upstream: "app" } },
        ],
      },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
  return { app, config, [Symbol.dispose]: () => void server.close() };
}

describe("a window that reopens its site if it is healthy", () => {
  it("reopens it at its end when it is", async () => {
    using served = await startApp();
    await using agent = await startAgent({ config: served.config });
    const body = draft({ atEnd: "reopen-if-healthy", sites: [{ site: "shop", health: "/health?deep=1" }] });
    const { id } = await agent.call("createWindow", { body });
    await untilOccurrence(agent, id, "running");
    expect((await agent.visit()).status).toBe(503);
    const { occurrence } = await untilOccurrence(agent, id, "ended");
    expect(occurrence.why).toBe(undefined);
    expect((await agent.visit()).status).toBe(200);
    const [probe] = served.app.asked;
    expect(probe).toMatchObject({ url: "/health?deep=1", host: "shop.example.com" });
    expect(probe?.fields.filter((name) => name.startsWith("backsoon"))).toEqual([]);
  });

  it("keeps it closed while it is not, says why, and reopens it by itself as soon as it is", async () => {
    using served = await startApp();
    served.app.status = 500;
    await using agent = await startAgent({ config: served.config });
    const { id } = await agent.call("createWindow", { body: draft({ atEnd: "reopen-if-healthy" }) });
    const { occurrence } = await untilOccurrence(agent, id, "overrun");
    expect(occurrence.why).toBe("shop answers 500 at /");
    expect(await untilReminder(agent, "overrun")).toMatchObject({
      text: expect.stringContaining("shop.example.com answers 500 at /.") as string,
    });
    expect((await agent.visit()).status).toBe(503);
    served.app.status = 302;
    const { occurrence: ended } = await untilOccurrence(agent, id, "ended");
    expect(ended.why).toBe(undefined);
    expect((await agent.visit()).status).toBe(302);
  });

  it("reopens it in any case after the time that was planned for that, or when somebody says so", async () => {
    using served = await startApp();
    served.app.status = 503;
    await using agent = await startAgent({ config: served.config, program: CLOCK_PROGRAM });
    const { id } = await agent.call("createWindow", {
      body: draft({ atEnd: "reopen-if-healthy", overrun: { reopenAfterMinutes: 30 } }),
    });
    await untilOccurrence(agent, id, "overrun");
    await setClock(agent, 31 * 60_000);
    const { occurrence } = await untilOccurrence(agent, id, "ended");
    expect(occurrence.why).toBe("reopened 30 min after its end in any case, although shop answers 503 at /");

    const byHand = await agent.call("createWindow", {
      body: draft({
        atEnd: "reopen-if-healthy",
        start: new Date(Date.now() + 31 * 60_000 + 1000).toISOString().slice(0, 19),
      }),
    });
    await untilOccurrence(agent, byHand.id, "overrun");
    await agent.call("endWindow", { params: { id: byHand.id }, body: { author: "ben" } });
    expect((await agent.visit()).status).toBe(503);
    expect((await agent.call("listMaintenance")).maintenance.map(({ state }) => state)).toEqual([
      "reverted",
      "reverted",
    ]);
  });

  it("asks nothing for a visitor who writes its header", async () => {
    using served = await startApp();
    await using agent = await startAgent({ config: served.config });
    await agent.call("startMaintenance", { body: { site: "shop" } });
    const answer = await agent.visit({ headers: { "backsoon-proof": "guess", "backsoon-within": "shop" } });
    expect(answer.status).toBe(503);
    expect(served.app.asked).toEqual([]);
  });
});
