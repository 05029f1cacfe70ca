/** What Apache leads to applications comes to them, and in the order in which it asks. */
import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

interface Made {
  readonly rules: Config["virtualHosts"][number]["rules"];
  readonly upstreams: Config["upstreams"];
  /** Lines of the site that are closed, with why. */
  readonly closed: [number, string | undefined][];
}

/** Of a site with these lines. */
function site(lines: string, files: Readonly<Record<string, string>> = {}): Made {
  const text = `Listen 127.0.0.1:80\n<VirtualHost *:80>\nServerName a.example\nDocumentRoot /srv\n${lines}\n</VirtualHost>`;
  const made = importConfig("apache", "/etc/apache2/apache2.conf", text, machineWith(files));
  if (!made.ok) throw new Error(`${made.file}:${String(made.line)}: ${made.message}`);
  const closed = made.report.filter(({ outcome }) => outcome === "closed");
  return {
    rules: made.config.virtualHosts[0]?.rules ?? [],
    upstreams: made.config.upstreams,
    closed: closed.map(({ line, notes }) => [line - 4, notes[0]]),
  };
}

const FILES = { handler: { type: "file", root: "/srv", index: ["index.html"] } };
const CLOSED = { handler: { type: "error", status: 403 } };

function proxied(upstream: string, more: object = {}) {
  return { handler: { type: "proxy", upstream, preserveHost: false, ...more } };
}

it.each([
  ["^/(.*\\.php(/.*)?)$ fcgi://127.0.0.1:9000/var/www/$1", "fcgi://127.0.0.1:9000", { root: "/var/www" }],
  ["^(/.*\\.php)$ fcgi://127.0.0.1:9000/var/www$1", "fcgi://127.0.0.1:9000", { root: "/var/www" }],
  ["\\.php$ fcgi://127.0.0.1:9000/var/www", "fcgi://127.0.0.1:9000", { root: "/var/www" }],
  [
    '"^/(.*\\.php(/.*)?)$" "unix:/run/php/php-fpm.sock|fcgi://localhost/var/www/my-shop.de/"',
    "fcgi://unix:/run/php/php-fpm.sock",
    { root: "/var/www/my-shop.de" },
  ],
  [
    "^/(.*\\.(php|phtml))$ fcgi://[::1]:9000/srv/$1 enablereuse=on",
    "fcgi://[::1]:9000",
    { root: "/srv", extensions: ["php", "phtml"] },
  ],
  [
    "^/blog/(.*\\.php(/.*)?)$ fcgi://127.0.0.1:9000/opt/blog/$1",
    "fcgi://127.0.0.1:9000",
    { root: "/opt/blog", mount: "/blog" },
  ],
])("leads to PHP-FPM: ProxyPassMatch %s", (written, target, handler) => {
  const { rules, upstreams, closed } = site(`ProxyPassMatch ${written}`);
  const pattern = written.split(" ")[0]?.replaceAll('"', "");
  expect(rules).toEqual([
    {
      when: { pathRegex: pattern },
      handler: expect.objectContaining({ type: "fastcgi", index: [], ...handler }) as unknown,
    },
    FILES,
  ]);
  expect(Object.values(upstreams ?? {})).toEqual([{ targets: [target] }]);
  expect(closed).toEqual([]);
});

it.each([
  ["^/(.*)$ http://127.0.0.1:1/$1", {}],
  ["^(.*)$ http://127.0.0.1:1$1", {}],
  ["^/api/(.*)$ http://127.0.0.1:1/api/$1", {}],
  ["^/socket\\.io/(.*)$ ws://127.0.0.1:1/socket.io/$1", {}],
  ["^/(a|b)/(.*)$ http://127.0.0.1:1/$1/$2", {}],
  ["^/(a|b)/(.*)$ http://127.0.0.1:1/v1/$1/$2", { upstreamPath: "/v1" }],
  ["^/api/(.*)$ http://127.0.0.1:1/v2/$1", { mount: "/api", upstreamPath: "/v2" }],
  ["^/api(/.*)?$ http://127.0.0.1:1$1", { mount: "/api" }],
  ["^/api(/.*)?$ http://127.0.0.1:1/api$1", {}],
  ["^/api/?(.*)$ http://127.0.0.1:1/$1", { mount: "/api" }],
  ["^/api/(.*\\.json)$ http://127.0.0.1:1/$1", { mount: "/api" }],
  ["\\.gif$ http://127.0.0.1:1", {}],
  ["\\.gif$ http://127.0.0.1:1/v2/", { upstreamPath: "/v2" }],
])("leads to an application: ProxyPassMatch %s", (written, handler) => {
  const { rules, closed } = site(`ProxyPassMatch ${written}`);
  expect(rules).toEqual([{ when: { pathRegex: written.split(" ")[0] }, ...proxied("127.0.0.1", handler) }, FILES]);
  expect(closed).toEqual([]);
});

