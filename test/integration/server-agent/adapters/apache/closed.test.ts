/** What visitors of a real Apache get while a site is closed, whatever its owner has configured. */
import { once } from "node:events";
import { request } from "node:http";
import { describe, expect, it } from "vitest";
import type { ListenerAsked } from "../../../../../server-agent/adapters/ask-listener.ts";
import type { Body } from "../../../../../server-agent/contract/routes.ts";
import type { TestAgent } from "../../../../../tools/driving/agent.ts";
import { agentBeside, prepared, visitorOf } from "../../../../../tools/driving/web-servers/beside.ts";
import { apacheFolder, HAS_APACHE, startApache } from "../../../../support/web-servers/apache.ts";

/** What each site does, by its name. */
const SITES: Readonly<Record<string, string>> = {
  "redirects.example": "Redirect permanent / https://elsewhere.example/",
  "rewrites.example": "RewriteEngine On\nRewriteRule ^ /index.html [L]\nDocumentRoot @RUN@/www",
  "refuses.example": "RewriteEngine On\nRewriteRule ^ - [F]",
  "proxies.example": "ProxyPass / http://127.0.0.1:1/\nProxyErrorOverride On\nErrorDocument 503 /own.html",
  "proxies-a-path.example": "<Location />\nProxyPass http://127.0.0.1:1/\n</Location>",
  "has-aliases.example": 'Alias / @RUN@/www/\nAliasMatch "^/(.*)$" "@RUN@/www/$1"',
  "asks-for-a-password.example":
    "<Location />\nAuthType Basic\nAuthName x\nAuthUserFile /dev/null\nRequire valid-user\n</Location>",
  "denies.example": "<Location />\nOrder deny,allow\nDeny from all\n</Location>",
  "denies-anew.example": "<Location />\nRequire all denied\n</Location>",
  "rewrites-a-place.example":
    "<Location />\nRewriteEngine On\nRewriteRule ^ https://elsewhere.example/ [R,L]\n</Location>",
  "has-a-handler.example": "<Location />\nSetHandler server-status\nRequire ip 192.0.2.1\n</Location>",
  "has-a-policy.example":
    "Header always set Content-Security-Policy \"default-src 'none'\"\nHeader set Content-Security-Policy \"default-src 'none'\"",
  "caches.example":
    'Header always set Cache-Control "public, max-age=99"\nHeader set Cache-Control "public"\nExpiresActive On\nExpiresDefault "access plus 1 year"',
  "limits-methods.example":
    "<Location />\n<Limit POST>\nDeny from all\n</Limit>\n<LimitExcept GET>\nRequire all denied\n</LimitExcept>\n</Location>",
  "falls-back-in-a-place.example": "<Location />\nFallbackResource /index.html\n</Location>",
  "has-errors.example": "ErrorDocument 404 /nothing.php\nErrorDocument 503 /own.html\nErrorDocument 403 /x.php",
  "has-htaccess.example": "DocumentRoot @RUN@/www/htaccess",
  "limits-bodies.example": "LimitRequestBody 1\nErrorDocument 413 /own.html",
  "hides.example": "AllowEncodedSlashes On\nDocumentRoot @RUN@/www",
  "keeps-names.example": "UseCanonicalName On\nProxyPreserveHost On\nProxyAddHeaders Off",
  "falls-back.example": "DocumentRoot @RUN@/www\n<Directory @RUN@/www>\nFallbackResource /index.html\n</Directory>",
};

const FILES = {
  etc: {
    "sites-enabled/all.conf": Object.entries(SITES)
      .map(([name, does]) => `<VirtualHost 127.0.0.1:@PORT1@>\nServerName ${name}\n${does}\n</VirtualHost>\n`)
      .join(""),
  },
  www: {
    "index.html": "the site",
    "own.html": "their own page",
    "index.php": "<?php secret",
    "htaccess/.htaccess": "RewriteEngine On\nRewriteRule ^ /index.html [L]\nRequire all denied\n",
  },
};

