import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../server-agent/contract/config.ts";
import { affectedBy, affectedWords, undoneBy } from "../../../../renderer/configuration/affected.ts";
import { moved, withDisabled } from "../../../../renderer/configuration/config-edits.ts";
import { changeWords } from "../../../../renderer/ui/change-words.ts";

function host(id: string, hosts = [`${id}.example.com`], more: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts, rules: [{ handler: { type: "drop" } }], ...more };
}
function configOf(...virtualHosts: VirtualHost[]): Config {
  return { listeners: [], virtualHosts: [...virtualHosts, host("default", ["*"])] };
}

describe("whom a change affects", () => {
  it("is nobody where no name changes hands", () => {
    const config = configOf(host("shop"), host("blog"));
    expect(affectedBy(config, moved(config, 0, 1))).toEqual([]);
  });

  it("is who visits a site that is disabled: they get what comes next", () => {
    const config = configOf(host("shop"), host("blog"));
    expect(affectedWords(affectedBy(config, withDisabled(config, "blog", true)))).toEqual([
      "Visitors of blog.example.com get default instead of blog.",
    ]);
  });

  it("is who visits a name that two answer for", () => {
    const config = configOf(host("wild", ["*.example.com"]), host("other"), host("shop"), host("odd", ["~^odd"]));
    expect(affectedBy(config, moved(config, 2, 0))).toEqual([{ host: "shop.example.com", from: "wild", to: "shop" }]);
    expect(affectedBy(config, withDisabled(config, "wild", true)).map(({ host: name, to }) => [name, to])).toEqual([
      ["*.example.com", "default"],
      ["other.example.com", "other"],
      ["shop.example.com", "shop"],
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
    ];
    expect(undoneBy(changes, config)).toEqual({
      sites: ["wiki.example.com"],
      live: ["shop.example.com"],
      closed: ["blog.example.com"],
    });
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
