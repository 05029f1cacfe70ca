/** What can happen to an agent, its map and its HAProxy while a site is closed, or is to be. */
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TestAgent } from "../../../../../tools/driving/agent.ts";
import {
  agentBeside,
  prepared,
  seenBy,
  type Visit,
  visitorOf,
} from "../../../../../tools/driving/web-servers/beside.ts";
import {
  GLOBAL,
  HAS_HAPROXY,
  haproxyFolder,
  startHaproxy,
  type StartOptions,
  type TestHaproxy,
} from "../../../../support/web-servers/haproxy.ts";
import type { ServerFolder } from "../../../../../tools/driving/web-servers/server-folder.ts";

const SITES = `frontend web
    bind 127.0.0.1:@PORT1@
    bind 127.0.0.1:@PORT2@ ssl crt @PEM@ alpn h2,http/1.1
    use_backend shop if { hdr(host) -i shop.example }

backend shop
    http-request return status 200 content-type text/plain string "the shop"
`;

interface Beside extends AsyncDisposable {
  folder: ServerFolder;
  haproxy: TestHaproxy;
  agent: TestAgent;
  visit: Visit;
}

async function shopBeside(options: StartOptions & { global?: string } = {}): Promise<Beside> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await haproxyFolder(SITES, options.global));
  const haproxy = stack.use(await startHaproxy(folder, options));
  const agent = stack.use(await agentBeside());
  await prepared(agent, folder);
  const kept = stack.move();
  return { folder, haproxy, agent, visit: visitorOf(folder), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const CLOSE = { body: { site: "shop.example", page: { title: "Stocktaking" } } };
const SIMPLE = { status: 503, headers: { "retry-after": "600", "cache-control": "no-store" } };

describe.skipIf(!HAS_HAPROXY)("while a site of HAProxy is closed", () => {
  it("a killed agent leaves it closed, and so does the next one, with its own page again", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    // Its workers finish what they have, and accept no more.
    await expect.poll(async () => (await visit()).body, { timeout: 5000 }).toContain("We will be back soon");
    expect(await visit({ method: "POST" })).toMatchObject(SIMPLE);
    expect(await visit({ port: beside.folder.port(2), tls: true, version: "2" })).toMatchObject(SIMPLE);
    expect(await visit({ path: "/.well-known/acme-challenge/x" })).toMatchObject({ status: 200 });
    await using next = await agentBeside({ folder: agent.folder });
    await expect.poll(async () => (await visit()).body, { timeout: 5000 }).toContain("Stocktaking");
    const [receipt] = (await next.call("listMaintenance")).maintenance;
    await next.call("revertMaintenance", { params: { id: receipt?.id ?? "" }, body: {} });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });

  it("a hung agent leaves it closed, with the simple page", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    const { workers } = await agent.call("getAgent");
    const all = [agent.pid, ...workers.map(({ pid }) => pid)];
    for (const pid of all) process.kill(pid, "SIGSTOP");
    try {
      expect(await visit()).toMatchObject(SIMPLE);
    } finally {
      for (const pid of all) process.kill(pid, "SIGCONT");
    }
    await expect.poll(async () => (await visit()).body, { timeout: 5000 }).toContain("Stocktaking");
  });

  it("an upgraded agent goes on with its own page all the time", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    const seen = new Set<boolean>();
    const watch = new AbortController();
    const watching = (async () => {
      while (!watch.signal.aborted) seen.add((await visit()).body.includes("Stocktaking"));
    })();
    await agent.call("handOver", { body: {} });
    await agent.ended;
    for (let count = 0; count < 5; count++) seen.add((await visit()).body.includes("Stocktaking"));
    watch.abort();
    await watching;
    expect([...seen]).toEqual([true]);
  });

  it("it is closed from the first answer of an HAProxy that is started again, without the agent too", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, haproxy } = beside;
    await agent.call("startMaintenance", CLOSE);
    await haproxy[Symbol.asyncDispose]();
    await using again = await startHaproxy(folder);
    expect(again.pid).not.toBe(haproxy.pid);
    expect((await visit()).status).toBe(503);
    await expect.poll(async () => (await visit()).body, { timeout: 5000 }).toContain("Stocktaking");
    // And the new one is told as well.
    const [receipt] = (await agent.call("listMaintenance")).maintenance;
    await agent.call("revertMaintenance", { params: { id: receipt?.id ?? "" }, body: {} });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });

  it("whoever reloads HAProxy leaves it closed", async () => {
    await using beside = await shopBeside();
    const { agent, visit, haproxy } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(haproxy.said).toMatch(/New worker[\s\S]*New worker/);
    for (let times = 0; times < 20; times += 1) expect((await visit()).status).toBe(503);
  });

  it("an HAProxy that has lost it is told again at the next look", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, haproxy } = beside;
    await agent.call("startMaintenance", CLOSE);
    await writeFile(join(folder.etc, "backsoon/closed.map"), "");
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(async () => (await visit()).status).toBe(200);
    await agent.call("listWebServers");
    await expect.poll(async () => (await visit()).status).toBe(503);
    expect(await readFile(join(folder.etc, "backsoon/closed.map"), "utf8")).toBe("shop.example shop.example\n");
  });

  it("whoever forges what only HAProxy may say stays out", async () => {
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
      { path: "/.backsoon/page/shop.example" },
      { host: "Shop.Example:80" },
    ];
    for (const asked of forged) expect((await visit(asked)).status, JSON.stringify(asked)).toBe(503);
    expect(await visit({ path: "/health" })).toMatchObject({ status: 200, body: "the shop" });
  });

  it("a hook that is edited away is an alarm within seconds of a look", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, haproxy } = beside;
    await agent.call("startMaintenance", CLOSE);
    await writeFile(folder.main, folder.filled(GLOBAL + SITES));
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(async () => (await visit()).status).toBe(200);
    const { sites } = await seenBy(agent, folder);
    expect(sites[0]).toMatchObject({ state: "lost" });
    const { problems = [] } = await agent.call("getAgent");
    expect(problems.join()).toContain("visitors still get something else: shop.example on haproxy");
  });
});

