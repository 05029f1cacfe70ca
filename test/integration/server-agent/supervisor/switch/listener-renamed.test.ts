import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { startAgent } from "../../../../../tools/driving/agent.ts";
import { openRaw } from "../../../../support/http/raw-client.ts";

const GET = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n";
function named(name: string, port: number): Config {
  return {
    listeners: [{ name, address: "127.0.0.1", port }],
    virtualHosts: [
      { id: "shop", hosts: ["shop"], when: { listener: name }, rules: [{ handler: { type: "respond", body: name } }] },
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}

it("a listener that only gets another name has it on old connections, too, from the reply on", async () => {
  await using agent = await startAgent({ config: named("http", 0), workers: 2 });
  using client = await openRaw(agent.port);
  expect((await client.ask(GET)).body).toBe("http");
  for (const name of ["public", "http", "other"]) {
    await agent.call("putConfig", { body: named(name, agent.port), ifMatch: "*" });
    expect((await client.ask(GET)).body).toBe(name);
  }
  expect(client.closed).toBe(false);
});
