/** What a web server's hook asks, sent by hand over the page source of a real agent. */
import { once } from "node:events";
import { lstatSync, statSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../server-agent/contract/config.ts";
import { startAgent, type TestAgent } from "../../../../tools/driving/agent.ts";

const CONFIG: Config = {
  listeners: [
    { name: "nginx-80", address: "127.0.0.1", port: 80, foreign: "nginx" },
    { name: "nginx-443", address: "127.0.0.1", port: 443, foreign: "nginx", tls: true },
  ],
  trustedProxies: ["10.0.0.1"],
  virtualHosts: [
    {
      id: "shop-copycat",
      copycatOf: "shop",
      hosts: ["shop.example", "*.shop.example"],
      when: {
        not: {
          any: [
            { path: ["/health"] },
            { from: ["192.0.2.7"] },
            { listener: ["nginx-443"] },
            { header: { "X-Staff": "yes" } },
            { pass: true },
          ],
        },
      },
      rules: [{ handler: { type: "maintenance", page: { title: "Shop is closed" } } }],
    },
    {
      id: "shop",
      hosts: ["shop.example", "*.shop.example"],
      rules: [{ handler: { type: "foreign", server: "nginx" } }],
    },
    { id: "blog", hosts: ["blog.example"], rules: [{ handler: { type: "foreign", server: "nginx" } }] },
    { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
  ],
};

interface Asked {
  stage?: "ask" | "page" | "forward-auth";
  site?: string;
  method?: string;
  uri?: string;
  host?: string;
  client?: string;
  scheme?: string;
  listener?: string;
  headers?: Record<string, string>;
  hop?: string;
}

async function askPageSource(agent: TestAgent, asked: Asked = {}) {
  const { stage = "ask", site = "shop", method = "GET", uri = "/", host = "shop.example", hop = "GET" } = asked;
  const call = request({
    socketPath: join(agent.folder, "web/nginx.sock"),
    method: hop,
    path: "/",
    headers: {
      host: "backsoon",
      ...asked.headers,
      ...(stage === "forward-auth" ? { "backsoon-style": stage } : { "backsoon-stage": stage }),
      "backsoon-site": site,
      "backsoon-method": method,
      "backsoon-uri": uri,
      "backsoon-host": host,
      "backsoon-client": asked.client ?? "203.0.113.5",
      "backsoon-scheme": asked.scheme ?? "http",
      "backsoon-listener": asked.listener ?? "203.0.113.1:80",
    },
  });
  call.end();
  const [response] = (await once(call, "response")) as [IncomingMessage];
  let text = "";
  for await (const part of response.setEncoding("utf8")) text += String(part);
  return { status: response.statusCode, pass: response.headers["backsoon-pass"], headers: response.headers, text };
}

describe("the page source", () => {
  it("lets nobody in but by an exception of the copycat", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const isLetIn = async (asked: Asked): Promise<boolean> => {
      const { status, pass } = await askPageSource(agent, asked);
      expect([204, 403]).toContain(status);
      expect(pass).toBe(status === 204 ? "1" : undefined);
      return status === 204;
    };
    expect(await isLetIn({})).toBe(false);
    expect(await isLetIn({ method: "POST", uri: "/cart?x=1" })).toBe(false);
    expect(await isLetIn({ uri: "/health" })).toBe(true);
    expect(await isLetIn({ uri: "/health/../cart" })).toBe(false);
    // nginx reads what the visitor sent: `%2F` is a slash before `..` is resolved, `#` ends the
    // path, and with `merge_slashes off` an empty segment is one.
    expect(await isLetIn({ uri: "/health/" })).toBe(false);
    for (const uri of [
      "/health/%2f/../..",
      "/cart/%2f../health",
      "/cart#/../health",
      "/cart//../health",
      "/cart/%2e%2e#",
    ])
      expect(await isLetIn({ uri }), uri).toBe(false);
    expect(await isLetIn({ uri: "/cart/../health" })).toBe(true);
    expect(await isLetIn({ uri: "/health", method: "VERSION-CONTROL" })).toBe(true);
    expect(await isLetIn({ client: "192.0.2.7" })).toBe(true);
    expect(await isLetIn({ client: "10.0.0.1", headers: { "x-forwarded-for": "192.0.2.7" } })).toBe(true);
    expect(await isLetIn({ headers: { "x-forwarded-for": "192.0.2.7" } })).toBe(false);
    expect(await isLetIn({ listener: "203.0.113.1:443", scheme: "https" })).toBe(true);
    expect(await isLetIn({ headers: { "x-staff": "yes" } })).toBe(true);
    // A site that is open, and a name that no site lists but that lands in one.
    expect(await isLetIn({ site: "blog", host: "blog.example" })).toBe(true);
    expect(await isLetIn({ host: "made-up.example" })).toBe(false);
    expect(await isLetIn({ host: "blog.example" })).toBe(false);
    expect(await isLetIn({ site: "blog", host: "shop.example" })).toBe(true);
  });

  it("takes a staff pass, also of whom an exception lets in, and tells the path of passes to nobody else", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const [receipt] = (await agent.call("listMaintenance")).maintenance;
    expect(receipt?.site).toBe("shop");
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const refused = await agent.tryCall("createPass", { body: { name: "Anna", site: "default", until } });
    expect(refused.ok).toBe(true);
    const { links } = await agent.call("createPass", { body: { name: "Anna", site: "shop", until } });
    expect(links).toEqual([expect.stringMatching(/^https:\/\/shop\.example\/\.well-known\/backsoon\/pass#/)]);
    const [, token = ""] = (links[0] ?? "").split("#");
    const uri = "/.well-known/backsoon/pass";
    const staff = { uri, client: "192.0.2.7", scheme: "https" };
    expect((await askPageSource(agent, staff)).status).toBe(403);
    expect((await askPageSource(agent, { ...staff, stage: "page" })).text).toContain("Opening the site");
    const post = { ...staff, method: "POST", headers: { "x-backsoon-pass": token } };
    const taken = await askPageSource(agent, { ...post, stage: "page" });
    expect(taken.status).toBe(204);
    const [cookie = ""] = taken.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
    // A 2xx would let in whoever asks in one round.
    const both = await askPageSource(agent, { ...post, stage: "forward-auth" });
    expect(both).toMatchObject({ status: 503, pass: undefined });
    expect(both.headers["backsoon-status"]).toBe("204");
    // The same, but for how many seconds are left.
    const withoutAge = (text = "") => text.replace(/; Max-Age=\d+/, "");
    expect(both.headers["set-cookie"]?.map(withoutAge)).toEqual([withoutAge(cookie)]);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect(await askPageSource(agent, { headers })).toMatchObject({ status: 204, pass: "1" });
    expect((await askPageSource(agent, { headers: { cookie: `${headers.cookie}x` } })).status).toBe(403);
  });

  it("keeps the receipt as it was where a change was taken back, as nobody was seen to get it", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const [before] = (await agent.call("listMaintenance")).maintenance;
    const params = { id: before?.id ?? "" };
    const refused = await agent.tryCall("changeMaintenance", { params, body: { minutes: 15, page: "default" } });
    expect(refused).toMatchObject({ ok: false, error: { code: "switch.unobserved" } });
    const after = await agent.call("getMaintenance", { params });
    // What is observed meanwhile goes on: counts, and proofs of the page as it is.
    const observed = { counts: undefined, proof: undefined, firstProof: undefined };
    expect({ ...after, ...observed }).toEqual({ ...before, ...observed });
    expect((await agent.call("getConfig")).config).toEqual(CONFIG);
  });

  it("gives the page of the ordinary pipeline, and refuses what is no question", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const page = await askPageSource(agent, { stage: "page", method: "POST", headers: { accept: "text/html" } });
    expect(page).toMatchObject({ status: 503, text: expect.stringContaining("Shop is closed") as string });
    expect(page.headers).toMatchObject({ "retry-after": "600", "cache-control": "no-store" });
    const json = await askPageSource(agent, { stage: "page", headers: { accept: "application/json" } });
    expect(JSON.parse(json.text)).toMatchObject({ status: 503, title: "Shop is closed" });
    const head = await askPageSource(agent, { stage: "page", method: "HEAD", hop: "HEAD" });
    expect(head).toMatchObject({ status: 503, text: "" });
    // Whether an exception by a header will hold is not known yet: the site knows whom it trusts.
    const preflight = await askPageSource(agent, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "PUT" },
    });
    expect(preflight).toMatchObject({ status: 204, pass: "1" });
    // Opened between the two questions: the page must not turn into an empty 204.
    expect(await askPageSource(agent, { stage: "page", uri: "/health" })).toMatchObject({ status: 503 });
    expect(await askPageSource(agent, { method: "" })).toMatchObject({ status: 400 });
    expect(await askPageSource(agent, { uri: "" })).toMatchObject({ status: 400 });
    expect(await askPageSource(agent, { site: "" })).toMatchObject({ status: 400 });
  });

  it("is asked once in the style of forward-auth: 2xx lets in, and nothing else does", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const ask = (asked: Asked) => askPageSource(agent, { stage: "forward-auth", ...asked });
    const page = await ask({ method: "POST", headers: { accept: "text/html" } });
    expect(page).toMatchObject({ status: 503, text: expect.stringContaining("Shop is closed") as string });
    expect(page.headers).toMatchObject({ "retry-after": "600", "cache-control": "no-store" });
    expect(page.headers["backsoon-status"]).toBeUndefined();
    // The web server asks with GET, and waits for the body that it leaves out itself.
    const head = await ask({ method: "HEAD" });
    expect(head).toMatchObject({ status: 503, text: expect.stringContaining("Shop is closed") as string });
    expect(await ask({ uri: "/health", method: "DELETE" })).toMatchObject({ status: 204, pass: "1", text: "" });
    expect(await ask({ site: "blog", host: "blog.example" })).toMatchObject({ status: 204, pass: "1" });
    expect(await ask({ method: "" })).toMatchObject({ status: 400 });
    // Without a port, it is that of the scheme.
    expect(await ask({ listener: "shop.example:", scheme: "https" })).toMatchObject({ status: 204, pass: "1" });
    expect(await ask({ listener: "shop.example:", scheme: "http" })).toMatchObject({ status: 503 });
  });

  it("sends a page of 2xx as 503, with its own status beside it, so that it lets nobody in", async () => {
    const [copycat, ...rest] = CONFIG.virtualHosts;
    const virtualHosts = [
      {
        ...copycat,
        id: "shop-copycat",
        hosts: ["shop.example"],
        when: { not: { any: [{ path: ["/health"] }] } },
        rules: [
          { when: { path: ["/ok"] }, handler: { type: "respond" as const, status: 200, body: "closed, with 200" } },
          { handler: { type: "maintenance" as const, page: { title: "Shop is closed" } } },
        ],
      },
      ...rest,
    ];
    await using agent = await startAgent({ config: { ...CONFIG, virtualHosts } });
    const ask = (asked: Asked) => askPageSource(agent, { stage: "forward-auth", ...asked });
    expect(await ask({ uri: "/ok" })).toMatchObject({
      status: 503,
      text: "closed, with 200",
      headers: { "backsoon-status": "200", "content-length": "16" },
    });
    const headers = { origin: "https://app.example", "access-control-request-method": "PUT" };
    const preflight = await ask({ method: "OPTIONS", headers });
    expect(preflight).toMatchObject({
      status: 503,
      text: "",
      headers: { "backsoon-status": "204", "access-control-allow-origin": expect.anything() as string },
    });
  });

  it("counts who was refused and who was let in once each", async () => {
    await using agent = await startAgent({ config: CONFIG });
    for (let number = 0; number < 3; number++) {
      await askPageSource(agent, {});
      await askPageSource(agent, { stage: "page" });
      await askPageSource(agent, { uri: "/health" });
    }
    await using events = await agent.events();
    await events.until((line) => "metrics" in line && line.metrics["shop-copycat"]?.requests === 3);
    const { requests } = await agent.call("getAgent");
    expect(requests).toMatchObject({ accepted: 6, answered: 6, lost: 0 });
  });

  it("is a socket for the web server's group alone, and closes flags that its workers can read", async () => {
    await using agent = await startAgent({ config: CONFIG });
    const web = join(agent.folder, "web");
    expect(statSync(join(web, "nginx.sock")).mode & 0o777).toBe(0o660);
    expect(statSync(join(web, "now/closed/shop")).mode & 0o777).toBe(0o644);
    expect(statSync(join(web, "now/closed")).mode & 0o777).toBe(0o755);
    expect(statSync(join(web, "now/pages/shop.html")).size).toBeGreaterThan(100);
    expect(lstatSync(join(web, "now/closed/blog"), { throwIfNoEntry: false })).toBeUndefined();
  });
});
