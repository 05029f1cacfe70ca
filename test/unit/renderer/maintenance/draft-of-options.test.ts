import { describe, expect, it } from "vitest";
import type { MaintenanceOptions } from "../../../../server-agent/contract/maintenance.ts";
import { newDraft, optionsOf, type Draft } from "../../../../renderer/maintenance/draft.ts";
import { draftOfOptions } from "../../../../renderer/maintenance/draft-of-options.ts";

const HOSTS = ["shop.example.com", "www.shop.example.com"];

/** What the wizard would send if it began with the choices behind these options. */
function again(options: MaintenanceOptions) {
  return optionsOf(draftOfOptions("web-01", options, HOSTS), HOSTS, "marta");
}

describe("doing a maintenance again", () => {
  it.each<Partial<Draft>>([
    {},
    {
      revertIfWrong: true,
      reason: "New shelves",
      title: "Back soon",
      text: "Two lines.\nThe second.",
      contact: "help@example.com",
    },
    { response: "files", root: "/srv/pages", position: "top", copycat: "shop-night" },
    { response: "status", status: 404, certificates: false, healthChecks: "" },
    { leftOut: ["www.shop.example.com"], staffHosts: "staff.example.com", retryMinutes: 5 },
    { webhooks: "/hooks/* /callback", addresses: "10.0.0.0/8 ::1", headerName: "x-staff", headerValue: "yes" },
    { healthChecks: "", webhooks: "/hooks/*", headerName: "x-staff" },
  ])("makes the same choices: %j", (changes) => {
    const options = optionsOf({ ...newDraft("web-01", "shop"), ...changes }, HOSTS, "marta");
    expect(again(options)).toEqual(options);
  });

  it("does not end when the other one ended", () => {
    expect(again({ site: "shop", page: "default", until: "2026-11-23T02:30:00.000Z" })).not.toHaveProperty("until");
  });

  it("forgets hosts that the site has lost", () => {
    const draft = draftOfOptions("web-01", { site: "shop", hosts: ["shop.example.com", "old.example.com"] }, HOSTS);
    expect(draft.leftOut).toEqual(["www.shop.example.com"]);
  });
});