const WAYS = [
  {},
  { method: "POST" },
  { method: "HEAD" },
  { method: "PROPFIND" },
  { method: "TRACE" },
  { headers: { accept: "application/json" } },
  { path: "/.backsoon/fallback" },
  { path: "/.backsoon/page/x" },
  { path: "/index.php" },
  { path: "/server-status" },
  { headers: { cookie: "backsoon_pass=../../etc/passwd", "x-staff": "../../../closed" } },
  { headers: { "backsoon-site": "other", "backsoon-style": "forward-auth", "backsoon-client": "10.0.0.1" } },
];

const OPERATION = { id: "all-sites", title: "All sites", servers: 1 };

describe.runIf(HAS_APACHE)("closed sites of Apache", () => {
  it("show the page whatever they do when they are open, also from disk", async () => {
    await using folder = await apacheFolder(FILES);
    await using apache = await startApache(folder);
    await using agent = await agentBeside();
    const before = await folder.snapshot();
    const id = await prepared(agent, folder);
    const visit = visitorOf(folder);
    const names = Object.keys(SITES);
    // With an exception, so that everything is looked at that decides one.
    const exceptions = [{ path: ["/let/in"], cookie: { pass: "s3cret" } }];
    const options = (site: string) => ({ site, page: { title: "Stocktaking" }, exceptions });
    const switchAll = async (on: TestAgent, changes: Body<"stage">["changes"]) => {
      const staged = await on.call("stage", { body: { operation: OPERATION, changes } });
      await on.call("commitStage", { params: { id: staged.id } });
    };
    await switchAll(
      agent,
      names.map((site) => ({ kind: "maintenance", options: options(site) })),
    );
    const look = async (ways: readonly Partial<ListenerAsked>[]) => {
      for (const host of names)
        for (const way of ways) {
          const { status, headers, body } = await visit({ host, ...way });
          const seen = { status, after: headers["retry-after"], cached: headers["cache-control"] };
          expect({ host, way, seen }).toEqual({ host, way, seen: { status: 503, after: "600", cached: "no-store" } });
          expect(headers["content-security-policy"]).not.toBe("default-src 'none'");
          expect(headers.expires).toBeUndefined();
          if (way.method !== "HEAD") expect(body, JSON.stringify({ host, way })).toContain("Stocktaking");
        }
    };
    await look(WAYS);
    // Others answer 404 by themselves, before they come to any rule.
    for (const host of ["hides.example", "has-errors.example"])
      expect(await visit({ host, path: "/a%2Fb?x=%2F" })).toMatchObject({ status: 503 });
    const json = await visit({ host: "proxies.example", headers: { accept: "application/json" } });
    expect(JSON.parse(json.body)).toMatchObject({ status: 503 });
    const origin = { origin: "https://a.example", "access-control-request-method": "PUT" };
    const preflight = await visit({ host: "denies.example", method: "OPTIONS", headers: origin });
    expect(preflight).toMatchObject({ status: 204, headers: { "access-control-allow-origin": "https://a.example" } });

    // An upload to its end, then the page, on the same connection.
    const upload = request({
      port: folder.port(1),
      method: "PUT",
      path: "/big",
      headers: { host: "redirects.example", "content-length": 4_000_000 },
    });
    upload.end(Buffer.alloc(4_000_000));
    const [answer] = (await once(upload, "response")) as [{ statusCode?: number; resume: () => void }];
    answer.resume();
    expect(answer.statusCode).toBe(503);

    process.kill(agent.pid, "SIGKILL");
    await agent.ended;
    // Its workers finish what they have, and accept no more.
    await expect
      .poll(async () => (await visit({ host: "denies.example" })).headers["backsoon-site"])
      .toContain("fallback");
    await look(WAYS.slice(0, 5));
    expect((await visit({ host: "proxies.example" })).headers["backsoon-site"]).toBe("proxies.example; fallback");

    await using next = await agentBeside({ folder: agent.folder });
    const { maintenance } = await next.call("listMaintenance");
    await switchAll(
      next,
      maintenance.map(({ id: receipt }) => ({ kind: "revert", receipt, how: "delete" })),
    );
    expect(await visit({ host: "falls-back.example" })).toMatchObject({ status: 200, body: "the site" });
    await next.call("removeHook", { params: { id }, query: {} });
    expect(await folder.snapshot()).toEqual(before);
    expect(apache.pid).toBeGreaterThan(0);
  });
});
