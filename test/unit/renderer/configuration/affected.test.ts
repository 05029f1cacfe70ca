import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../server-agent/contract/config.ts";
import { effectsOf, effectsOfUndoing } from "../../../../renderer/configuration/affected.ts";
import { affectedWords } from "../../../../renderer/configuration/affected-words.ts";
import { moved, withDisabled } from "../../../../renderer/configuration/config-edits.ts";
import { changeWords } from "../../../../renderer/ui/change-words.ts";

function host(id: string, hosts = [`${id}.example.com`], more: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts, rules: [{ handler: { type: "drop" } }], ...more };
}
function configOf(...virtualHosts: VirtualHost[]): Config {
  return { listeners: [], virtualHosts: [...virtualHosts, host("default", ["*"])] };
}

function words(before: Config, after: Config): string[] {
  return affectedWords(effectsOf(before, after)).map(({ text }) => text);
}

const ANSWER = { rules: [{ handler: { type: "respond" as const, status: 200, body: "Hello" } }] };

describe("whom a change affects", () => {
  it("is nobody where no name changes hands", () => {
    const config = configOf(host("shop"), host("blog"));
    expect(effectsOf(config, moved(config, 0, 1))).toEqual([]);
    expect(effectsOf(config, configOf(host("store", ["shop.example.com"]), host("blog")))).toEqual([]);
    const logged = configOf(host("shop", undefined, { accessLog: "/var/log/shop.log" }), host("blog"));
    expect(effectsOf(config, logged)).toEqual([]);
  });

  it("is who visits a site that is disabled: they get what comes next", () => {
    const config = configOf(host("shop"), host("blog", ["blog.example.com"], ANSWER));
    expect(words(config, withDisabled(config, "blog", true))).toEqual([
      "Visitors of blog.example.com get default instead of blog.",
    ]);
  });

  it("is who visits a name that two answer for", () => {
    const config = configOf(
      host("wild", ["*.example.com"], ANSWER),
      host("other"),
      host("shop"),
      host("odd", ["~^odd"], ANSWER),
    );
    expect(words(config, moved(config, 2, 0))).toEqual(["Visitors of shop.example.com get shop instead of wild."]);
    expect(words(config, withDisabled(config, "wild", true))).toEqual([
      "Visitors of *.example.com get default instead of wild.",
      "Visitors of other.example.com get other instead of wild.",
      "Visitors of shop.example.com get shop instead of wild.",
    ]);
    expect(words(config, withDisabled(config, "odd", true))).toEqual(["Visitors of ~^odd get default instead of odd."]);
  });

  it("is who gets another answer from the same virtual host, by its rules or its application", () => {
    const proxy = { rules: [{ handler: { type: "proxy" as const, upstream: "app" } }] };
    const config: Config = {
      ...configOf(host("shop", ["a.test", "b.test", "c.test", "d.test", "e.test", "f.test"], proxy), host("blog")),
      upstreams: { app: { targets: ["http://127.0.0.1:3000"] } },
    };
    expect(words(config, { ...config, upstreams: { app: { targets: ["http://127.0.0.1:3001"] } } })).toEqual([
      "Visitors of a.test, b.test, c.test, d.test and 2 more get another answer.",
    ]);
    const everything = {
      ...config,
      virtualHosts: [...config.virtualHosts.slice(0, 2), host("default", ["*"], ANSWER)],
    };
    expect(words(config, everything)).toEqual(["Visitors of all other hosts get another answer."]);
  });

  it("is told of maintenance that begins or ends by it", () => {
    const copycat = host("shop-copycat", ["shop.example.com"], { copycatOf: "shop" });
    const [open, closed] = [configOf(host("shop"), host("blog")), configOf(copycat, host("shop"), host("blog"))];
    expect(words(open, closed)).toEqual(["In maintenance: shop.example.com."]);
    expect(words(closed, open)).toEqual(["Live again: shop.example.com."]);
  });

  it("is everyone who comes by a listener or a proxy", () => {
    const [one, two] = [
      { name: "http", address: "0.0.0.0", port: 80 },
      { name: "other", address: "::", port: 8080 },
    ];
    const config = { ...configOf(host("shop")), listeners: [one] };
    expect(words(config, { ...config, listeners: [two] })).toEqual([
      "Nobody is answered at 0.0.0.0:80 any more.",
      "Visitors are answered at [::]:8080, too.",
    ]);
    expect(words(config, { ...config, listeners: [{ ...one, name: "web" }] })).toEqual([
      "The listener at 0.0.0.0:80 changes.",
    ]);
    expect(words(config, { ...config, trustedProxies: ["10.0.0.1"] })).toHaveLength(1);
    expect(words(config, { ...config, geoFiles: ["/a.mmdb"] })).toEqual([
      "Other files say in which countries visitors are.",
    ]);
  });

  it("is told of a roll back: sites that answer otherwise, that leave maintenance, and that go into it", () => {
    const shop = host("shop-copycat", ["shop.example.com"], { copycatOf: "shop" });
    const blog = host("blog-copycat", ["blog.example.com"], { copycatOf: "blog" });
    const config = configOf(shop, host("shop"), host("blog"), host("wiki"));
    const changes = [
      { kind: "added" as const, path: "/virtualHosts/0", virtualHost: "shop-copycat", after: shop },
      { kind: "removed" as const, path: "/virtualHosts/1", virtualHost: "blog-copycat", before: blog },
      { kind: "changed" as const, path: "/virtualHosts/2/rules/0", virtualHost: "wiki" },
      { kind: "removed" as const, path: "/listeners/1", before: { name: "old", address: "127.0.0.1", port: 8081 } },
    ];
    expect(effectsOfUndoing(changes, config)).toEqual([
      { what: "closed", hosts: ["blog.example.com"] },
      { what: "live", hosts: ["shop.example.com"] },
      { what: "answer", hosts: ["wiki.example.com"] },
      { what: "reheard", at: ["127.0.0.1:8081"] },
    ]);
  });
});

describe("a change in words", () => {
  it.each([
    [
      { kind: "removed", path: "/virtualHosts/0/hosts/2", virtualHost: "shop", before: "www.shop" },
      "shop: host www.shop removed",
    ],
    [
      { kind: "added", path: "/virtualHosts/0/hosts/2", virtualHost: "shop", after: "m.shop" },
      "shop: host m.shop added",
    ],
    [{ kind: "added", path: "/virtualHosts/0", virtualHost: "shop-copycat" }, "shop-copycat added"],
    [
      { kind: "moved", path: "/virtualHosts/1", virtualHost: "blog", before: 1, after: 0 },
      "blog moved from place 2 to 1",
    ],
    [
      { kind: "changed", path: "/virtualHosts/1/rules/0/handler/status", virtualHost: "blog" },
      "blog: rule 1, handler/status changed",
    ],
    [{ kind: "changed", path: "/virtualHosts/1/disabled", virtualHost: "blog" }, "blog: disabled changed"],
    [{ kind: "changed", path: "/listeners/0/port" }, "listeners/0/port changed"],
  ] as const)("%j", (change, words) => {
    expect(changeWords(change)).toBe(words);
  });
});
