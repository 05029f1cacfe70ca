import { expect, it } from "vitest";
import { newDraft, optionsOf } from "../../../../../renderer/maintenance/draft.ts";
import { inShort } from "../../../../../renderer/wizard/model/in-short.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

it("says in short how it is switched, as it was chosen", () => {
  const draft = newDraft("web-01", "shop");
  const options = optionsOf(draft, ["shop.test"], "marta");
  const planned = planMaintenance(configOf([virtualHostOf("shop", ["shop.test"])]), options, "2026-11-23T01:00:00Z");
  if (!planned.ok) throw new Error(planned.message);
  const last = (changes: Partial<typeof draft>) => inShort(planned.plan, { ...draft, ...changes }).at(-1)?.detail;
  expect(inShort(planned.plan, draft)).toHaveLength(6);
  expect(last({})).toContain("in flight finish on the original");
  expect(last({ restart: "hard" })).toContain("every connection of the server is cut");
  expect(last({ restart: "hard" })).not.toContain("finish");
  expect(last({ when: "planned" })).toContain("by themselves");
});
