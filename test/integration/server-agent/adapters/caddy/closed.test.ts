/** What visitors of a real Caddy get while a site is closed, whatever its owner has configured. */
import { request } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { agentBeside, prepared, visitorOf } from "../../../../../tools/driving/web-servers/beside.ts";
import { HAS_CADDY, OPTIONS, caddyFolder, startCaddy } from "../../../../support/web-servers/caddy.ts";

/** What each site does, by its name. */
const SITES: Readonly<Record<string, string>> = {
  "redirects.example": "redir https://elsewhere.example{uri}",
  "rewrites.example": "rewrite * /index.php\n\trespond `{uri}`",
  "answers.example": "respond 204",
  "asks-for-a-password.example":
    "basicauth {\n\t\tbob JDJhJDE0JE9yT2dXWTN2YkR5cTBqTm1hTnV1dnVJeVlvQzdTYlhLUWxJSXB3aTdtZG12Yk9zSzBJMFZh\n\t}\n\trespond x",
  "aborts.example": "abort",
  "has-errors.example": "error 500\n\thandle_errors {\n\t\trespond own 200\n\t}",
  "has-a-policy.example": "header Content-Security-Policy \"default-src 'none'\"\n\theader -Retry-After\n\trespond x",
  "defers.example": "header {\n\t\t-Retry-After\n\t\tdefer\n\t}\n\trespond x",
  "limits-bodies.example": "request_body {\n\t\tmax_size 1\n\t}\n\trespond x",
  "routes.example": "route {\n\t\trespond x\n\t}\n\thandle / {\n\t\trespond y\n\t}",
  "asks-in-a-route.example": "route {\n\t\tforward_auth 127.0.0.1:1 {\n\t\t\turi /\n\t\t}\n\t\trespond x\n\t}",
  "compresses.example": "encode gzip\n\ttemplates\n\trespond x",
  "sets-the-method.example": "method GET\n\tvars a b\n\tmap {path} {x} {\n\t\tdefault y\n\t}\n\trespond x",
  "has-files.example": "root * @RUN@\n\tphp_fastcgi 127.0.0.1:1\n\ttry_files {path} /cert.pem\n\tfile_server browse",
};

const CADDYFILE = `{
${OPTIONS}}
${Object.entries(SITES)
  .map(([name, does]) => `http://${name}:@PORT1@ {\n\tbind 127.0.0.1\n\t${does}\n}\n`)
  .join("")}`;

describe.runIf(HAS_CADDY)("closed sites of Caddy", () => {
  it("show the page whatever they do when they are open, also from disk", async () => {
    await using folder = await caddyFolder({ Caddyfile: CADDYFILE });
    await using caddy = await startCaddy(folder);
    await using agent = await agentBeside();
    const before = await folder.snapshot();
    const id = await prepared(agent, folder);
    const visit = visitorOf(folder);
    const names = Object.keys(SITES);
    for (const site of names) await agent.call("startMaintenance", { body: { site, page: { title: "Stocktaking" } } });
    const ways = [{}, { method: "POST" }, { method: "HEAD" }, { headers: { accept: "application/json" } }];
    for (const host of names)
      for (const way of ways) {
        const { status, headers, body } = await visit({ host, ...way });
        expect({ host, status, after: headers["retry-after"], cached: headers["cache-control"] }).toEqual({
          host,
          status: 503,
          after: "600",
          cached: "no-store",
        });
        expect(headers["content-security-policy"]).not.toBe("default-src 'none'");
        if (way.method !== "HEAD") expect(body).toContain("Stocktaking");
      }
    const [host = ""] = names;
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "x",
    };
    expect(await visit({ host, headers: upgrade })).toMatchObject({ status: 503 });
    expect(await upload(folder.port(1), host)).toBe(503);
    expect(await visit({ host, path: "/.well-known/acme-challenge/../" })).toMatchObject({ status: 503 });
    expect(await visit({ host, path: "/.well-known/acme-challenge/%2e%2e/admin" })).toMatchObject({ status: 503 });

    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    await expect.poll(async () => (await visit({ host })).headers["backsoon-site"]).toBe(`${host}; fallback`);
    for (const name of names) {
      const page = await visit({ host: name, method: "POST" });
      expect(page).toMatchObject({ status: 503, headers: { "retry-after": "600", "cache-control": "no-store" } });
      expect(page.body).toContain("Stocktaking");
      expect(page.headers["content-security-policy"]).toBeUndefined();
    }
    await rm(join(agent.folder, "web/now/pages"), { recursive: true });
    for (const name of names) expect(await visit({ host: name })).toMatchObject({ status: 503 });

    await using next = await agentBeside({ folder: agent.folder });
    for (const { id: receipt } of (await next.call("listMaintenance")).maintenance)
      await next.call("revertMaintenance", { params: { id: receipt }, body: {} });
    expect((await visit({ host: "answers.example" })).status).toBe(204);
    await next.call("removeHook", { params: { id }, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect(caddy.said()).not.toContain("panic");
  });
});

/** Sends a body that Caddy has not waited for. */
async function upload(port: number, host: string): Promise<number | undefined> {
  const sent = request({ port, host: "127.0.0.1", method: "PUT", path: "/", headers: { host } });
  sent.end(Buffer.alloc(100_000));
  const [response] = (await once(sent, "response")) as [{ statusCode?: number; resume: () => void }];
  response.resume();
  return response.statusCode;
}
