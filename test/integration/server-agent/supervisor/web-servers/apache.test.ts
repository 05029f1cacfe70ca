/** A real agent beside a real Apache: found, prepared, closed, brought back, taken out again. */
import { describe, expect, it } from "vitest";
import {
  agentBeside,
  NO_LISTENERS,
  prepared,
  seenBy,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import { draft, untilOccurrence } from "../../../../support/agent/windows.ts";
import {
  apacheFolder,
  HAS_APACHE,
  moduleLines,
  startApache,
  USUAL_MODULES,
} from "../../../../support/web-servers/apache.ts";

/** As certbot leaves them. */
const SITES = {
  etc: {
    "sites-enabled/shop.conf": `<VirtualHost 127.0.0.1:@PORT1@>
    ServerName shop.example
    ServerAlias www.shop.example
    DocumentRoot @RUN@/www/shop
RewriteEngine on
RewriteCond %{SERVER_NAME} =shop.example [OR]
RewriteCond %{SERVER_NAME} =www.shop.example
RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,NE,R=permanent]
</VirtualHost>
`,
    "sites-enabled/shop-le-ssl.conf": `<IfModule mod_ssl.c>
<VirtualHost 127.0.0.1:@PORT2@>
    ServerName shop.example
    ServerAlias www.shop.example
    Protocols h2 http/1.1
    DocumentRoot @RUN@/www/shop
    Header always set Content-Security-Policy "default-src 'none'"
    SSLEngine on
    SSLCertificateFile @CERT@
    SSLCertificateKeyFile @KEY@
</VirtualHost>
</IfModule>
`,
    "sites-enabled/blog.conf": `<VirtualHost 127.0.0.1:@PORT1@>
    ServerName blog.example
    DocumentRoot @RUN@/www/blog
</VirtualHost>
`,
  },
  www: {
    "shop/index.html": "the shop",
    "shop/health": "fine",
    "shop/hooks/payment": "paid",
    "blog/index.html": "the blog",
  },
};

describe.skipIf(!HAS_APACHE)("a site of Apache", () => {
  it("is found, prepared, closed for all its visitors, brought back, and Apache is as before", async () => {
    await using folder = await apacheFolder(SITES);
    await using apache = await startApache(folder);
    const before = await folder.snapshot();
    await using agent = await agentBeside({ workers: 2 });
    const { id } = await seenBy(agent, folder);
    const visit = visitorOf(folder);
    const params = { id };

    const plan = await agent.call("planHook", { params, body: {} });
    expect(plan.refused).toEqual([]);
    expect([...plan.sites].sort()).toEqual(["blog.example", "shop.example"]);
    expect(await folder.snapshot()).toEqual(before);
    const installed = await agent.call("installHook", { params, body: { digest: plan.digest, author: "ops" } });
    expect(installed.webServer.sites.map((site) => `${site.id} ${site.state} ${site.message}`).sort()).toEqual([
      "blog.example ready Every listener asks the agent.",
      "shop.example ready Every listener asks the agent.",
    ]);
    expect((await visit()).status).toBe(301);

    const receipt = await agent.call("startMaintenance", {
      body: { site: "shop.example", page: { title: "Stocktaking" }, exceptions: [{ path: ["/health", "/hooks/*"] }] },
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
    expect(await visit({ ...tls, path: "/health" })).toMatchObject({ status: 200, body: "fine" });
    expect(await visit({ ...tls, path: "/hooks/payment" })).toMatchObject({ status: 200, body: "paid" });
    expect(await visit({ ...tls, path: "/hooks" })).toMatchObject({ status: 503 });
    expect(await visit({ host: "blog.example" })).toMatchObject({ status: 200, body: "the blog" });

    const proof = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    expect(proof.cells.filter(({ outcome }) => outcome === "right").length).toBeGreaterThanOrEqual(10);

    const until = new Date(Date.now() + 3_600_000).toISOString();
    const pass = await agent.call("createPass", { body: { name: "Anna", site: "shop.example", until } });
    const { pathname, hash } = new URL(pass.links[0] ?? "");
    expect((await visit({ ...tls, path: pathname })).body).toContain("Opening the site");
    const taken = await visit({
      ...tls,
      path: pathname,
      method: "POST",
      headers: { "x-backsoon-pass": hash.slice(1) },
    });
    const [cookie = ""] = taken.headers["set-cookie"] ?? [];
    expect([taken.status, cookie]).toEqual([204, expect.stringContaining("; Secure") as string]);
    const staff = { ...tls, headers: { cookie: `a=b; ${cookie.split(";")[0] ?? ""}; c=d` } };
    expect(await visit(staff)).toMatchObject({ status: 200, body: "the shop" });
    expect((await visit(tls)).status).toBe(503);
    expect((await visit({ ...tls, headers: { cookie: "backsoon-pass=../own" } })).status).toBe(503);
    await agent.call("revokePass", { params: { id: pass.id }, query: {} });
    expect((await visit(staff)).status).toBe(503);
    const soon = new Date(Date.now() + 2000).toISOString();
    const brief = await agent.call("createPass", { body: { name: "Ben", site: "shop.example", until: soon } });
    const headers = { cookie: `backsoon-pass=${new URL(brief.links[0] ?? "").hash.slice(1)}` };
    await expect.poll(async () => (await visit({ ...tls, headers })).status, { timeout: 10_000 }).toBe(503);

    const held = await agent.tryCall("removeHook", { params, query: {} });
    expect(held).toMatchObject({ ok: false, error: { code: "maintenance.conflict" } });

    await agent.call("revertMaintenance", { params: { id: receipt.id }, body: {} });
    expect(await visit(tls)).toMatchObject({ status: 200, body: "the shop" });
    const live = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(live.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);

    await agent.call("removeHook", { params, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect(await apache.log()).not.toMatch(/:(?:error|crit|alert|emerg)\]/);
    expect((await agent.call("getConfig")).config).toEqual(NO_LISTENERS);
  });

  it("is reopened by a planned window once it is well, as the agent sees through Apache", async () => {
    // Processes in place of threads, as with mod_php.
    const names = USUAL_MODULES.filter((name) => name !== "http2").map((name) => name.replace("event", "prefork"));
    const modules = { "mods-enabled/all.load": moduleLines(names) };
    await using folder = await apacheFolder({ ...SITES, etc: { ...SITES.etc, ...modules } });
    await using apache = await startApache(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = visitorOf(folder);
    const body = draft({ atEnd: "reopen-if-healthy", sites: [{ site: "blog.example", health: "/index.html" }] });
    const { id } = await agent.call("createWindow", { body });
    await untilOccurrence(agent, id, "running");
    expect((await visit({ host: "blog.example" })).status).toBe(503);
    // Who has no token of the agent's gets the page.
    const headers = { "backsoon-within": "blog.example", "backsoon-proof": "../../../closed/blog.example" };
    expect((await visit({ host: "blog.example", headers })).status).toBe(503);
    await untilOccurrence(agent, id, "ended");
    expect((await visit({ host: "blog.example" })).status).toBe(200);
    expect(await apache.log()).not.toMatch(/:(?:error|crit|alert|emerg)\]/);
  });
});
