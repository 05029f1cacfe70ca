import { describe, expect, it } from "vitest";
import { MaintenanceOptions } from "../../../../server-agent/contract/maintenance.ts";
import { entries, newDraft, optionsOf, staffHostsOf, type Draft } from "../../../../renderer/maintenance/draft.ts";
import { draftProblems } from "../../../../renderer/maintenance/draft-problems.ts";

const HOSTS = ["shop.example.com", "www.shop.example.com"];
const NOW = Date.parse("2026-11-23T01:00:00Z");
function draft(changes: Partial<Draft> = {}): Draft {
  return { ...newDraft("web-01", "shop"), ...changes };
}

describe("the draft of the wizard", () => {
  it("is complete for the common case as soon as the site is chosen", () => {
    expect(draftProblems(draft(), HOSTS, NOW)).toEqual({});
    expect(optionsOf(draft(), HOSTS, "marta")).toEqual({
      site: "shop",
      page: "default",
      retryAfter: 1800,
      exceptions: [{ path: ["/.well-known/acme-challenge/*"] }, { path: ["/healthz"] }],
      author: "marta",
    });
  });

  it("always gives options that the agent's contract accepts", () => {
    const drafts = [
      draft(),
      draft({ response: "files", root: "/srv/pages", position: "top" }),
      draft({ response: "status", status: 503, end: "at", until: "2026-11-23T05:00", retryAfter: "end" }),
      draft({
        title: "Back soon",
        text: "A new shelf",
        contact: "help@example.com",
        leftOut: ["www.shop.example.com"],
        staffHosts: "staff.shop.internal",
      }),
      draft({
        addresses: "10.0.0.0/8, ::1",
        headerName: "X-Staff",
        headerValue: "yes",
        webhooks: "/hooks/* /callback",
        certificates: false,
        healthChecks: "",
      }),
    ];
    for (const each of drafts) expect(() => MaintenanceOptions.parse(optionsOf(each, HOSTS, "marta"))).not.toThrow();
  });

  it("names hosts only when some are left out, so that an unchanged choice follows the original", () => {
    expect(optionsOf(draft(), HOSTS, "m").hosts).toBeUndefined();
    expect(optionsOf(draft({ leftOut: ["www.shop.example.com"] }), HOSTS, "m").hosts).toEqual(["shop.example.com"]);
  });

  it("takes lists with commas, spaces and lines, each entry once", () => {
    expect(entries(" /a, /b\n/a;/c ")).toEqual(["/a", "/b", "/c"]);
  });

  it("sends staff names as browsers do, and leaves what is no name to the agent", () => {
    expect(staffHostsOf(draft({ staffHosts: "büro.example, staff.example ö/x" }))).toEqual([
      "xn--bro-hoa.example",
      "staff.example",
      "ö/x",
    ]);
  });
});
