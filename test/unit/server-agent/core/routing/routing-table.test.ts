import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { parseHostPattern } from "../../../../../server-agent/core/routing/host-pattern.ts";
import { matchRequest } from "../../../../../server-agent/core/routing/routing-table.ts";
import { configOf, tableOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function answering(config: Config, host: string, path = "/"): string | undefined {
  return matchRequest(tableOf(config), factsOf({ host, path }))?.virtualHost.id;
}

describe("hosts", () => {
  it.each<[string, string, boolean]>([
    ["shop.example.com", "shop.example.com", true],
    ["SHOP.example.com.", "shop.example.com", true],
    ["shop.example.com", "www.shop.example.com", false],
    ["*.example.com", "a.example.com", true],
    ["*.example.com", "a.b.c.example.com", true],
    ["*.example.com", "example.com", false],
    ["*.example.com", ".example.com", false],
    ["*.example.com", "badexample.com", false],
    ["*.Example.COM", "a.example.com", true],
    ["*.com", "example.com", true],
    ["*.b.example.com", "example.com", false],
    ["~^shop\\d+\\.", "shop12.example.com", true],
    ["~^SHOP", "shop.example.com", true],
    ["~^shop$", "shop.example.com", false],
    ["[::1]", "[::1]", true],
    ["[0:0::1]", "[::1]", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["_acme.example.com", "_acme.example.com", true],
  ])("%s covers %s: %s", (pattern, host, expected) => {
    expect(answering(configOf([virtualHostOf("site", [pattern])]), host)).toBe(expected ? "site" : "default");
  });

  it.each([
    ["https://shop.example.com/", "host.scheme", "`shop.example.com`"],
    ["shop.example.com/path", "host.malformed", "put the path into"],
    ["shop.example.com:80", "host.port", "write `shop.example.com`"],
    ["::1", "host.malformed", "`[::1]`"],
    ["[::1]:80", "host.malformed", "without a port"],
    ["[fe80::1%eth0]", "host.malformed", "`[::1]`"],
    ["[nonsense]", "host.malformed", "`[::1]`"],
    ["shop.*", "host.wildcard", "use `~`"],
    ["*shop.example.com", "host.wildcard", "use `~`"],
    ["*.*.com", "host.wildcard", "use `~`"],
    ["a..b", "host.malformed", "empty label"],
    ["*.", "host.malformed", "empty label"],
    [".", "host.malformed", "empty label"],
    [".example.com", "host.malformed", "`*.example.com`"],
    ["a b", "host.malformed", "letters, digits, dash and underscore"],
    ["münchen.example", "host.not-ascii", "`xn--mnchen-3ya.example`"],
    ["*.bücher.example", "host.not-ascii", "`*.xn--bcher-kva.example`"],
    ["例え.テスト", "host.not-ascii", "`xn--r8jz45g.xn--zckzah`"],
    [`${"a".repeat(64)}.example.com`, "host.malformed", "63"],
    [`${"a.".repeat(127)}com`, "host.too-long", "253"],
    ["~(", "host.regex", "does not compile"],
    ["~", "host.regex", "empty"],
  ])("%s is refused as %s", (pattern, code, message) => {
    const parsed = parseHostPattern(pattern);
    expect(parsed).toEqual({ ok: false, code, message: expect.stringContaining(message) as string });
  });
});

describe("the virtual host that answers", () => {
  it("is the first one from the top, whatever the kind of its pattern", () => {
    const host = "a.example.com";
    const patterns = [host, "*.example.com", "*.com", "~^a\\."];
    for (const top of patterns) {
      const below = patterns.filter((pattern) => pattern !== top);
      expect(
        answering(
          configOf([
            virtualHostOf("top", [top]),
            ...below.map((pattern, index) => virtualHostOf(`below-${String(index)}`, [pattern])),
          ]),
          host,
        ),
      ).toBe("top");
    }
  });

  it("is the next one below where `when` does not hold", () => {
    const config = configOf([
      virtualHostOf("copycat", ["shop.example.com"], { copycatOf: "shop", when: { not: { path: "/healthz" } } }),
      virtualHostOf("wild", ["*.example.com"], { when: { path: "/wild" } }),
      virtualHostOf("shop", ["shop.example.com"]),
    ]);
    expect(answering(config, "shop.example.com")).toBe("copycat");
    expect(answering(config, "shop.example.com", "/healthz")).toBe("shop");
    expect(answering(config, "other.example.com")).toBe("default");
    expect(answering(config, "other.example.com", "/wild")).toBe("wild");
    expect(matchRequest(tableOf(config), factsOf())?.virtualHost.site).toBe("shop");
  });

  it("is never a disabled one", () => {
    const config = configOf([
      virtualHostOf("off", ["shop.example.com"], { disabled: true }),
      virtualHostOf("on", ["shop.example.com"]),
    ]);
    expect(answering(config, "shop.example.com")).toBe("on");
    expect(tableOf(config).virtualHosts.map(({ id }) => id)).toEqual(["off", "on", "default"]);
  });

  it("is the catch-all where the request names no host or an odd one", () => {
    const config = configOf([virtualHostOf("site", ["shop.example.com", "*.example.com"])]);
    for (const host of [
      "",
      ".",
      "..",
      "[",
      "*",
      "*.example.org",
      "__proto__",
      "constructor",
      "a".repeat(20_000),
      ".".repeat(20_000),
    ])
      expect(answering(config, host)).toBe("default");
  });

  it("is found by a regular expression among more hosts than are remembered", () => {
    const table = tableOf(configOf([virtualHostOf("even", ["~[02468]$"]), virtualHostOf("odd", ["~[13579]$"])]));
    for (let pass = 0; pass < 2; pass += 1) {
      for (let index = 0; index < 2500; index += 1)
        expect(matchRequest(table, factsOf({ host: `shop${String(index)}` }))?.virtualHost.id).toBe(
          index % 2 === 0 ? "even" : "odd",
        );
    }
    expect(matchRequest(table, factsOf({ host: `${"x".repeat(300)}2` }))?.virtualHost.id).toBe("even");
  });

  it("answers with its first rule that matches, or with none", () => {
    const config = configOf([
      virtualHostOf("site", ["shop.example.com"], {
        rules: [
          { when: { path: "/a/*" }, handler: { type: "error", status: 410 } },
          { when: { path: ["/a/b", "/c"] }, handler: { type: "drop" } },
        ],
      }),
    ]);
    const table = tableOf(config);
    expect(matchRequest(table, factsOf({ path: "/a/b" }))?.rule?.index).toBe(0);
    expect(matchRequest(table, factsOf({ path: "/c" }))?.rule?.index).toBe(1);
    expect(matchRequest(table, factsOf({ path: "/d" }))).toMatchObject({
      virtualHost: { id: "site" },
      rule: undefined,
    });
  });
});

describe("the table", () => {
  const label = fc.constantFrom("a", "b", "c");
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const pattern = fc.oneof(
    { weight: 3, arbitrary: name },
    { weight: 3, arbitrary: name.map((suffix) => `*.${suffix}`) },
    { weight: 1, arbitrary: fc.constantFrom("~^a", "~b$", "~^[ab.]+$", "~c\\.c") },
  );
  const when = fc.option(
    fc.constantFrom<NonNullable<VirtualHost["when"]>>({ path: "/x" }, { not: { path: "/x" } }, { method: "POST" }),
    { nil: undefined },
  );
  const virtualHosts = fc
    .array(fc.record({ hosts: fc.array(pattern, { minLength: 1, maxLength: 4 }), when, disabled: fc.boolean() }), {
      maxLength: 12,
    })
    .map((list) =>
      list.map(({ hosts, when: condition, disabled }, index) =>
        virtualHostOf(`v${String(index)}`, hosts, {
          disabled,
          ...(condition === undefined ? {} : { when: condition }),
        }),
      ),
    );
  const requests = fc.array(
    fc.record({
      host: fc.oneof(
        name,
        name.map((text) => `.${text}`),
        name.map((text) => `${text}.`),
        fc.constant(""),
      ),
      path: fc.constantFrom("/", "/x"),
      method: fc.constantFrom("GET", "POST"),
    }),
    {
      minLength: 1,
      maxLength: 20,
    },
  );

  it("agrees with a walk from the top", () => {
    fc.assert(
      fc.property(virtualHosts, requests, (list, asked) => {
        const config = configOf(list);
        const table = tableOf(config);
        for (const request of asked)
          expect(matchRequest(table, factsOf(request))?.virtualHost.id).toBe(walk(config, request));
      }),
      { numRuns: repetitions(250, 4_000) },
    );
  });
});

/** One pass from the top, with no table and no shortcut. */
function walk(
  { virtualHosts }: Config,
  { host, path, method }: { host: string; path: string; method: string },
): string | undefined {
  const covers = (text: string) => {
    if (text === "*") return true;
    if (text.startsWith("~")) return new RegExp(text.slice(1), "i").test(host);
    if (text.startsWith("*.")) return host.endsWith(text.slice(1)) && host !== text.slice(1);
    return host === text;
  };
  const holds = ({ when }: VirtualHost) => {
    if (when === undefined) return true;
    if (when.not !== undefined) return path !== "/x";
    return when.method === undefined ? path === "/x" : method === "POST";
  };
  return virtualHosts.find(
    (virtualHost) => virtualHost.disabled !== true && virtualHost.hosts.some(covers) && holds(virtualHost),
  )?.id;
}
