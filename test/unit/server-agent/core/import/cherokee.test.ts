import { expect, it } from "vitest";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { guessFormat } from "../../../../../server-agent/core/import/guess-format.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { DEFAULT, FILES, imported, rules } from "../../../../support/import/cherokee.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../../support/seeded-random.ts";

function outcomes(report: readonly ImportLine[]): Record<string, string> {
  return Object.fromEntries(report.map(({ line, outcome }) => [String(line), outcome]));
}

it("tries rules and servers from the highest number, and nicknames after every match", () => {
  const { config } = imported(`
vserver!30!nick = plain.example
vserver!30!document_root = /srv
vserver!30!rule!1!match = default
vserver!30!rule!1!handler = drop
vserver!20!nick = shop
vserver!20!document_root = /srv
vserver!20!match = wildcard
vserver!20!match!domain!1 = shop.example
vserver!20!match!domain!2 = *.Shop.example
vserver!20!match!domain!3 = shop?.*
vserver!20!rule!2!match = fullpath
vserver!20!rule!2!match!fullpath!1 = /a
vserver!20!rule!2!match!fullpath!2 = /b
vserver!20!rule!2!handler = empty_gif
vserver!20!rule!10!match = method
vserver!20!rule!10!match!method = PURGE
vserver!20!rule!10!handler = drop
vserver!1!nick = default
vserver!1!document_root = /srv/www/
vserver!1!rule!1!match = default
vserver!1!rule!1!handler = file`);
  expect(config.virtualHosts.map(({ id, hosts }) => [id, hosts])).toEqual([
    ["shop", ["shop.example", "*.shop.example", "~^shop.\\..*$", "shop"]],
    ["plain.example", ["plain.example"]],
    ["default", ["*"]],
  ]);
  expect(config.virtualHosts[0]?.rules).toEqual([
    { when: { method: "PURGE" }, handler: { type: "drop" } },
    { when: { any: [{ path: "/a" }, { path: "/b" }] }, handler: { type: "emptyGif" } },
  ]);
  expect(config.virtualHosts.at(-1)?.rules).toEqual([{ handler: { type: "file", root: "/srv/www", index: [] } }]);
});

it("leaves an index to the rules, and leads to one that folders share", () => {
  const site = `
vserver!1!document_root = /srv
vserver!1!directory_index = index.php,/shared/all.php,index.html,sub/x.html
vserver!1!rule!1!match = default
vserver!1!rule!1!handler = common`;
  const { config, report } = imported(site);
  const atFolder = { pathRegex: "/$" };
  expect(config.virtualHosts[0]?.rules).toEqual([
    {
      when: { ...atFolder, exists: "/srv{path}index.php" },
      handler: { type: "rewrite", to: "${path}index.php" },
    },
    {
      when: { ...atFolder, all: [{ exists: "/srv{path}" }, { exists: "/srv/shared/all.php" }] },
      handler: { type: "rewrite", to: "/shared/all.php" },
    },
    { handler: { type: "common", root: "/srv", index: ["index.html"] } },
  ]);
  expect(report[1]?.notes).toEqual(["`index` of its handlers: without sub/x.html"]);
  const plain = imported(site.replace(",/shared/all.php,index.html,sub/x.html", "")).config;
  expect(plain.virtualHosts[0]?.rules).toEqual([{ handler: { type: "common", root: "/srv", index: ["index.php"] } }]);
});

it("cuts the folder of a rule off its document root, and redirects to its slash", () => {
  const made = rules(
    "9!match = directory",
    "9!match!directory = /static/",
    "9!document_root = /var/static",
    "9!handler = file",
    "8!match = directory",
    "8!match!directory = /api",
    "8!handler = proxy",
    "8!handler!balancer = ip_hash",
    "8!handler!balancer!source!1 = 4",
    "8!handler!balancer!source!2 = 5",
    ...DEFAULT,
    "source!4!host = 10.0.0.1:3000",
    "source!5!host = /run/app.sock",
    "source!5!interpreter = /usr/bin/app",
  );
  expect(made.rules).toEqual([
    {
      when: { path: ["/static", "/static/*"] },
      handler: { type: "file", root: "/var/static", mount: "/static", index: [] },
    },
    {
      when: { all: [{ path: ["/api", "/api/*"] }, { pathRegex: "^/api$" }] },
      handler: { type: "redirect", to: "/api/", status: 301 },
    },
    {
      when: { path: ["/api", "/api/*"] },
      handler: { type: "proxy", upstream: "source-4", mount: "/api", preserveHost: false },
      requestHeaders: { set: { "X-Real-IP": "${client}", "X-Forwarded-SSL": "off" } },
    },
    { handler: FILES },
  ]);
  expect(outcomes(made.report)).toMatchObject({ "9": "carried", "16": "left" });
});

