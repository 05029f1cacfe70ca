import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normaliseHost } from "../../../../../server-agent/core/routing/normalise-host.ts";

describe("the host of a request", () => {
  it.each([
    [undefined, ""],
    ["", ""],
    ["shop.example.com", "shop.example.com"],
    ["Shop.EXAMPLE.com", "shop.example.com"],
    ["shop.example.com:8080", "shop.example.com"],
    ["shop.example.com:", "shop.example.com"],
    ["shop.example.com.", "shop.example.com"],
    ["shop.example.com.:443", "shop.example.com"],
    ["shop.example.com..", "shop.example.com."],
    ["127.0.0.1:80", "127.0.0.1"],
    ["127.0.0.1", "127.0.0.1"],
    ["[::1]", "[::1]"],
    ["[::1]:8080", "[::1]"],
    ["[0:0:0:0:0:0:0:1]", "[::1]"],
    ["[2001:DB8::A]:443", "[2001:db8::a]"],
    ["[::1", "[::1"],
    ["[::1]x", "[::1]x"],
    ["[zz]:80", "[zz]:80"],
    ["a:b", "a:b"],
    [":80", ""],
    [".", ""],
  ])("%s is %s", (header, host) => {
    expect(normaliseHost(header)).toBe(host);
  });

  it("is in lower case and without a port whatever was sent", () => {
    fc.assert(
      fc.property(fc.domain(), fc.integer({ min: 0, max: 65535 }), fc.boolean(), (domain, port, dot) => {
        const name = dot ? `${domain.toUpperCase()}.` : domain;
        expect(normaliseHost(`${name}:${String(port)}`)).toBe(domain.toLowerCase());
      }),
    );
  });

  it("never fails", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from("ab1.:[]%\u00e9\u{1f600}\0 ")) }),
        (header) => typeof normaliseHost(header) === "string" && typeof normaliseHost(`[${header}`) === "string",
      ),
    );
  });
});
