import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { guessFormat } from "../../../../../server-agent/core/import/guess-format.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../../support/seeded-random.ts";
import { readCorpus } from "../../../../support/web-servers/corpus/read-corpus.ts";

const MAIN = "/etc/apache2/apache2.conf";

function imported(
  text: string,
  files: Readonly<Record<string, string>> = {},
): { config: Config; report: ImportLine[] } {
  const made = importConfig("apache", MAIN, text, machineWith(files));
  if (!made.ok) throw new Error(`${made.file}:${String(made.line)}: ${made.message}`);
  return made;
}

type Rules = Config["virtualHosts"][number]["rules"];

/** Rules of a site with these lines, and what is closed. */
function site(lines: string, files: Readonly<Record<string, string>> = {}): { rules: Rules; closed: string[] } {
  const text = `Listen 127.0.0.1:80\n<VirtualHost *:80>\nServerName a.example\nDocumentRoot /srv\n${lines}\n</VirtualHost>`;
  const { config, report } = imported(text, files);
  const closed = report.filter(({ outcome }) => outcome === "closed").map((line) => line.text);
  return { rules: config.virtualHosts[0]?.rules ?? [], closed };
}

const FILES = { handler: { type: "file", root: "/srv", index: ["index.html"] } };
const CLOSED = { type: "error", status: 403 };

it("makes listeners and hosts, with a certificate where TLS is spoken", () => {
  const { config } = imported(`Listen 80
Listen 127.0.0.1:8443 https
<VirtualHost *:80>
DocumentRoot /srv/default
</VirtualHost>
<VirtualHost *:8443>
ServerName a.example:8443
ServerAlias *.a.example
DocumentRoot /srv
SSLEngine on
SSLCertificateFile /etc/ssl/a.pem
SSLCertificateKeyFile /etc/ssl/a.key
SSLVerifyClient require
SSLCACertificateFile /etc/ssl/ca.pem
</VirtualHost>`);
  expect(config.listeners).toEqual([
    { name: "http-80", address: "0.0.0.0", port: 80 },
    { name: "http-80-ipv6", address: "::", port: 80 },
    {
      name: "https-8443-127.0.0.1",
      address: "127.0.0.1",
      port: 8443,
      tls: { clientCertificates: { ca: "/etc/ssl/ca.pem" } },
    },
  ]);
  expect(config.virtualHosts.map(({ hosts, when, tls }) => [hosts, when, tls])).toEqual([
    [
      ["a.example", "*.a.example"],
      { listener: ["https-8443-127.0.0.1"] },
      { certificate: "/etc/ssl/a.pem", key: "/etc/ssl/a.key" },
    ],
    [["~.*"], { listener: ["http-80", "http-80-ipv6"] }, undefined],
    [["*"], undefined, undefined],
  ]);
  const when = { all: [{ tls: true }, { not: { clientCertificate: true } }] };
  expect(config.virtualHosts[0]?.rules[0]).toEqual({ when, handler: CLOSED });
});

it("lets the last section about an address decide, as Apache does", () => {
  const { rules } = site(`<Directory /srv>
Require all denied
</Directory>
<Directory /srv/open>
Require all granted
</Directory>
<Location /open/staff>
Require ip 10.0.0.0/8
</Location>`);
  const open = { path: ["/open", "/open/*"] };
  const staff = { path: ["/open/staff", "/open/staff/*"] };
  expect(rules).toEqual([
    { when: { not: { any: [open, staff] } }, handler: CLOSED },
    { when: { all: [staff, { not: { from: ["10.0.0.0/8"] } }] }, handler: CLOSED },
    FILES,
  ]);
  const old = "<Location /x>\nOrder deny,allow\nDeny from all\nAllow from 10\n</Location>";
  expect(site(old).rules[0]).toEqual({
    when: { all: [{ path: ["/x", "/x/*"] }, { not: { from: ["10.0.0.0/8"] } }] },
    handler: CLOSED,
  });
});

