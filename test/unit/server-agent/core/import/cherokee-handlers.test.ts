import { expect, it } from "vitest";
import { CLOSED, DEFAULT, FILES, imported, rules, said } from "../../../../support/import/cherokee.ts";

const PHP = { pathRegex: "\\.(?:php)(?:/|$)" };
const APPLICATION = [
  "9!handler!balancer = round_robin",
  "9!handler!balancer!source!1 = 1",
  "source!1!host = 127.0.0.1:4000",
];

it("runs programs of a folder whatever they are called, and one program for all paths of another", () => {
  const folder = rules(
    "9!match = directory",
    "9!match!directory = /cgi-bin",
    "9!document_root = /usr/lib/cgi-bin",
    "9!handler = cgi",
    ...DEFAULT,
  );
  expect(folder.rules[1]).toEqual({
    when: { path: ["/cgi-bin", "/cgi-bin/*"] },
    handler: { type: "cgi", root: "/usr/lib/cgi-bin", mount: "/cgi-bin", extensions: ["*"], index: [] },
  });

  const alias = rules(
    "9!match = directory",
    "9!match!directory = /git",
    "9!handler = cgi",
    "9!handler!script_alias = /usr/lib/git/backend",
    ...DEFAULT,
  );
  const when = { path: ["/git", "/git/*"] };
  expect(alias.rules.slice(1, 3)).toEqual([
    {
      when: { all: [when, { not: { path: ["/git/backend", "/git/backend/*"] } }] },
      handler: { type: "rewrite", to: "/git/backend$1", regex: "(?s)^/git(.*)$" },
    },
    { when, handler: { type: "cgi", root: "/usr/lib/git", mount: "/git", extensions: ["*"], index: [] } },
  ]);
  expect(said(alias.report, "script_alias")?.notes).toContain("whose `SCRIPT_NAME` is `/git/backend`");

  const byExtension = rules(
    "9!match = extensions",
    "9!match!extensions = pl",
    "9!handler = cgi",
    "9!handler!script_alias = /usr/bin/perl",
    ...DEFAULT,
  );
  expect(byExtension.rules[0]?.handler).toEqual({
    type: "cgi",
    root: "/srv",
    extensions: ["pl"],
    interpreter: "/usr/bin/perl",
  });
});

it("gives an SCGI application every path of its folder, as no file is looked for", () => {
  const made = rules(
    "9!match = directory",
    "9!match!directory = /trac",
    "9!handler = scgi",
    ...APPLICATION,
    ...DEFAULT,
  );
  expect(made.rules[1]?.handler).toEqual({ type: "scgi", upstream: "source-1", mount: "/trac" });
});

it("tells applications the visitor's address and TLS as Cherokee does, over what a visitor says", () => {
  const proxy = ["9!match = default", "9!handler = proxy", "9!handler!in_header_add!X-Mine = 1", ...APPLICATION];
  const handler = { type: "proxy", upstream: "source-1", preserveHost: false };
  const told = (ssl: string) => ({
    set: { "X-Real-IP": "${client}", "X-Forwarded-SSL": ssl },
    add: { "X-Mine": "1" },
  });
  expect(rules(...proxy).rules).toEqual([{ handler, requestHeaders: told("off") }]);
  const tls = ["server!bind!1!port = 443", "server!bind!1!tls = 1"];
  const site = ["vserver!1!ssl_certificate_file = /a.pem", "vserver!1!ssl_certificate_key_file = /a.key"];
  const lines = [
    ...proxy.map((line) => (line.startsWith("source") ? line : `vserver!1!rule!${line}`)),
    ...tls,
    ...site,
  ];
  expect(imported(lines.join("\n")).config.virtualHosts[0]?.rules).toEqual([
    { when: { tls: true }, handler, requestHeaders: told("on") },
    { handler, requestHeaders: told("off") },
  ]);
});

it("trusts the proxies that Cherokee trusts, and never all visitors", () => {
  const handler = ["9!match = default", "9!handler = scgi", ...APPLICATION, "9!handler!x_real_ip_enabled = 1"];
  const { config, report } = imported(
    [
      ...handler.map((line) => (line.startsWith("source") ? line : `vserver!1!rule!${line}`)),
      "vserver!1!rule!9!handler!x_real_ip_access = 10.0.0.1,192.168.0.0/16",
      "vserver!1!logger = combined",
      "vserver!1!logger!x_real_ip_enabled = 1",
      "vserver!1!logger!x_real_ip_access_all = 1",
    ].join("\n"),
  );
  expect(config.trustedProxies).toEqual(["10.0.0.1", "192.168.0.0/16"]);
  expect(said(report, "handler!x_real_ip_access")?.outcome).toBe("changed");
  expect(said(report, "x_real_ip_access_all")).toEqual({
    outcome: "left",
    notes: "any visitor could name another address; name your proxies in `trustedProxies`",
  });
});

