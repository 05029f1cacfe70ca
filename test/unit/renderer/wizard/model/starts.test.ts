/** What the wizard can start from. */
import { describe, expect, it } from "vitest";
import type { Preset } from "../../../../../main/contract/maintenance.ts";
import { startsFor } from "../../../../../renderer/wizard/model/starts.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { revertMaintenance } from "../../../../../server-agent/core/maintenance/revert.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { at, someReceipt } from "../../../../support/desktop/desktop-fixtures.ts";

const SHOP = { serverId: "web-01", site: "shop" };
const CONFIG = configOf([virtualHostOf("shop", ["shop.test"])]);
const NOW = Date.parse(at(0));
const OPTIONS = { site: "shop", page: { title: "Last time" }, internalHosts: ["staff.test"] };
const reverted = {
  ...someReceipt(),
  site: "shop",
  copycat: "shop-copycat",
  state: "reverted" as const,
  options: OPTIONS,
};

function titles(...given: Parameters<typeof startsFor>) {
  return startsFor(...given).map(({ title }) => title);
}

describe("the wizard starts from", () => {
  it("the defaults, where nothing is known", () => {
    expect(titles(SHOP, null, [], NOW)).toEqual(["Defaults"]);
    expect(titles(SHOP, { config: CONFIG, maintenance: [someReceipt()] }, [], NOW)).toEqual(["Defaults"]);
  });

  it("the latest time of this site", () => {
    const older = { ...reverted, id: "older", startedAt: at(-600), options: { site: "shop" } };
    const [, last] = startsFor(SHOP, { config: CONFIG, maintenance: [older, reverted] }, [], NOW);
    expect(last).toMatchObject({
      title: "Same as last time",
      choices: { title: "Last time", staffHosts: "staff.test" },
    });
    expect(titles({ ...SHOP, site: "blog" }, { config: CONFIG, maintenance: [reverted] }, [], NOW)).toEqual([
      "Defaults",
    ]);
  });

  it("the page that was kept, with the staff names that only its receipt knows", () => {
    const planned = planMaintenance(CONFIG, OPTIONS, at(0));
    const demoted = planned.ok ? revertMaintenance(planned.plan.after, planned.plan, "demote") : planned;
    if (!demoted.ok) throw new Error(demoted.message);
    const receipt = {
      ...reverted,
      revert: { how: "demote" as const, generation: 3, at: at(0), author: "m", exact: false },
    };
    const [, kept, ...others] = startsFor(SHOP, { config: demoted.config, maintenance: [receipt] }, [], NOW);
    expect(kept).toMatchObject({
      title: "Kept from last time",
      choices: { title: "Last time", staffHosts: "staff.test" },
    });
    expect(others).toEqual([]);
    const [, alone] = startsFor(SHOP, { config: demoted.config, maintenance: [] }, [], NOW);
    expect(alone).toMatchObject({ choices: { title: "Last time", staffHosts: "" } });
  });

  it("presets of this site and of every site", () => {
    const preset = (name: string, site: Preset["site"]): Preset => ({ id: name, name, site, options: { status: 410 } });
    const presets = [preset("all", null), preset("own", SHOP), preset("other", { ...SHOP, serverId: "web-02" })];
    expect(titles(SHOP, null, presets, NOW)).toEqual(["Defaults", "all", "own"]);
    expect(startsFor(SHOP, null, presets, NOW)[1]?.detail).toBe("For every site: status 410, 0 exceptions.");
  });
});
