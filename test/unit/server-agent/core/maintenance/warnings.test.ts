/**
 * Each warning with a case in which an operator needs it, and a neighbouring one in which he does
 * not.
 */
import { describe, expect, it } from "vitest";
import { Warning, type MaintenanceOptions } from "../../../../../server-agent/contract/maintenance.ts";
import type { Condition } from "../../../../../server-agent/contract/condition.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const NOW = "2026-11-23T00:30:00Z";
const ACME: Condition = { path: "/.well-known/acme-challenge/*" };
const shop = virtualHostOf("shop", ["shop.test", "www.shop.test"]);
const SHOP = configOf([shop]);
const STAFF_LISTENER = { listeners: [...SHOP.listeners, { name: "staff", address: "127.0.0.1", port: 81 }] };

const IN_FRONT: Config = { ...SHOP, listeners: [{ name: "http", address: "0.0.0.0", port: 80 }] };
/** As the installer sets it up for a proxy on the same machine, but for `trustedProxies`. */
const BEHIND_PROXY: Config = { ...SHOP, listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }] };

/** Warnings of a plan, that on certificates left out where a test is not about it. */
function warningsOf(config: Config, options: MaintenanceOptions): Warning[] {
  const planned = planMaintenance(config, { ...options, exceptions: [...(options.exceptions ?? []), ACME] }, NOW);
  if (!planned.ok) throw new Error(planned.message);
  return planned.plan.warnings;
}

type Case = [Warning["code"], Config, Partial<MaintenanceOptions>, Partial<Warning>, string];

