/** A real agent beside a real nginx: found, prepared, closed, brought back, and taken out again. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  agentBeside,
  NO_LISTENERS,
  prepared,
  seenBy,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../../tools/driving/web-servers/nginx.ts";

const SITES = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example www.shop.example;
    return 301 https://shop.example$request_uri;
}
server {
    listen 127.0.0.1:@PORT2@ ssl http2;
    server_name shop.example;
    ssl_certificate @CERT@;
    ssl_certificate_key @KEY@;
    add_header Content-Security-Policy "default-src 'none'";
    location / { return 200 "the shop"; }
}
`,
  "sites-enabled/blog": `server {
    listen 127.0.0.1:@PORT1@;
    server_name blog.example;
    location / { return 200 "the blog"; }
}
`,
};

describe.skipIf(!HAS_NGINX)("a site of nginx", () => {
  it("is found, prepared, closed for all its visitors, brought back, and nginx is as before", async () => {
    await using folder = await nginxFolder(SITES);
    await using nginx = await startNginx(folder);
    const before = await folder.snapshot();
    await using agent = await agentBeside({ workers: 2 });
    const { id } = await seenBy(agent, folder);
    const visit = visitorOf(folder);
    const params = { id };

    const plan = await agent.call("planHook", { params, body: {} });
    expect(plan.sites).toEqual(["blog.example", "shop.example"]);
    expect(await folder.snapshot()).toEqual(before);
    const installed = await agent.call("installHook", { params, body: { digest: plan.digest, author: "ops" } });
    expect(installed.webServer.sites.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
      "blog.example ready",
      "shop.example ready",
    ]);
    const { config } = await agent.call("getConfig");
    expect(config.virtualHosts.map(({ id }) => id)).toEqual(["blog.example", "shop.example", "default"]);
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
      { method: "POST" },
    ]) {
      const answer = await visit(asked);
      expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "600" } });
      expect(answer.body).toContain("Stocktaking");
      expect(answer.headers["content-security-policy"]).toBeUndefined();
    }
    expect(await visit({ ...tls, path: "/health" })).toMatchObject({ status: 200, body: "the shop" });
    expect(await visit({ host: "blog.example" })).toMatchObject({ status: 200, body: "the blog" });

    const proof = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(proof.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);
    expect(proof.cells.filter(({ outcome }) => outcome === "right").length).toBeGreaterThanOrEqual(10);

    await agent.call("changeMaintenance", { params: { id: receipt.id }, body: { page: { title: "Longer" } } });
    expect((await visit(tls)).body).toContain("Longer");
    const onDisk = join(agent.folder, "web/now/pages/shop.example.html");
    expect(await readFile(onDisk, "utf8")).toContain("Longer");

    const until = new Date(Date.now() + 3_600_000).toISOString();
    const { links } = await agent.call("createPass", { body: { name: "Anna", site: "shop.example", until } });
    const { pathname, hash, origin } = new URL(links[0] ?? "");
    expect(origin).toBe(`https://shop.example:${String(folder.port(2))}`);
    expect((await visit({ ...tls, path: pathname })).body).toContain("Opening the site");
    const headers = { "x-backsoon-pass": hash.slice(1) };
    const taken = await visit({ ...tls, path: pathname, method: "POST", headers });
    const [cookie = ""] = taken.headers["set-cookie"] ?? [];
    expect([taken.status, cookie]).toEqual([204, expect.stringContaining("; Secure") as string]);
    const staff = { ...tls, headers: { cookie: cookie.split(";")[0] ?? "" } };
    expect(await visit(staff)).toMatchObject({ status: 200, body: "the shop" });
    expect((await visit(tls)).status).toBe(503);

    const held = await agent.tryCall("removeHook", { params, query: {} });
    expect(held).toMatchObject({ ok: false, error: { code: "maintenance.conflict" } });

    await agent.call("revertMaintenance", { params: { id: receipt.id }, body: {} });
    expect(await visit(tls)).toMatchObject({ status: 200, body: "the shop" });
    const live = await agent.call("proveMaintenance", { params: { id: receipt.id } });
    expect(live.cells.filter(({ outcome }) => outcome === "wrong")).toEqual([]);

    await agent.call("removeHook", { params, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect(await nginx.log()).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
    expect((await agent.call("getConfig")).config).toEqual(NO_LISTENERS);
  });

  it("takes part in two phases: nothing before the commit, all of it after", async () => {
    await using folder = await nginxFolder(SITES);
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = visitorOf(folder);
    const body = {
      operation: { id: "fleet-0001", title: "Both sites", servers: 2 },
      changes: ["shop.example", "blog.example"].map((site) => ({ kind: "maintenance" as const, options: { site } })),
    };
    const aborted = await agent.call("stage", { body });
    expect((await visit({ host: "blog.example" })).status).toBe(200);
    await agent.call("abortStage", { params: { id: aborted.id } });
    const staged = await agent.call("stage", { body });
    expect((await visit({ host: "blog.example" })).status).toBe(200);
    const { receipts } = await agent.call("commitStage", { params: { id: staged.id } });
    expect(receipts.map(({ site, state }) => `${site} ${state}`)).toEqual([
      "shop.example in-maintenance",
      "blog.example in-maintenance",
    ]);
    expect((await visit()).status).toBe(503);
    expect((await visit({ host: "blog.example" })).status).toBe(503);
    for (const { id } of receipts) await agent.call("revertMaintenance", { params: { id }, body: {} });

    // One whose web server does not ask refuses in the first phase, and nothing has changed.
    await nginx[Symbol.asyncDispose]();
    await seenBy(agent, folder).catch(() => undefined);
    expect(await agent.tryCall("stage", { body })).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect((await agent.call("listStages")).stages.some(({ state }) => state === "staged")).toBe(false);
  });

  it("is closed and opened by a planned window", async () => {
    await using folder = await nginxFolder(SITES);
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside();
    await prepared(agent, folder);
    const visit = visitorOf(folder);
    const window = await agent.call("createWindow", {
      body: {
        title: "Night",
        sites: [{ site: "blog.example" }],
        start: "2031-01-01T02:00:00",
        duration: "PT30M",
        zone: "UTC",
      },
    });
    await agent.call("startWindow", { params: { id: window.id }, body: {} });
    await expect.poll(async () => (await visit({ host: "blog.example" })).status).toBe(503);
    await agent.call("endWindow", { params: { id: window.id }, body: {} });
    await expect.poll(async () => (await visit({ host: "blog.example" })).status).toBe(200);
    expect(await nginx.log()).not.toMatch(/\[(warn|error|crit|alert|emerg)\]/);
  });
});
