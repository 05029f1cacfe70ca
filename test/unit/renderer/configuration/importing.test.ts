/** What is imported, put into a configuration as somebody chose. */
import { describe, expect, it } from "vitest";
import { conditionWith, rulesWith } from "../../../../renderer/configuration/importing/renamed-listeners.ts";
import { type Choices, firstChoices, merged } from "../../../../renderer/configuration/importing/merge.ts";
import type { Config, VirtualHost } from "../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";

const LAST: VirtualHost = { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] };
function site(id: string, hosts: string[], body: string, rest: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts, rules: [{ handler: { type: "respond", body } }], ...rest };
}
function behind(upstream: string): VirtualHost["rules"] {
  return [{ handler: { type: "proxy", upstream } }];
}

const CURRENT: Config = {
  listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
  upstreams: { app: { targets: ["http://127.0.0.1:3000"] } },
  virtualHosts: [
    site("shop", ["shop.example"], "old shop"),
    site("wiki", ["wiki.example"], "old wiki", { rules: behind("app") }),
    LAST,
  ],
};
const IMPORTED: Config = {
  listeners: [
    { name: "http-8080", address: "127.0.0.1", port: 8080 },
    { name: "http", address: "127.0.0.1", port: 8081 },
  ],
  trustedProxies: ["10.0.0.0/8"],
  upstreams: { app: { targets: ["http://127.0.0.1:4000"] }, same: { targets: ["http://127.0.0.1:3000"] } },
  virtualHosts: [
    site("shop", ["shop.example", "www.shop.example"], "new shop"),
    site("wiki", ["docs.example"], "docs", { rules: behind("app") }),
    site("blog", ["blog.example"], "blog", { when: { listener: ["http"] }, rules: behind("same") }),
    LAST,
  ],
};

function result(hosts: Choices["hosts"], listeners: Choices["listeners"] = {}): ReturnType<typeof merged> {
  const first = firstChoices(CURRENT, IMPORTED);
  const made = merged(CURRENT, IMPORTED, {
    hosts: { ...first.hosts, ...hosts },
    listeners: { ...first.listeners, ...listeners },
  });
  expect(validateConfig(made.config)).toMatchObject({ ok: true });
  return made;
}

it("leaves out, at first, what would take a name from somebody, and uses listeners that are there", () => {
  expect(firstChoices(CURRENT, IMPORTED)).toEqual({
    hosts: { shop: "leave", wiki: "add", blog: "add", default: "leave" },
    listeners: { "http-8080": "use http", http: "add" },
  });
});

it("changes nothing where nothing is chosen", () => {
  const none = { shop: "leave", wiki: "leave", blog: "leave", default: "leave" } as const;
  expect(result(none, { http: "leave" }).config).toBe(CURRENT);
});

it("adds above the catch-all, with names that are free, and only what is used", () => {
  const { config, ids } = result({ blog: "leave" });
  expect(config.virtualHosts.map(({ id }) => id)).toEqual(["shop", "wiki", "wiki-2", "default"]);
  expect(Object.fromEntries(ids)).toEqual({ wiki: "wiki-2" });
  expect(config.upstreams).toEqual({
    app: { targets: ["http://127.0.0.1:3000"] },
    "app-2": { targets: ["http://127.0.0.1:4000"] },
  });
  expect(config.virtualHosts[2]?.rules).toEqual(behind("app-2"));
  expect(config.listeners.map(({ name }) => name)).toEqual(["http", "http-2"]);
  expect(config.trustedProxies).toEqual(["10.0.0.0/8"]);
});

it("shares an application that is there, and is heard where the listener was", () => {
  const { config } = result({ wiki: "leave" });
  expect(config.virtualHosts[2]).toEqual(
    site("blog", ["blog.example"], "", { when: { listener: ["http-2"] }, rules: behind("app") }),
  );
  expect(config.upstreams).toEqual(CURRENT.upstreams);
});

