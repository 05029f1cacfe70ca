/** What can happen to an agent, its flags and its nginx while a site is closed, or is to be. */
import { chmod, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentOptions, TestAgent } from "../../../../../tools/driving/agent.ts";
import {
  agentBeside,
  prepared,
  seenBy,
  type Visit,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import {
  HAS_NGINX,
  type NginxFolder,
  nginxFolder,
  startDaemon,
  startNginx,
  type TestNginx,
} from "../../../../../tools/driving/web-servers/nginx.ts";
import { CLOCK_PROGRAM, draft, setClock, wallClockIn } from "../../../../support/agent/windows.ts";

const SITES = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example;
    location / { return 200 "the shop"; }
}
`,
};

interface Beside extends AsyncDisposable {
  folder: NginxFolder;
  nginx: TestNginx;
  agent: TestAgent;
  visit: Visit;
}

async function shopBeside(
  files: Readonly<Record<string, string>> = SITES,
  options: AgentOptions = {},
): Promise<Beside> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await nginxFolder(files));
  const nginx = stack.use(await startNginx(folder));
  const agent = stack.use(await agentBeside(options));
  await prepared(agent, folder);
  const kept = stack.move();
  return { folder, nginx, agent, visit: visitorOf(folder), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const CLOSE = { body: { site: "shop.example", page: { title: "Stocktaking" } } };

describe.skipIf(!HAS_NGINX)("while a site of nginx is closed", () => {
  it("a killed agent leaves it closed, and so does the next one, with its own page again", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    // Its workers finish what they have, and accept no more.
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example; fallback");
    const page = await visit({ method: "POST" });
    expect(page).toMatchObject({ status: 503, headers: { "retry-after": "600", "cache-control": "no-store" } });
    expect(page.body).toContain("Stocktaking");
    await using next = await agentBeside({ folder: agent.folder });
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example");
    const [receipt] = (await next.call("listMaintenance")).maintenance;
    await next.call("revertMaintenance", { params: { id: receipt?.id ?? "" }, body: {} });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });

  it("a hung agent leaves it closed, with the page on disk", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    const { workers } = await agent.call("getAgent");
    const all = [agent.pid, ...workers.map(({ pid }) => pid)];
    for (const pid of all) process.kill(pid, "SIGSTOP");
    try {
      expect(await visit()).toMatchObject({ status: 503, headers: { "backsoon-site": "shop.example; fallback" } });
    } finally {
      for (const pid of all) process.kill(pid, "SIGCONT");
    }
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example");
  });

  it("an upgraded agent goes on with its own page all the time", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    const seen = new Set<unknown>();
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) seen.add((await visit()).headers["backsoon-site"]);
    })();
    await agent.call("handOver", { body: {} });
    await agent.ended;
    for (let count = 0; count < 5; count++) seen.add((await visit()).headers["backsoon-site"]);
    over.abort();
    await watching;
    expect([...seen]).toEqual(["shop.example"]);
  });

  it("whoever forges what only nginx may say stays out", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", {
      body: { ...CLOSE.body, exceptions: [{ from: ["192.0.2.7"] }, { path: ["/health"] }] },
    });
    const forged = [
      { headers: { "backsoon-client": "192.0.2.7" } },
      { headers: { "backsoon-uri": "/health" } },
      { headers: { "backsoon-stage": "ask", "backsoon-site": "default" } },
      { headers: { "x-forwarded-for": "192.0.2.7" } },
      { headers: { "backsoon-proof": "x", "backsoon-within": "shop.example" } },
      { headers: { cookie: "backsoon_pass=../../etc/passwd" } },
      { path: "/health/../" },
      { path: "/health%2f..%2f" },
      { host: "made-up.example" },
    ];
    for (const asked of forged) expect((await visit(asked)).status, JSON.stringify(asked)).not.toBe(200);
    for (const path of [
      "/.backsoon/page/shop.example",
      "/.backsoon/ask/shop.example",
      "/.backsoon/fallback/shop.example",
    ])
      expect((await visit({ path })).status).toBe(503);
    expect(await visit({ path: "/health" })).toMatchObject({ status: 200, body: "the shop" });
  });

  it("a hook that is edited away is an alarm within seconds of a look", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, nginx } = beside;
    await agent.call("startMaintenance", CLOSE);
    const file = join(folder.etc, "sites-enabled/shop");
    await writeFile(file, folder.filled(SITES["sites-enabled/shop"]));
    process.kill(nginx.pid, "SIGHUP");
    await expect.poll(async () => (await visit()).status).toBe(200);
    const { sites } = await seenBy(agent, folder);
    expect(sites[0]).toMatchObject({ state: "lost" });
    const { problems = [] } = await agent.call("getAgent");
    expect(problems.join()).toContain("visitors still get something else: shop.example on nginx");
  });
});

describe.skipIf(!HAS_NGINX)("a site of nginx is not closed, and the reply says so,", () => {
  it("where nginx does not ask any more", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, nginx } = beside;
    const file = join(folder.etc, "sites-enabled/shop");
    await writeFile(file, folder.filled(SITES["sites-enabled/shop"]));
    process.kill(nginx.pid, "SIGHUP");
    await expect.poll(async () => (await seenBy(agent, folder)).sites[0]?.state).toBe("lost");
    const before = await agent.call("getConfig");
    const planned = await agent.call("planMaintenance", CLOSE);
    expect(planned.warnings).toContainEqual(expect.objectContaining({ code: "hook-missing" }));
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect(await agent.call("getConfig")).toEqual(before);
    expect(await visit()).toMatchObject({ status: 200 });
  });

  it("an hour before a window, and when one is planned", async () => {
    await using beside = await shopBeside(SITES, { program: CLOCK_PROGRAM });
    const { agent, folder, nginx } = beside;
    const plan = (hours: number) =>
      agent.call("createWindow", {
        body: draft({ sites: [{ site: "shop.example" }], start: wallClockIn(hours * 3600), reminders: [] }),
      });
    const first = await plan(2);
    const file = join(folder.etc, "sites-enabled/shop");
    await writeFile(file, folder.filled(SITES["sites-enabled/shop"]));
    process.kill(nginx.pid, "SIGHUP");
    await expect.poll(async () => (await seenBy(agent, folder)).sites[0]?.state).toBe("lost");
    await setClock(agent, 70 * 60_000);
    const told = async (which: string) =>
      (await agent.call("listReminders")).reminders.find(({ id }) => id.endsWith(`-hook-gone-${which}`));
    await expect
      .poll(() => told("60"))
      .toMatchObject({
        title: "The maintenance of shop.example will not start",
        text: expect.stringMatching(/shop\.example cannot be closed: .* Prepare it again\.$/) as string,
        occurrence: { id: first.id },
      });
    const second = await plan(26);
    await expect.poll(async () => (await told("planned"))?.occurrence?.id).toBe(second.id);
  });

  it("where nginx answers for it on a port that was added since it was prepared", async () => {
    await using beside = await shopBeside();
    const { agent, folder, nginx } = beside;
    const file = join(folder.etc, "sites-enabled/shop");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace("listen ", folder.filled("listen 127.0.0.1:@PORT2@; listen ")));
    process.kill(nginx.pid, "SIGHUP");
    const added = `127.0.0.1:${String(folder.port(2))}`;
    await expect.poll(async () => (await seenBy(agent, folder)).sites[0]?.message).toContain(added);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect(refused.ok ? "" : refused.error.message).toContain(added);
    // Prepared again, it is closed there, too.
    await prepared(agent, folder);
    await agent.call("startMaintenance", CLOSE);
    expect((await beside.visit({ port: folder.port(2) })).status).toBe(503);
  });

  it("where nginx's workers cannot see the flags", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    const before = (await agent.call("getConfig")).config;
    await chmod(agent.folder, 0o700);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    expect(refused.ok ? "" : refused.error.message).toMatch(
      /shop\.example on nginx-.*Everything is as it was before\./,
    );
    expect((await agent.call("getConfig")).config).toEqual(before);
    await chmod(agent.folder, 0o755);
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    const [receipt] = (await agent.call("listMaintenance")).maintenance;
    expect(receipt).toMatchObject({ state: "reverted", revert: { author: "agent", exact: true } });
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where the flags cannot be written", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    const web = join(agent.folder, "web");
    await writeFile(join(web, "gen"), "").catch(() => undefined);
    await rename(join(web, "gen"), join(web, "away")).catch(() => undefined);
    await writeFile(join(web, "gen"), "no folder");
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    await rm(join(web, "gen"));
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where nginx does not run", async () => {
    await using beside = await shopBeside();
    const { agent, nginx, folder } = beside;
    await nginx[Symbol.asyncDispose]();
    await expect
      .poll(async () =>
        (await agent.call("listWebServers")).webServers.some(({ configuration }) => configuration === folder.main),
      )
      .toBe(false);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
  });

  it("where nginx's workers cannot see the flags, and an exception lets the agent's own computer in", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await chmod(agent.folder, 0o700);
    const body = { ...CLOSE.body, exceptions: [{ from: ["127.0.0.0/8"] }] };
    const refused = await agent.tryCall("startMaintenance", { body });
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    await chmod(agent.folder, 0o755);
    await agent.call("startMaintenance", { body });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });

  it("where nginx answers for it in a place that is a moment old", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, nginx } = beside;
    await seenBy(agent, folder);
    const added = SITES["sites-enabled/shop"].replace("@PORT1@", "@PORT2@");
    await writeFile(join(folder.etc, "sites-enabled/added"), folder.filled(added));
    process.kill(nginx.pid, "SIGHUP");
    const statusThere = async () => (await visit({ port: folder.port(2) }).catch(() => undefined))?.status;
    await expect.poll(statusThere).toBe(200);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
  });

  it("while workers of before an upgrade of nginx still answer, by what they read once", async () => {
    await using folder = await nginxFolder(SITES);
    await using old = await startDaemon(folder);
    await using agent = await agentBeside();
    const { id } = await seenBy(agent, folder);
    await agent.call("installHook", { params: { id }, body: { reload: "later" } });
    process.kill(old.pid, "SIGUSR2");
    await expect.poll(async () => (await seenBy(agent, folder)).pid).not.toBe(old.pid);
    // Whoever of the two answers when it is looked.
    for (let count = 0; count < 8; count += 1)
      expect((await seenBy(agent, folder)).sites[0]).toMatchObject({ state: "lost" });
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect(refused.ok ? "" : refused.error.message).toContain(`kill -QUIT ${String(old.pid)}`);
    process.kill(old.pid, "SIGQUIT");
    await expect.poll(async () => (await agent.tryCall("startMaintenance", CLOSE)).ok).toBe(true);
    expect((await visitorOf(folder)()).status).toBe(503);
  });

  it("where its configuration on disk is broken, and says where", async () => {
    await using beside = await shopBeside();
    const { agent, folder } = beside;
    await writeFile(join(folder.etc, "conf.d/broken.conf"), "nonsense;");
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect(refused.ok ? "" : refused.error.message).toContain("conf.d/broken.conf:1");
  });
});

describe.skipIf(!HAS_NGINX)("the hook of nginx", () => {
  it("is put in once for a site that is named twice, and taken out of none that is not there", async () => {
    await using folder = await nginxFolder(SITES);
    await using nginx = await startNginx(folder);
    await using agent = await agentBeside();
    const params = { id: (await seenBy(agent, folder)).id };
    const twice = ["shop.example", "shop.example"];
    const { plan } = await agent.call("installHook", { params, body: { sites: twice } });
    expect(plan.sites).toEqual(["shop.example"]);
    const { generation } = await agent.call("getAgent");
    for (const sites of ["made-up.example", "shop.example,made-up.example", ",,", "../../nginx"])
      expect(await agent.tryCall("removeHook", { params, query: { sites } })).toMatchObject({
        ok: false,
        error: { code: "hook.failed" },
      });
    expect((await agent.call("getAgent")).generation).toBe(generation);
    expect(nginx.pid).toBe((await seenBy(agent, folder)).pid);
  });
});

describe.skipIf(!HAS_NGINX)("a site of nginx is closed", () => {
  it("where one of its names is another site's on one of its ports, or only HTTP/2 is spoken", async () => {
    await using beside = await shopBeside({
      "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT2@;
    server_name blog.example;
    location / { return 200 "the blog"; }
}
server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example www.shop.example;
    location / { return 200 "the shop"; }
}
server {
    listen 127.0.0.1:@PORT2@;
    listen 127.0.0.1:@PORT3@ http2;
    server_name shop.example;
    location / { return 200 "the shop"; }
}
`,
    });
    const { agent, visit, folder } = beside;
    const { id } = await agent.call("startMaintenance", CLOSE);
    const second = { port: folder.port(2) };
    const third = { port: folder.port(3), version: "2" } as const;
    for (const asked of [{}, { host: "www.shop.example" }, second, third])
      expect((await visit(asked)).status, JSON.stringify(asked)).toBe(503);
    expect(await visit({ ...second, host: "www.shop.example" })).toMatchObject({ status: 200, body: "the blog" });

    const params = { id };
    const saysOf = async (outcome: string) =>
      (await agent.call("proveMaintenance", { params })).cells
        .filter((cell) => cell.outcome === outcome && cell.probe === "page")
        .map(({ host, listener, message }) => `${host} ${listener.split("-").at(-1) ?? ""} ${message}`);
    const rest = `www.shop.example ${String(folder.port(2))} Not asked: ${(await seenBy(agent, folder)).id} does not lead www.shop.example to this site on`;
    expect(await saysOf("wrong")).toEqual([]);
    expect(await saysOf("right")).toHaveLength(5);
    expect((await saysOf("skipped"))[0]).toContain(rest);
    // Brought back, the other site is closed: the name shows that one's page there.
    await agent.call("revertMaintenance", { params, body: {} });
    await agent.call("startMaintenance", { body: { site: "blog.example" } });
    expect(await saysOf("wrong")).toEqual([]);
    expect((await saysOf("skipped"))[0]).toContain(rest);
  });
});
