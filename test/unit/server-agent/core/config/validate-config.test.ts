import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { compileConfig, matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { CATCH_ALL, configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";
import { repetitions } from "../../../../support/repetitions.ts";

const GOOD: Config = {
  listeners: [
    { name: "http", address: "127.0.0.1", port: 8080 },
    { name: "staff", address: "::1", port: 8080 },
    { name: "free", address: "127.0.0.1", port: 0 },
    { name: "free-too", address: "127.0.0.1", port: 0 },
  ],
  trustedProxies: ["10.0.0.0/8", "::1"],
  upstreams: { "shop-app": { targets: ["http://127.0.0.1:3000", "http://[::1]:3001/", "http://app.internal"] } },
  virtualHosts: [
    {
      id: "shop-copycat",
      copycatOf: "shop",
      hosts: ["shop.example.com", "www.shop.example.com"],
      when: {
        not: {
          any: [
            { path: ["/healthz", "/.well-known/acme-challenge/*"] },
            { from: ["10.0.0.0/8"] },
            { listener: "staff" },
          ],
        },
      },
      rules: [{ handler: { type: "maintenance", page: "default", retryAfter: 1800 } }],
    },
    {
      id: "shop",
      hosts: ["shop.example.com", "www.shop.example.com", "*.shop.example.com", "~^shop\\d+\\."],
      rules: [
        { when: { path: ["/static/*"] }, handler: { type: "file", root: "/srv/shop/static" } },
        {
          when: { path: "/old/*" },
          handler: { type: "redirect", regex: "^/old/(\\w+)/(.*)$", to: "https://${host}/$2?from=$1" },
        },
        { when: { path: "/plain" }, handler: { type: "redirect", to: "${path}/", status: 308 } },
        { handler: { type: "proxy", upstream: "shop-app" } },
      ],
      errorPages: { "404": "/srv/shop/404.html" },
      accessLog: "/var/log/shop.log",
    },
    {
      id: "off",
      hosts: ["off.example.com"],
      disabled: true,
      rules: [{ handler: { type: "respond", headers: { "Content-Type": "text/plain" }, body: "hi" } }],
    },
    CATCH_ALL,
  ],
};

const PHP = { type: "fastcgi", upstream: "shop-app", root: "/srv/www" };

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The good document with one value replaced, added or (undefined) removed. */
function withValue(pointer: string, value: Json | undefined): unknown {
  const copy = JSON.parse(JSON.stringify(GOOD)) as Json;
  const keys = pointer.split("/").slice(1);
  const last = keys.pop() ?? "";
  const parent = keys.reduce<Json>((at, key) => (at as Record<string, Json>)[key] ?? null, copy) as Record<
    string,
    Json
  >;
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}

function problemsOf(document: unknown) {
  const result = validateConfig(document);
  return result.ok ? [] : result.problems;
}

describe("a document", () => {
  it("that can serve is returned as it is", () => {
    const result = validateConfig(GOOD);
    expect(result).toEqual({ ok: true, config: GOOD });
    expect(result.ok && JSON.stringify(result.config)).toBe(JSON.stringify(GOOD));
  });

  it("may have rules and virtual hosts that no request reaches", () => {
    const site = virtualHostOf("a", ["a.example.com"], {
      rules: [{ handler: { type: "drop" } }, { handler: { type: "drop" } }],
    });
    expect(validateConfig(configOf([site, virtualHostOf("b", ["a.example.com"])])).ok).toBe(true);
  });

  const shop = "/virtualHosts/1";
  it.each<[string, Json | undefined, string, string, string]>([
    // Form
    ["/listeners", undefined, "/listeners", "schema.missing", "`listeners` is missing; add a list"],
    ["/listeners", [], "/listeners", "listener.none", "add at least one listener"],
    ["/listeners/0/port", undefined, "/listeners/0/port", "schema.missing", "add a number"],
    ["/listeners/0/port", "80", "/listeners/0/port", "schema.type", "must be a number, not the text `80`"],
    ["/listeners/0/port", 80.5, "/listeners/0/port", "schema.type", "must be a whole number"],
    ["/listeners/0/port", 65536, "/listeners/0/port", "schema.value", "at most 65535"],
    ["/listeners/0/port", -1, "/listeners/0/port", "schema.value", "at least 0"],
    ["/listners", [], "/listners", "schema.unknown-key", "did you mean `listeners`?"],
    ["/listeners/0/adress", "x", "/listeners/0/adress", "schema.unknown-key", "did you mean `address`?"],
    ["/listeners/0/zzz", 1, "/listeners/0/zzz", "schema.unknown-key", "known here: `name`, `address`, `port`"],
    [`${shop}/rules/0/when/pth`, "/x", `${shop}/rules/0/when/pth`, "schema.unknown-key", "did you mean `path`?"],
    [
      `/virtualHosts/0/when/not/any/0/hedaer`,
      {},
      "/virtualHosts/0/when/not/any/0/hedaer",
      "schema.unknown-key",
      "did you mean `header`?",
    ],
    [
      `${shop}/rules/3/handler/upstrem`,
      "x",
      `${shop}/rules/3/handler/upstrem`,
      "schema.unknown-key",
      "did you mean `upstream`?",
    ],
    [
      "/virtualHosts/0/rules/0/handler/page",
      { titel: "x" },
      "/virtualHosts/0/rules/0/handler/page/titel",
      "schema.unknown-key",
      "did you mean `title`?",
    ],
    [
      "/virtualHosts/0/rules/0/handler/page",
      { title: 5 },
      "/virtualHosts/0/rules/0/handler/page/title",
      "schema.type",
      "must be text, not `5`",
    ],
    [
      `${shop}/rules/0/when`,
      { header: { a: ["x", 5] } },
      `${shop}/rules/0/when/header/a/1`,
      "schema.type",
      "`a`, entry 2, must be text, not `5`",
    ],
    [
      "/virtualHosts/0/rules/0/handler/page",
      "mine",
      "/virtualHosts/0/rules/0/handler/page",
      "schema.type",
      "must be `default` or an object",
    ],
    [
      "/virtualHosts/0/rules/0/handler/retryAfter",
      "soon",
      "/virtualHosts/0/rules/0/handler/retryAfter",
      "schema.type",
      "must be a number or `end`",
    ],
    [
      "/virtualHosts/0/rules/0/handler/retryAfter",
      -5,
      "/virtualHosts/0/rules/0/handler/retryAfter",
      "schema.value",
      "at least 0",
    ],
    [
      "/virtualHosts/0/rules/0/handler/retryAfter",
      "end",
      "/virtualHosts/0/rules/0/handler/retryAfter",
      "schema.value",
      "`end` needs `until`",
    ],
    [
      "/virtualHosts/0/rules/0/handler/until",
      "tomorrow",
      "/virtualHosts/0/rules/0/handler/until",
      "schema.value",
      "2026-01-31T22:00:00Z",
    ],
    [
      "/virtualHosts/0/rules/0/handler/root",
      "/srv",
      "/virtualHosts/0/rules/0/handler/root",
      "schema.value",
      "either `page` or `root`",
    ],
    [`${shop}/rules/0/handler/type`, "fiel", `${shop}/rules/0/handler/type`, "schema.value", "did you mean `file`?"],
    [
      `${shop}/rules/0/handler`,
      {},
      `${shop}/rules/0/handler/type`,
      "schema.missing",
      "add one of `maintenance`, `error`",
    ],
    [`${shop}/rules/0/handler/root`, "srv", `${shop}/rules/0/handler/root`, "schema.value", "must start with `/`"],
    [
      `${shop}/rules/2/handler/status`,
      304,
      `${shop}/rules/2/handler/status`,
      "schema.type",
      "must be `301`, `302`, `303`, `307` or `308`",
    ],
    [`${shop}/rules/0/when`, {}, `${shop}/rules/0/when`, "schema.value", "remove it to match every request"],
    [`${shop}/rules/0/when`, { path: 3 }, `${shop}/rules/0/when/path`, "schema.type", "must be text or a list"],
    [
      `${shop}/rules/0/when`,
      { path: ["/a", "b"] },
      `${shop}/rules/0/when/path/1`,
      "schema.value",
      "`path`, entry 2, must start with `/`",
    ],
    [`${shop}/rules/0/when`, { method: "get" }, `${shop}/rules/0/when/method`, "schema.value", "in upper case"],
    [
      `${shop}/rules/0/when`,
      { header: { a: 5 } },
      `${shop}/rules/0/when/header/a`,
      "schema.type",
      "must be `true`, text or a list",
    ],
    [`${shop}/rules/0/when`, { header: {} }, `${shop}/rules/0/when/header`, "schema.value", "name at least one field"],
    [`${shop}/rules/0/when`, { share: 2 }, `${shop}/rules/0/when/share`, "schema.value", "less than 1"],
    [`${shop}/hosts`, [], `${shop}/hosts`, "schema.value", "at least one entry"],
    [`${shop}/hosts/1`, "", `${shop}/hosts/1`, "schema.value", "`hosts`, entry 2, must not be empty"],
    [`${shop}/id`, "my shop", `${shop}/id`, "schema.value", "letters, digits, dot, dash"],
    [`${shop}/errorPages`, { "200": "/x" }, `${shop}/errorPages/200`, "schema.value", "use a status from 400 to 599"],
    [`${shop}/errorPages`, { "404": "x" }, `${shop}/errorPages/404`, "schema.value", "must start with `/`"],
    [
      "/upstreams",
      { "a b": { targets: ["http://x:1"] } },
      "/upstreams/a b",
      "schema.value",
      "letters, digits, dot, dash",
    ],
    ["/upstreams/shop-app/targets/0", "ftp://x", "/upstreams/shop-app/targets/0", "schema.value", "http://host:port"],
    // Meaning
    ["/listeners/1/name", "http", "/listeners/1/name", "listener.duplicate-name", "taken by listener 1"],
    ["/listeners/1/address", "127.0.0.1", "/listeners/1", "listener.duplicate-address", "port 8080 already"],
    ["/listeners/0/address", "0:0:0:0:0:0:0:1", "/listeners/1", "listener.duplicate-address", "port 8080 already"],
    ["/listeners/0/address", "localhost", "/listeners/0/address", "listener.address", "`127.0.0.1` or `::1`"],
    ["/listeners/1/address", "[::1]", "/listeners/1/address", "listener.address", "without brackets"],
    ["/trustedProxies/0", "10.0.0.0/33", "/trustedProxies/0", "address.malformed", "write it like"],
    [
      "/upstreams/shop-app/targets/0",
      "http://x:99999",
      "/upstreams/shop-app/targets/0",
      "upstream.target",
      "from 1 to 65535",
    ],
    [
      "/upstreams/shop-app/targets/0",
      "http://a b:80",
      "/upstreams/shop-app/targets/0",
      "upstream.target",
      "http://host:port",
    ],
    [
      "/upstreams/shop-app/targets",
      ["http://x:1", "fcgi://x:1"],
      "/upstreams/shop-app/targets/1",
      "upstream.protocols",
      "speaks fcgi, the first target http",
    ],
    [`${shop}/rules/3/handler`, PHP, `${shop}/rules/3/handler/upstream`, "upstream.protocol", "needs fcgi"],
    [
      "/upstreams/shop-app/targets",
      ["fcgi://x:1"],
      `${shop}/rules/3/handler/upstream`,
      "upstream.protocol",
      "needs http",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, upstream: "php" },
      `${shop}/rules/3/handler/upstream`,
      "upstream.unknown",
      "fcgi://",
    ],
    [
      `${shop}/rules/3/handler`,
      { type: "fastcgi", upstream: "shop-app", fallback: "/x.php" },
      `${shop}/rules/3/handler/fallback`,
      "application.root",
      "name it in `root`",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, fallback: "/x.txt" },
      `${shop}/rules/3/handler/fallback`,
      "application.fallback",
      "is no script",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, fallback: "/../x.php" },
      `${shop}/rules/3/handler/fallback`,
      "application.fallback",
      "below `root`",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, params: { HTTP_PROXY: "x" } },
      `${shop}/rules/3/handler/params/HTTP_PROXY`,
      "application.param",
      "remove it",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, params: { A: "\0" } },
      `${shop}/rules/3/handler/params/A`,
      "application.param",
      "NUL",
    ],
    [
      `${shop}/rules/3/handler`,
      { ...PHP, params: { "A-B": "" } },
      `${shop}/rules/3/handler/params/A-B`,
      "schema.value",
      "name of a variable",
    ],
    [`${shop}/id`, "off", "/virtualHosts/2/id", "virtual-host.duplicate-id", "taken by virtual host 2"],
    [
      "/virtualHosts/0/copycatOf",
      "shopp",
      "/virtualHosts/0/copycatOf",
      "virtual-host.unknown-original",
      "did you mean `shop`?",
    ],
    [
      "/virtualHosts/0/copycatOf",
      "shop-copycat",
      "/virtualHosts/0/copycatOf",
      "virtual-host.copycat-of-itself",
      "its own copycat",
    ],
    [
      "/virtualHosts/3/hosts",
      ["x.example.com"],
      "/virtualHosts/3/hosts",
      "virtual-host.no-catch-all",
      '"hosts": ["*"]',
    ],
    [
      "/virtualHosts/3/hosts",
      ["*", "x.example.com"],
      "/virtualHosts/3/hosts",
      "virtual-host.no-catch-all",
      '"hosts": ["*"]',
    ],
    [
      "/virtualHosts/3/when",
      { path: "/x" },
      "/virtualHosts/3/when",
      "virtual-host.catch-all-condition",
      "remove `when`",
    ],
    [
      "/virtualHosts/3/disabled",
      true,
      "/virtualHosts/3/disabled",
      "virtual-host.catch-all-disabled",
      "remove `disabled`",
    ],
    [`${shop}/hosts/1`, "*", `${shop}/hosts/1`, "virtual-host.early-catch-all", "only the last virtual host"],
    [`${shop}/hosts/1`, "http://x.example.com", `${shop}/hosts/1`, "host.scheme", "`x.example.com`"],
    [`${shop}/hosts/3`, "~(", `${shop}/hosts/3`, "host.regex", "does not compile"],
    [`${shop}/rules/0/when`, { share: 0.5 }, `${shop}/rules/0/when/share`, "condition.not-yet", "meanwhile use"],
    [
      `${shop}/rules/0/when`,
      { listener: ["admin"] },
      `${shop}/rules/0/when/listener/0`,
      "listener.unknown",
      "`http`, `staff`, `free` or `free-too`",
    ],
    [
      `${shop}/rules/3/handler/upstream`,
      "shop-ap",
      `${shop}/rules/3/handler/upstream`,
      "upstream.unknown",
      "did you mean `shop-app`?",
    ],
    [
      `${shop}/rules/3/handler/upstream`,
      "constructor",
      `${shop}/rules/3/handler/upstream`,
      "upstream.unknown",
      "use `shop-app`",
    ],
    [`${shop}/rules/1/handler/regex`, "(", `${shop}/rules/1/handler/regex`, "regex.invalid", "does not compile"],
    [
      `${shop}/rules/1/handler/to`,
      "/$3",
      `${shop}/rules/1/handler/to`,
      "redirect.group",
      "`$3` does not exist: `regex` has 2 groups",
    ],
    [`${shop}/rules/2/handler/to`, "/$1", `${shop}/rules/2/handler/to`, "redirect.group", "add one with a group"],
    [
      `${shop}/rules/2/handler/to`,
      "/x${uri}",
      `${shop}/rules/2/handler/to`,
      "redirect.placeholder",
      "use `${host}`, `${path}` or `${query}`",
    ],
    [
      `${shop}/rules/2/handler/to`,
      "javascript:alert(1)",
      `${shop}/rules/2/handler/to`,
      "redirect.target",
      "a `javascript:` address",
    ],
    [`${shop}/rules/2/handler/to`, "//evil.example", `${shop}/rules/2/handler/to`, "redirect.target", "another site"],
    [
      `${shop}/rules/2/handler/to`,
      "/${path}",
      `${shop}/rules/2/handler/to`,
      "redirect.target",
      "starts with a slash already",
    ],
    [`${shop}/rules/2/handler/to`, "/\\evil.example", `${shop}/rules/2/handler/to`, "redirect.target", "backslash"],
    [
      `${shop}/rules/2/handler/to`,
      "/a\r\nSet-Cookie: x",
      `${shop}/rules/2/handler/to`,
      "redirect.target",
      "control character",
    ],
    [`${shop}/rules/2/handler/to`, "new", `${shop}/rules/2/handler/to`, "redirect.target", "absolute path"],
    [`${shop}/rules/3/handler/mount`, "/a/../b", `${shop}/rules/3/handler/mount`, "proxy.path", "dot segments"],
    [`${shop}/rules/3/handler/mount`, "/a/", `${shop}/rules/3/handler/mount`, "schema.value", "without a slash"],
    [
      `${shop}/rules/3/handler/upstreamPath`,
      "/a/%2e%2E",
      `${shop}/rules/3/handler/upstreamPath`,
      "proxy.path",
      "where they lead",
    ],
    ...["/a?b", "/a b", "/ä", "/a//b", "/a%2", "a"].map((path): [string, string, string, string, string] => [
      `${shop}/rules/3/handler/upstreamPath`,
      path,
      `${shop}/rules/3/handler/upstreamPath`,
      "schema.value",
      "percent-encoded",
    ]),
    [`${shop}/accessLog`, "/var/\0log", `${shop}/accessLog`, "file.name", "NUL"],
    [
      "/virtualHosts/2/rules/0/handler/headers",
      { "Content-Length": "3" },
      "/virtualHosts/2/rules/0/handler/headers/Content-Length",
      "handler.framing-header",
      "remove it",
    ],
    [
      "/virtualHosts/2/rules/0/handler/headers",
      { "a b": "3" },
      "/virtualHosts/2/rules/0/handler/headers/a b",
      "schema.value",
      "not a header name",
    ],
    [
      "/virtualHosts/2/rules/0/handler/headers",
      { a: "b\nc" },
      "/virtualHosts/2/rules/0/handler/headers/a",
      "schema.value",
      "not a header value",
    ],
  ])("with %s = %j is refused at %s as %s", (pointer, value, path, code, message) => {
    expect(problemsOf(withValue(pointer, value))).toContainEqual({
      path,
      code,
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([null, undefined, 5, "text", [], true])("that is %j is refused as a whole", (document) => {
    expect(problemsOf(document)[0]?.path).toBe("");
  });

  it("names all problems at once", () => {
    const bad = {
      ...GOOD,
      listeners: [{ name: "http", address: "nowhere", port: 1 }],
      virtualHosts: [virtualHostOf("a", ["x:1"]), virtualHostOf("a", ["ok.example.com"])],
    };
    expect(problemsOf(bad).map(({ code }) => code)).toEqual([
      "listener.address",
      "virtual-host.duplicate-id",
      "virtual-host.no-catch-all",
      "host.port",
    ]);
  });

  it("with the key __proto__ is refused anywhere", () => {
    for (const text of [
      '{"__proto__":{"listeners":[]}}',
      '{"listeners":[{"__proto__":1}]}',
      '{"virtualHosts":[{"when":{"header":{"__proto__":true}}}]}',
    ]) {
      expect(problemsOf(JSON.parse(text))).toEqual([
        expect.objectContaining({
          code: "document.reserved-key",
          path: expect.stringMatching(/\/__proto__$/) as string,
        }),
      ]);
    }
  });

  it("cannot exhaust the stack", () => {
    for (const levels of [65, 1000, 200_000]) {
      let nested: unknown = { path: "/x" };
      for (let level = 0; level < levels; level += 1) nested = level % 2 === 0 ? { not: nested } : { any: [nested] };
      const [problem] = problemsOf(
        configOf([
          {
            ...virtualHostOf("a", ["a.example.com"]),
            when: nested as NonNullable<Config["virtualHosts"][number]["when"]>,
          },
        ]),
      );
      expect(problem?.code).toMatch(/too-deep$/);
    }
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    expect(problemsOf({ listeners: cycle })[0]?.code).toMatch(/^document\.too-/);
  });

  it("never makes it throw", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (document) => {
        expect(validateConfig(document).ok).toBe(false);
      }),
      { numRuns: repetitions(125, 2_000) },
    );
  });

  it("that is nearly good never makes it throw, and always names a place in the document or a missing one", () => {
    const places = pointersOf(GOOD as unknown as Json);
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.oneof(fc.jsonValue(), fc.constantFrom("*", "~(", "/x", -1, 0, {}, [], "a".repeat(300))),
        (pointer, value) => {
          const result = validateConfig(withValue(pointer, value as Json));
          if (result.ok) expect(compileConfig(result.config).ok).toBe(true);
          else
            for (const problem of result.problems)
              expect(problem.path === "" || problem.path.startsWith("/")).toBe(true);
        },
      ),
      { numRuns: repetitions(125, 2_000) },
    );
  });

  it("that is valid always has an answer", () => {
    const places = pointersOf(GOOD as unknown as Json);
    const odd = fc.constantFrom<Json>(
      "a.example.com",
      "*.example.com",
      "~a",
      "/x",
      true,
      404,
      ["/x", "/y/*"],
      { path: "/x" },
      ["*"],
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        odd,
        fc.string(),
        fc.constantFrom("", "shop.example.com", "shop1.", "zzz"),
        (pointer, value, path, host) => {
          const result = validateConfig(withValue(pointer, value));
          const compiled = compileConfig(result.ok ? result.config : GOOD);
          expect(
            compiled.ok && matchRequest(compiled.table, factsOf({ host, path: `/${path}` }))?.virtualHost.id,
          ).toBeTruthy();
        },
      ),
      { numRuns: repetitions(300, 1_200) },
    );
  });

  it("with a great many mistakes gets a readable list", () => {
    const copies = Array.from({ length: 5_000 }, (_, index) => ({
      ...virtualHostOf(`a${String(index)}`, ["a.example.com:1"]),
      copycatOf: `b${String(index)}`,
      colour: "red",
    }));
    const form = problemsOf(configOf(copies));
    expect(form).toHaveLength(101);
    expect(form.at(-1)?.message).toBe("4900 more problems are not shown; repair these first");
    const meaning = problemsOf(configOf(copies.map(({ colour: _colour, ...rest }) => rest)));
    expect(meaning.at(-1)?.message).toBe("9900 more problems are not shown; repair these first");
    // Naming all of the known listeners and upstreams in each of the messages took minutes.
    const listeners = Array.from({ length: 5_000 }, (_, index) => ({
      name: `l${String(index)}`,
      address: "::",
      port: 0,
    }));
    const upstreams = Object.fromEntries(copies.map(({ id }) => [id, { targets: ["http://127.0.0.1:1"] }]));
    const site = virtualHostOf("site", ["a.example.com"], {
      when: { listener: copies.map(({ id }) => id) },
      rules: copies.map(({ copycatOf }) => ({ handler: { type: "proxy", upstream: copycatOf } })),
    });
    expect(problemsOf(configOf([site], { listeners, upstreams })).at(-1)?.message).toBe(
      "9900 more problems are not shown; repair these first",
    );
  });
});

function pointersOf(value: Json, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [path];
  const children = Object.entries(value).flatMap(([key, child]) => pointersOf(child, `${path}/${key}`));
  return path === "" ? children : [path, ...children];
}