it("asks for a script where a condition can, and never sends its source where none can", () => {
  const php = ["8!match = extensions", "8!match!extensions = php", "8!match!check_local_file = 1", "8!handler = fcgi"];
  const behind = [...php, "8!handler!balancer!source!1 = 1", ...DEFAULT, "source!1!host = 127.0.0.1:9000"];
  const script = { type: "fastcgi", upstream: "source-1", extensions: ["php"], index: [] };
  const plain = { when: { all: [PHP, { exists: "/srv{path}" }] }, handler: { ...script, root: "/srv" } };
  const tool = { path: ["/tool", "/tool/*"] };

  // A folder of its own, as of an application that comes with the system.
  const mounted = rules(
    "9!match = directory",
    "9!match!directory = /tool",
    "9!match!final = 0",
    "9!document_root = /usr/share/tool",
    ...behind,
  );
  expect(mounted.rules).toEqual([
    { when: { all: [tool, PHP] }, handler: { ...script, root: "/usr/share/tool", mount: "/tool" } },
    { when: tool, handler: { ...FILES, root: "/usr/share/tool", mount: "/tool" } },
    plain,
    { handler: FILES },
  ]);
  expect(said(mounted.report, "check_local_file")?.outcome).toBe("changed");

  const lines = behind.map((line) => (line.startsWith("source") ? line : `vserver!1!rule!${line}`));
  const byHost = ["vserver!1!document_root = /srv", "vserver!1!evhost!tpl_document_root = /srv/${domain}", ...lines];
  const { config, report } = imported(byHost.join("\n"));
  expect(config.virtualHosts[0]?.rules[0]).toEqual({ when: PHP, handler: CLOSED });
  expect(said(report, "tpl_document_root")?.notes).toContain("a host without such a folder gets 404");

  const exists = ["8!match = exists", "8!match!match_any = 1", "8!handler = common"];
  const inFolder = rules(
    "9!match = directory",
    "9!match!directory = /tool",
    "9!match!final = 0",
    "9!document_root = /usr/share/tool",
    ...exists,
    ...DEFAULT,
  );
  expect(inFolder.rules[0]).toEqual({ when: tool, handler: CLOSED });
});

it("lists no folder whose names Cherokee hides", () => {
  const hidden = ["1!match = default", "1!handler!hidden_files = secret.txt,drafts"];
  const common = rules(...hidden, "1!handler = common");
  expect(common.rules).toEqual([{ handler: { ...FILES, type: "file" } }]);
  expect(said(common.report, "hidden_files")).toEqual({
    outcome: "closed",
    notes: "folders are not listed: the list would show secret.txt, drafts",
  });
  expect(rules(...hidden, "1!handler = dirlist").rules).toEqual([{ handler: CLOSED }]);
});

it("adds and removes header fields one after the other", () => {
  const operation = (number: number, type: string, header: string, value = "1") => [
    `1!header_op!${String(number)}!type = ${type}`,
    `1!header_op!${String(number)}!header = ${header}`,
    ...(type === "add" ? [`1!header_op!${String(number)}!value = ${value}`] : []),
  ];
  const made = rules(
    ...DEFAULT,
    ...operation(1, "add", "X-Gone"),
    ...operation(2, "del", "x-gone"),
    ...operation(3, "del", "X-Kept"),
    ...operation(4, "add", "X-Kept", "a"),
    ...operation(5, "add", "X-Kept", "b"),
  );
  expect(made.rules[0]?.responseHeaders).toEqual({ add: { "X-Kept": ["a", "b"] }, remove: ["x-gone", "X-Kept"] });
});

it("closes a redirect with more groups than have a name, and says of which files the type is not known", () => {
  const many = rules(
    "9!match = directory",
    "9!match!directory = /old",
    "9!handler = redir",
    "9!handler!rewrite!1!show = 1",
    "9!handler!rewrite!1!regex = ^/(.)(.)(.)(.)(.)(.)(.)(.)(.)(.)$",
    "9!handler!rewrite!1!substring = /new/$10",
    ...DEFAULT,
  );
  expect(many.rules[1]?.handler).toEqual(CLOSED);
  expect(said(many.report, "substring")).toMatchObject({ outcome: "closed" });
  const types = imported("vserver!1!document_root = /srv\nmime!application/x-pack!extensions = pack,pack.old");
  expect(said(types.report, "x-pack")).toMatchObject({
    outcome: "changed",
    notes: expect.stringContaining("pack.old") as string,
  });
});

it("lets in some users of a file as it names them, and says who cannot log in", () => {
  const site = (...lines: string[]) =>
    ["vserver!1!document_root = /srv", ...[...lines, ...DEFAULT].map((line) => `vserver!1!rule!${line}`)].join("\n");
  const file = "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\nbob:{SHA}x=\n# eve:x\nold:CqQ1b2\n";
  const asks = [
    "9!match = directory",
    "9!match!directory = /s",
    "9!auth = htpasswd",
    "9!auth!realm = S",
    "9!handler = file",
  ];
  const some = imported(site(...asks, "9!auth!passwdfile = /users", "9!auth!users = ann,old"), { "/users": file });
  const authOf = ({ config }: typeof some) =>
    config.virtualHosts[0]?.rules.find(({ auth }) => auth !== undefined)?.auth;
  expect(authOf(some)).toEqual({ type: "basic", realm: "S", users: { ann: "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=" } });
  expect(said(some.report, "auth!users")?.notes).toContain("without `old`, of whom it has no hash that is known here");

  const all = imported(site(...asks, "9!auth!passwdfile = /users"), { "/users": file });
  expect(authOf(all)).toEqual({ type: "basic", realm: "S", file: "/users" });
  expect(said(all.report, "passwdfile")).toEqual({
    outcome: "changed",
    notes: "`old` cannot log in: set these passwords anew with `htpasswd -B`",
  });

  const digest = [
    ...asks.map((line) => line.replace("htpasswd", "htdigest")),
    "9!auth!methods = digest",
    "9!auth!passwdfile = /digests",
    "9!auth!users = ann",
  ];
  const digests = { "/digests": `ann:Other:0\nann:S:${"0123".repeat(8)}\nbob:S:${"4567".repeat(8)}\n` };
  expect(authOf(imported(site(...digest), digests))).toEqual({
    type: "digest",
    realm: "S",
    users: { ann: "0123".repeat(8) },
    algorithm: "MD5",
  });
  // A file that cannot be read here tells of nobody.
  expect(authOf(imported(site(...digest)))).toBeUndefined();
});
