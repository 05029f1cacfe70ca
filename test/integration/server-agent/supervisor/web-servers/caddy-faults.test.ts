/** What can happen to an agent, its flags and its Caddy while a site is closed, or is to be. */
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
  HAS_CADDY,
  OPTIONS,
  caddyFolder,
  reloadByHand,
  startCaddy,
  type TestCaddy,
} from "../../../../support/web-servers/caddy.ts";
import type { ServerFolder } from "../../../../../tools/driving/web-servers/server-folder.ts";

const CADDYFILE = `{
${OPTIONS}}
http://shop.example:@PORT1@ {
	bind 127.0.0.1
	respond "the shop"
	handle_errors {
		respond "their own error" 200
	}
}
`;

interface Beside extends AsyncDisposable {
  folder: ServerFolder;
  caddy: TestCaddy;
  agent: TestAgent;
  visit: Visit;
}

async function shopBeside(): Promise<Beside> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await caddyFolder({ Caddyfile: CADDYFILE }));
  const caddy = stack.use(await startCaddy(folder));
  const agent = stack.use(await agentBeside());
  await prepared(agent, folder);
  const kept = stack.move();
  return { folder, caddy, agent, visit: visitorOf(folder), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

const CLOSE = { body: { site: "shop.example", page: { title: "Stocktaking" } } };
const FROM_DISK = {
  status: 503,
  headers: { "retry-after": "600", "cache-control": "no-store", "backsoon-site": "shop.example; fallback" },
};

describe.skipIf(!HAS_CADDY)("while a site of Caddy is closed", () => {
  it("a killed agent leaves it closed, and so does the next one, with its own page again", async () => {
    await using beside = await shopBeside();
    const { agent, visit, caddy } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    // Its workers finish what they have, and accept no more.
    await expect.poll(async () => (await visit()).headers["backsoon-site"]).toBe("shop.example; fallback");
    for (const asked of [
      {},
      { method: "POST" },
      { method: "OPTIONS", headers: { origin: "https://a.example", "access-control-request-method": "PUT" } },
      { headers: { range: "bytes=0-1", "if-match": '"x"' } },
      { path: "/probe", headers: { "backsoon-site": "../../etc/passwd" } },
    ]) {
      const page = await visit(asked);
      expect(page, JSON.stringify(asked)).toMatchObject(FROM_DISK);
      expect(page.body).toContain("Stocktaking");
    }
    await reloadByHand(caddy.instance);
    expect(await visit()).toMatchObject(FROM_DISK);
    await using next = await agentBeside({ folder: agent.folder });
    await expect.poll(async () => (await visit()).headers["backsoon-site"], { timeout: 15_000 }).toBe("shop.example");
    expect((await visit()).body).toContain("Stocktaking");
    const [receipt] = (await next.call("listMaintenance")).maintenance;
    await next.call("revertMaintenance", { params: { id: receipt?.id ?? "" }, body: {} });
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
  });

  it("a hung agent leaves it closed, with the page on disk, for whatever comes first", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await agent.call("startMaintenance", CLOSE);
    const { workers } = await agent.call("getAgent");
    const all = [agent.pid, ...workers.map(({ pid }) => pid)];
    for (const pid of all) process.kill(pid, "SIGSTOP");
    try {
      expect(await visit({ method: "POST" })).toMatchObject(FROM_DISK);
      expect(await visit()).toMatchObject(FROM_DISK);
    } finally {
      for (const pid of all) process.kill(pid, "SIGCONT");
    }
    await expect.poll(async () => (await visit()).headers["backsoon-site"], { timeout: 15_000 }).toBe("shop.example");
  });

  it("a Caddy that starts again without the agent is closed from its first answer on", async () => {
    await using beside = await shopBeside();
    const { agent, visit, caddy, folder } = beside;
    await agent.call("startMaintenance", CLOSE);
    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    await caddy[Symbol.asyncDispose]();
    await using again = await startCaddy(folder);
    expect(await visit()).toMatchObject(FROM_DISK);
    expect(again.pid).not.toBe(caddy.pid);
    await rm(join(agent.folder, "web/now/pages"), { recursive: true });
    const bare = await visit();
    expect(bare).toMatchObject({ status: 503, headers: { "retry-after": "600" } });
    expect(bare.body).toContain("in maintenance");
  });

  it("who reloads Caddy changes nothing, and an upgraded agent goes on with its own page", async () => {
    await using beside = await shopBeside();
    const { agent, visit, caddy, folder } = beside;
    await agent.call("startMaintenance", CLOSE);
    await writeFile(folder.main, `${await readFile(folder.main, "utf8")}# edited\n`);
    await reloadByHand(caddy.instance);
    const seen = new Set<unknown>();
    const look = async () => {
      const { status, headers } = await visit();
      seen.add(`${String(status)} ${String(headers["backsoon-site"])}`);
    };
    const ended = agent.ended.then(() => "ended");
    await agent.call("handOver", { body: {} });
    while ((await Promise.race([ended, look()])) !== "ended");
    for (let count = 0; count < 5; count++) await look();
    expect([...seen]).toEqual(["503 shop.example"]);
  });

  it("a hook that is edited away is an alarm at the next look", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, caddy } = beside;
    await agent.call("startMaintenance", CLOSE);
    await writeFile(folder.main, folder.filled(CADDYFILE));
    await reloadByHand(caddy.instance);
    expect((await visit()).status).toBe(200);
    const { sites } = await seenBy(agent, folder);
    expect(sites[0]).toMatchObject({ state: "lost" });
    const { problems = [] } = await agent.call("getAgent");
    expect(problems.join()).toContain("visitors still get something else: shop.example on caddy");
  });

  it("files of the hook that are gone keep Caddy from nothing", async () => {
    await using beside = await shopBeside();
    const { agent, visit, folder, caddy } = beside;
    await rm(join(folder.etc, "backsoon"), { recursive: true });
    await reloadByHand(caddy.instance);
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
    const id = await prepared(agent, folder);
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
    expect(id).toMatch(/^caddy-/);
  });
});

describe.skipIf(!HAS_CADDY)("a site of Caddy is not closed, and the reply says so,", () => {
  it("where Caddy cannot see the flags", async () => {
    await using beside = await shopBeside();
    const { agent, visit } = beside;
    await chmod(agent.folder, 0o700);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    // As root it sees them all the same.
    if (process.geteuid?.() === 0) expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    await chmod(agent.folder, 0o755);
    if (refused.ok) return;
    expect(await visit()).toMatchObject({ status: 200, body: "the shop" });
    await agent.call("startMaintenance", CLOSE);
    expect((await visit()).status).toBe(503);
  });

  it("where Caddy does not run", async () => {
    await using beside = await shopBeside();
    const { agent, caddy, folder } = beside;
    await caddy[Symbol.asyncDispose]();
    await expect
      .poll(async () =>
        (await agent.call("listWebServers")).webServers.some(({ configuration }) => configuration === folder.main),
      )
      .toBe(false);
    const refused = await agent.tryCall("startMaintenance", CLOSE);
    expect(refused).toMatchObject({ ok: false, error: { code: "hook.missing" } });
  });
});
