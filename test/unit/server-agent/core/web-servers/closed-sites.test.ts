import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { closedSites } from "../../../../../server-agent/core/web-servers/closed-sites.ts";
import { configOf } from "../../../../support/agent/config.ts";

function site(id: string, hosts = [`${id}.example`], rest: Partial<VirtualHost> = {}): VirtualHost {
  return { id, hosts, rules: [{ handler: { type: "foreign", server: "nginx" } }], ...rest };
}

function copycat(of: string, rest: Partial<VirtualHost> = {}): VirtualHost {
  return {
    id: `${of}-copycat`,
    copycatOf: of,
    hosts: [`${of}.example`],
    rules: [{ handler: { type: "maintenance", page: { title: `Not ${of}` } } }],
    ...rest,
  };
}

function closed(virtualHosts: VirtualHost[]): string[] {
  return [...closedSites(configOf(virtualHosts)).keys()];
}

describe("sites that have to ask", () => {
  it("are those with an enabled copycat above them", () => {
    expect(closed([site("shop"), site("blog")])).toEqual([]);
    expect(closed([copycat("shop"), site("shop"), site("blog")])).toEqual(["shop"]);
    expect(closed([copycat("blog"), site("shop"), site("blog")])).toEqual(["blog"]);
    expect(closed([copycat("shop", { disabled: true }), site("shop")])).toEqual([]);
    // Demoted: kept below for the next time.
    expect(closed([site("shop"), copycat("shop")])).toEqual([]);
  });

  it("are closed whatever part of their names or requests the copycat answers", () => {
    expect(
      closed([copycat("shop", { hosts: ["www.shop.example"] }), site("shop", ["shop.example", "www.shop.example"])]),
    ).toEqual(["shop"]);
    expect(closed([copycat("shop", { when: { not: { any: [{ path: ["/health"] }] } } }), site("shop")])).toEqual([
      "shop",
    ]);
  });

  it("are also those above which somebody else answers, or that answer something by themselves", () => {
    const other: VirtualHost = {
      id: "old",
      hosts: ["*.example"],
      rules: [{ handler: { type: "error", status: 410 } }],
    };
    expect(closed([other, site("shop"), site("far", ["far.test"])])).toEqual(["shop"]);
    expect(closed([site("shop"), other])).toEqual([]);
    const rules: VirtualHost["rules"] = [
      { when: { path: ["/status"] }, handler: { type: "respond", body: "ok" } },
      { handler: { type: "foreign", server: "nginx" } },
    ];
    expect(closed([site("shop", ["shop.example"], { rules })])).toEqual(["shop"]);
    // Another site of the web server with a name in common: the web server has chosen already.
    expect(closed([site("wild", ["*.example"]), site("shop")])).toEqual([]);
  });

  it("show the copycat's page while the agent does not answer", () => {
    const config: Config = configOf([copycat("shop"), site("shop")]);
    expect(closedSites(config).get("shop")).toMatchObject({ server: "nginx", page: { page: { title: "Not shop" } } });
  });

  it("may be the one that answers for names that nobody lists", () => {
    const rest = { virtualHosts: [copycat("default", { hosts: ["~.*"] }), site("default", ["*"])] };
    expect([...closedSites({ listeners: [], ...rest }).keys()]).toEqual(["default"]);
  });

  it("have to ask for each request where some may be let in", () => {
    const letsIn = (over: VirtualHost) => closedSites(configOf([over, site("shop")])).get("shop")?.letsIn;
    expect(letsIn(copycat("shop"))).toBe(false);
    expect(letsIn(copycat("shop", { when: { not: { any: [{ path: ["/health"] }] } } }))).toBe(true);
    expect(letsIn(copycat("shop", { hosts: ["www.shop.example"] }))).toBe(true);
  });
});
