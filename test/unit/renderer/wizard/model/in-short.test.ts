import { describe, expect, it } from "vitest";
import { newDraft, optionsOf, type Draft } from "../../../../../renderer/maintenance/draft.ts";
import { inShort, recipeInShort } from "../../../../../renderer/wizard/model/in-short.ts";
import { planMaintenance } from "../../../../../server-agent/core/maintenance/plan.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const NOW = Date.parse("2026-11-23T01:00:00Z");

function told(changes: Partial<Draft> = {}) {
  const draft = { ...newDraft("web-01", "shop"), ...changes };
  const options = optionsOf(draft, ["shop.test"], "marta");
  const planned = planMaintenance(
    configOf([virtualHostOf("shop", ["shop.test"])]),
    options,
    new Date(NOW).toISOString(),
  );
  if (!planned.ok) throw new Error(planned.message);
  const sentences = inShort(planned.plan, draft, NOW).map(({ title, detail }) => `${title}: ${detail}`);
  return { sentences, recipe: recipeInShort(planned.plan, draft) };
}

describe("in short", () => {
  it("says how it is switched, as it was chosen", () => {
    const last = (changes: Partial<Draft>) => told(changes).recipe.at(-1)?.detail;
    expect(told().recipe).toHaveLength(6);
    expect(last({})).toContain("Requests in flight finish");
    expect(last({ restart: "hard" })).toContain("every connection of the server is cut");
    expect(last({ restart: "hard" })).not.toContain("finish");
    expect(last({ when: "planned" })).toContain("at the planned time");
  });

  it("says what visitors see, who gets in, and until when", () => {
    expect(told().sentences).toEqual([
      "Visitors see “Back soon”: At shop.test. Programs are told to retry in 30 min.",
      "2 exceptions reach the live site: Certificate renewal and /healthz.",
      "It starts now: New requests get the page at once. Requests in flight finish on the site.",
      "No end time: The site stays closed until you bring it back.",
    ]);
    expect(told({ certificates: false, healthChecks: "", passes: true }).sentences[1]).toBe(
      "1 exception reaches the live site: People with a staff pass.",
    );
    expect(told({ otherExceptions: [{ method: "GET" }] }).sentences[1]).toContain("method GET");
    const other = told({
      response: "status",
      status: 410,
      certificates: false,
      healthChecks: "",
      end: "at",
      until: "2026-11-24T01:00",
    });
    expect(other.sentences[0]).toContain("Visitors get status 410");
    expect(other.sentences[1]).toContain("Nobody gets in");
    expect(other.sentences[3]).toMatch(/^Expected back at /);
    expect(told({ when: "planned" }).sentences).toHaveLength(3);
    expect(told({ staffHosts: "staff.test", certificates: false, healthChecks: "" }).sentences[1]).toBe(
      "1 exception reaches the live site: Staff at staff.test.",
    );
  });
});
