import { describe, expect, it } from "vitest";
import { choiceIn } from "../../../../../renderer/wizard/model/chosen.ts";
import { newDraft, optionsOf, STEPS, type Draft } from "../../../../../renderer/maintenance/draft.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const SHOP = virtualHostOf("shop", ["shop.example.com", "www.shop.example.com"]);

function chosen(changes: Partial<Draft> = {}) {
  const draft: Draft = { ...newDraft("web-01", "shop"), ...changes };
  const planned = planMaintenance(configOf([SHOP]), optionsOf(draft, SHOP.hosts, "marta"), "2026-11-23T01:00:00Z");
  if (!planned.ok) throw new Error(planned.message);
  return STEPS.map((step) => choiceIn(step, draft, planned.plan, SHOP));
}

describe("what the list of steps says was chosen", () => {
  it("names what happens when nothing is changed", () => {
    expect(chosen()).toEqual([
      "shop.example.com",
      "shop-copycat",
      "2 of 2",
      "built-in page, 503",
      "2 exceptions",
      "above shop",
      "now, no end time",
    ]);
  });

  it("follows every choice", () => {
    expect(
      chosen({
        copycat: "closed",
        leftOut: ["www.shop.example.com"],
        staffHosts: "staff.shop.internal",
        response: "status",
        status: 410,
        certificates: false,
        healthChecks: "",
        position: "top",
        restart: "hard",
        end: "at",
        until: "2026-11-23T05:00",
      }),
    ).toEqual([
      "shop.example.com",
      "closed",
      "1 of 2, 1 for staff",
      "only status 410",
      "nobody",
      "at the top",
      "now, hard",
    ]);
    expect(chosen({ response: "files", root: "/srv/pages", healthChecks: "" })[3]).toBe("own page, 503");
    expect(chosen({ healthChecks: "" })[4]).toBe("1 exception");
  });

  it("counts the sites where there are several", () => {
    expect(chosen({ also: [{ serverId: "web-02", site: "shop" }] })[0]).toBe("2 sites on 2 servers");
  });

  it("knows what does not need the plan while there is none", () => {
    expect(choiceIn("copycat", newDraft("web-01", "shop"), undefined, SHOP)).toBe("");
    expect(choiceIn("domains", newDraft("web-01", "shop"), undefined, SHOP)).toBe("2 of 2");
  });
});
