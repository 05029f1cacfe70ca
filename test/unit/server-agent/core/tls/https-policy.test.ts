import { describe, expect, it } from "vitest";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { compileHttps, type HttpsPolicy } from "../../../../../server-agent/core/tls/https-policy.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";
import { factsOf } from "../../../../support/agent/request-facts.ts";

function policyOf(site: Pick<VirtualHost, "redirectToHttps" | "hsts">): HttpsPolicy | undefined {
  return compileHttps(site, "", { listeners: new Set(), problems: [] });
}

describe("the redirect to HTTPS", () => {
  it.each([
    [
      "keeps path and query as they were sent",
      { path: "/a b", rawPath: "/a%20b", query: "x=%2F" },
      "https://shop.test/a%20b?x=%2F",
    ],
    ["leaves alone who comes over TLS", { tls: true }, undefined],
    ["leaves the renewal of certificates alone", { path: "/.well-known/acme-challenge/token" }, undefined],
    ["leaves health checks alone", { path: "/healthz" }, undefined],
    ["leaves alone what it is told to", { path: "/ping" }, undefined],
    ["leads nobody on who names no host", { host: "" }, undefined],
    ["is no answer to a question about the server", { path: "*", rawPath: "*" }, undefined],
  ])("%s", (_what, facts, location) => {
    const policy = policyOf({ redirectToHttps: { except: { path: "/ping" } } });
    const { path = "/" } = facts as { path?: string };
    expect(policy?.locate(factsOf({ host: "shop.test", rawPath: path, ...facts }))).toBe(location);
  });

  it("is a 308, by choice a 301, and can lead to another port", () => {
    expect(policyOf({ redirectToHttps: true })?.status).toBe(308);
    const other = policyOf({ redirectToHttps: { status: 301, port: 8443 } });
    expect(other?.status).toBe(301);
    expect(other?.locate(factsOf({ host: "shop.test", path: "/", rawPath: "/" }))).toBe("https://shop.test:8443/");
  });
});

describe("HSTS", () => {
  it("is written as browsers read it", () => {
    expect(policyOf({ hsts: { maxAge: 0 } })?.hsts).toBe("max-age=0");
    const hsts = { maxAge: 31_536_000, includeSubDomains: true, preload: true };
    expect(policyOf({ hsts })?.hsts).toBe("max-age=31536000; includeSubDomains; preload");
  });
});

describe("a document", () => {
  function problemsOf(site: Partial<VirtualHost>, trustedProxies: string[] = []): string[] {
    const checked = validateConfig(configOf([virtualHostOf("shop", ["shop.test"], site)], { trustedProxies }));
    return checked.ok ? [] : checked.problems.map(({ path }) => path);
  }

  it("leads nobody to TLS where there is none", () => {
    expect(problemsOf({ redirectToHttps: true })).toEqual(["/virtualHosts/0/redirectToHttps"]);
    expect(problemsOf({ redirectToHttps: true }, ["10.0.0.1"])).toEqual([]);
    expect(problemsOf({ redirectToHttps: { except: { from: "nowhere" } } }, ["10.0.0.1"])).toEqual([
      "/virtualHosts/0/redirectToHttps/except/from",
    ]);
  });

  it("asks for no place in browsers' lists that they would refuse", () => {
    expect(problemsOf({ hsts: { maxAge: 300, includeSubDomains: true, preload: true } })).toEqual([
      "/virtualHosts/0/hsts/preload",
    ]);
  });
});