it("asks for client certificates where Cherokee demands them, and spreads requests as it does", () => {
  const site = `server!bind!1!port = 443
server!bind!1!tls = 1
server!ipv6 = 0
source!1!host = 10.0.0.1:80
source!2!host = 10.0.0.2:80
vserver!1!document_root = /srv
vserver!1!ssl_certificate_file = /etc/ssl/a.pem
vserver!1!ssl_certificate_key_file = /etc/ssl/a.key
vserver!1!ssl_client_certs = require
vserver!1!rule!1!match = default
vserver!1!rule!1!handler = proxy
vserver!1!rule!1!handler!balancer = failover
vserver!1!rule!1!handler!balancer!source!1 = 1
vserver!1!rule!1!handler!balancer!source!2 = 2`;
  const closed = { handler: { type: "error", status: 403 } };
  const { config } = imported(`${site}\nvserver!1!ssl_ca_list_file = /etc/ssl/ca.pem`);
  expect(config.listeners).toEqual([
    { name: "https-443", address: "0.0.0.0", port: 443, tls: { clientCertificates: { ca: "/etc/ssl/ca.pem" } } },
  ]);
  const when = { all: [{ tls: true }, { not: { clientCertificate: true } }] };
  expect(config.virtualHosts[0]?.rules[0]).toEqual({ when, ...closed });
  expect(config.upstreams).toEqual({
    "source-1": { targets: ["http://10.0.0.1:80", { url: "http://10.0.0.2:80", backup: true }] },
  });
  // Without a CA nobody could be told from anybody else.
  expect(imported(site).config.virtualHosts[0]?.rules[0]).toEqual(closed);
});

it("keeps what a rule that is not final says first, and protects what rules below answer", () => {
  const protectedFirst = rules(
    "9!match = directory",
    "9!match!directory = /admin",
    "9!match!final = 0",
    "9!allow_from = 10.0.0.0/255.0.0.0,::1",
    "8!match = extensions",
    "8!match!extensions = php",
    "8!match!final = 0",
    "8!handler = fcgi",
    "8!handler!balancer!source!1 = 1",
    "2!match = directory",
    "2!match!directory = /staff",
    "2!auth = htpasswd",
    "2!auth!realm = Staff",
    "2!auth!passwdfile = /etc/users",
    "2!handler = common",
    ...DEFAULT,
    "source!1!host = 127.0.0.1:9000",
  ).rules;
  const php = { pathRegex: "\\.(?:php)(?:/|$)" };
  const staff = { path: ["/staff", "/staff/*"] };
  const auth = { type: "basic", realm: "Staff", file: "/etc/users" };
  const script = { type: "fastcgi", upstream: "source-1", root: "/srv", extensions: ["php"], index: [] };
  expect(protectedFirst).toEqual([
    {
      when: { all: [{ path: ["/admin", "/admin/*"] }, { not: { from: ["10.0.0.0/8", "::1"] } }] },
      handler: { type: "error", status: 403 },
    },
    expect.objectContaining({ handler: { type: "redirect", to: "/staff/", status: 301 } }),
    { when: { all: [php, staff] }, handler: script, auth },
    { when: php, handler: script },
    { when: staff, handler: FILES, auth },
    { handler: FILES },
  ]);
});

it("writes redirects and rewrites in their order, and 500 where none fits", () => {
  const made = rules(
    "9!match = directory",
    "9!match!directory = /old",
    "9!handler = redir",
    "9!handler!rewrite!1!show = 1",
    "9!handler!rewrite!1!regex = ^/a/(.*)$",
    "9!handler!rewrite!1!substring = https://${host}/$1",
    "9!handler!rewrite!2!show = 0",
    "9!handler!rewrite!2!regex = b(.)",
    "9!handler!rewrite!2!substring = $1.php",
    ...DEFAULT,
  ).rules;
  const when = { path: ["/old", "/old/*"] };
  expect(made.slice(1)).toEqual([
    {
      when: { all: [when, { urlRegex: "^/old/a/(.*)$" }] },
      handler: { type: "redirect", to: "https://${host}/$1", regex: "^/old/a/(.*)$", status: 301 },
    },
    { when, handler: { type: "rewrite", to: "/$1.php", regex: "^/old.*?b(.)" } },
    { when, handler: { type: "error", status: 500 } },
    { handler: FILES },
  ]);
});

