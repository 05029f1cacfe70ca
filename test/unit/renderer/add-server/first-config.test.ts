import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstConfig,
  newFirstSite,
  problemsOfSite,
  type FirstSite,
} from "../../../../renderer/add-server/first-config.ts";
import { validateConfig } from "../../../../server-agent/core/config/validate-config.ts";
import { repetitions } from "../../../support/repetitions.ts";

function site(changes: Partial<FirstSite> = {}): FirstSite {
  return { ...newFirstSite(), port: "80", ...changes };
}

describe("the first configuration", () => {
  it("hands a site on to its application, and knows no other name", () => {
    expect(
      firstConfig(site({ hosts: "Shop.example.com, www.shop.example.com", targets: "http://127.0.0.1:3000/" })),
    ).toEqual({
      listeners: [{ name: "http", address: "0.0.0.0", port: 80 }],
      upstreams: { shop: { targets: ["http://127.0.0.1:3000"] } },
      virtualHosts: [
        {
          id: "shop",
          hosts: ["shop.example.com", "www.shop.example.com"],
          rules: [{ handler: { type: "proxy", upstream: "shop" } }],
        },
        { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
      ],
    });
  });

  it("serves a folder to every name, for the machine alone", () => {
    expect(firstConfig(site({ kind: "file", root: "/srv/www", port: "8080", reach: "machine" }))).toEqual({
      listeners: [{ name: "http", address: "127.0.0.1", port: 8080 }],
      trustedProxies: ["127.0.0.1", "::1"],
      virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "file", root: "/srv/www" } }] }],
    });
  });

  it("forwards every name, or leads it elsewhere", () => {
    expect(firstConfig(site({ targets: "http://127.0.0.1:3000 http://127.0.0.1:3001" }))).toMatchObject({
      upstreams: { app: { targets: ["http://127.0.0.1:3000", "http://127.0.0.1:3001"] } },
      virtualHosts: [{ id: "default", hosts: ["*"], rules: [{ handler: { type: "proxy", upstream: "app" } }] }],
    });
    expect(firstConfig(site({ kind: "redirect", to: "https://www.example.com${path}" })).virtualHosts).toEqual([
      {
        id: "default",
        hosts: ["*"],
        rules: [{ handler: { type: "redirect", to: "https://www.example.com${path}", status: 308 } }],
      },
    ]);
  });

  it.each([
    ["www.example.com", "example"],
    ["*.example.com", "example"],
    ["default.example.com", "site"],
    ["[::1]", "site"],
  ])("calls the site of %s “%s”", (hosts, id) => {
    expect(firstConfig(site({ hosts })).virtualHosts[0]?.id).toBe(id);
  });

  it("says at the field what is wrong", () => {
    expect(problemsOfSite(site())).toEqual({});
    expect(problemsOfSite(site({ hosts: "http://shop.example.com" }))).toHaveProperty("hosts");
    expect(problemsOfSite(site({ targets: "127.0.0.1:3000" }))).toHaveProperty("targets");
    expect(problemsOfSite(site({ targets: "https://127.0.0.1:3000" }))).toHaveProperty("targets");
    expect(problemsOfSite(site({ targets: "http://127.0.0.1:3000/shop" }))).toHaveProperty("targets");
    expect(problemsOfSite(site({ kind: "file", root: "www", targets: "" }))).toEqual({
      root: expect.any(String) as string,
    });
    for (const port of ["", "0", "65536", "80a"]) expect(problemsOfSite(site({ port }))).toHaveProperty("port");
  });

  it("is one that the agent accepts, whenever no answer has a problem", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9.*, :/[\]_-]{0,30}$/));
    const numRuns = repetitions(750, 12_000);
    let accepted = 0;
    fc.assert(
      fc.property(
        fc.record<FirstSite>({
          hosts: fc.oneof(text, fc.constantFrom("", "a.example, *.b.example", "[::1] 127.0.0.1")),
          kind: fc.constantFrom("proxy", "file", "redirect"),
          status: fc.constantFrom("301", "302", "307", "308"),
          to: fc.oneof(
            text.map((each) => `https://${each}`),
            text,
            fc.constantFrom(
              "https://www.example.com${path}?${query}",
              "/new${path}",
              "//x",
              "${path}",
              "${nope}",
              "/$1",
            ),
          ),
          targets: fc.oneof(
            text,
            fc.constantFrom("http://127.0.0.1:3000", "http://[::1]:80", "http://app:99999", "http://[:::]:1"),
          ),
          root: fc.oneof(
            text.map((each) => `/${each}`),
            fc.constant("/srv/www"),
          ),
          port: fc.nat(70_000).map(String),
          reach: fc.constantFrom("everywhere", "machine"),
        }),
        (given) => {
          if (Object.keys(problemsOfSite(given)).length > 0) return;
          accepted += 1;
          expect(validateConfig(firstConfig(given))).toMatchObject({ ok: true });
        },
      ),
      { numRuns },
    );
    expect(accepted).toBeGreaterThan(numRuns / 60);
  });
});