const CASES: Case[] = [
  ["alias-left-out", SHOP, { hosts: ["shop.test"] }, { host: "www.shop.test", virtualHost: "shop" }, "still get shop"],
  [
    "alias-left-out",
    configOf([virtualHostOf("shop", ["*.test"])]),
    { hosts: ["a.test"] },
    { host: "*.test" },
    "*.test is not included",
  ],
  [
    "shadowed",
    configOf([virtualHostOf("old", ["SHOP.test"]), shop]),
    {},
    { host: "shop.test", virtualHost: "old" },
    "old stands above",
  ],
  [
    "shadowed",
    configOf([virtualHostOf("all", ["*.shop.test"]), shop]),
    {},
    { host: "www.shop.test", virtualHost: "all" },
    "www.shop.test",
  ],
  [
    "shadowed",
    configOf([virtualHostOf("all", ["~^shop"]), shop]),
    {},
    { host: "shop.test", virtualHost: "all" },
    "shop.test",
  ],
  [
    "shadowed",
    configOf([virtualHostOf("a", ["a.shop.test"]), virtualHostOf("shop", ["*.shop.test"])]),
    {},
    { host: "a.shop.test" },
    "a.shop.test",
  ],
  [
    "shadowed",
    configOf([virtualHostOf("api", ["shop.test"], { when: { path: "/api/*" } }), shop]),
    {},
    { virtualHost: "api" },
    'where its condition holds: `{"path":"/api/*"}`',
  ],
  [
    "already-in-maintenance",
    configOf([
      virtualHostOf("api-copycat", ["shop.test"], { copycatOf: "api" }),
      virtualHostOf("api", ["shop.test"], { when: { path: "/api/*" } }),
      shop,
    ]),
    {},
    { host: "shop.test", virtualHost: "api-copycat" },
    "maintenance page of api",
  ],
  [
    "wildcard-covers-more",
    configOf([virtualHostOf("a", ["a.test"]), virtualHostOf("shop", ["*.test"])]),
    { position: "top" },
    { virtualHost: "a", host: "a.test" },
    "between",
  ],
  [
    "wildcard-covers-more",
    configOf([
      virtualHostOf("shop", ["shop.test"], { when: { path: "/shop/*" } }),
      virtualHostOf("rest", ["shop.test"]),
    ]),
    {},
    { virtualHost: "rest", host: "shop.test" },
    "rest answers the rest",
  ],
  [
    "wildcard-covers-more",
    configOf([virtualHostOf("shop", ["shop.test"], { disabled: true })]),
    {},
    { virtualHost: "default" },
    "shop is disabled, so default",
  ],
  [
    "wildcard-covers-more",
    configOf([shop, virtualHostOf("blog", ["blog.test"])]),
    { internalHosts: ["Blog.test"] },
    { host: "Blog.test", virtualHost: "blog" },
    "visitors of blog get that instead",
  ],
  [
    "alias-left-out",
    SHOP,
    { internalHosts: ["WWW.shop.test"] },
    { host: "WWW.shop.test", virtualHost: "shop" },
    "one of the names of shop",
  ],
  [
    "exception-unreachable",
    BEHIND_PROXY,
    { exceptions: [{ from: "203.0.113.0/24" }] },
    { virtualHost: "shop" },
    "all visitors have the address of its proxy",
  ],
  [
    "exception-covers-all",
    SHOP,
    { exceptions: [{ path: ["/healthz", "/*"] }] },
    { virtualHost: "shop" },
    "Exception 1 lets every",
  ],
  ["exception-covers-all", IN_FRONT, { exceptions: [{ any: [{ tls: true }, { from: "0.0.0.0/0" }] }] }, {}, "kept out"],
  ["default-site", SHOP, { site: "default" }, { virtualHost: "default" }, "catch-all"],
  [
    "original-disabled",
    configOf([virtualHostOf("shop", ["shop.test"], { disabled: true })]),
    {},
    { virtualHost: "shop" },
    "leaves it disabled",
  ],
  ["end-in-past", SHOP, { until: "2026-11-23T01:29:00+01:00" }, {}, "in the past"],
  ["demoted-copycat-replaced", demoted(), {}, { virtualHost: "shop-copycat" }, "is replaced"],
  [
    "exception-unreachable",
    configOf([virtualHostOf("shop", ["shop.test"], { disabled: true })]),
    {},
    { virtualHost: "shop" },
    "shop is disabled",
  ],
  [
    "exception-unreachable",
    configOf([virtualHostOf("other", ["*.test"]), virtualHostOf("shop", ["shop.test"])]),
    { position: "top" },
    { virtualHost: "other" },
    "other stands above shop",
  ],
  [
    "exception-unreachable",
    SHOP,
    { exceptions: [{ path: "/ok" }, { tls: true }] },
    { virtualHost: "shop" },
    "Exception 2",
  ],
  [
    "exception-unreachable",
    SHOP,
    { exceptions: [{ all: [{ method: "GET" }, { method: ["POST", "PUT"] }] }] },
    {},
    "no request can meet",
  ],
  [
    "exception-unreachable",
    SHOP,
    { exceptions: [{ path: "/a/*", all: [{ path: ["/b", "/c/*"] }] }] },
    {},
    "no request can meet",
  ],
  ["exception-unreachable", SHOP, { exceptions: [{ path: "/a", all: [{ path: "/a/b" }] }] }, {}, "no request can meet"],
  ["exception-unreachable", SHOP, { exceptions: [{ not: { path: "/*" } }] }, {}, "no request can meet"],
  [
    "exception-unreachable",
    SHOP,
    { exceptions: [{ any: [{ tls: true }, { header: { Host: "staff.test" } }] }] },
    {},
    "no request can meet",
  ],
  [
    "exception-unreachable",
    configOf([virtualHostOf("shop", ["shop.test"], { when: { listener: "http" } })], STAFF_LISTENER),
    { exceptions: [{ listener: "staff" }] },
    {},
    "no request can meet",
  ],
  [
    "exception-unreachable",
    configOf([virtualHostOf("intranet", ["*.internal"]), shop]),
    { internalHosts: ["staff.internal"] },
    { host: "staff.internal", virtualHost: "intranet" },
    "does not lead staff to shop",
  ],
];

function demoted(): Config {
  const planned = planMaintenance(SHOP, { site: "shop" }, NOW);
  const reverted = planned.ok ? revertMaintenance(planned.plan.after, planned.plan, "demote") : planned;
  if (!reverted.ok) throw new Error(reverted.message);
  return reverted.config;
}

