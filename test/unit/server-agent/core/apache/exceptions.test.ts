import { describe, expect, it } from "vitest";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { exceptionFiles } from "../../../../../server-agent/core/apache/exceptions.ts";
import { networkNames } from "../../../../../server-agent/core/apache/network-names.ts";
import { closedSites } from "../../../../../server-agent/core/web-servers/closed-sites.ts";

function decide(virtualHosts: Config["virtualHosts"]) {
  const config: Config = { listeners: [], virtualHosts };
  const closed = closedSites(config).get("shop");
  if (closed === undefined) throw new Error("not closed");
  return exceptionFiles(config, closed, (text) => `<${text}>`);
}

const SHOP: Config["virtualHosts"][number] = {
  id: "shop",
  hosts: ["shop.example", "*.shop.example"],
  rules: [{ handler: { type: "foreign", server: "apache" } }],
};

function copycat(when?: Condition): Config["virtualHosts"][number] {
  return {
    id: "shop-copycat",
    copycatOf: "shop",
    hosts: SHOP.hosts,
    ...(when === undefined ? {} : { when }),
    rules: [{ handler: { type: "maintenance", page: "default" } }],
  };
}

/** Names of the files of these exceptions. */
function namesOf(...exceptions: Condition[]): string[] {
  const decided = decide([copycat({ not: { any: exceptions } }), SHOP]);
  return decided.ok ? [...decided.files.keys()] : decided.problems.map(({ path }) => `! ${path}`);
}

describe("exceptions that Apache decides by files", () => {
  it("have a folder each, with a name for each value", () => {
    expect(decide([copycat(), SHOP])).toEqual({ ok: true, files: new Map() });
    expect(namesOf({ path: ["/a", "/b/*"], method: "PUT" }, { from: ["192.0.2.0/24", "2001:db8::0:1"] })).toEqual([
      "1/path/</a>",
      "1/path/</b/*>",
      "1/method/<PUT>",
      "2/from/192.0.2",
      "2/from/2001:db8::1",
    ]);
    expect(namesOf({ header: { "X-Staff": ["a", "b"] } })).toEqual(["1/header/<a>", "1/header/<b>", "1/header-name"]);
  });

  it("are divided where one of several has to hold, and joined where all have to", () => {
    expect(namesOf({ any: [{ path: "/a" }, { path: "/b" }], tls: true })).toEqual([
      "1/path/</a>",
      "1/tls/on",
      "2/path/</b>",
      "2/tls/on",
    ]);
    expect(namesOf({ all: [{ path: "/a" }, { from: "10.0.0.0/8" }] })).toEqual(["1/path/</a>", "1/from/10"]);
    expect(namesOf({ cookie: { pass: ["x", "y"] } })).toEqual(["1/cookie", "2/cookie"]);
    expect(namesOf({ all: [{ path: "/a" }, { path: "/b" }] })).toEqual(["! /virtualHosts/0/when/not/any/0/all"]);
  });

  it("are refused where one is beyond Apache, or there are too many", () => {
    expect(namesOf({ path: "/a" }, { all: [{ share: 0.5 }] })).toEqual([
      "! /virtualHosts/0/when/not/any/1/all/0/share",
    ]);
    expect(namesOf(...Array.from({ length: 16 }, (_, index) => ({ path: `/${String(index)}` })))).toHaveLength(16);
    expect(namesOf(...Array.from({ length: 17 }, (_, index) => ({ path: `/${String(index)}` })))).toEqual(["! "]);
  });

  it("are refused where a name or value of a cookie is a pattern to Apache", () => {
    const refused = (name: string) => `! /virtualHosts/0/when/not/any/0/cookie/${name}`;
    expect(namesOf({ cookie: { staff: true } })).toEqual(["1/cookie"]);
    for (const name of ["*", "a?", "[a]", "a\\b"]) {
      expect(namesOf({ cookie: { [name]: true } })).toEqual([refused(name)]);
      expect(namesOf({ cookie: { [name]: "x" } })).toEqual([refused(name)]);
    }
    expect(namesOf({ cookie: { staff: "*" } })).toEqual([refused("staff")]);
  });

  it("are staff names, as far as they are whole ones", () => {
    const staff = (name: string): Condition => ({ header: { Host: `~(?i)^${name}\\.?(:[0-9]*)?$` } });
    expect(namesOf(staff("lab\\.shop\\.example"))).toEqual(["1/host/<lab.shop.example>"]);
    expect(namesOf(staff("[^:]+\\.shop\\.example"))).toEqual(["! /virtualHosts/0/when/not/any/0/header/Host"]);
    const own = { ...SHOP, hosts: ["shop.example", "staff.shop.example"] };
    const decided = decide([{ ...copycat(), hosts: ["shop.example"] }, own]);
    expect(decided.ok && [...decided.files.keys()]).toEqual(["1/host/<staff.shop.example>"]);
  });

  it("are refused where something else than a copycat decides", () => {
    const refused = (virtualHosts: Config["virtualHosts"]) => {
      const decided = decide(virtualHosts);
      return decided.ok ? [] : decided.problems.map(({ path }) => path);
    };
    expect(refused([copycat({ path: "/a" }), SHOP])).toEqual(["/virtualHosts/0/when"]);
    expect(refused([copycat(), { ...copycat(), id: "b" }, SHOP])).toEqual(["/virtualHosts/1"]);
    expect(refused([{ ...SHOP, when: { tls: true } }])).toEqual(["/virtualHosts/0"]);
    const [rule] = copycat().rules;
    if (rule === undefined) throw new Error("no rule");
    expect(refused([{ ...copycat(), rules: [{ ...rule, when: { path: "/a" } }] }, SHOP])).toEqual([
      "/virtualHosts/0/rules/0/when",
    ]);
    expect(refused([{ ...copycat(), hosts: ["shop.example"] }, SHOP])).toEqual(["/virtualHosts/1/hosts/1"]);
  });
});

describe("a network by the beginnings of its addresses", () => {
  it.each([
    ["192.0.2.7", ["192.0.2.7"]],
    ["::ffff:192.0.2.7", ["192.0.2.7"]],
    ["10.1.2.3/8", ["10"]],
    ["172.16.0.0/12", Array.from({ length: 16 }, (_, index) => `172.${String(16 + index)}`)],
    ["192.0.2.130/31", ["192.0.2.130", "192.0.2.131"]],
    ["2001:DB8::0001", ["2001:db8::1"]],
    ["2001:db8::/32", undefined],
  ])("%s", (entry, names) => {
    expect(networkNames(entry)).toEqual(names);
  });

  it("of all is every first octet", () => {
    expect(networkNames("0.0.0.0/0")).toHaveLength(256);
  });
});
