/**
 * Bringing a site back after others changed the configuration: what goes, what stays, and what is a
 * conflict.
 */
import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import type { MaintenanceOptions, Plan } from "../../../../../server-agent/contract/maintenance.ts";
import { applyOperations } from "../../../../../server-agent/core/maintenance/operations.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const SITES = configOf([virtualHostOf("blog", ["blog.test"]), virtualHostOf("shop", ["shop.test", "www.shop.test"])]);

function plan(options: Partial<MaintenanceOptions> = {}, config = SITES): Plan {
  const planned = planMaintenance(
    config,
    { site: "shop", internalHosts: ["staff.internal"], ...options },
    "2026-11-23T00:30:00Z",
  );
  if (!planned.ok) throw new Error(planned.message);
  return planned.plan;
}
function change(config: Config, id: string, changes: Partial<VirtualHost>): Config {
  return {
    ...config,
    virtualHosts: config.virtualHosts.map((other) => (other.id === id ? { ...other, ...changes } : other)),
  };
}
function remove(config: Config, ...ids: string[]): Config {
  return { ...config, virtualHosts: config.virtualHosts.filter(({ id }) => !ids.includes(id)) };
}
function ids({ virtualHosts }: Config): string[] {
  return virtualHosts.map(({ id, disabled }) => (disabled === true ? `(${id})` : id));
}

function reverted(config: Config, made: Plan, how: "delete" | "demote"): Config {
  const result = revertMaintenance(config, made, how);
  if (!result.ok) throw new Error(result.message);
  return result.config;
}

describe("deleting the copycat", () => {
  it("is done where somebody did it by hand, down to the staff names", () => {
    const made = plan();
    expect(reverted(remove(made.after, "shop-copycat"), made, "delete")).toEqual(SITES);
    expect(reverted(change(made.after, "shop", { hosts: ["shop.test", "www.shop.test"] }), made, "delete")).toEqual(
      SITES,
    );
    expect(reverted(SITES, made, "delete")).toEqual(SITES);
  });

  it("leaves a staff name that the original had before", () => {
    const config = change(SITES, "shop", { hosts: ["shop.test", "staff.internal"] });
    expect(reverted(plan({}, config).after, plan({}, config), "delete")).toEqual(config);
  });

  it("leaves what else was changed", () => {
    const made = plan();
    const edited = change(made.after, "blog", { accessLog: "/var/log/blog.log" });
    expect(reverted(edited, made, "delete")).toEqual(change(SITES, "blog", { accessLog: "/var/log/blog.log" }));
  });

  it("puts a replaced copycat below the original when its neighbour is gone or has moved above", () => {
    const earlier = plan();
    const demoted = reverted(earlier.after, earlier, "demote");
    const config = {
      ...demoted,
      virtualHosts: demoted.virtualHosts.toSpliced(3, 0, virtualHostOf("wiki", ["wiki.test"])),
    };
    expect(ids(config)).toEqual(["blog", "shop", "shop-copycat", "wiki", "default"]);
    const made = plan({}, config);
    expect(ids(reverted(remove(made.after, "wiki"), made, "delete"))).toEqual([
      "blog",
      "shop",
      "shop-copycat",
      "default",
    ]);
    const moved = {
      ...made.after,
      virtualHosts: made.after.virtualHosts.toSorted(({ id }) => (id === "wiki" ? -1 : 0)),
    };
    expect(ids(moved)[0]).toBe("wiki");
    expect(ids(reverted(moved, made, "delete"))).toEqual(["wiki", "blog", "shop", "shop-copycat", "default"]);
  });

  it("leaves a replaced copycat that somebody put back already where it is", () => {
    const earlier = plan({ copycat: "old" });
    const config = reverted(earlier.after, earlier, "demote");
    const made = plan({}, config);
    expect(made.after.virtualHosts.some(({ id }) => id === "old")).toBe(false);
    const old = config.virtualHosts.find(({ id }) => id === "old");
    const putBack = {
      ...made.after,
      virtualHosts: made.after.virtualHosts.toSpliced(-1, 0, ...(old === undefined ? [] : [old])),
    };
    expect(ids(reverted(putBack, made, "delete"))).toEqual(["blog", "shop", "old", "default"]);
  });
});