it("compares requests with their query, in conditions and in redirects", () => {
  const made = rules(
    "9!match = request",
    "9!match!request = ^/([^\\?]*)\\?(.*)$",
    "9!handler = redir",
    "9!handler!rewrite!1!show = 1",
    "9!handler!rewrite!1!substring = /all?path=$1&$2",
    "8!match = request",
    "8!match!request = ^/([^\\?]*)$",
    "8!handler = redir",
    "8!handler!rewrite!1!show = 0",
    "8!handler!rewrite!1!substring = /all?path=$1",
    "7!match = directory",
    "7!match!directory = /list",
    "7!handler = redir",
    "7!handler!rewrite!1!show = 1",
    "7!handler!rewrite!1!regex = ^/a\\?page=(.*)$",
    "7!handler!rewrite!1!substring = /list/$1",
    ...DEFAULT,
  );
  const [withQuery, without] = ["^/([^\\?]*)\\?(.*)$", "^/([^\\?]*)$"];
  const list = { path: ["/list", "/list/*"] };
  expect(made.rules.filter(({ handler }) => handler !== undefined && "regex" in handler)).toEqual([
    {
      when: { urlRegex: withQuery },
      handler: { type: "redirect", to: "/all?path=$1&$2", regex: withQuery, status: 301 },
    },
    { when: { urlRegex: without }, handler: { type: "rewrite", to: "/all?path=$1", regex: without } },
    {
      when: { all: [list, { urlRegex: "^/list/a\\?page=(.*)$" }] },
      handler: { type: "redirect", to: "/list/$1", regex: "^/list/a\\?page=(.*)$", status: 301 },
    },
  ]);
  expect(made.report.filter(({ outcome }) => outcome !== "carried")).toEqual([]);
});

it("looks for countries in the file that this machine has", () => {
  const lines = [
    "vserver!1!document_root = /srv",
    "vserver!1!rule!9!match = geoip",
    "vserver!1!rule!9!match!countries = DE,AT",
    "vserver!1!rule!9!handler = custom_error",
    "vserver!1!rule!9!handler!error = 451",
    ...DEFAULT.map((line) => `vserver!1!rule!${line}`),
  ].join("\n");
  const files = { "/var/lib/GeoIP/GeoLite2-Country.mmdb": "", "/var/lib/GeoIP/GeoLite2-ASN.mmdb": "" };
  const made = importConfig("cherokee", "/c", lines, machineWith(files));
  expect(made).toMatchObject({
    ok: true,
    config: { geoFiles: ["/var/lib/GeoIP/GeoLite2-Country.mmdb"] },
  });
  expect(made.ok && made.config.virtualHosts[0]?.rules[0]).toEqual({
    when: { country: ["DE", "AT"] },
    handler: { type: "error", status: 451 },
  });
});

it("closes what it cannot say, and says so", () => {
  const geo = rules(
    "9!match = geoip",
    "9!match!countries = DE",
    "9!handler = custom_error",
    "9!handler!error = 403",
    ...DEFAULT,
  );
  expect(geo.rules[0]).toEqual({ handler: { type: "error", status: 403 } });
  expect(outcomes(geo.report)["2"]).toBe("closed");

  const narrowed = rules(
    "9!match = and",
    "9!match!left = directory",
    "9!match!left!directory = /intern",
    "9!match!right = header",
    "9!match!right!complete = 1",
    "9!match!right!match = x",
    "9!handler = common",
    ...DEFAULT,
  );
  expect(narrowed.rules).toEqual([
    { when: { path: ["/intern", "/intern/*"] }, handler: { type: "error", status: 403 } },
    { handler: FILES },
  ]);

  const plain = rules(
    "9!match = directory",
    "9!match!directory = /s",
    "9!auth = plain",
    "9!auth!realm = S",
    "9!handler = common",
    ...DEFAULT,
  );
  expect(plain.rules[0]).toEqual({ when: { path: ["/s", "/s/*"] }, handler: { type: "error", status: 403 } });
  expect(plain.report.filter(({ outcome }) => outcome === "closed")).toEqual([
    expect.objectContaining({ line: 4, text: "vserver!1!rule!9!auth = plain" }),
  ]);

  expect(rules("9!match = request", "9!match!request = (\\w)\\1", "9!handler = common", ...DEFAULT).rules[0]).toEqual({
    handler: { type: "error", status: 403 },
  });
});