it("is heard nowhere else than before", () => {
  const { config } = result({ blog: "leave" }, { "http-8080": "leave" });
  expect(config.virtualHosts[2]?.when).toEqual({ listener: ["http-2"] });
  const { unheard, config: without } = result({}, { http: "leave" });
  expect(unheard).toEqual(["blog"]);
  expect(without.virtualHosts.map(({ id }) => id)).not.toContain("blog");
});

it("replaces in place, under the id that is there, so that its copycat stays", () => {
  const copycat = site("shop-copycat", ["shop.example"], "closed", { copycatOf: "shop" });
  const current = { ...CURRENT, virtualHosts: [copycat, ...CURRENT.virtualHosts] };
  const imported = { ...IMPORTED, virtualHosts: [site("store", ["shop.example"], "new"), LAST] };
  const { config } = merged(current, imported, {
    ...firstChoices(current, imported),
    hosts: { store: "replace", default: "leave" },
  });
  expect(config.virtualHosts.map(({ id }) => id)).toEqual(["shop-copycat", "shop", "wiki", "default"]);
  expect(config.virtualHosts[1]?.rules).toEqual([{ handler: { type: "respond", body: "new" } }]);
  expect(validateConfig(config)).toMatchObject({ ok: true });
});

it("replaces several by one, and one by several", () => {
  const both = site("both", ["shop.example", "wiki.example"], "both");
  const one = { ...IMPORTED, virtualHosts: [both, LAST] };
  const hosts = { both: "replace", default: "leave" } as const;
  const made = merged(CURRENT, one, { ...firstChoices(CURRENT, one), hosts });
  expect(made.config.virtualHosts.map(({ id }) => id)).toEqual(["shop", "default"]);

  const two = {
    ...IMPORTED,
    virtualHosts: [
      site("plain", ["shop.example"], "plain", { when: { tls: false } }),
      site("secure", ["shop.example"], "secure", { when: { tls: true } }),
      LAST,
    ],
  };
  const parts = merged(CURRENT, two, {
    ...firstChoices(CURRENT, two),
    hosts: { plain: "replace", secure: "replace", default: "leave" },
  });
  expect(parts.config.virtualHosts.map(({ id }) => id)).toEqual(["shop", "secure", "wiki", "default"]);
});

it("keeps both, the new one below; replaces the catch-all only if it is chosen", () => {
  expect(result({ shop: "add" }).config.virtualHosts.map(({ id }) => id)).toEqual([
    "shop",
    "wiki",
    "shop-2",
    "wiki-2",
    "blog",
    "default",
  ]);
  const other = { ...IMPORTED, virtualHosts: [site("all", ["*"], "all")] };
  const { config } = merged(CURRENT, other, { ...firstChoices(CURRENT, other), hosts: { all: "replace" } });
  expect(config.virtualHosts.at(-1)).toEqual(site("default", ["*"], "all"));
});

describe("conditions about listeners", () => {
  const nameOf = (name: string) => (name === "a" ? "b" : undefined);
  it.each([
    [{ listener: "a" }, { listener: "b" }],
    [{ listener: ["a", "gone"] }, { listener: ["b"] }],
    [{ listener: "gone" }, false],
    [{ not: { listener: "gone" } }, true],
    [
      { not: { listener: "a" }, tls: true },
      { not: { listener: "b" }, tls: true },
    ],
    [{ any: [{ listener: "gone" }, { tls: true }] }, { any: [{ tls: true }] }],
    [{ any: [{ listener: "gone" }] }, false],
    [{ any: [{ not: { listener: "gone" } }, { tls: true }], path: "/x" }, { path: "/x" }],
    [{ all: [{ listener: "gone" }, { tls: true }] }, false],
    [{ all: [{ not: { listener: "gone" } }, { tls: true }] }, { all: [{ tls: true }] }],
  ])("%j", (condition, expected) => {
    expect(conditionWith(condition, nameOf)).toEqual(expected);
  });

  it("leave out rules that nothing can match", () => {
    const handler = { type: "error", status: 403 } as const;
    expect(
      rulesWith(
        [
          { when: { listener: "gone" }, handler },
          { when: { not: { listener: "gone" } }, handler },
        ],
        nameOf,
      ),
    ).toEqual([{ handler }]);
  });
});