describe.skipIf(!HAS_HAPROXY)("a site of HAProxy is not closed, and the reply says so,", () => {
  it("where HAProxy takes no orders any more", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder } = beside;
    const [socket, away] = [join(folder.run, "admin.sock"), join(folder.run, "away.sock")];
    await rename(socket, away);
    const before = await agent.call("getConfig");
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    expect(refused.ok ? "" : refused.error.message).toContain("HAProxy accepts no commands on");
    expect(await agent.call("getConfig")).toEqual(before);
    expect(await visit()).toMatchObject({ status: 200 });
    await rename(away, socket);
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where the map cannot be written", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder } = beside;
    const map = join(folder.etc, "backsoon/closed.map");
    await rename(map, `${map}.away`);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    expect(refused.ok ? "" : refused.error.message).toContain("closed.map is not there");
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    await rename(`${map}.away`, map);
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where HAProxy does not run", async () => {
    await using beside = await shopBeside();
    const { agent, haproxy, folder } = beside;
    await haproxy[Symbol.asyncDispose]();
    await expect
      .poll(async () =>
        (await agent.call("listWebServers")).webServers.some(({ configuration }) => configuration === folder.main),
      )
      .toBe(false);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
  });

  it("where its workers cannot reach the agent, but for the simple page", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder } = beside;
    await chmod(join(folder.run, "root/backsoon"), 0o700);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });
});

describe.skipIf(!HAS_HAPROXY)("a site of HAProxy cannot be prepared", () => {
  it.each([
    ["without a main process", ["-db"], GLOBAL.replace(/ +(?:user|group) .*\n/g, ""), "It runs without a main process"],
    ["without a socket for orders", ["-W"], GLOBAL.replace(/ +stats socket.*\n/, ""), "takes no orders"],
  ])("%s", async (_what, args, global, why) => {
    await using folder = await haproxyFolder(SITES, global);
    await using haproxy = await startHaproxy(folder, { args });
    await using agent = await agentBeside();
    const before = await folder.snapshot();
    const { id, pid, sites } = await seenBy(agent, folder);
    expect(pid).toBe(haproxy.pid);
    expect(sites[0]).toMatchObject({ state: "cannot-be-prepared" });
    const refused = await agent.tryCall("installHook", { params: { id }, body: {} });
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.failed" } });
    expect(refused.ok ? "" : refused.error.message).toContain(why);
    expect(await folder.snapshot()).toEqual(before);
  });
});

describe.skipIf(!HAS_HAPROXY)("a site of HAProxy is prepared", () => {
  it("without a root folder of its own, and from a file that waits for the next reload", async () => {
    await using folder = await haproxyFolder(SITES, GLOBAL.replace(/ +chroot.*\n/, ""));
    await using haproxy = await startHaproxy(folder, { args: ["-W"] });
    await using agent = await agentBeside();
    const { id } = await seenBy(agent, folder);
    const { webServer } = await agent.call("installHook", { params: { id }, body: { reload: "later" } });
    expect(webServer.sites[0]).toMatchObject({ state: "lost", cells: [{ state: "on-disk-only" }, {}] });
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(async () => (await seenBy(agent, folder)).sites[0]?.state).toBe("ready");
    await agent.call("startMaintenance", CLOSE);
    expect((await visitorOf(folder)()).body).toContain("Stocktaking");
  });
});