it("reads files that a file includes, and says where a line is none", () => {
  const files = { "/etc/sites/a": "vserver!1!document_root = /srv\n", "/etc/sites/.b": "nonsense" };
  const { report } = imported("include = /etc/sites\nvserver!1!rule!1!match = default\n", files);
  expect(report.map(({ file, line }) => [file, line])).toEqual([
    ["/etc/cherokee.conf", 1],
    ["/etc/sites/a", 1],
    ["/etc/cherokee.conf", 2],
  ]);
  const fault = importConfig("cherokee", "/c", "server!a = b\n\nnonsense here", machineWith());
  expect(fault).toEqual({ ok: false, file: "/c", line: 3, message: "`nonsense here` is no `KEY = VALUE`" });
});

it("knows a cherokee.conf when it sees one", () => {
  expect(guessFormat("/etc/any", "# mine\nserver!bind!1!port = 80\n")).toBe("cherokee");
  expect(guessFormat("/etc/any", "no configuration\n")).toBeUndefined();
});

const VALUES = [
  "", "0", "1", "2", "80", "70000", "-1", "default", "and", "or", "not", "directory", "extensions", "request", "header",
  "exists", "from", "wildcard", "rehost", "v_or", "target_ip", "common", "file", "redir", "proxy", "fcgi", "uwsgi", "cgi",
  "custom_error", "server_info", "htpasswd", "htdigest", "combined", "error_redir", "time", "max", "add", "del", "GET",
  "/", "/srv", "/a b", "/a*", "//x", "a.example", "*.a.example", "*", "(", "^/(.*)$", "$1", "/$1", "https://x/$2", "10.0.0.1",
  "10.0.0.0/8", "php", "a,b", "X-A", "a\u0000b", "${host}", "é",
] as const; // prettier-ignore
const KEYS = [
  "nick", "document_root", "directory_index", "match", "match!domain!1", "match!regex!1", "match!left", "match!left!domain!1",
  "match!to!1", "ssl_certificate_file", "ssl_certificate_key_file", "hsts", "evhost", "evhost!tpl_document_root", "logger",
  "logger!access!type", "logger!access!filename", "post_max_len", "error_handler", "error_handler!404!url", "unheard!of",
] as const; // prettier-ignore
const RULE_KEYS = [
  "match", "match!final", "match!directory", "match!extensions", "match!request", "match!left", "match!left!directory",
  "match!right", "match!right!from!1", "match!header", "match!match", "match!exists", "match!method", "match!fullpath!1",
  "handler", "handler!error", "handler!url", "handler!rewrite!1!show", "handler!rewrite!1!regex", "handler!rewrite!1!substring",
  "handler!balancer", "handler!balancer!source!1", "handler!script_alias", "handler!env!A", "handler!in_header_add!Host",
  "document_root", "auth", "auth!realm", "auth!passwdfile", "allow_from", "only_secure", "encoder!gzip", "expiration",
  "expiration!time", "header_op!1!type", "header_op!1!header", "header_op!1!value", "rate", "disabled", "unheard",
] as const; // prettier-ignore

function randomLine(random: SeededRandom): string {
  const number = () => random.pick(["1", "2", "3"]);
  const key = random.chance(0.7)
    ? `vserver!${number()}!rule!${number()}!${random.pick(RULE_KEYS)}`
    : random.chance(0.6)
      ? `vserver!${number()}!${random.pick(KEYS)}`
      : random.pick([
          "server!bind!1!port",
          "server!bind!1!tls",
          "server!bind!2!interface",
          "source!1!host",
          "mime!a/b!extensions",
        ]);
  return random.chance(0.002) ? key : `${key} = ${random.pick(VALUES)}`;
}

it("makes a configuration that can serve of anything, and loses no line", () => {
  for (let round = 0; round < repetitions(60, 5000); round += 1) {
    const random = seededRandom(SEED + round);
    const lines = Array.from({ length: 60 }, () => randomLine(random));
    const made = importConfig("cherokee", "/c", lines.join("\n"), machineWith());
    const seed = `SEED=${String(SEED + round)}`;
    if (!made.ok) {
      expect(lines[made.line - 1], seed).not.toContain(" = ");
      continue;
    }
    expect(validateConfig(made.config), seed).toMatchObject({ ok: true });
    expect(
      made.report.map(({ line }) => line),
      seed,
    ).toEqual(lines.map((_line, index) => index + 1));
  }
});
