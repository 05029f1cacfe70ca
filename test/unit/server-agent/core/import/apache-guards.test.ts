/** What Apache keeps visitors from stays closed, and what it answers is answered alike. */
import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";

function imported(
  text: string,
  files: Readonly<Record<string, string>> = {},
  file = "/etc/apache2/apache2.conf",
): { config: Config; report: ImportLine[] } {
  const made = importConfig("apache", file, text, machineWith(files));
  if (!made.ok) throw new Error(`${made.file}:${String(made.line)}: ${made.message}`);
  return made;
}

/** Rules of a site with these lines. */
function rules(lines: string, files: Readonly<Record<string, string>> = {}): Config["virtualHosts"][number]["rules"] {
  const text = `Listen 127.0.0.1:80\n<VirtualHost *:80>\nServerName a.example\nDocumentRoot /srv\n${lines}\n</VirtualHost>`;
  return imported(text, files).config.virtualHosts[0]?.rules ?? [];
}

const FILES = { handler: { type: "file", root: "/srv", index: ["index.html"] } };
const CLOSED = { handler: { type: "error", status: 403 } };
const DENIED = "Require all denied";
const ASKED = "<Directory /srv>\nAllowOverride All\n</Directory>";

it("closes what sections within sections are about", () => {
  expect(rules(`<Directory /srv/a>\n<FilesMatch "\\.sql$">\n${DENIED}\n</FilesMatch>\n</Directory>`)).toEqual([
    { when: { all: [{ path: ["/a", "/a/*"] }, { pathRegex: "/[^/]*(?:\\.sql)$" }] }, ...CLOSED },
    FILES,
  ]);
  expect(rules(ASKED, { "/srv/.htaccess": `<Files x.yml>\n${DENIED}\n</Files>` })[0]).toEqual({
    when: { pathRegex: "/(?:x\\.yml)$" },
    ...CLOSED,
  });
});

it("reads the .htaccess of folders below, whose rules count there alone", () => {
  const files = {
    "/srv/.htaccess": "RewriteEngine On\nRewriteRule ^a$ - [F]",
    "/srv/data/.htaccess": DENIED,
    "/srv/sub/.htaccess": "RewriteEngine On\nRewriteRule ^b$ - [F]",
  };
  const [data, root, sub] = rules(ASKED, files);
  expect(data).toEqual({ when: { path: ["/data", "/data/*"] }, ...CLOSED });
  expect(root).toEqual({
    when: { all: [{ not: { path: ["/sub", "/sub/*"] } }, { pathRegex: "^/a$" }] },
    ...CLOSED,
  });
  expect(sub).toEqual({ when: { all: [{ path: ["/sub", "/sub/*"] }, { pathRegex: "^/sub/b$" }] }, ...CLOSED });
});

it("closes an expression that begins anywhere with all that it is about", () => {
  const [first] = rules(`<FilesMatch "\\.sql$|^composer\\.json$|(^#.*#|~)$">\n${DENIED}\n</FilesMatch>`);
  expect(first?.when).toEqual({
    pathRegex: "/[^/]*(?:\\.sql)$|/(?:composer\\.json)$|/(?:#.*#)$|/[^/]*(?:~)$",
  });
  const [vendor] = rules(ASKED, { "/srv/.htaccess": "RewriteEngine On\nRewriteRule (^|/)vendor/ - [F]" });
  expect(vendor?.when).toEqual({ pathRegex: "^/vendor/|^/.*(?:/vendor/)" });
});

it("lets in nobody who is kept out by what cannot be asked here", () => {
  const none = "<RequireAll>\nRequire all granted\n<RequireNone>\nRequire env bad\n</RequireNone>\n</RequireAll>";
  expect(rules(`<Location />\n${none}\n</Location>`)).toEqual([CLOSED, FILES]);
});

it("lets no visitor say of himself what Apache says of him", () => {
  const [settings] = rules('RequestHeader set X-Client "%{SSL_CLIENT_S_DN}s"\nRequestHeader set X-A 1 early');
  expect(settings).toEqual({ requestHeaders: { set: { "X-A": "1" }, remove: ["X-Client"] } });
});