describe("demoting the copycat", () => {
  it("moves it directly below the original, from wherever it is", () => {
    const made = plan({ position: "top" });
    expect(ids(made.after)).toEqual(["shop-copycat", "blog", "shop", "default"]);
    const demoted = reverted(made.after, made, "demote");
    expect(ids(demoted)).toEqual(["blog", "shop", "shop-copycat", "default"]);
    expect(demoted.virtualHosts[1]).toEqual(SITES.virtualHosts[1]);
  });

  it.each<[string, (after: Config) => Config]>([
    ["answers only where a condition holds", (after) => change(after, "shop", { when: { path: "/shop/*" } })],
    ["is disabled", (after) => change(after, "shop", { disabled: true })],
    ["lost one of the copycat's hosts", (after) => change(after, "shop", { hosts: ["shop.test"] })],
    ["has fewer hosts than somebody gave the copycat", (after) => change(after, "shop-copycat", { hosts: ["*.test"] })],
  ])("disables it where it would still answer, because the original %s", (_why, edit) => {
    const made = plan();
    expect(ids(reverted(edit(made.after), made, "demote")).map((id) => id.replace("(shop)", "shop"))).toEqual([
      "blog",
      "shop",
      "(shop-copycat)",
      "default",
    ]);
  });

  it("disables that of the catch-all where it is, as there is no below", () => {
    const made = plan({ site: "default" });
    expect(ids(reverted(made.after, made, "demote"))).toEqual(["blog", "shop", "(default-copycat)", "default"]);
  });

  it("is done where somebody deleted the copycat", () => {
    const made = plan();
    expect(reverted(remove(made.after, "shop-copycat"), made, "demote")).toEqual(SITES);
  });
});

describe("a conflict", () => {
  const made = plan();
  const replacing = (() => {
    const earlier = plan({ copycat: "old" });
    return plan({}, reverted(earlier.after, earlier, "demote"));
  })();
  const rename = (config: Config, from: string, to: string) => change(config, from, { id: to });

  it.each<[string, Plan, Config, string, string]>([
    ["the original is gone", made, remove(made.after, "shop", "shop-copycat"), "", "shop was removed or renamed"],
    [
      "the copycat's name belongs to a site",
      made,
      change(remove(made.after, "shop-copycat"), "blog", { id: "shop-copycat" }),
      "/virtualHosts/0",
      "no longer the copycat",
    ],
    [
      "the copycat stands in for another site now",
      made,
      change(made.after, "shop-copycat", { copycatOf: "blog" }),
      "/virtualHosts/1",
      "no longer the copycat",
    ],
    [
      "the copycat was renamed",
      made,
      rename(made.after, "shop-copycat", "closed"),
      "/virtualHosts/1",
      "closed keeps shop in maintenance",
    ],
    [
      "the copycat has a copycat",
      made,
      change(made.after, "blog", { copycatOf: "shop-copycat" }),
      "/virtualHosts/0",
      "Remove blog first",
    ],
    [
      "only staff hosts are left",
      made,
      change(made.after, "shop", { hosts: ["staff.internal"] }),
      "/virtualHosts/2/hosts",
      "no host but the staff hosts",
    ],
    [
      "the replaced copycat's name was given away",
      replacing,
      rename(replacing.after, "blog", "old"),
      "/virtualHosts/0",
      "another virtual host has its name",
    ],
  ])("%s", (_name, receipt, config, path, message) => {
    expect(revertMaintenance(config, receipt, "delete")).toEqual({
      ok: false,
      code: "maintenance.conflict",
      path,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("operations", () => {
  const site = virtualHostOf("new", ["new.test"]);

  it.each<[string, Parameters<typeof applyOperations>[1][number], string, string]>([
    [
      "insert what is there",
      { op: "insert-virtual-host", virtualHost: virtualHostOf("blog", ["x.test"]), above: "shop" },
      "/virtualHosts/0",
      "already",
    ],
    [
      "insert above nothing",
      { op: "insert-virtual-host", virtualHost: site, above: "gone" },
      "/virtualHosts",
      "no virtual host gone to put new above",
    ],
    [
      "remove what is not there",
      { op: "remove-virtual-host", virtualHost: site, above: "shop" },
      "/virtualHosts",
      "no virtual host new",
    ],
    [
      "move what is not there",
      { op: "move-virtual-host", id: "new", from: "shop", above: "blog" },
      "/virtualHosts",
      "no virtual host new",
    ],
    [
      "move above itself",
      { op: "move-virtual-host", id: "shop", from: "default", above: "shop" },
      "/virtualHosts/1",
      "to put shop above",
    ],
    ["add hosts to nothing", { op: "add-hosts", id: "new", hosts: ["x.test"] }, "/virtualHosts", "no virtual host new"],
    ["remove all hosts", { op: "remove-hosts", id: "blog", hosts: ["blog.test"] }, "/virtualHosts/0", "no host left"],
  ])("cannot %s", (_name, operation, path, message) => {
    const applied = applyOperations(SITES, [{ op: "add-hosts", id: "shop", hosts: ["first.test"] }, operation]);
    expect(applied).toEqual({
      ok: false,
      conflict: { operation, path, message: expect.stringContaining(message) as string },
    });
  });

  it("move a virtual host and add only hosts that are not there", () => {
    const applied = applyOperations(SITES, [
      { op: "move-virtual-host", id: "shop", from: "default", above: "blog" },
      { op: "add-hosts", id: "shop", hosts: ["shop.test", "m.shop.test"] },
    ]);
    expect(applied.ok && ids(applied.config)).toEqual(["shop", "blog", "default"]);
    expect(applied.ok && applied.config.virtualHosts[0]?.hosts).toEqual(["shop.test", "www.shop.test", "m.shop.test"]);
  });
});
