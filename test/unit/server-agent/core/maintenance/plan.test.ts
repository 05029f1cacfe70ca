/**
 * Plans of whole cases as golden files (`golden/*.json`: options → plan), and everything that
 * cannot be planned.
 */
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import {
  type MaintenanceOptions,
  type Plan,
  Plan as PlanSchema,
} from "../../../../../server-agent/contract/maintenance.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const NOW = "2026-11-23T00:30:00Z";
const SHOP: VirtualHost = {
  id: "shop",
  hosts: ["shop.example.com", "www.shop.example.com", "m.shop.example.com"],
  rules: [
    { when: { path: "/static/*" }, handler: { type: "file", root: "/srv/shop/static" } },
    { handler: { type: "proxy", upstream: "shop-app" } },
  ],
  errorPages: { "502": "/srv/shop/502.html" },
  accessLog: "/var/log/shop.log",
};
const BLOG = virtualHostOf("blog", ["blog.example.com"]);
const SITES: Config = configOf([BLOG, SHOP], { upstreams: { "shop-app": { targets: ["http://127.0.0.1:3000"] } } });

function plan(options: MaintenanceOptions, config = SITES): Plan {
  const planned = planMaintenance(config, options, NOW);
  if (!planned.ok) throw new Error(planned.message);
  return planned.plan;
}
function copycatOf({ after, copycat }: Plan): VirtualHost | undefined {
  return after.virtualHosts.find(({ id }) => id === copycat);
}

/** What an earlier maintenance left, demoted. */
function demoted(): Config {
  const earlier = plan({ site: "shop", page: { title: "Stocktaking" } });
  const reverted = revertMaintenance(earlier.after, earlier, "demote");
  if (!reverted.ok) throw new Error(reverted.message);
  return reverted.config;
}

describe("the plan", () => {
  it.each<[string, MaintenanceOptions, Config?]>([
    ["seed-recipe", { site: "shop", status: 503 }],
    ["nothing-asked", { site: "shop" }],
    ["static-page", { site: "shop", root: "/srv/backsoon/pages/shop", retryAfter: 1800 }],
    ["staff-hosts", { site: "shop", page: "default", internalHosts: ["staff.shop.internal", "M.shop.example.com."] }],
    [
      "everything",
      {
        site: "shop",
        copycat: "shop-closed",
        hosts: ["shop.example.com", "www.shop.example.com"],
        page: {
          title: "Back soon",
          text: "We are upgrading the shop.\nYour basket is safe.",
          contact: "help@example.com",
        },
        status: 503,
        retryAfter: "end",
        until: "2026-11-23T03:30:00+01:00",
        exceptions: [
          { path: ["/healthz", "/.well-known/acme-challenge/*"] },
          { from: ["10.0.0.0/8"] },
          { header: { "X-Staff": "yes" } },
        ],
        internalHosts: ["staff.shop.internal"],
        position: "top",
        reason: "release 12",
        author: "marta",
      },
    ],
    ["catch-all", { site: "default", page: "default", internalHosts: ["staff.example.net"] }],
    [
      "wildcard-with-staff",
      { site: "all", internalHosts: ["staff.example.com"] },
      configOf([virtualHostOf("all", ["*.example.com"])]),
    ],
    ["replaces-a-demoted-copycat", { site: "shop", page: "default", retryAfter: 600 }, demoted()],
  ])("%s", async (name, options, config = SITES) => {
    const { before, after, ...rest } = plan(options, config);
    expect(before).toBe(config);
    expect(PlanSchema.safeParse({ before, after, ...rest }).error).toBeUndefined();
    const golden = { options, after: after.virtualHosts, ...rest };
    // As all of the tree is formatted, so that formatting it changes no golden file.
    const text = await format(JSON.stringify(golden, undefined, 2), { parser: "json", printWidth: 120 });
    await expect(text).toMatchFileSnapshot(`golden/${name}.json`);
  });

  it("names the copycat after the site, with a number where the name is taken, and within the longest id", () => {
    const taken = configOf(
      [SHOP, virtualHostOf("shop-copycat", ["x.example.com"]), virtualHostOf("shop-copycat-2", ["y.example.com"])],
      SITES,
    );
    expect(plan({ site: "shop" }, { ...taken, upstreams: SITES.upstreams ?? {} }).copycat).toBe("shop-copycat-3");
    const long = "x".repeat(100);
    expect(plan({ site: long }, configOf([virtualHostOf(long, ["x.example.com"])])).copycat).toBe(
      `${"x".repeat(92)}-copycat`,
    );
  });

  it("writes the staff names as they were given, each once, and never to the copycat", () => {
    const made = plan({
      site: "shop",
      internalHosts: ["Staff.shop.internal", "staff.shop.internal.", "shop.example.com"],
    });
    expect(made.operations[0]).toEqual({ op: "add-hosts", id: "shop", hosts: ["Staff.shop.internal"] });
    expect(copycatOf(made)?.hosts).toEqual(["www.shop.example.com", "m.shop.example.com"]);
  });

  it("leaves the catch-all where it is, even if it calls itself a copycat", () => {
    const config = {
      ...SITES,
      virtualHosts: SITES.virtualHosts.map((other) =>
        other.id === "default" ? { ...other, copycatOf: "shop" } : other,
      ),
    };
    expect(plan({ site: "shop" }, config).after.virtualHosts.map(({ id }) => id)).toEqual([
      "blog",
      "shop-copycat",
      "shop",
      "default",
    ]);
  });

  it("stands directly above the original, wherever that is, or at the top", () => {
    const order = (position: "above" | "top") =>
      plan({ site: "shop", position }).after.virtualHosts.map(({ id }) => id);
    expect(order("above")).toEqual(["blog", "shop-copycat", "shop", "default"]);
    expect(order("top")).toEqual(["shop-copycat", "blog", "shop", "default"]);
  });
});

