import { expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import type { ImportLine } from "../../../../../server-agent/contract/importing/import.ts";
import { guessFormat } from "../../../../../server-agent/core/import/guess-format.ts";
import { importConfig } from "../../../../../server-agent/core/import/import-config.ts";
import { machineWith } from "../../../../support/import/surroundings.ts";
import { repetitions, SEED } from "../../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../../support/seeded-random.ts";

function imported(document: unknown): { config: Config; report: ImportLine[] } {
  const made = importConfig("caddy", "/c.json", JSON.stringify(document, null, 1), machineWith());
  if (!made.ok) throw new Error(`${String(made.line)}: ${made.message}`);
  return made;
}

function server(routes: unknown[], listen = ":8080") {
  return { apps: { http: { http_port: 8080, servers: { srv0: { listen: [listen], routes } } } } };
}

function rulesOf(...routes: unknown[]) {
  return imported(server(routes)).config.virtualHosts[0]?.rules;
}

const CLOSED = { type: "error", status: 403 };
const SHOP = { match: [{ host: ["shop.example"] }], terminal: true };
const FILES = { handler: "file_server" };
const ROOT = { handler: "vars", root: "/srv" };

it("gets a certificate for a site and redirects to it, as Caddy does by itself", () => {
  const { config } = imported(server([{ ...SHOP, handle: [ROOT, FILES] }], ":443"));
  expect(config.acme).toEqual({ letsencrypt: { termsAgreed: true } });
  expect(config.listeners.map(({ name, tls }) => [name, tls])).toEqual([
    ["https-443", true],
    ["https-443-ipv6", true],
    ["http-8080", undefined],
    ["http-8080-ipv6", undefined],
  ]);
  expect(config.virtualHosts[0]).toMatchObject({
    hosts: ["shop.example"],
    tls: { acme: "letsencrypt" },
    redirectToHttps: true,
    rules: [{ handler: { type: "file", root: "/srv", index: ["index.html", "index.txt"] } }],
  });
});

it("goes through the routes in order, and holds what a handler says on the way", () => {
  const accounts = [{ username: "bob", password: `$2a$14$${"a".repeat(53)}` }];
  const rules = rulesOf(
    { handle: [ROOT, { handler: "headers", response: { set: { "X-A": ["1"] } } }] },
    {
      match: [{ path: ["/admin/*"] }],
      handle: [{ handler: "authentication", providers: { http_basic: { accounts } } }],
    },
    { match: [{ path: ["*.php"] }], handle: [{ handler: "static_response", status_code: 404 }] },
    {
      match: [{ path: ["/a/*"] }],
      handle: [
        {
          handler: "subroute",
          routes: [{ handle: [{ handler: "rewrite", strip_path_prefix: "/a" }] }, { handle: [FILES] }],
        },
      ],
    },
  );
  expect(rules).toEqual([
    { responseHeaders: { set: { "X-A": "1" } } },
    {
      when: { pathRegex: "(?i)^/admin/.*$" },
      auth: { type: "basic", realm: "restricted", users: { bob: accounts[0]?.password } },
    },
    { when: { pathRegex: "(?i)^.*\\.php$" }, handler: { type: "error", status: 404 } },
    {
      when: { pathRegex: "(?i)^/a/.*$" },
      handler: { type: "file", root: "/srv", mount: "/a", index: ["index.html", "index.txt"] },
    },
    { handler: { type: "respond", status: 200 } },
  ]);
});

it("cuts off a prefix, and judges what follows without it", () => {
  const proxy = { handler: "reverse_proxy", upstreams: [{ dial: "127.0.0.1:1" }] };
  const strip = { handle: [{ handler: "rewrite", strip_path_prefix: "/a" }] };
  const admin = { match: [{ path: ["/admin/*"] }], handle: [{ handler: "error", status_code: 404 }] };
  const php = { match: [{ path_regexp: { pattern: "php$" } }], handle: [proxy] };
  const proxied = { handler: { type: "proxy", upstream: "127.0.0.1", mount: "/a", preserveHost: true } };
  const routes = [strip, admin, php, { handle: [proxy] }];
  const guarded = { match: [{ path: ["/a/*"] }], handle: [{ handler: "subroute", routes }] };
  const below = { pathRegex: "(?i)^/a/.*$" };
  expect(rulesOf(guarded)?.slice(0, 3)).toEqual([
    { when: { all: [below, { pathRegex: "(?i)^/a/admin/.*$" }] }, handler: { type: "error", status: 404 } },
    { when: below, handler: CLOSED },
    { when: below, ...proxied },
  ]);
  const others = { when: { not: { path: ["/a", "/a/*"] } }, handler: CLOSED };
  expect(rulesOf(strip, { handle: [proxy] })).toEqual([others, proxied]);
});

it.each([
  [{ policy: "first" }, { targets: ["http://a:1", { url: "http://b:2", backup: true }] }],
  [
    { policy: "header", field: "X-User" },
    { targets: ["http://a:1", "http://b:2"], balance: { hash: { header: "X-User" } } },
  ],
  [{ policy: "weighted_round_robin", weights: [3, 1] }, { targets: [{ url: "http://a:1", weight: 3 }, "http://b:2"] }],
  [{ policy: "random" }, { targets: ["http://a:1", "http://b:2"] }],
])("spreads requests as Caddy does: %j", (selection_policy, upstream) => {
  const upstreams = [{ dial: "a:1" }, { dial: "b:2" }];
  const proxy = { handler: "reverse_proxy", upstreams, load_balancing: { selection_policy } };
  expect(imported(server([{ ...SHOP, handle: [proxy] }])).config.upstreams).toEqual({ a: upstream });
});

it("closes what it cannot say, and says so", () => {
  const dial = { upstreams: [{ dial: "127.0.0.1:1" }] };
  const proxy = { handler: "reverse_proxy", ...dial };
  expect(rulesOf({ match: [{ expression: "x" }], handle: [proxy] })).toEqual([{ handler: CLOSED }]);
  expect(rulesOf({ match: [{ path: ["/a"], expression: "x" }], handle: [proxy] })?.[0]).toEqual({
    when: { pathRegex: "(?i)^/a$" },
    handler: CLOSED,
  });
  // A root or a prefix that holds for some requests only, and for what follows.
  const some = { match: [{ path: ["/x/*"] }], handle: [{ ...ROOT, root: "/other" }] };
  expect(rulesOf({ handle: [ROOT] }, some, { handle: [FILES] })?.[0]).toEqual({
    when: { pathRegex: "(?i)^/x/.*$" },
    handler: CLOSED,
  });
  // `forward_auth`
  expect(rulesOf({ handle: [{ ...proxy, handle_response: [] }, FILES] })).toEqual([{ handler: CLOSED }]);
  expect(rulesOf({ handle: [{ handler: "crowdsec" }] }, { handle: [ROOT, FILES] })).toEqual([{ handler: CLOSED }]);
  const asking = server([{ ...SHOP, handle: [ROOT, FILES] }], ":443");
  const policies = { tls_connection_policies: [{ client_authentication: { mode: "require" } }] };
  Object.assign(asking.apps.http.servers.srv0, policies);
  expect(imported(asking).config.virtualHosts[0]?.rules).toEqual([{ handler: CLOSED }]);
});

it("names each value by its place and line", () => {
  const { report } = imported(server([{ handle: [ROOT, FILES] }]));
  expect(report.map(({ line, text }) => `${String(line)} ${text}`)).toContain(
    '15 /apps/http/servers/srv0/routes/0/handle/0/root: "/srv"',
  );
  expect(importConfig("caddy", "/c", "localhost\n", machineWith())).toMatchObject({ ok: false, line: 1 });
  expect(guessFormat("/etc/any", '{"apps":{}}')).toBe("caddy");
});

const SCALARS: readonly [unknown, ...unknown[]] = ["", "/srv", "/x{http.request.uri}", "subroute", "file_server", "reverse_proxy", "static_response", "rewrite", "vars", "a b", 0, 200, 404, 99999, true, null]; // prettier-ignore
const KEYS = ["handler", "root", "uri", "match", "handle", "routes", "host", "path", "status_code", "body", "upstreams", "dial", "listen", "not", "file", "try_files", "group", "headers", "response", "set", "unheard"] as const; // prettier-ignore

function randomValue(random: SeededRandom, depth: number): unknown {
  if (depth === 0 || random.chance(0.3)) return random.pick(SCALARS);
  const count = Math.floor(random.next() * 3) + 1;
  const values = () => Array.from({ length: count }, () => randomValue(random, depth - 1));
  return random.chance(0.5) ? values() : Object.fromEntries(values().map((value) => [random.pick(KEYS), value]));
}

function leavesOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + leavesOf(each), 0);
}

it("makes a configuration that can serve of anything, and loses no value", () => {
  for (let round = 0; round < repetitions(60, 4000); round += 1) {
    const random = seededRandom(SEED + round);
    const route = () => ({
      match: [{ host: ["a.example"] }],
      handle: [
        { handler: "subroute", routes: [randomValue(random, 4), randomValue(random, 4)] },
        randomValue(random, 3),
      ],
    });
    const document = server([route(), { handle: [randomValue(random, 4)] }]);
    const seed = `SEED=${String(SEED + round)}`;
    const { config, report } = imported(document);
    expect(validateConfig(config), seed).toMatchObject({ ok: true });
    expect(report.length, seed).toBe(leavesOf(document));
  }
});
