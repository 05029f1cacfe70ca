/** What can happen to an agent, its flags and its Apache while a site is closed, or is to be. */
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
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
  apacheFolder,
  HAS_APACHE,
  reloadByHand,
  startApache,
  type TestApache,
} from "../../../../support/web-servers/apache.ts";
import type { ServerFolder } from "../../../../../tools/driving/web-servers/server-folder.ts";

const SITE = "sites-enabled/shop.conf";
const SITES = {
  etc: {
    [SITE]: `<VirtualHost 127.0.0.1:@PORT1@>
    ServerName shop.example
    DocumentRoot @RUN@/www
</VirtualHost>
`,
  },
  www: { "index.html": "the shop", ".well-known/acme-challenge/x": "renewed" },
};

interface Beside extends AsyncDisposable {
  folder: ServerFolder;
  apache: TestApache;
  agent: TestAgent;
  visit: Visit;
}

async function shopBeside(): Promise<Beside> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await apacheFolder(SITES));
  const apache = stack.use(await startApache(folder));
  const agent = stack.use(await agentBeside());
  await prepared(agent, folder);
  const kept = stack.move();
  return { folder, apache, agent, visit: visitorOf(folder), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function edit(folder: ServerFolder, change: (text: string) => string): Promise<void> {
  const path = join(folder.etc, SITE);
  await writeFile(path, change(await readFile(path, "utf8")));
}

const CLOSE = { body: { site: "shop.example", page: { title: "Stocktaking" } } };
const FROM_DISK = {
  status: 503,
  headers: { "retry-after": "600", "cache-control": "no-store", "backsoon-site": "shop.example; fallback" },
};

describe.skipIf(!HAS_APACHE)("while a site of Apache is closed", () => {
  it("a killed agent leaves it closed, over reloads and a restart of Apache, and so does the next one", async () => {
    await using beside = await shopBeside();
    const { agent, visit, apache, folder } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    // Its workers finish what they have, and accept no more.
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example; fallback");
    expect((await visit({ path: "/.well-known/acme-challenge/x" })).body).toBe("renewed");
    await reloadByHand(apache.instance);
    expect(await visit({ method: "POST" })).toMatchObject(FROM_DISK);
    await apache[Symbol.asyncDispose]();
    await using again = await startApache(folder);
    expect(await visit()).toMatchObject(FROM_DISK);
    expect(again.pid).not.toBe(apache.pid);
    await rm(join(agent.folder, "web/now/pages"), { recursive: true });
    expect((await visit()).status).toBe(503);
    await using next = await agentBeside({ folder: agent.folder });
    await expect.poll(async () => (await visit()).body, { timeout: 15_000 }).toContain("Stocktaking");
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
      const [post, get] = await Promise.all([visit({ method: "POST" }), visit()]);
      expect(post).toMatchObject(FROM_DISK);
      expect(get).toMatchObject(FROM_DISK);
    } finally {
      for (const pid of all) process.kill(pid, "SIGCONT");
    }
    await expect.poll(async () => (await visit()).headers["backsoon-site"], { timeout: 15_000 }).toBe("shop.example");
  });

  it.each([
    ["RewriteEngine Off behind its lines", (text: string) => text.replace("</V", "RewriteEngine Off\n</V")],
    ["without its lines", (text: string) => text.replace(/^.*(?:# Backsoon|\/backsoon\/).*\n/gm, "")],
  ])("a virtual host that somebody reloads %s is an alarm at the next look", async (_what, change) => {
    await using beside = await shopBeside();
    const { agent, visit, folder, apache } = beside;
    await agent.call("startMaintenance", CLOSE);
    await edit(folder, change);
    // Until then what is only on disk harms nobody, and is told.
    expect((await visit()).status).toBe(503);
    await reloadByHand(apache.instance);
    expect((await visit()).status).toBe(200);
    const { sites } = await seenBy(agent, folder);
    expect(sites[0]).toMatchObject({ id: "shop.example", state: "lost", cells: [{ state: "gone" }] });
    const { problems = [] } = await agent.call("getAgent");
    expect(problems.join()).toContain("visitors still get something else: shop.example on apache");
  });

  it("files of the hook that are gone keep Apache from nothing, and are put back", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, apache } = beside;
    await rm(join(folder.etc, "backsoon"), { recursive: true });
    await reloadByHand(apache.instance);
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    await prepared(agent, folder);
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });
});

describe.skipIf(!HAS_APACHE)("a site of Apache is not closed, and the reply says so,", () => {
  it("where its workers cannot see the flags", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await chmod(join(agent.folder, "web"), 0o700);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    await chmod(join(agent.folder, "web"), 0o755);
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where Apache does not run", async () => {
    await using beside = await shopBeside();
    const { agent, apache } = beside;
    await apache[Symbol.asyncDispose]();
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
  });
});

describe.skipIf(!HAS_APACHE)("a site of Apache is prepared", () => {
  it("not where the check does not pass: everything is as before, and Apache goes on", async () => {
    await using folder = await apacheFolder(SITES);
    await using apache = await startApache(folder);
    await using agent = await agentBeside();
    const { id } = await seenBy(agent, folder);
    const plan = await agent.call("planHook", { params: { id }, body: {} });
    // Somebody else's slip, in a file that was not there before.
    await writeFile(join(folder.etc, "conf-enabled/slip.conf"), "Nonsense On\n");
    const before = await folder.snapshot();
    const refused = await agent.tryCall("installHook", { params: { id }, body: { digest: plan.digest } });
    expect(refused.ok ? "" : refused.error.message).toMatch(/Nonsense|changed/);
    expect(await folder.snapshot()).toEqual(before);
    expect((await visitorOf(folder)()).status).toBe(200);
    expect(apache.pid).toBeGreaterThan(0);
  });

  it("with the next reload by somebody else, and not by a second agent", async () => {
    await using folder = await apacheFolder(SITES);
    await using apache = await startApache(folder);
    await using agent = await agentBeside();
    const { id } = await seenBy(agent, folder);
    const { webServer } = await agent.call("installHook", { params: { id }, body: { reload: "later" } });
    expect(webServer.sites[0]).toMatchObject({ state: "lost", cells: [{ state: "on-disk-only" }] });
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    await reloadByHand(apache.instance);
    expect((await seenBy(agent, folder)).sites[0]?.state).toBe("ready");
    await using second = await agentBeside();
    const theirs = await second.call("planHook", { params: { id }, body: {} });
    expect(theirs.refused[0]?.hazards[0]?.code).toBe("another-agent");
    const taken = await second.tryCall("removeHook", { params: { id }, query: {} });
    expect(taken).toMatchObject({ ok: false, error: { code: "hook.failed" } });
  });
});
