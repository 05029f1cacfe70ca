/** Choices that are used again: of options that were sent, and of a copycat that was kept. */
import { describe, expect, it } from "vitest";
import {
  choicesOf,
  defaultChoices,
  optionsOfCopycat,
  presetOptionsOf,
} from "../../../../renderer/maintenance/choices.ts";
import { newDraft, optionsOf, type Draft } from "../../../../renderer/maintenance/draft.ts";
import type { Condition } from "../../../../server-agent/contract/condition.ts";
import { planMaintenance } from "../../../../server-agent/core/maintenance/plan.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";

const HOSTS = ["shop.test", "*.shop.test"];
function draft(changes: Partial<Draft> = {}): Draft {
  return { ...newDraft("web-01", "shop"), ...changes };
}

const CHOSEN: Partial<Draft>[] = [
  {},
  { response: "files", root: "/srv/pages", certificates: false, healthChecks: "" },
  { response: "status", status: 410, retryAfter: "minutes", retryMinutes: 5 },
  { title: "Back soon", text: "New\nshelves", contact: "help@shop.test", staffHosts: "staff.internal b.internal" },
  {
    colour: "#0a7d5c",
    language: "de",
    title: "Gleich",
    translations: [
      { language: "en", title: "Soon", text: "", contact: "" },
      { language: "fr", title: "", text: "", contact: "" },
    ],
  },
  { healthChecks: "/healthz /ready", webhooks: "/hooks/* /pay", addresses: "10.0.0.0/8 ::1", headerName: "x-staff" },
  { passes: true },
  { headerName: "x-staff", headerValue: "yes", otherExceptions: [{ all: [{ method: "GET" }, { path: "/a" }] }] },
];

describe("choices that are used again", () => {
  it.each(CHOSEN)("of %j are those that were made", (changes) => {
    const made = draft(changes);
    const again = draft(choicesOf(presetOptionsOf(made, HOSTS)));
    expect(again).toEqual(made);
  });

  it("keep what no field can have, and lose nothing that is sent", () => {
    const exceptions: Condition[] = [
      { cookie: { staff: true } },
      { path: "/with space" },
      { header: { "x-a": ["1", "2"] } },
      { header: { "x-b": "1" } },
      { header: { "x-c": "1" } },
      { from: "10.0.0.1", path: "/a" },
    ];
    const choices = choicesOf({ exceptions });
    expect(choices).toMatchObject({ certificates: false, healthChecks: "", headerName: "x-b", headerValue: "1" });
    expect(choices.otherExceptions).toHaveLength(5);
    expect(optionsOf(draft(choices), HOSTS, "m").exceptions).toEqual(expect.arrayContaining(exceptions));
  });

  it("of a copycat that was kept are its page and its exceptions, but not the plan's own ones", () => {
    const made = draft({ title: "Kept", addresses: "10.0.0.0/8", staffHosts: "staff.shop.test" });
    const planned = planMaintenance(
      configOf([virtualHostOf("shop", HOSTS)]),
      optionsOf(made, HOSTS, "m"),
      "2026-11-23T01:00:00Z",
    );
    const copycat = planned.ok ? planned.plan.after.virtualHosts[0] : undefined;
    if (copycat === undefined) throw new Error("there is no plan");
    expect(draft(choicesOf(optionsOfCopycat(copycat)))).toEqual({ ...made, staffHosts: "" });
    expect(choicesOf(optionsOfCopycat(virtualHostOf("shop", HOSTS)))).toEqual({
      ...defaultChoices(),
      certificates: false,
      healthChecks: "",
    });
  });
});
