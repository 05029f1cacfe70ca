import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { WebServers, type WebServersParts } from "../../../../../server-agent/supervisor/web-servers/web-servers.ts";

const OPEN: Config = {
  listeners: [{ name: "nginx-80", address: "127.0.0.1", port: 80, foreign: "nginx" }],
  virtualHosts: [
    { id: "shop", hosts: ["shop.example"], rules: [{ handler: { type: "foreign", server: "nginx" } }] },
    { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
  ],
};
const CLOSED: Config = {
  ...OPEN,
  virtualHosts: [
    {
      id: "shop-copycat",
      copycatOf: "shop",
      hosts: ["shop.example"],
      rules: [{ handler: { type: "maintenance", page: "default" } }],
    },
    ...OPEN.virtualHosts,
  ],
};

/** A look at a closed site whose application answers, and what happens while it is asked. */
async function alarmsOf(meanwhile: (swap: { active: object }) => void): Promise<readonly string[]> {
  const swap = { active: { config: CLOSED } as object };
  const parts = {
    foundServers: { find: () => Promise.resolve([]) },
    beside: {
      tell: () => Promise.resolve(),
      observe: () => {
        meanwhile(swap);
        return Promise.resolve("shop: nginx answered 200");
      },
    },
    drains: { look: () => Promise.resolve() },
    receipts: { open: () => [] },
    switch: swap,
    events: { on: () => undefined, publish: () => undefined },
    log: { error: () => undefined },
  } as unknown as WebServersParts;
  const webServers = new WebServers(parts);
  await webServers.look();
  return webServers.alarms;
}

describe("the look at closed sites", () => {
  it("is alarmed where visitors get something else", async () => {
    expect(await alarmsOf(() => undefined)).toContainEqual(expect.stringContaining("shop: nginx answered 200"));
  });

  it("says nothing of a site that was opened while it was asked", async () => {
    const alarms = await alarmsOf((swap) => {
      swap.active = { config: OPEN };
    });
    expect(alarms.join()).not.toContain("answered 200");
  });
});
