import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Problem } from "../../../../../server-agent/contract/errors.ts";
import { canonicalAddress, compileAddressSet } from "../../../../../server-agent/core/routing/address-set.ts";
import { clientOf } from "../../../../../server-agent/core/routing/client-address.ts";
import { repetitions } from "../../../../support/repetitions.ts";

function setOf(...entries: string[]) {
  const problems: Problem[] = [];
  const set = compileAddressSet(entries, "/x", problems);
  expect(problems).toEqual([]);
  return set;
}

describe("a set of addresses", () => {
  it.each([
    ["10.0.0.0/8", "10.255.0.1", true],
    ["10.0.0.0/8", "11.0.0.1", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["192.0.2.7", "192.0.2.7", true],
    ["192.0.2.7", "192.0.2.8", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::1", false],
    ["255.255.255.255/32", "255.255.255.255", true],
    ["128.0.0.0/1", "200.1.1.1", true],
    ["128.0.0.0/1", "127.255.255.255", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::/0", "::1", true],
    ["::/0", "1.2.3.4", false],
    ["::1", "::1", true],
    ["fe80::/10", "febf::1", true],
    ["::ffff:10.0.0.0/104", "10.2.3.4", true],
    ["::ffff:192.0.2.7", "192.0.2.7", true],
    ["10.0.0.0/8", "", false],
    ["10.0.0.0/8", "unix", false],
    ["::/0", "not:an:address", false],
  ])("%s has %s: %s", (entry, address, expected) => {
    expect(setOf(entry).has(address)).toBe(expected);
  });

  it.each([
    "10/8",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/",
    "10.0.0",
    "010.0.0.1",
    "256.0.0.1",
    "1.2.3.4.5",
    "::1/129",
    "fe80::1%eth0",
    "localhost",
    "",
    "0x7f.0.0.1",
    "1.2.3.4 ",
    "10.0.0.0/8/8",
  ])("refuses %j", (entry) => {
    const problems: Problem[] = [];
    compileAddressSet(["10.0.0.0/8", entry], "/from", problems);
    expect(problems).toEqual([
      { path: "/from/1", code: "address.malformed", message: expect.stringContaining("write it like") as string },
    ]);
  });

  it("agrees with counting bits", () => {
    const bits = (address: string) =>
      address
        .split(".")
        .map((octet) => Number(octet).toString(2).padStart(8, "0"))
        .join("");
    const bits6 = (address: string) =>
      address
        .split(":")
        .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0"))
        .join("");
    const v6 = fc
      .array(fc.constantFrom("0", "1", "ffff", "2001", "8000"), { minLength: 8, maxLength: 8 })
      .map((groups) => groups.join(":"));
    fc.assert(
      fc.property(
        fc.ipV4(),
        fc.ipV4(),
        fc.nat(32),
        v6,
        v6,
        fc.nat(128),
        (network, address, prefix, network6, address6, prefix6) => {
          const set = setOf(`${network}/${String(prefix)}`, `${network6}/${String(prefix6)}`);
          expect(set.has(address)).toBe(bits(network).slice(0, prefix) === bits(address).slice(0, prefix));
          fc.pre(!network6.startsWith("0:0:0:0:0:ffff"));
          expect(set.has(address6)).toBe(bits6(network6).slice(0, prefix6) === bits6(address6).slice(0, prefix6));
        },
      ),
      { numRuns: repetitions(250, 4_000) },
    );
  });

  it("knows one text for each address", () => {
    expect(canonicalAddress("::FFFF:1.2.3.4")).toBe("1.2.3.4");
    expect(canonicalAddress("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
    expect(canonicalAddress("fe80::1%eth0")).toBe("fe80::1");
    expect(canonicalAddress("unknown")).toBeUndefined();
  });
});

describe("the client of a request", () => {
  const proxies = setOf("10.0.0.0/8", "2001:db8::/32");

  it.each([
    ["an untrusted socket, whatever it claims", "203.0.113.9", "10.1.1.1, 1.1.1.1", "https", "203.0.113.9", false],
    ["a trusted proxy", "10.0.0.1", "203.0.113.9", "https", "203.0.113.9", true],
    [
      "what stands left of the first untrusted address is the visitor's claim",
      "10.0.0.1",
      "8.8.8.8, 203.0.113.9",
      "https",
      "203.0.113.9",
      true,
    ],
    ["a chain of trusted proxies", "10.0.0.1", "8.8.8.8, 203.0.113.9, 10.0.0.3,10.0.0.2", "http", "203.0.113.9", false],
    ["all trusted: the leftmost", "10.0.0.1", "10.0.0.3, 10.0.0.2", undefined, "10.0.0.3", false],
    ["no header", "10.0.0.1", undefined, undefined, "10.0.0.1", false],
    ["an empty header", "10.0.0.1", "", "https", "10.0.0.1", true],
    [
      "an obfuscated entry (RFC 7239, 6.3) ends the walk",
      "10.0.0.1",
      "203.0.113.9, unknown, 10.0.0.2",
      "https",
      "10.0.0.2",
      true,
    ],
    ["with ports", "10.0.0.1", "203.0.113.9:4711", undefined, "203.0.113.9", false],
    ["IPv6 with port", "10.0.0.1", "[2001:DB9::7]:4711", undefined, "2001:db9::7", false],
    ["an IPv6 proxy", "2001:db8::1", "203.0.113.9", undefined, "203.0.113.9", false],
    ["an IPv4-mapped socket", "::ffff:10.0.0.1", "::ffff:203.0.113.9", undefined, "203.0.113.9", false],
    ["an IPv4-mapped socket that is not trusted", "::ffff:203.0.113.9", "1.1.1.1", "https", "203.0.113.9", false],
    ["no socket address", undefined, "1.1.1.1", "https", "", false],
    [
      "the scheme of the outermost trusted proxy",
      "10.0.0.1",
      "203.0.113.9, 10.0.0.2",
      "https, http",
      "203.0.113.9",
      true,
    ],
    [
      "a scheme that the visitor claims in front",
      "10.0.0.1",
      "8.8.8.8, 203.0.113.9",
      "https, http",
      "203.0.113.9",
      false,
    ],
  ])("%s", (_name, socket, xff, proto, client, tls) => {
    const peerTrusted = proxies.has(canonicalAddress(socket ?? "") ?? "");
    // Nobody whose word counts has said anything: the socket knows best.
    const told = peerTrusted && proto !== undefined ? tls : undefined;
    expect(clientOf(socket, xff, proto, proxies)).toEqual({ client, peerTrusted, tls: told });
  });

  it("is the socket where no proxy is trusted", () => {
    expect(clientOf("10.0.0.1", "1.1.1.1", "https", setOf())).toEqual({
      client: "10.0.0.1",
      peerTrusted: false,
      tls: undefined,
    });
  });

  it("is no trusted proxy because its address has a zone", () => {
    const client = { client: "fe80::1", peerTrusted: false, tls: undefined };
    expect(clientOf("fe80::1%eth0", "1.1.1.1", "https", proxies)).toEqual(client);
    expect(clientOf("fe80::1%eth0", "1.1.1.1", "https", setOf("fe80::/10")).client).toBe("1.1.1.1");
  });

  it("cannot be chosen by a visitor, whatever he puts into the header", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."10.,: []afx\t".split("")) }), (claim) => {
        expect(clientOf("10.0.0.1", `${claim}, 203.0.113.9`, undefined, proxies).client).toBe("203.0.113.9");
      }),
    );
  });
});