describe("a warning", () => {
  it.each(CASES)("%s #%#", (code, config, options, fields, message) => {
    const found = warningsOf(config, { site: "shop", ...options }).filter((warning) => warning.code === code);
    expect(found).toContainEqual({ ...found[0], code, ...fields, message: expect.stringContaining(message) as string });
  });

  it("has a case for every code", () => {
    // Whether a web server asks the agent is seen, not computed: `nginx-faults.test.ts`.
    const codes = new Set<string>([...CASES.map(([code]) => code), "acme-not-excepted", "hook-missing"]);
    expect([...codes].sort()).toEqual([...Warning.shape.code.options].sort());
  });

  it.each<[string, Config, Partial<MaintenanceOptions>]>([
    ["a plain case", SHOP, {}],
    [
      "a site of a web server, which lets certificates be renewed in any case",
      configOf([virtualHostOf("shop", ["shop.test"], { rules: [{ handler: { type: "foreign", server: "nginx" } }] })]),
      { exceptions: [] },
    ],
    [
      "a name of another site that only looks like an alias",
      configOf([virtualHostOf("www", ["www.blog.test"]), virtualHostOf("shop", ["blog.test"])]),
      {},
    ],
    [
      "an alias that a chosen pattern covers",
      configOf([virtualHostOf("shop", ["*.test", "a.test"])]),
      { hosts: ["*.test"] },
    ],
    [
      "an address behind a trusted proxy on the same machine",
      { ...BEHIND_PROXY, trustedProxies: ["127.0.0.0/8"] },
      { exceptions: [{ from: "203.0.113.0/24" }] },
    ],
    ["the machine's own address behind a proxy", BEHIND_PROXY, { exceptions: [{ from: ["::1", "127.0.0.1"] }] }],
    ["an address, where visitors come by themselves", IN_FRONT, { exceptions: [{ from: "203.0.113.0/24" }] }],
    [
      "a staff name that is nobody else's",
      configOf([shop, virtualHostOf("blog", ["blog.test"])]),
      { internalHosts: ["staff.blog.test"] },
    ],
    [
      "a staff name that led to the original before",
      configOf([virtualHostOf("shop", ["*.test"]), virtualHostOf("a", ["a.test"])]),
      { internalHosts: ["a.test"] },
    ],
    ["a header that has the name of what every object has", SHOP, { exceptions: [{ header: { constructor: "~x" } }] }],
    ["a disabled site above", configOf([virtualHostOf("old", ["shop.test"], { disabled: true }), shop]), {}],
    [
      "a site below that the original covers anyway",
      configOf([virtualHostOf("shop", ["*.test"]), virtualHostOf("a", ["a.test"])]),
      {},
    ],
    ["other sites above the catch-all, when a part of it is chosen", SHOP, { site: "default", hosts: ["other.test"] }],
    ["an end to come", SHOP, { until: "2026-11-23T01:31:00+01:00" }],
    [
      "TLS that a trusted proxy may tell",
      configOf([shop], { trustedProxies: ["10.0.0.1"] }),
      { exceptions: [{ tls: true }] },
    ],
    [
      "exceptions that exclude each other as alternatives",
      SHOP,
      { exceptions: [{ any: [{ method: "GET" }, { method: "PUT" }] }] },
    ],
    [
      "paths within each other",
      SHOP,
      { exceptions: [{ path: "/a/*", all: [{ path: "/a/b/*" }, { path: "/a/b/c" }] }] },
    ],
    ["part of the address space or of the paths", IN_FRONT, { exceptions: [{ from: "10.0.0.0/8" }, { path: "/a/*" }] }],
    ["all paths for some addresses", IN_FRONT, { exceptions: [{ path: "/*", from: "10.0.0.1" }] }],
    ["the host of the copycat", SHOP, { exceptions: [{ header: { Host: "SHOP.test:8080" } }] }],
  ])("is not given for %s", (_name, config, options) => {
    expect(warningsOf(config, { site: "shop", ...options })).toEqual([]);
  });

  it.each<[boolean, Condition[]]>([
    [true, []],
    [true, [{ path: "/healthz" }]],
    [true, [{ path: "/.well-known/acme-challenge" }]],
    [true, [{ ...ACME, method: "POST" }]],
    [true, [{ ...ACME, from: "10.0.0.0/8" }]],
    [false, [{ path: "/healthz" }, ACME]],
    [false, [{ path: ["/healthz", "/.well-known/*"] }]],
    [false, [{ all: [{ pathRegex: "^/\\.well-known/" }, { method: ["GET", "HEAD"] }] }]],
    [false, [{ any: [{ path: "/ok" }, ACME] }]],
    [false, [{ not: { method: ["POST", "PUT"] } }]],
    [false, [{ from: ["0.0.0.0/0", "::/0"] }]],
  ])("acme-not-excepted: %s for %j", (isGiven, exceptions) => {
    const planned = planMaintenance(IN_FRONT, { site: "shop", exceptions }, NOW);
    const codes = planned.ok ? planned.plan.warnings.map(({ code }) => code) : [planned.message];
    expect(codes.filter((code) => code !== "exception-covers-all")).toEqual(isGiven ? ["acme-not-excepted"] : []);
  });
});