it("trusts the proxies that Apache trusts, or compares no addresses", () => {
  const behind = (header: string) =>
    imported(`Listen 80\nRemoteIPHeader ${header}\nRemoteIPTrustedProxy 10.0.0.0/8\nDocumentRoot /srv
<Directory /srv>\nRequire ip 10.0.0.0/8\n</Directory>`).config;
  const known = behind("X-Forwarded-For");
  expect(known.trustedProxies).toEqual(["10.0.0.0/8"]);
  expect(known.virtualHosts[0]?.rules[0]).toEqual({ when: { not: { from: ["10.0.0.0/8"] } }, ...CLOSED });
  expect(behind("X-Real-IP").virtualHosts[0]?.rules[0]).toEqual(CLOSED);
});

it("sends no source of a program: neither as an error page, nor where what runs it stands elsewhere", () => {
  const text =
    "<VirtualHost *:80>\nServerName a.example\nDocumentRoot /srv\nErrorDocument 404 /404.php\n</VirtualHost>";
  const { config, report } = imported(text, {}, "/etc/apache2/sites-enabled/a.conf");
  const [site] = config.virtualHosts;
  expect(site?.errorPages).toBeUndefined();
  expect(site?.rules).toEqual([
    { when: { pathRegex: "(?i)\\.(?:php\\d?|pht|phtml|phar|cgi|pl|py|rb|lua|shtml)(?:[./]|$)" }, ...CLOSED },
    FILES,
  ]);
  expect(report.find(({ text: line }) => line.startsWith("documentroot"))?.outcome).toBe("changed");
});

it("takes the handler that is named last", () => {
  const fpm = (port: number) => `SetHandler "proxy:fcgi://127.0.0.1:${String(port)}"`;
  const made = rules(`<FilesMatch \\.php$>\n${fpm(1)}\n</FilesMatch>\n<Location /b>\n${fpm(2)}\n</Location>`);
  expect(made.slice(0, 2).map(({ when }) => when)).toEqual([
    { path: ["/b", "/b/*"] },
    { pathRegex: "/[^/]*(?:\\.php)$" },
  ]);
});

it("leads to HTTPS as certbot writes it", () => {
  const name = (host: string) => ({ header: { host: `~(?i)^(?:${host})\\.?(?::\\d+)?$` } });
  const [redirect] = rules(`RewriteEngine on
RewriteCond %{SERVER_NAME} =a.example [OR]
RewriteCond %{SERVER_NAME} =www.a.example
RewriteRule ^ https://%{SERVER_NAME}%{REQUEST_URI} [END,NE,R=permanent]`);
  expect(redirect).toEqual({
    when: { all: [{ pathRegex: "^" }, { any: [name("a\\.example"), name("www\\.a\\.example")] }] },
    handler: { type: "redirect", regex: "^[^?]*(\\?.*)?$", to: "https://${host}${path}$1", status: 301 },
  });
});

it("keeps, adds or drops the query as flags say", () => {
  const to = (rule: string) => rules(`RewriteEngine on\nRewriteRule ${rule}`)[0]?.handler;
  expect(to("^/(.*)$ /i.php?u=$1 [QSA,L]")).toMatchObject({
    to: "/i.php?u=$1&${query}",
    regex: "^/([^?]*)(?:\\?.*)?$",
  });
  expect(to("^/a$ /b? [L]")).toMatchObject({ to: "/b", regex: "^/a(?:\\?.*)?$" });
  expect(to("^/a$|^/c$ /b [R]")).toMatchObject({ to: "/b$1", regex: "(?:^/a|^/c)(\\?.*)?$" });
  const [slash] = rules("RewriteEngine on\nRewriteCond %{REQUEST_URI} (.+)/$\nRewriteRule ^ %1 [L,R=301]");
  expect(slash?.handler).toMatchObject({ to: "/$1$2", regex: "([^?]+)/(\\?.*)?$" });
});

it("says which certificates it cannot name", () => {
  const text = `Listen 443\n<VirtualHost *:443>\nServerName a.example\nDocumentRoot /srv\nSSLEngine on
SSLCertificateFile a.pem\nSSLCertificateChainFile /chain.pem\n</VirtualHost>`;
  const left = imported(text).report.filter(({ outcome }) => outcome === "left");
  expect(left.map(({ line, notes }) => [line, notes[0]?.slice(0, 30)])).toContainEqual([
    7,
    "put these certificates behind ",
  ]);
  expect(left.map(({ line }) => line)).toContain(6);
});
