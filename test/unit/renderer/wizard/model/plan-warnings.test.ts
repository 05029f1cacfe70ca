/** Where the wizard shows each warning, and which ones it asks the person to agree to. */
import { describe, expect, it } from "vitest";
import { optionsOf, newDraft } from "../../../../../renderer/maintenance/draft.ts";
import { consentText, fieldOfWarning, shownWarnings } from "../../../../../renderer/wizard/model/plan-warnings.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { Warning } from "../../../../../server-agent/contract/maintenance.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const SHOP = virtualHostOf("shop", ["shop.test", "www.shop.test"]);

function warningsOf(virtualHosts: VirtualHost[], changes: Partial<ReturnType<typeof newDraft>> = {}): Warning[] {
  const draft = { ...newDraft("web-1", "shop"), ...changes };
  const planned = planMaintenance(configOf(virtualHosts), optionsOf(draft, SHOP.hosts, "m"), "2026-11-23T01:00:00Z");
  if (!planned.ok) throw new Error(planned.message);
  return planned.plan.warnings;
}

describe("the warnings of a plan", () => {
  it("have a field each, and those about staff names the field where these are entered", () => {
    for (const code of Warning.shape.code.options)
      expect(newDraft("", "")).toHaveProperty(fieldOfWarning({ code, message: "" }, []));
    const others = [SHOP, virtualHostOf("blog", ["blog.test"])];
    const taken = warningsOf(others, { staffHosts: "blog.test" });
    expect(shownWarnings(taken, ["blog.test"])).toMatchObject([{ field: "staffHosts", needsConsent: true }]);
    const own = warningsOf(others, { staffHosts: "www.shop.test" });
    expect(shownWarnings(own, ["www.shop.test"])).toMatchObject([{ field: "staffHosts", needsConsent: true }]);
  });

  it("need consent where visitors stay on the live site or another site's are affected, and no other ones", () => {
    const shadowed = shownWarnings(warningsOf([virtualHostOf("wild", ["*.test"]), SHOP], { certificates: false }), []);
    expect(shadowed.map(({ field, needsConsent }) => [field, needsConsent])).toEqual([
      ["position", true],
      ["certificates", false],
    ]);
    expect(consentText(shownWarnings(warningsOf([SHOP], { certificates: false }), []))).toBe("");
  });

  it("do not tell of the kept copycat where it is what one starts from", () => {
    const kept: Warning[] = [{ code: "demoted-copycat-replaced", message: "it is replaced" }];
    expect(shownWarnings(kept, [])).toHaveLength(1);
    expect(shownWarnings(kept, [], true)).toEqual([]);
  });

  it("are listed once for many sites, and asked anew when they are others", () => {
    const left = warningsOf([SHOP], { leftOut: ["www.shop.test"] });
    expect(shownWarnings([...left, ...left], [])).toHaveLength(1);
    const before = consentText(shownWarnings(left, []));
    expect(before).not.toBe("");
    expect(consentText(shownWarnings(warningsOf([SHOP], { leftOut: ["shop.test"] }), []))).not.toBe(before);
  });
});
