/** What is wrong in the wizard's draft: said at a field, before anything is sent. */
import { describe, expect, it } from "vitest";
import { newDraft, optionsOf, STEPS, type Draft } from "../../../../renderer/maintenance/draft.ts";
import {
  draftProblems,
  fieldOfOption,
  refusedFields,
  stepOfField,
} from "../../../../renderer/maintenance/draft-problems.ts";
import { MaintenanceOptions } from "../../../../server-agent/contract/maintenance.ts";
import { planMaintenance } from "../../../../server-agent/core/maintenance/plan.ts";
import { configOf, virtualHostOf } from "../../../support/agent/config.ts";

const HOSTS = ["shop.example.com", "www.shop.example.com"];
const CONFIG = configOf([virtualHostOf("shop", HOSTS)]);
const NOW = Date.parse("2026-11-23T01:00:00Z");
function draft(changes: Partial<Draft> = {}): Draft {
  return { ...newDraft("web-01", "shop"), ...changes };
}
function problems(changes: Partial<Draft>) {
  return draftProblems(draft(changes), HOSTS, NOW);
}

/** What people type, field by field; much of it is wrong. */
const TYPED: Partial<Record<keyof Draft, readonly unknown[]>> = {
  copycat: ["", " ", "shop", "my shop", "-x", "x".repeat(101), "closed"],
  leftOut: [[], HOSTS, HOSTS.slice(1)],
  staffHosts: ["", "http://staff/x", "*", "büro.example", "staff.example:8080", "~(", "staff.example", "a..b"],
  response: ["page", "files", "status"],
  colour: ["", " ", "#0a7d5c", "0A7", "red", "#12345"],
  translations: [[], [{ language: "de", title: " ", text: "Zu", contact: "" }]],
  root: ["", "pages", "/srv/pages", "/\0"],
  status: [null, Number.NaN, 200, 399, 503, 599, 600, 999, 503.5],
  retryAfter: ["minutes", "end"],
  retryMinutes: [null, Number.NaN, -5, 0, 0.5, 30, 99_999_999_999],
  end: ["open", "at"],
  until: ["", "T02:30", "2026-11-23T", "2026-11-22T05:00", "2027-01-01T02:30", "99999-01-01T00:00"],
  healthChecks: ["", "healthz", "/healthz", "/a b", "/*", "/a*b", "/%zz"],
  webhooks: ["", "hooks", "/hooks/* , /x;y"],
  addresses: ["", "300.1.1.1", "10.0.0.0/8 ::1", "office", "10.0.0.0/99", "0.0.0.0/0", ":::"],
  headerName: ["", "X Staff", "x-staff", "ö"],
  headerValue: ["", "yes", "~("],
};

describe("what is wrong in a draft", () => {
  it("is said at its field", () => {
    expect(problems({ leftOut: HOSTS })).toHaveProperty("leftOut");
    expect(problems({ response: "files", root: "pages" })).toHaveProperty("root");
    expect(problems({ response: "status", status: 200 })).toHaveProperty("status");
    expect(problems({ colour: "red" })).toHaveProperty("colour");
    expect(problems({ response: "status", colour: "red" })).toEqual({});
    expect(problems({ retryAfter: "end" })).toHaveProperty("end");
    expect(problems({ end: "at", until: "2026-11-22T05:00" })).toHaveProperty("until");
    expect(problems({ webhooks: "hooks" })).toHaveProperty("webhooks");
    expect(problems({ addresses: "10.0.0.0/8, office" })).toHaveProperty("addresses");
    expect(problems({ addresses: "10.0.0.1 2001:db8::/32 ::1 ::ffff:10.0.0.1" })).toEqual({});
    expect(problems({ headerName: "X Staff" })).toHaveProperty("headerName");
    expect(problems({ copycat: "my shop" })).toHaveProperty("copycat");
    expect(draftProblems(draft({ site: "" }), [], NOW)).toHaveProperty("site");
  });

  it("keeps what was typed from the app's own door, and the plan refuses the rest at a field", () => {
    const fields = Object.keys(TYPED) as (keyof Draft)[];
    for (const [index, field] of fields.entries())
      for (const value of TYPED[field] ?? [])
        for (const other of [undefined, ...fields.slice(index + 1)])
          for (const second of other === undefined ? [undefined] : (TYPED[other] ?? [])) {
            const typed = draft({ [field]: value, ...(other === undefined ? {} : { [other]: second }) });
            if (Object.keys(draftProblems(typed, HOSTS, NOW)).length > 0) continue;
            const parsed = MaintenanceOptions.safeParse(optionsOf(typed, HOSTS, "marta"));
            expect(parsed.error?.issues, JSON.stringify([field, value, other, second])).toBeUndefined();
            if (!parsed.success) continue;
            const planned = planMaintenance(CONFIG, parsed.data, new Date(NOW).toISOString());
            const lost = planned.ok ? [] : (planned.problems ?? [{ path: "", code: "", message: planned.message }]);
            expect(
              lost.filter(({ path }) => fieldOfOption(path, typed) === undefined),
              JSON.stringify([field, value, other, second]),
            ).toEqual([]);
          }
  });

  it("of the plan is said at the field that it comes from, in words", () => {
    const typed = draft({ staffHosts: "http://staff/x", certificates: false, addresses: "300.1.1.1", copycat: "shop" });
    for (const [changes, field, words] of [
      [{ copycat: "" }, "staffHosts", /“http:\/\/staff\/x” is a URL/],
      [{ copycat: "", staffHosts: "" }, "addresses", /300\.1\.1\.1/],
      [{ staffHosts: "", addresses: "" }, "copycat", /“shop” is taken/],
    ] as const) {
      const each = { ...typed, ...changes };
      const planned = planMaintenance(CONFIG, optionsOf(each, HOSTS, "m"), new Date(NOW).toISOString());
      expect(refusedFields(planned.ok ? [] : (planned.problems ?? []), each)).toEqual({
        [field]: expect.stringMatching(words) as string,
      });
    }
  });

  it("belongs to a step that is shown", () => {
    expect(stepOfField("staffHosts", STEPS)).toBe("domains");
    expect(stepOfField("staffHosts", ["site", "response", "exceptions", "restart"])).toBe("exceptions");
    expect(stepOfField("root", STEPS)).toBe("response");
  });
});