it.each([
  ["^/(.*)$ fcgi://127.0.0.1:9000/var/www/$1", "names no extension"],
  ["^/(.*\\.ph(p|tml))$ fcgi://127.0.0.1:9000/var/www/$1", "names no extension"],
  ["^/(.*\\.php)$ fcgi://127.0.0.1:9000", "names no folder"],
  ["^/x/(.*) http://127.0.0.1:1/y$1z", "use `ProxyPass`"],
  ["x/(.*)$ http://127.0.0.1:1/$1", "use `ProxyPass`"],
  ["^/(.*)/(.*)$ http://127.0.0.1:1/$2/$1", "use `ProxyPass`"],
  ["^/(.*)$ http://127.0.0.1:1/x?path=$1", "query"],
  ["^/(.*)$ http://$1.example/", "no scheme|no target"],
  ["^/(.*)$ ajp://127.0.0.1:1/$1", "no scheme"],
])("closes only what it is about: ProxyPassMatch %s", (written, why) => {
  const { rules, closed } = site(`ProxyPassMatch ${written}`);
  expect(rules).toEqual([{ when: { pathRegex: written.split(" ")[0] }, ...CLOSED }, FILES]);
  expect(closed).toEqual([[1, expect.stringMatching(why)]]);
});

it("asks in the order of the file, and what is excepted no later one has", () => {
  const { rules } = site(`ProxyPass / http://a.test
ProxyPass /longer http://b.test/longer`);
  expect(rules[0]).toEqual(proxied("a.test"));
  const excepted = site(`ProxyPass /first http://a.test/first
ProxyPass /first/files !
ProxyPassMatch \\.css$ !
ProxyPass / http://b.test/`);
  expect(excepted.rules).toEqual([
    { when: { path: ["/first", "/first/*"] }, ...proxied("a.test") },
    {
      when: { all: [{ not: { path: ["/first/files", "/first/files/*"] } }, { not: { pathRegex: "\\.css$" } }] },
      ...proxied("b.test"),
    },
    FILES,
  ]);
});

it("lets the last section about a location decide, before what stands outside", () => {
  const { rules, closed } = site(`ProxyPass / http://a.test/
<Location /x>
ProxyPass http://b.test/x
</Location>
<LocationMatch "^/x/(.*\\.js)$">
ProxyPassMatch http://c.test/y/$1
Require ip 10.0.0.0/8
</LocationMatch>
<LocationMatch ^/z>
ProxyPass http://d.test/
</LocationMatch>`);
  const scripts = { pathRegex: "^/x/(.*\\.js)$" };
  const all = rules.slice(rules.findIndex(({ when }) => JSON.stringify(when) === JSON.stringify({ pathRegex: "^/z" })));
  expect(all[0]).toEqual({ when: { pathRegex: "^/z" }, ...CLOSED });
  expect(closed).toEqual([[10, expect.stringMatching("write `ProxyPassMatch`")]]);
  expect(rules).toContainEqual({ when: { all: [scripts, { not: { from: ["10.0.0.0/8"] } }] }, ...CLOSED });
  const answers = rules.flatMap(({ handler }) => (handler?.type === "proxy" ? [handler.upstream] : []));
  expect(answers).toEqual(["c.test", "b.test", "a.test"]);
});

