/** A real agent beside a real Caddy: found, prepared, closed, brought back, and taken out again. */
import { describe, expect, it } from "vitest";
import {
  agentBeside,
  NO_LISTENERS,
  prepared,
  seenBy,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import { startHangingApp } from "../../../../support/web-servers/hanging-app.ts";
import { HAS_CADDY, OPTIONS, TLS, caddyFolder, startCaddy } from "../../../../support/web-servers/caddy.ts";

const FILES = {
  Caddyfile: `{
${OPTIONS}}

(common) {
	encode gzip
	header Content-Security-Policy "default-src 'none'"
}

import sites/*.caddy
`,
  "sites/shop.caddy": `shop.example, www.shop.example {
	bind 127.0.0.1
	${TLS}
	import common
	redir /old /new permanent
	respond "the shop {method} {uri}"
	handle_errors {
		respond "their own error" 200
	}
}

http://shop.example:@PORT1@, http://www.shop.example:@PORT1@ {
	bind 127.0.0.1
	redir https://shop.example{uri}
}
`,
  "sites/blog.caddy": `http://blog.example:@PORT1@ {
	bind 127.0.0.1
	respond "the blog"
}
`,
};

describe.skipIf(!HAS_CADDY)("a site of Caddy", () => {
  it("is found, prepared, closed for all its visitors, brought back, and Caddy is as before", async () => {
    await using folder = await caddyFolder(FILES);
    await using caddy = await startCaddy(folder);
    const before = await folder.snapshot();
    await using agent = await agentBeside({ workers: 2 });
    const { id, version, problems } = await seenBy(agent, folder);
    expect({ problems, version }).toEqual({ problems: [], version: caddy.instance.version });
    const visit = visitorOf(folder);
    const params = { id };

    const plan = await agent.call("planHook", { params, body: {} });
    expect(plan.refused).toEqual([]);
    expect([...plan.sites].sort()).toEqual(["blog.example", "shop.example"]);
    expect(await folder.snapshot()).toEqual(before);
    const installed = await agent.call("installHook", { params, body: { digest: plan.digest, author: "ops" } });
    expect(installed.webServer.sites.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
      "blog.example ready",
      "shop.example ready",
    ]);
    const { config } = await agent.call("getConfig");
    expect(config.virtualHosts.map(({ id }) => id)).toEqual(["blog.example", "shop.example", "default"]);
    expect((await visit()).status).toBe(302);

    const receipt = await agent.call("startMaintenance", {
      body: {
        site: "shop.example",
        page: { title: "Stocktaking" },
        exceptions: [{ path: ["/health/*"] }, { from: ["192.0.2.7"] }],
      },
    });
    const tls = { port: folder.port(7), tls: true } as const;
    for (const asked of [
      {},
      tls,
      { ...tls, version: "2" as const },
      { ...tls, path: "/old" },
      { ...tls, host: "www.shop.example" },
      { ...tls, method: "POST" },
      { method: "DELETE" },
      { ...tls, headers: { "x-forwarded-for": "192.0.2.7", "backsoon-client": "192.0.2.7" } },
      { ...tls, headers: { "backsoon-uri": "/health/", "backsoon-site": "blog.example", "backsoon-stage": "ask" } },
    ]) {
      const answer = await visit(asked);
      expect(answer, JSON.stringify(asked)).toMatchObject({ status: 503, headers: { "retry-after": "600" } });
      expect(answer.body).toContain("Stocktaking");
      expect(answer.headers["content-security-policy"]).not.toBe("default-src 'none'");
    }
    const head = await visit({ ...tls, method: "HEAD" });
    expect(head).toMatchObject({ status: 503, body: "" });
    expect((await visit({ ...tls, version: "2", method: "HEAD" })).status).toBe(503);
    const json = await visit({ ...tls, headers: { accept: "application/json" } });
    expect(JSON.parse(json.body)).toMatchObject({ status: 503, title: "Stocktaking" });
    const preflight = await visit({
      ...tls,
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "PUT" },
    });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { "access-control-allow-origin": expect.anything() as string },
    });
    expect(await visit({ ...tls, path: "/health/a%2Fb?x=1", method: "POST" })).toMatchObject({
      status: 200,
      body: "the shop POST /health/a%2Fb?x=1",
    });
    expect(await visit({ ...tls, path: "/.well-known/acme-challenge/x" })).toMatchObject({ status: 200 });
    expect(await visit({ host: "blog.example" })).toMatchObject({ status: 200, body: "the blog" });

    const proof = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    expect(proof.cells.filter(({ outcome }) => outcome === "right").length).toBeGreaterThanOrEqual(10);

    const held = await agent.tryCall("removeHook", { params, query: {} });
    expect(held).toMatchObject({ ok: false, error: { code: "maintenance.conflict" } });

    await agent.call("revertMaintenance", { params: { id: receipt.id }, body: {} });
    expect(await visit(tls)).toMatchObject({ status: 200, body: "the shop GET /" });
    const live = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(live.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);

    await agent.call("removeHook", { params, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect((await agent.call("getConfig")).config).toEqual(NO_LISTENERS);
    expect(await visit({ ...tls, path: "/.backsoon/hook/x" })).toMatchObject({ status: 200 });
  });

  it("says how many requests its application has, and no more", async () => {
    await using app = await startHangingApp();
    await using folder = await caddyFolder({
      Caddyfile: `{
${OPTIONS}}

http://shop.example:@PORT1@ {
	bind 127.0.0.1
	route /api/* {
		reverse_proxy 127.0.0.1:${String(app.port)}
	}
}
`,
    });
    await using caddy = await startCaddy(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = await app.visit(folder.port(1), "shop.example", "/api/x");
    await agent.call("startMaintenance", { body: { site: "shop.example" } });
    const seen = async () => (await seenBy(agent, folder)).sites[0]?.inFlight;
    const of = [`127.0.0.1:${String(app.port)}`];
    await expect.poll(seen).toEqual({ of, total: 1, observedAt: expect.any(String) as string });
    visit.end();
    await expect.poll(seen).toMatchObject({ of, total: 0 });
    expect(caddy.instance.pid).toBeGreaterThan(0);
  });
});