it("says what the application gets", () => {
  const proxied = { type: "proxy", upstream: "127.0.0.1", preserveHost: false };
  const inFolder = { path: ["/a", "/a/*"] };
  expect(site("ProxyPass /a http://127.0.0.1:1/b").rules[0]).toEqual({
    when: inFolder,
    handler: { ...proxied, mount: "/a", upstreamPath: "/b" },
  });
  expect(site("ProxyPass /a http://127.0.0.1:1").rules[0]).toEqual({
    when: inFolder,
    handler: { ...proxied, mount: "/a" },
  });
  expect(site("<Location /a/>\nProxyPass http://127.0.0.1:1/\n</Location>").rules[0]).toEqual({
    when: { path: "/a/*" },
    handler: { ...proxied, mount: "/a" },
  });
  expect(site("ProxyPass / http://127.0.0.1:1/b/").rules[0]).toEqual({ handler: { ...proxied, upstreamPath: "/b" } });
});

it("closes what it cannot say, and says so", () => {
  const all = [{ handler: CLOSED }, FILES];
  expect(site("<Location />\nRequire host example.org\n</Location>")).toEqual({
    rules: all,
    closed: ["require host example.org"],
  });
  expect(site("<DirectoryMatch secret>\nRequire all denied\n</DirectoryMatch>").rules).toEqual(all);
  expect(site("<Directory /srv>\n<If \"-T 'x'\">\nRequire all denied\n</If>\n</Directory>").rules).toEqual(all);
  expect(site('<If "true">\nRequire all denied\n</If>').rules).toEqual(all);
  const proxied = "ProxyPass /a http://127.0.0.1:1/a\n<Proxy *>\nRequire all denied\n</Proxy>";
  expect(site(proxied).rules[0]).toEqual({ when: { path: ["/a", "/a/*"] }, handler: CLOSED });
  expect(site("AddHandler application/x-httpd-php .php").rules[0]).toEqual({
    when: { pathRegex: "(?i)\\.(?:php)(?:[./]|$)" },
    handler: CLOSED,
  });
  expect(site("RewriteEngine on\nRewriteCond %{ENV:x} y\nRewriteRule ^/a - [F]").rules[0]).toEqual({
    when: { pathRegex: "^/a" },
    handler: CLOSED,
  });
  expect(site("ProxyPass /a/ http://127.0.0.1:1/b").rules[0]).toEqual({ when: { path: "/a/*" }, handler: CLOSED });
  expect(
    site("<Location /s>\nAuthType Basic\nAuthBasicProvider ldap\nRequire valid-user\n</Location>").rules[0],
  ).toEqual({
    when: { path: ["/s", "/s/*"] },
    handler: CLOSED,
  });
});

it("reads the .htaccess of the document root where Apache does", () => {
  const files = {
    "/srv/.htaccess":
      "RewriteEngine On\nRewriteRule ^index\\.php$ - [L]\nRewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /index.php [L]",
  };
  const asked = "<Directory /srv>\nAllowOverride All\n</Directory>";
  expect(site(asked, files).rules[0]).toEqual({
    when: {
      all: [
        { pathRegex: "^/.*[^/]" },
        { not: { exists: "/srv{path}" } },
        { not: { pathRegex: "^/index\\.php" } },
        { not: { pathRegex: "^/index\\.php$" } },
      ],
    },
    handler: { type: "rewrite", to: "/index.php$1", regex: "^/[^?]*[^/][^?]*(\\?.*)?$" },
  });
  expect(site("<Directory /srv>\nAllowOverride None\n</Directory>", files).rules).toEqual([FILES]);
});

it("says where a file is missing, or is none", () => {
  const at = (text: string) => importConfig("apache", MAIN, text, machineWith());
  expect(at("Listen 80\nInclude gone.conf")).toMatchObject({ ok: false, file: MAIN, line: 2 });
  expect(at("<VirtualHost *:80>\n")).toMatchObject({ ok: false, file: MAIN, line: 1 });
  expect(at("Listen 80\n")).toMatchObject({ ok: false, line: 1 });
  expect(guessFormat("/etc/any", "# mine\n<VirtualHost *:80>\n</VirtualHost>\n")).toBe("apache");
  expect(guessFormat("/etc/any", "PidFile ${APACHE_PID_FILE}\nIncludeOptional sites-enabled/*.conf\n")).toBe("apache");
});

