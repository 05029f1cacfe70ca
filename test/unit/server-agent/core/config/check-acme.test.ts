import { describe, expect, it } from "vitest";
import type { Config, SiteTls, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

function problemsOf(hosts: string[], tls: unknown, others: VirtualHost[] = [], acme: unknown = LE): string[] {
  const document = { ...configOf([virtualHostOf("shop", hosts, { tls: tls as SiteTls }), ...others]), acme } as Config;
  const checked = validateConfig(document);
  return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
}

const LE = { le: { termsAgreed: true } };

describe("a certificate that the agent is to obtain", () => {
  it.each([
    ["all hosts of the site", ["shop.test", "WWW.Shop.test.", "xn--bcher-kva.test"], { acme: "le" }],
    ["some of them", ["shop.test", "staff.internal"], { acme: "le", names: ["shop.test"] }],
    ["names below a wildcard", ["*.shop.test"], { acme: "le", names: ["www.shop.test"] }],
    ["names of an expression", ["~^s\\d+\\.test$"], { acme: "le", names: ["s1.test"] }],
  ])("can be for %s", (_what, hosts, tls) => {
    expect(problemsOf(hosts, tls)).toEqual([]);
  });

  it.each([
    [
      "a wildcard",
      ["*.shop.test"],
      { acme: "le" },
      /^\/virtualHosts\/0\/hosts\/0: .*HTTP-01 and TLS-ALPN-01 issue no wildcard certificates.*`names`/,
    ],
    ["an expression", ["a.test", "~^s"], { acme: "le" }, /^\/virtualHosts\/0\/hosts\/1: .*for a pattern/],
    ["an address", ["127.0.0.1"], { acme: "le" }, /hosts\/0: .*is an address/],
    ["an address of IPv6", ["[::1]"], { acme: "le" }, /hosts\/0: .*is an address/],
    ["what is no name", ["-shop.test"], { acme: "le" }, /hosts\/0: .*not a name/],
    [
      "a wildcard among the names",
      ["*.shop.test"],
      { acme: "le", names: ["*.shop.test"] },
      /tls\/names\/0: .*wildcard/,
    ],
    ["a name of others", ["shop.test"], { acme: "le", names: ["evil.test"] }, /tls\/names\/0: .*not among the `hosts`/],
    [
      "too many names",
      Array.from({ length: 101 }, (_, at) => `n${String(at)}.test`),
      { acme: "le" },
      /100 names at most/,
    ],
    ["an authority that is not there", ["shop.test"], { acme: "lee" }, /tls\/acme: .*no authority `lee`.*mean `le`/],
    ["both ways at once", ["shop.test"], { acme: "le", key: "/k.pem" }, /tls\/key: the key `key` is not known here/],
    ["no way", ["shop.test"], { acme: 5 }, /tls\/acme: `acme` must be text/],
  ])("cannot be for %s", (_what, hosts, tls, message) => {
    const problems = problemsOf(hosts, tls);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it("cannot be of a copycat, nor a second one for a name", () => {
    const copycat = virtualHostOf("shop-copycat", ["old.test"], { copycatOf: "shop", tls: { acme: "le" } });
    expect(problemsOf(["shop.test"], { acme: "le" }, [copycat])).toEqual([
      expect.stringMatching(/^\/virtualHosts\/1\/tls: a copycat uses the certificate of its original/),
    ]);
    const other = virtualHostOf("other", ["shop.test"], { tls: { acme: "le" } });
    expect(problemsOf(["shop.test"], { acme: "le" }, [other])).toEqual([
      expect.stringMatching(/^\/virtualHosts\/1\/tls: .*another certificate at `shop`.*leave `tls` out here/),
    ]);
  });

  it("cannot be of a site that a web server beside the agent serves", () => {
    const rules = [{ handler: { type: "foreign" as const, server: "nginx" } }];
    const beside = virtualHostOf("beside", ["beside.test"], { rules, tls: { acme: "le" } });
    expect(problemsOf(["shop.test"], { acme: "le" }, [beside])).toContainEqual(
      expect.stringMatching(/^\/virtualHosts\/1\/tls: the web server beside the agent/),
    );
  });

  it.each([
    [{ le: {} }, /\/acme\/le\/termsAgreed: .*missing/],
    [{ le: { termsAgreed: false } }, /termsAgreed: `termsAgreed` must be `true`/],
    [{ le: { termsAgreed: true, directory: "http://ca.test/" } }, /directory: .*https/],
    [{ le: { termsAgreed: true, email: "nobody" } }, /email: .*ops@example.com/],
    [{ le: { termsAgreed: true, externalAccount: { id: "k" } } }, /keyFile` is missing/],
  ])("needs an authority whose terms are agreed to: %j", (acme, message) => {
    expect(problemsOf(["shop.test"], { acme: "le" }, [], acme)).toEqual([expect.stringMatching(message)]);
  });
});
