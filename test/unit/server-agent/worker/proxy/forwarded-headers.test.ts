import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forwardedHeaders, type Hop } from "../../../../../server-agent/worker/proxy/forwarded-headers.ts";

const direct: Hop = {
  peer: "203.0.113.7",
  client: "203.0.113.7",
  tls: false,
  host: "shop.example.com",
  prefix: "",
  said: undefined,
};

describe("forwardedHeaders", () => {
  it("says who the visitor is", () => {
    expect(forwardedHeaders(direct).split("\r\n")).toEqual([
      "X-Forwarded-For: 203.0.113.7",
      "X-Forwarded-Host: shop.example.com",
      "X-Forwarded-Proto: http",
      'Forwarded: for=203.0.113.7;host="shop.example.com";proto=http',
      "",
    ]);
  });

  it("writes IPv6 addresses and ports as RFC 7239 asks", () => {
    const lines = forwardedHeaders({
      ...direct,
      peer: "2001:db8::1",
      client: "2001:db8::1",
      host: "shop.example.com:8080",
      tls: true,
    });
    expect(lines).toContain("X-Forwarded-For: 2001:db8::1\r\n");
    expect(lines).toContain('Forwarded: for="[2001:db8::1]";host="shop.example.com:8080";proto=https\r\n');
  });

  it("says which part of the path the upstream does not get, behind what a trusted proxy has cut off", () => {
    const said = { for: undefined, host: undefined, prefix: "/shop/", forwarded: undefined };
    const prefixes = [
      { ...direct, prefix: "/api" },
      { ...direct, prefix: "/api", said },
      { ...direct, said },
      direct,
    ].map((hop) => /^X-Forwarded-Prefix: (.*)\r$/m.exec(forwardedHeaders(hop))?.[1]);
    expect(prefixes).toEqual(["/api", "/shop/api", "/shop", undefined]);
  });

  it("adds itself behind what a trusted proxy said", () => {
    const lines = forwardedHeaders({
      peer: "10.0.0.1",
      client: "203.0.113.7",
      tls: true,
      host: "backend.internal",
      prefix: "",
      said: {
        for: "198.51.100.1, 203.0.113.7",
        host: "shop.example.com",
        prefix: undefined,
        forwarded: "for=203.0.113.7;proto=https",
      },
    });
    expect(lines.split("\r\n")).toEqual([
      "X-Forwarded-For: 198.51.100.1, 203.0.113.7, 10.0.0.1",
      "X-Forwarded-Host: shop.example.com",
      "X-Forwarded-Proto: https",
      "Forwarded: for=203.0.113.7;proto=https, for=10.0.0.1",
      "",
    ]);
  });

  it("makes up a Forwarded where a trusted proxy knows only the other headers", () => {
    const lines = forwardedHeaders({
      peer: "10.0.0.1",
      client: "203.0.113.7",
      tls: true,
      host: "shop.example.com",
      prefix: "",
      said: { for: "203.0.113.7", host: undefined, prefix: undefined, forwarded: undefined },
    });
    expect(lines).toContain('Forwarded: for=203.0.113.7;host="shop.example.com";proto=https, for=10.0.0.1\r\n');
  });

  it("keeps what a trusted proxy says about a visitor that has the proxy's address", () => {
    const lines = forwardedHeaders({
      peer: "10.0.0.1",
      client: "10.0.0.1",
      tls: true,
      host: "backend.internal",
      prefix: "",
      said: { for: undefined, host: "shop.example.com", prefix: undefined, forwarded: undefined },
    });
    expect(lines.split("\r\n")).toEqual([
      "X-Forwarded-For: 10.0.0.1",
      "X-Forwarded-Host: shop.example.com",
      "X-Forwarded-Proto: https",
      'Forwarded: for=10.0.0.1;host="shop.example.com";proto=https',
      "",
    ]);
  });

  it("gives no host the power to add a parameter of its own", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", ".", ":", ";", ",", "=", '"', "\\", " ", "[", "]", "for=") }),
        (host) => {
          const forwarded =
            /^Forwarded: (.*)$/m.exec(forwardedHeaders({ ...direct, host }).replaceAll("\r", ""))?.[1] ?? "";
          // Read as RFC 7239, 4 has it: pairs of a token and a token or quoted string.
          const pairs = [...forwarded.matchAll(/(\w+)=((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"(?:[^"\\]|\\.)*")/g)];
          expect(pairs.map(([pair]) => pair).join(";")).toBe(forwarded);
          expect(pairs.map(([, name]) => name)).toEqual(host === "" ? ["for", "proto"] : ["for", "host", "proto"]);
        },
      ),
    );
  });
});