it.each(readCorpus("apache").map((each) => [each.name, each] as const))("imports: %s", (_name, { files }) => {
  const texts = Object.fromEntries(
    files.map(({ path, text }) => [`/etc/apache2/${path}`, text.replace(/@PORT/g, "808")]),
  );
  const main =
    texts[MAIN] ?? "Listen 80\nListen 443\nIncludeOptional conf-enabled/*.conf\nIncludeOptional sites-enabled/*.conf";
  const made = importConfig("apache", MAIN, main, machineWith(texts));
  if (made.ok) expect(validateConfig(made.config)).toMatchObject({ ok: true });
  else expect(made.message).toMatch(/cannot be read|neither|unexpected|has no end/);
});

const WORDS = [
  "/", "/srv", "/a", "a.example", "*.a.example", "on", "off", "On", "all granted", "all denied", "ip 10.0.0.0/8", "not ip ::1", "valid-user",
  "user bob", "from all", "from x", "deny,allow", "allow,deny", "Basic", '"S"', "/users", "301 /a http://x/", "/a /b", "gone /x", "^/(.*)$ /b/$1",
  "^a - [F]", "^/a$ https://x/$1 [R=301,L]", ". /index.php [L]", "%{HTTPS} off", "%{REQUEST_FILENAME} !-f", "%{ENV:x} y", "/a http://b.example/a",
  "/ http://b.example/", "/a !", "404 /404.html", "set X-A 1", "always set X-B %{x}e", '"proxy:unix:/run/p.sock|fcgi://localhost"', "cgi-script .cgi",
  "/a /srv/a", "/var/log/a.log combined", "access plus 1 day", "DEFLATE", "1000", "é\u0000", "(",
] as const; // prettier-ignore
const NAMES = [
  "DocumentRoot", "DirectoryIndex", "ServerAlias", "Require", "Order", "Allow", "Deny", "AuthType", "AuthName", "AuthUserFile", "Redirect",
  "RedirectMatch", "RewriteEngine", "RewriteCond", "RewriteRule", "ProxyPass", "ProxyPreserveHost", "Alias", "ScriptAlias", "ErrorDocument",
  "Header", "RequestHeader", "SetHandler", "AddHandler", "FallbackResource", "Options", "AllowOverride", "CustomLog", "SSLEngine", "SSLRequireSSL",
  "SSLVerifyClient", "ExpiresDefault", "LimitRequestBody", "Unheard",
] as const; // prettier-ignore
const SECTIONS = [
  "Directory /srv", "Directory /srv/a", "DirectoryMatch x", "Location /", "Location /a", "LocationMatch (", "Files *.x", "FilesMatch \\.php$",
  "RequireAny", "RequireAll", "RequireNone", "Limit GET", "IfModule mod_x.c", "Unheard x",
] as const; // prettier-ignore

function randomLines(random: SeededRandom, depth: number): string {
  return Array.from({ length: 1 + Math.floor(random.next() * 7) }, () => {
    if (depth === 0 || random.chance(0.7)) return `${random.pick(NAMES)} ${random.pick(WORDS)}`;
    const section = random.pick(SECTIONS);
    return `<${section}>\n${randomLines(random, depth - 1)}\n</${section.split(" ")[0] ?? ""}>`;
  }).join("\n");
}

it("makes a configuration that can serve of anything, and loses no line", () => {
  for (let round = 0; round < repetitions(60, 4000); round += 1) {
    const random = seededRandom(SEED + round);
    const host = () => `<VirtualHost *:80>\nServerName a.example\n${randomLines(random, 2)}\n</VirtualHost>`;
    const text = `Listen 80\n${randomLines(random, 1)}\n${host()}\n${host()}`;
    const made = importConfig("apache", MAIN, text, machineWith());
    const seed = `SEED=${String(SEED + round)}`;
    if (!made.ok) throw new Error(`${seed} ${made.message}`);
    expect(validateConfig(made.config), seed).toMatchObject({ ok: true });
    const lines = text.split("\n").flatMap((line, index) => (line.startsWith("</") ? [] : [index + 1]));
    expect(
      made.report.map(({ line }) => line),
      seed,
    ).toEqual(lines);
  }
});
