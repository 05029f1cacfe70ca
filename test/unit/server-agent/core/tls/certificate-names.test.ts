import { describe, expect, it } from "vitest";
import { coversHost, issuerName, namesIn } from "../../../../../server-agent/core/tls/certificate-names.ts";

describe("the names of a certificate", () => {
  it("are those beside its subject, addresses among them", () => {
    expect(namesIn("DNS:Shop.test, DNS:*.shop.test, IP Address:127.0.0.1, URI:https://other.test")).toEqual([
      "shop.test",
      "*.shop.test",
      "127.0.0.1",
    ]);
  });

  it.each([
    ["shop.test", true],
    ["SHOP.test.", true],
    ["www.shop.test", true],
    ["*.shop.test", true],
    ["a.www.shop.test", false],
    ["*.www.shop.test", false],
    ["127.0.0.1", true],
    ["other.test", false],
    ["*.test", false],
    ["*", undefined],
    ["~^shop", undefined],
  ])("cover %s: %s", (host, covered) => {
    expect(coversHost(["shop.test", "*.shop.test", "127.0.0.1"], host)).toBe(covered);
  });
});

it.each([
  ["C=US\nO=Let's Encrypt\nCN=R11", "Let's Encrypt (R11)"],
  ["CN=Pebble Intermediate CA 1a2b", "Pebble Intermediate CA 1a2b"],
  ["O=Example\nCN=Example CA", "Example CA"],
  ["O=Example", "Example"],
  ["C=US", ""],
])("is signed by %j: %s", (issuer, name) => {
  expect(issuerName(issuer)).toBe(name);
});