describe("what cannot be planned", () => {
  const inMaintenance = plan(
    { site: "shop" },
    configOf([BLOG, SHOP, virtualHostOf("wild", ["*.example.com"])], { upstreams: SITES.upstreams }),
  ).after;

  it("a site that is not there", () => {
    expect(planMaintenance(SITES, { site: "shpo" }, NOW)).toEqual({
      ok: false,
      code: "not-found",
      message: "There is no site `shpo`; there is `blog`, `shop` and `default`.",
    });
  });

  it("a site that is named by its host", () => {
    const message = "There is no site `Shop.example.com`; it is a host of the site `shop`.";
    expect(planMaintenance(SITES, { site: "Shop.example.com" }, NOW)).toMatchObject({
      ok: false,
      code: "not-found",
      message,
    });
  });

  it("a site that is in maintenance already", () => {
    expect(planMaintenance(inMaintenance, { site: "shop" }, NOW)).toEqual({
      ok: false,
      code: "maintenance.already",
      message: "shop is already in maintenance: its copycat shop-copycat stands above it. Bring it back first.",
    });
  });

  it.each<[string, MaintenanceOptions, string, string, string]>([
    ["a copycat", { site: "shop-copycat" }, "/site", "site.copycat", "choose that one instead"],
    [
      "hosts of another site",
      { site: "blog", hosts: ["blog.example.com", "shop.example.com"] },
      "/hosts/1",
      "hosts.foreign",
      "`shop.example.com`",
    ],
    [
      "hosts that are wider than the site's",
      { site: "blog", hosts: ["*.example.com"] },
      "/hosts/0",
      "hosts.foreign",
      "`blog.example.com`",
    ],
    [
      "hosts that only end alike",
      { site: "wild", hosts: ["*.badexample.com"] },
      "/hosts/0",
      "hosts.foreign",
      "`*.example.com`",
    ],
    [
      "no host for visitors",
      { site: "blog", internalHosts: ["blog.example.com"] },
      "/internalHosts",
      "hosts.empty",
      "leave at least one",
    ],
    [
      "no chosen host for visitors",
      { site: "blog", hosts: ["blog.example.com"], internalHosts: ["BLOG.example.com"] },
      "/hosts",
      "hosts.empty",
      "leave at",
    ],
    [
      "a malformed staff name",
      { site: "blog", internalHosts: ["ok.internal", "http://staff"] },
      "/internalHosts/1",
      "host.scheme",
      "write only the name",
    ],
    [
      "staff names by regular expression",
      { site: "blog", internalHosts: ["~staff"] },
      "/internalHosts/0",
      "hosts.pattern",
      "write a name",
    ],
    ["a name that is taken", { site: "blog", copycat: "default" }, "/copycat", "copycat.id", "choose another name"],
    ["a name that is none", { site: "blog", copycat: "my blog" }, "/copycat", "", "letters, digits"],
    [
      "both a page and a folder",
      { site: "blog", page: "default", root: "/srv/pages" },
      "/root",
      "",
      "choose either `page` or `root`",
    ],
    ["a relative folder", { site: "blog", root: "pages" }, "/root", "", "must start with `/`"],
    ["a status that is no error", { site: "blog", status: 200 }, "/status", "", ""],
    ["counting down to no end", { site: "blog", retryAfter: "end" }, "/retryAfter", "", "`end` needs `until`"],
    ["an end that is no time", { site: "blog", until: "tomorrow" }, "/until", "", ""],
    [
      "a malformed exception",
      { site: "blog", exceptions: [{ path: "/ok" }, { from: "office" }] },
      "/exceptions/1/from",
      "address.malformed",
      "`office`",
    ],
    [
      "an exception that does not exist yet",
      { site: "blog", exceptions: [{ share: 0.5 }] },
      "/exceptions/0/share",
      "condition.not-yet",
      "meanwhile",
    ],
  ])("%s", (_name, options, path, code, message) => {
    const planned = planMaintenance(inMaintenance, options, NOW);
    expect(planned).toMatchObject({ ok: false, code: "options.invalid" });
    const problem = planned.ok ? undefined : planned.problems?.[0];
    expect(problem?.path).toBe(path);
    if (code !== "") expect(problem?.code).toBe(code);
    expect(problem?.message).toContain(message);
    expect(planned.ok ? "" : planned.message).toContain(problem?.message ?? "?");
  });

  it("confuses no virtual host with another one whose number begins alike", () => {
    const many = configOf(
      Array.from({ length: 12 }, (_, index) => virtualHostOf(`s${index}`, [`s${index}.example.com`])),
    );
    const broken = {
      ...many,
      virtualHosts: many.virtualHosts.map((other) => (other.id === "s11" ? { ...other, hosts: [""] } : other)),
    };
    const planned = planMaintenance(broken, { site: "s1" }, NOW);
    expect(planned.ok ? [] : planned.problems?.map(({ path }) => path)).toEqual(["/virtualHosts/12/hosts/0"]);
  });
});
