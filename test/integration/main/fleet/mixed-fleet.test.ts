/** One agent with sites of its own, one beside nginx, one beside HAProxy: switched together. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { FleetTarget } from "../../../../main/contract/fleet.ts";
import { startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";
import { agentBeside, prepared, seenBy, visitorOf } from "../../../../tools/driving/web-servers/beside.ts";
import { HAS_NGINX, nginxFolder, startNginx } from "../../../../tools/driving/web-servers/nginx.ts";
import { fleetConfig, maintain } from "../../../support/agent/fleet.ts";
import { allKnown, app, type Call, memory, over, reached, value } from "../../../support/fleet/running-fleet.ts";
import { HAS_HAPROXY, haproxyFolder, startHaproxy } from "../../../support/web-servers/haproxy.ts";

const NGINX_SITE = {
  "sites-enabled/shop": `server {
    listen 127.0.0.1:@PORT1@;
    server_name shop.example;
    location / { return 200 "the shop"; }
}
`,
};
const HAPROXY_SITE = `frontend http
    bind 127.0.0.1:@PORT1@
    use_backend shop if { hdr(host) -i shop.example }
    default_backend rest

backend shop
    http-request return status 200 content-type text/plain string "the shop"

backend rest
    http-request return status 404
`;
/** Longer than a server may leave open whether it has switched. */
const COMMIT_PATIENCE_MS = 20_000;
const ID = { own: "shop", nginx: "shop.example", haproxy: "shop.example" } as const;

describe.skipIf(!HAS_NGINX || !HAS_HAPROXY)("a fleet of an agent, one beside nginx and one beside HAProxy", () => {
  it("switches all or none, and says truthfully how far one came that was lost in between", async () => {
    await using folders = new AsyncDisposableStack();
    const behindNginx = folders.use(await nginxFolder(NGINX_SITE));
    const behindHaproxy = folders.use(await haproxyFolder(HAPROXY_SITE));
    folders.use(await startNginx(behindNginx));
    const haproxy = folders.use(await startHaproxy(behindHaproxy));
    const starting = [startAgent({ config: fleetConfig() }), agentBeside(), agentBeside()] as const;
    const [own, nginx, beside] = await Promise.all(starting);
    for (const agent of [own, nginx, beside]) folders.use(agent);
    await Promise.all([prepared(nginx, behindNginx), prepared(beside, behindHaproxy)]);

    const visitors = [
      () => own.visit({ host: "shop.example.com" }),
      visitorOf(behindNginx),
      visitorOf(behindHaproxy),
    ] as const;
    const statuses = () => Promise.all(visitors.map(async (visit) => (await visit()).status));
    /** All that a switch may leave behind, by what must not change. */
    const documents = () =>
      Promise.all([own, nginx, beside].map(async (agent) => (await agent.call("getConfig")).config));
    const flags = async (agent: TestAgent) => readdir(join(agent.folder, "web/now/closed")).catch(() => []);
    const closedMap = () => readFile(join(behindHaproxy.etc, "backsoon/closed.map"), "utf8");
    const whole = async () => [await documents(), await flags(nginx), await closedMap(), await behindNginx.snapshot()];
    const agents = new Map(Object.entries({ own, nginx, haproxy: beside }));
    const all = { agents, ...reached(agents) };
    const close = (): FleetTarget[] =>
      Object.entries(ID).map(([serverId, site]) => ({ serverId, changes: maintain(site) }));
    const before = await whole();

    // One hook is gone: refused in the first phase, and nothing has changed anywhere.
    const hooked = await readFile(behindHaproxy.main, "utf8");
    await writeFile(behindHaproxy.main, hooked.replace(/^.*# backsoon.*\n/gm, ""));
    process.kill(haproxy.pid, "SIGUSR2");
    await expect.poll(async () => (await seenBy(beside, behindHaproxy)).sites[0]?.state).toBe("lost");
    const { fleet, until } = app(all);
    value(fleet.start("One hook is gone", close()));
    const refused = await until(over);
    expect(refused.servers.map(({ phase }) => phase)).toEqual(["undone", "undone", "refused"]);
    expect(refused.servers[2]?.failure?.code).toBe("hook.missing");
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await whole()).toEqual(before);

    // In again, and all of them together.
    await prepared(beside, behindHaproxy);
    value(fleet.finish(refused.id));
    const closed = await until(over);
    expect(closed.servers.map(({ phase, failure }) => [phase, failure?.message])).toEqual(
      Object.keys(ID).map(() => ["committed", undefined]),
    );
    expect(await statuses()).toEqual([503, 503, 503]);
    expect(await flags(nginx)).toEqual(["shop.example"]);
    value(fleet.undo(closed.id));
    expect(await until(over)).toMatchObject({ phase: "undone" });
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(await whole()).toEqual(before);

    // One is lost in the second phase: unknown, until it can be asked.
    let isLost = false;
    let patience = COMMIT_PATIENCE_MS;
    const call: Call = async (serverId, name, given) => {
      if (serverId === "nginx" && (name === "commitStage" || isLost)) {
        isLost = true;
        patience = 0;
        return { ok: false, failure: { code: "ssh.lost", message: "the connection ended" } };
      }
      return all.call(serverId, name, given);
    };
    const document = memory();
    const cut = app({ ...all, call }, document, () => performance.now() - patience);
    value(cut.fleet.start("Cut in phase two", close()));
    const incomplete = await cut.until(over);
    expect(incomplete.phase).toBe("incomplete");
    expect(incomplete.servers.map(({ phase }) => phase)).toEqual(["undone", "unknown", "undone"]);
    expect(await statuses()).toEqual([200, 200, 200]);
    isLost = false;
    const again = app(all, document);
    for (const id of all.agents.keys()) again.fleet.observe(id);
    const { id, servers } = await again.until(allKnown);
    expect(servers[1]?.phase).not.toBe("committed");
    value(again.fleet.undo(id));
    expect(await again.until(over)).toMatchObject({ phase: "undone" });
    expect(await whole()).toEqual(before);
    for (const agent of all.agents.values())
      expect((await agent.call("listStages")).stages.filter(({ state }) => state === "staged")).toEqual([]);
  });
});