it("keeps closed, and asks for passwords, where an expression leads to an application", () => {
  const { rules } = site(`ProxyPassMatch ^/(.*\\.php)$ fcgi://127.0.0.1:9000/srv/$1
<Location /admin>
Require all denied
</Location>`);
  expect(rules[0]).toEqual({
    when: { all: [{ pathRegex: "^/(.*\\.php)$" }, { path: ["/admin", "/admin/*"] }] },
    ...CLOSED,
  });
  const rewritten = site(`RewriteEngine On
RewriteRule ^/(.*) http://127.0.0.1:1/$1 [P]
<Location /admin>
Require all denied
</Location>`);
  expect(rewritten.rules[0]).toEqual({
    when: { all: [{ pathRegex: "^/(.*)" }, { path: ["/admin", "/admin/*"] }] },
    ...CLOSED,
  });
});

it("leads WebSockets where rules of mod_rewrite lead them", () => {
  const { rules, upstreams, closed } = site(`RewriteEngine On
RewriteCond %{HTTP:Upgrade} =websocket [NC]
RewriteRule ^/?(.*) "ws://127.0.0.1:3001/$1" [P,L]
RewriteCond %{HTTP:Upgrade} !websocket [NC]
RewriteCond %{REQUEST_URI} ^/live/
RewriteRule ^ http://127.0.0.1:3000%{REQUEST_URI} [P]
ProxyPass / http://127.0.0.1:3000/`);
  expect(rules.slice(0, 3)).toEqual([
    { when: { all: [{ pathRegex: "^/?(.*)" }, { header: { upgrade: "~(?i)^websocket$" } }] }, ...proxied("127.0.0.1") },
    {
      when: {
        all: [{ pathRegex: "^" }, { not: { header: { upgrade: "~(?i)websocket" } } }, { pathRegex: "^/live/" }],
      },
      ...proxied("127.0.0.1-2"),
    },
    proxied("127.0.0.1-2"),
  ]);
  expect(Object.values(upstreams ?? {}).map(({ targets }) => targets)).toEqual([
    ["http://127.0.0.1:3001"],
    ["http://127.0.0.1:3000"],
  ]);
  expect(closed).toEqual([]);
});

it("leads from a folder's own rules to an application", () => {
  const own = (rule: string) =>
    site("<Directory /srv>\nAllowOverride All\n</Directory>", {
      "/srv/.htaccess": `RewriteEngine On\nRewriteRule ${rule}`,
    }).rules[0];
  for (const pattern of ["^(.*)$", "(.*)"])
    expect(own(`${pattern} http://127.0.0.1:1/$1 [P,L]`)).toMatchObject(proxied("127.0.0.1"));
  expect(own("^(.*\\.php)$ fcgi://127.0.0.1:9000/srv/$1 [P]")).toMatchObject({
    handler: { type: "fastcgi", root: "/srv" },
  });
  expect(own("^a/(.*)$ http://127.0.0.1:1/b/$1 [P]")).toMatchObject(
    proxied("127.0.0.1", { mount: "/a", upstreamPath: "/b" }),
  );
  expect(own("^a/(.*)$ http://%{HTTP_HOST}:1/b/$1 [P]")).toEqual({ when: { pathRegex: "^/a/(.*)$" }, ...CLOSED });
  expect(own("^a$ http://127.0.0.1:1/b [P]")).toEqual({ when: { pathRegex: "^/a$" }, ...CLOSED });
});

it("keeps a group that begins anywhere, and knows that a field which is not sent is empty", () => {
  const [rule] = site("<Directory /srv>\nAllowOverride All\n</Directory>", {
    "/srv/.htaccess": "RewriteEngine On\nRewriteRule (.*) /i.php?q=$1 [L]",
  }).rules;
  expect(rule?.handler).toMatchObject({ regex: "^/([^?]*)[^?]*(?:\\?.*)?$", to: "/i.php?q=$1" });
  const [hotlink] = site(`RewriteEngine On
RewriteCond %{HTTP_REFERER} !^$
RewriteRule \\.jpg$ - [F]`).rules;
  expect(hotlink?.when).toEqual({
    all: [
      { pathRegex: "\\.jpg$" },
      { not: { any: [{ header: { referer: "~^$" } }, { not: { header: { referer: true } } }] } },
    ],
  });
});
