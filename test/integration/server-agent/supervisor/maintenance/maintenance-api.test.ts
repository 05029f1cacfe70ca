/**
 * The recipe on a real agent: what visitors get, what the receipt says, and that undoing is exact.
 */
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { smallConfig, startAgent } from "../../../../../tools/driving/agent.ts";

const shop = { site: "shop", author: "anna", reason: "new database" };

describe("maintenance", () => {
  it("answers visitors with 503 from the reply on, and with the site again after the revert", async () => {
    await using agent = await startAgent();
    expect((await agent.visit()).text).toBe("live");

    const receipt = await agent.call("startMaintenance", { body: { ...shop, retryAfter: 120 } });
    expect(receipt).toMatchObject({
      site: "shop",
      copycat: "shop-copycat",
      state: "in-maintenance",
      generation: 2,
      author: "anna",
      reason: "new database",
    });
    expect(receipt.switchMs).toBeGreaterThan(0);
    const closed = await agent.visit();
    expect(closed.status).toBe(503);
    expect(closed.headers["retry-after"]).toBe("120");
    expect(closed.headers["cache-control"]).toContain("no-store");

    const back = await agent.call("revertMaintenance", { params: { id: receipt.id }, body: { author: "ben" } });
    expect(back.state).toBe("reverted");
    expect(back.revert).toMatchObject({ how: "delete", generation: 3, author: "ben", exact: true });
    expect((await agent.visit()).text).toBe("live");
  });

  it.each(["delete", "demote"] as const)(
    "leaves the configuration as it was, byte for byte (%s, then start and delete again)",
    async (how) => {
      await using agent = await startAgent({
        config: { ...smallConfig(), upstreams: { app: { targets: ["http://127.0.0.1:9"] } } },
      });
      const before = (await agent.admin({ path: "/v1/config" })).text;
      const first = await agent.call("startMaintenance", { body: { ...shop, internalHosts: ["staff.shop.internal"] } });
      await agent.call("revertMaintenance", { params: { id: first.id }, body: { how } });
      if (how === "demote") {
        const order = (await agent.call("getConfig")).config.virtualHosts.map(({ id }) => id);
        expect(order).toEqual(["shop", "shop-copycat", "default"]);
        expect((await agent.visit()).text).toBe("live");
        return;
      }
      expect((await agent.admin({ path: "/v1/config" })).text.replace(/"generation":\d+/, "")).toBe(
        before.replace(/"generation":\d+/, ""),
      );
    },
  );

  it("counts who was refused and who was let through, and leaves the proof's own requests out", async () => {
    await using agent = await startAgent();
    await agent.visit();
    await using events = await agent.events();
    await events.next();
    const { id } = await agent.call("startMaintenance", { body: { ...shop, exceptions: [{ path: ["/healthz"] }] } });
    for (let visit = 0; visit < 5; visit++) await agent.visit();
    for (let visit = 0; visit < 3; visit++) await agent.visit({ path: "/healthz" });
    await events.until(
      (line) => line.type === "maintenance" && line.receipt.counts.refused === 5 && line.receipt.counts.excepted === 3,
    );
    const proof = await agent.call("proveMaintenance", { params: { id } });
    expect(proof.cells.length).toBeGreaterThan(4);
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    const { counts } = await agent.call("revertMaintenance", { params: { id } });
    expect(counts).toMatchObject({ refused: 5, excepted: 3, drained: 0, cut: 0, draining: 0 });
    await agent.visit();
    expect((await agent.call("getMaintenance", { params: { id } })).counts.excepted).toBe(3);
  });

  it("proves the switch and the revert by itself and tells so on the event stream", async () => {
    await using agent = await startAgent();
    await using events = await agent.events();
    const { id } = await agent.call("startMaintenance", { body: shop });
    const proven = await events.until((line) => line.type === "maintenance" && line.receipt.proof !== undefined);
    const proof = proven.type === "maintenance" ? proven.receipt.proof : undefined;
    expect(proof?.generation).toBe(2);
    expect(new Set(proof?.cells.map(({ probe }) => probe))).toEqual(new Set(["page", "api", "head", "post"]));
    expect(proof?.cells.every(({ outcome }) => outcome === "right")).toBe(true);
    await agent.call("revertMaintenance", { params: { id } });
    const reverted = await events.until(
      (line) => line.type === "maintenance" && line.receipt.revert?.proof !== undefined,
    );
    expect(
      reverted.type === "maintenance" &&
        reverted.receipt.revert?.proof?.cells.filter(({ outcome }) => outcome === "wrong"),
    ).toEqual([]);
  });

  it("refuses a second maintenance of the same site and names the first one's receipt", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: shop });
    const again = await agent.tryCall("startMaintenance", { body: shop });
    expect(again).toMatchObject({ ok: false, error: { code: "maintenance.already", details: { receipt: id } } });
    expect((await agent.call("getConfig")).generation).toBe(2);
  });

  it("refuses to revert twice", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: shop });
    await agent.call("revertMaintenance", { params: { id } });
    expect(await agent.tryCall("revertMaintenance", { params: { id } })).toMatchObject({
      ok: false,
      error: { code: "maintenance.reverted" },
    });
  });

  it("takes away only the copycat when somebody changed the configuration in between", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: shop });
    const { config } = await agent.call("getConfig");
    const edited: Config = {
      ...config,
      virtualHosts: [
        { id: "news", hosts: ["news.example.com"], rules: [{ handler: { type: "respond", body: "news" } }] },
        ...config.virtualHosts,
      ],
    };
    await agent.call("putConfig", { body: edited, ifMatch: 2 });
    const { revert } = await agent.call("revertMaintenance", { params: { id } });
    expect(revert?.exact).toBe(false);
    expect((await agent.visit({ host: "news.example.com" })).text).toBe("news");
    expect((await agent.visit()).text).toBe("live");
  });

  it("reports a conflict instead of overwriting somebody's change", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: { ...shop, internalHosts: ["staff.shop.internal"] } });
    const { config } = await agent.call("getConfig");
    const edited: Config = {
      ...config,
      virtualHosts: config.virtualHosts.map((host) =>
        host.id === "shop" ? { ...host, hosts: ["staff.shop.internal"] } : host,
      ),
    };
    await agent.call("putConfig", { body: edited, ifMatch: 2 });
    // To take the staff name away again would leave the site without any host.
    expect(await agent.tryCall("revertMaintenance", { params: { id } })).toMatchObject({
      ok: false,
      error: { code: "maintenance.conflict", details: { receipt: id, path: "/virtualHosts/1/hosts" } },
    });
    expect(await agent.call("getConfig")).toEqual({ generation: 3, config: edited });
    expect((await agent.call("getMaintenance", { params: { id } })).state).toBe("in-maintenance");
  });

  it("closes the receipt when the copycat is given to another site", async () => {
    await using agent = await startAgent();
    const { id } = await agent.call("startMaintenance", { body: shop });
    const { config } = await agent.call("getConfig");
    const given: Config = {
      ...config,
      virtualHosts: config.virtualHosts.map((host) =>
        host.id === "shop-copycat" ? { ...host, copycatOf: "default" } : host,
      ),
    };
    await agent.call("putConfig", { body: given, ifMatch: 2 });
    expect((await agent.call("getMaintenance", { params: { id } })).state).toBe("reverted");
    expect(
      (await agent.call("listMaintenance")).maintenance.filter(({ state }) => state === "in-maintenance"),
    ).toMatchObject([{ site: "default", copycat: "shop-copycat" }]);
  });

  it("closes the receipt when somebody removes the copycat by hand, and says who", async () => {
    await using agent = await startAgent();
    const before = (await agent.call("getConfig")).config;
    const { id } = await agent.call("startMaintenance", { body: shop });
    await agent.call("putConfig", { body: before, ifMatch: "*", query: { author: "carla" } });
    const receipt = await agent.call("getMaintenance", { params: { id } });
    expect(receipt).toMatchObject({
      state: "reverted",
      revert: { how: "delete", generation: 3, author: "carla", exact: true },
    });
  });

  it("opens a receipt when a roll-back puts the copycat in place again, so that the site can be brought back with one call", async () => {
    await using agent = await startAgent();
    const first = await agent.call("startMaintenance", { body: { ...shop, internalHosts: ["staff.shop.internal"] } });
    await agent.call("revertMaintenance", { params: { id: first.id } });
    await agent.call("activateGeneration", { params: { n: 2 }, body: { author: "dora" } });
    const open = (await agent.call("listMaintenance")).maintenance.filter(({ state }) => state === "in-maintenance");
    expect(open).toMatchObject([{ site: "shop", copycat: "shop-copycat", author: "dora", generation: 4 }]);
    expect(open[0]?.id).not.toBe(first.id);
    expect((await agent.visit()).status).toBe(503);
    await agent.call("revertMaintenance", { params: { id: open[0]?.id ?? "" } });
    expect((await agent.call("getConfig")).config).toEqual(smallConfig());
  });

  it("is still in maintenance after a restart of the agent, with its counts, and can be brought back exactly", async () => {
    await using first = await startAgent();
    const { id } = await first.call("startMaintenance", { body: shop });
    await using events = await first.events();
    for (let visit = 0; visit < 4; visit++) await first.visit();
    await events.until((line) => line.type === "maintenance" && line.receipt.counts.refused === 4);
    await first.kill("SIGTERM");
    await using second = await startAgent({ folder: first.folder });
    expect(second.generation).toBe(2);
    expect((await second.visit()).status).toBe(503);
    await using again = await second.events();
    await again.until((line) => line.type === "maintenance" && line.receipt.counts.refused === 5);
    const { revert } = await second.call("revertMaintenance", { params: { id } });
    expect(revert).toMatchObject({ generation: 3, exact: true });
    expect((await second.visit()).text).toBe("live");
  });
});
