/**
 * Staff passes on a real agent: the link opens a closed site for that browser, and for nobody else;
 * nothing that is written or told holds the pass.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  makeFolder,
  runAgentVerb,
  smallConfig,
  startAgent,
  type TestAgent,
} from "../../../../../tools/driving/agent.ts";

const PASS_PATH = "/.well-known/backsoon/pass";

function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}

/** Follows a link as the page at its address does. Returns the cookie that the browser keeps. */
async function open(agent: TestAgent, link: string, host?: string) {
  const token = link.slice(link.indexOf("#") + 1);
  const to = host === undefined ? {} : { host };
  const answer = await agent.visit({ ...to, path: PASS_PATH, method: "POST", headers: { "X-Backsoon-Pass": token } });
  const [set = ""] = answer.headers["set-cookie"] ?? [];
  return { status: answer.status, set, cookie: set.split(";")[0] ?? "" };
}

function withCookie(agent: TestAgent, cookie: string, host?: string) {
  return agent.visit({ ...(host === undefined ? {} : { host }), headers: { Cookie: cookie } });
}

describe("a staff pass", () => {
  it("opens a closed site for the browser that follows its link, until it is revoked", async () => {
    await using agent = await startAgent();
    await agent.call("startMaintenance", { body: { site: "shop", exceptions: [{ path: "/healthz" }] } });
    const made = await agent.call("createPass", {
      body: { name: "Anna", site: "shop", until: inAnHour(), author: "ben" },
    });
    const link = made.links[0] ?? "";
    expect(link).toMatch(/^http:\/\/shop\.example\.com:\d+\/\.well-known\/backsoon\/pass#/);
    // Passes were added to whom the site lets in.
    const [receipt] = (await agent.call("listMaintenance")).maintenance;
    expect(receipt?.options.exceptions).toEqual([{ path: "/healthz" }, { pass: true }]);

    const page = await agent.visit({ path: PASS_PATH });
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
    expect(page.headers["content-security-policy"]).toContain("default-src 'none'");

    const { status, set, cookie } = await open(agent, link);
    expect(status).toBe(204);
    expect(set).toMatch(/^backsoon-pass=[^;]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/);
    expect(await withCookie(agent, cookie)).toMatchObject({ status: 200, text: "live" });
    expect((await agent.visit()).status).toBe(503);
    for (const forged of [cookie.slice(0, -1), `${cookie}A`, "backsoon-pass=x", `backsoon-pass=${"x".repeat(4000)}`])
      expect((await withCookie(agent, forged)).status).toBe(503);
    expect((await open(agent, "#nothing")).status).toBe(403);

    await using events = await agent.events();
    const used = await events.until(
      (line) => (line.type === "passes" || line.type === "snapshot") && line.passes?.[0]?.opened === 1,
    );
    expect("passes" in used && used.passes?.[0]).toMatchObject({ id: made.id, name: "Anna", author: "ben" });

    expect(await agent.call("revokePass", { params: { id: made.id }, query: { author: "ben" } })).toMatchObject({
      revoked: { by: "ben" },
    });
    expect((await withCookie(agent, cookie)).status).toBe(503);
    expect((await open(agent, link)).status).toBe(403);
    const { maintenance } = await agent.call("listMaintenance");
    await agent.call("revertMaintenance", { params: { id: maintenance[0]?.id ?? "" } });
    // A site that is open needs none.
    expect(await open(agent, link)).toMatchObject({ status: 204, set: "" });
  });

  it("is known after a restart, and to fresh workers; opens no other site; and is written down nowhere", async () => {
    const config = smallConfig();
    const [shop] = config.virtualHosts;
    if (shop === undefined) throw new Error("no shop");
    const origin = createServer((request, response) => {
      response.end(JSON.stringify(request.headers));
    }).listen(0, "127.0.0.1");
    await once(origin, "listening");
    const { port } = origin.address() as AddressInfo;
    const folder = await makeFolder();
    const accessLog = join(folder, "access.log");
    const first = await startAgent({
      folder,
      config: {
        ...config,
        upstreams: { app: { targets: [`http://127.0.0.1:${String(port)}`] } },
        virtualHosts: [
          { ...shop, accessLog, rules: [{ handler: { type: "proxy", upstream: "app" } }] },
          { id: "blog", hosts: ["blog.example.com"], rules: [{ handler: { type: "respond", body: "blog" } }] },
          ...config.virtualHosts.slice(1),
        ],
      },
    });
    const { links, id } = await first.call("createPass", { body: { name: "Anna", site: "shop", until: inAnHour() } });
    const token = links[0]?.split("#")[1] ?? "";
    for (const site of ["shop", "blog"])
      await first.call("startMaintenance", { body: { site, exceptions: [{ pass: true }] } });
    const before = first.log();
    await first.kill("SIGKILL");
    await first.ended;
    await using agent = await startAgent({ folder });
    const { cookie } = await open(agent, `#${token}`);
    const seen = await withCookie(agent, `theme=dark; ${cookie}`);
    expect(JSON.parse(seen.text)).toMatchObject({ cookie: "theme=dark" });
    expect((await withCookie(agent, cookie, "blog.example.com")).status).toBe(503);
    expect((await open(agent, `#${token}`, "blog.example.com")).status).toBe(403);
    await agent.call("restart", { body: { mode: "graceful" } });
    expect((await withCookie(agent, cookie)).status).toBe(200);

    const file = join(agent.stateDirectory, "passes", `${id}.json`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const told = await Promise.all([
      agent.admin({ path: "/v1/passes" }),
      agent.admin({ path: "/v1/maintenance" }),
      agent.admin({ path: "/v1/generations" }),
      agent.admin({ path: "/v1/metrics" }),
    ]);
    const signature = token.split(".")[2] ?? "none";
    await expect.poll(() => readFile(accessLog, "utf8")).toContain(`POST ${PASS_PATH}`);
    origin.close();
    const files = await Promise.all([file, accessLog].map((name) => readFile(name, "utf8")));
    const all = [before, agent.log(), ...files, ...told.map(({ text }) => text)];
    for (const text of all) expect(text).not.toContain(signature);
    for (const { text } of told) expect(text).not.toMatch(/"key"/);
  });

  it("is refused with the field that is wrong, and then there is none", async () => {
    await using agent = await startAgent();
    for (const [wrong, path] of [
      [{ site: "nope" }, "/site"],
      [{ until: "2020-01-01T00:00:00Z" }, "/until"],
      [{ until: "2999-01-01T00:00:00Z" }, "/until"],
      [{ name: " " }, "/name"],
    ] as const) {
      const body = { name: "Anna", site: "shop", until: inAnHour(), ...wrong };
      const outcome = await agent.tryCall("createPass", { body });
      expect(outcome).toMatchObject({ ok: false, error: { details: { problems: [{ path }] } } });
    }
    expect((await agent.call("listPasses")).passes).toEqual([]);
  });

  it("from the command line: add, list, revoke", async () => {
    await using agent = await startAgent();
    const run = (...args: string[]) => runAgentVerb(["passes", ...args, "--socket", agent.socketPath]);
    const added = await run("add", "Anna", "--site", "shop", "--until", "2h", "--json");
    const { id, links } = JSON.parse(added.stdout) as { id: string; links: string[] };
    expect(links).toHaveLength(1);
    const listed = await run();
    expect(listed.stdout).toContain(`${id}  "Anna" for shop, until `);
    expect(listed.stdout).not.toContain("#");
    expect(await run("revoke", id)).toMatchObject({ code: 0 });
    expect(await run("revoke", "nope")).toMatchObject({ code: 1 });
    expect(await run("add", "Anna")).toMatchObject({ code: 2 });
  });
});
