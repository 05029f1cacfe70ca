/** A real agent beside a real HAProxy: found, prepared, closed, brought back, taken out again. */
import { describe, expect, it } from "vitest";
import { runAgentVerb } from "../../../../../tools/driving/agent.ts";
import {
  agentBeside,
  NO_LISTENERS,
  prepared,
  seenBy,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import { startHangingApp } from "../../../../support/web-servers/hanging-app.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../../support/web-servers/haproxy.ts";

const SITES = `frontend http
    bind 127.0.0.1:@PORT1@
    acl acme path_beg /.well-known/acme-challenge/
    redirect scheme https code 301 if !acme

frontend https
    bind 127.0.0.1:@PORT2@ ssl crt @PEM@ alpn h2,http/1.1
    acl is_shop hdr(host) -i shop.example www.shop.example
    acl is_blog hdr(host) -i blog.example
    http-response set-header Content-Security-Policy "default-src 'none'"
    use_backend shop if is_shop
    use_backend blog if is_blog
    default_backend rest

backend shop
    http-request return status 200 content-type text/plain string "the shop"

backend blog
    http-request return status 200 content-type text/plain string "the blog"

backend rest
    http-request return status 200 content-type text/plain string "the rest"
`;

describe.skipIf(!HAS_HAPROXY)("a site of HAProxy", () => {
  it("is found, prepared, closed for all its visitors, brought back, and HAProxy is as before", async () => {
    await using folder = await haproxyFolder(SITES);
    await using haproxy = await startHaproxy(folder);
    const before = await folder.snapshot();
    await using agent = await agentBeside({ workers: 2 });
    const { id } = await seenBy(agent, folder);
    const visit = visitorOf(folder);
    const params = { id };

    const plan = await agent.call("planHook", { params, body: {} });
    expect(plan.sites).toEqual(["shop.example", "blog.example", "default"]);
    expect(await folder.snapshot()).toEqual(before);
    const installed = await agent.call("installHook", { params, body: { digest: plan.digest, author: "ops" } });
    expect(installed.webServer.sites.map((site) => `${site.id} ${site.state} ${site.message}`).sort()).toEqual([
      "blog.example ready Every listener asks the agent.",
      "default ready Every listener asks the agent.",
      "shop.example ready Every listener asks the agent.",
    ]);
    const { config } = await agent.call("getConfig");
    expect(config.virtualHosts.map((virtualHost) => virtualHost.id)).toEqual([
      "shop.example",
      "blog.example",
      "default",
    ]);
    expect((await visit()).status).toBe(301);

    const receipt = await agent.call("startMaintenance", {
      body: { site: "shop.example", page: { title: "Stocktaking" }, exceptions: [{ path: ["/health"] }] },
    });
    const tls = { port: folder.port(2), tls: true } as const;
    for (const asked of [
      {},
      tls,
      { ...tls, version: "2" as const },
      { host: "www.shop.example" },
      { host: "SHOP.example:80" },
      { method: "POST" },
    ]) {
      const answer = await visit(asked);
      expect(answer, JSON.stringify(asked)).toMatchObject({ status: 503, headers: { "retry-after": "600" } });
      expect(answer.body).toContain("Stocktaking");
      expect(answer.headers["content-security-policy"]).toBeUndefined();
    }
    expect(await visit({ ...tls, path: "/health" })).toMatchObject({ status: 200, body: "the shop" });
    expect(await visit({ ...tls, host: "blog.example" })).toMatchObject({ status: 200, body: "the blog" });
    expect(await visit({ ...tls, host: "other.example" })).toMatchObject({ status: 200, body: "the rest" });
    expect((await visit({ path: "/.well-known/acme-challenge/x" })).headers["backsoon-site"]).toBeUndefined();

    const proof = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    expect(proof.cells.filter(({ outcome }) => outcome === "right").length).toBeGreaterThanOrEqual(10);

    const held = await agent.tryCall("removeHook", { params, query: {} });
    expect(held).toMatchObject({ ok: false, error: { code: "maintenance.conflict" } });

    // The names that nobody tests are closed by themselves.
    const rest = await agent.call("startMaintenance", { body: { site: "default" } });
    await agent.call("revertMaintenance", { params: { id: receipt.id }, body: {} });
    expect(await visit({ ...tls, host: "other.example" })).toMatchObject({ status: 503 });
    expect(await visit({ ...tls, host: "blog.example" })).toMatchObject({ status: 200, body: "the blog" });
    expect(await visit(tls)).toMatchObject({ status: 200, body: "the shop" });
    await agent.call("revertMaintenance", { params: { id: rest.id }, body: {} });
    expect(await visit({ ...tls, host: "other.example" })).toMatchObject({ status: 200, body: "the rest" });
    const live = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(live.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);

    await agent.call("removeHook", { params, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect(haproxy.said()).not.toMatch(/\[(WARNING|ALERT)\].*config/);
    expect((await agent.call("getConfig")).config).toEqual(NO_LISTENERS);
  });

  it("says how many connections of before still run, and no more", async () => {
    await using app = await startHangingApp();
    await using folder = await haproxyFolder(`frontend http
    bind 127.0.0.1:@PORT1@
    use_backend shop if { hdr(host) -i shop.example }
    default_backend rest

backend shop
    server app 127.0.0.1:${String(app.port)}

backend rest
    http-request return status 404
`);
    await using haproxy = await startHaproxy(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const first = await app.visit(folder.port(1), "shop.example");
    const second = await app.visit(folder.port(1), "shop.example");
    const seen = async () => (await seenBy(agent, folder)).sites.find(({ id }) => id === "shop.example")?.inFlight;
    expect(await seen()).toBeUndefined();
    await agent.call("startMaintenance", { body: { site: "shop.example" } });
    await expect.poll(seen).toMatchObject({ of: ["backend shop"], total: 2, before: 2 });
    const listed = await runAgentVerb(["web-servers", "--socket", agent.socketPath]);
    expect(listed.stdout).toContain("2 connections from before the switch to backend shop");
    first.end();
    await expect.poll(seen).toMatchObject({ total: 1, before: 1 });
    // A worker of before a reload is asked, too.
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(() => haproxy.said().split("Loading success").length).toBeGreaterThan(2);
    await expect.poll(seen).toMatchObject({ total: 1, before: 1 });
    // Nobody asks: everybody is told.
    await using events = await agent.events();
    second.end();
    await events.until((line) => {
      const sites = line.type === "web-servers" ? line.webServers.flatMap((one) => one.sites) : [];
      return sites.some(({ id, inFlight }) => id === "shop.example" && inFlight?.total === 0 && inFlight.before === 0);
    });
  });
});
