import { describe, expect, it } from "vitest";
import type { CertificateFiles, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import {
  certificateFiles,
  certificateHolder,
  challengingAuthority,
  defaultHolder,
} from "../../../../../server-agent/core/tls/site-certificate.ts";
import { CATCH_ALL, configOf, tableOf, virtualHostOf } from "../../../../support/agent/config.ts";

function filesOf(name: string): CertificateFiles {
  return { certificate: `/${name}.pem`, key: `/${name}.key` };
}

function site(id: string, hosts: string[]): VirtualHost {
  return virtualHostOf(id, hosts, { tls: filesOf(id) });
}

describe("the certificate for a name", () => {
  const table = tableOf(
    configOf([
      site("wild", ["*.example.com"]),
      site("deep", ["*.eu.example.com"]),
      site("shop", ["shop.example.com"]),
      virtualHostOf("plain", ["plain.test"]),
      site("regex", ["~^r\\d+\\.test$"]),
    ]),
  );

  it.each([
    ["an exact name before the wildcard above it", "shop.example.com", "shop"],
    ["in any case, with a dot at the end", "SHOP.Example.com.", "shop"],
    ["a wildcard", "www.example.com", "wild"],
    ["the closest wildcard", "a.b.eu.example.com", "deep"],
    ["no wildcard for the name itself", "example.com", "wild"],
    ["a regular expression", "r12.test", "regex"],
    ["the first one for a site without one", "plain.test", "wild"],
    ["the first one for a name that nobody has", "other.test", "wild"],
    ["what is no name at all", "..", "wild"],
  ])("%s", (_what, name, id) => {
    expect(certificateHolder(table, name)?.tls).toEqual(filesOf(id));
  });

  it("is that of the catch-all for names that nobody has", () => {
    const own = tableOf({
      ...configOf([site("shop", ["shop.test"])]),
      virtualHosts: [site("shop", ["shop.test"]), { ...CATCH_ALL, tls: filesOf("all") }],
    });
    expect(certificateHolder(own, "other.test")?.tls).toEqual(filesOf("all"));
    expect(defaultHolder(own)?.tls).toEqual(filesOf("all"));
  });

  it("is that of the original while a copycat answers, also for a name that only the copycat has", () => {
    const closed = tableOf(
      configOf([
        virtualHostOf("shop-copycat", ["shop.test", "old-shop.test"], { copycatOf: "shop" }),
        site("other", ["other.test"]),
        site("shop", ["shop.test"]),
      ]),
    );
    expect(certificateHolder(closed, "shop.test")?.tls).toEqual(filesOf("shop"));
    expect(certificateHolder(closed, "old-shop.test")?.tls).toEqual(filesOf("shop"));
  });

  it("is none without any", () => {
    expect(
      certificateHolder(tableOf(configOf([virtualHostOf("plain", ["plain.test"])])), "plain.test"),
    ).toBeUndefined();
  });

  it("that the agent has obtained is one file in its folder", () => {
    const file = "/state/certificates/shop.eu.pem";
    expect(
      certificateFiles(virtualHostOf("shop.eu", ["shop.test"], { tls: { acme: "le" } }), "/state/certificates"),
    ).toEqual({ certificate: file, key: file });
    expect(certificateFiles(site("shop", ["shop.test"]), "/state/certificates")).toEqual(filesOf("shop"));
  });
});

describe("the authority that asks for a name", () => {
  function issued(id: string, hosts: string[], acme: string, names?: string[]): VirtualHost {
    return virtualHostOf(id, hosts, { tls: names === undefined ? { acme } : { acme, names } });
  }
  const table = tableOf(
    configOf([
      issued("shop", ["Shop.test", "www.shop.test"], "le"),
      issued("wild", ["*.wild.test", "*"], "other", ["a.wild.test", "b.test"]),
      { ...issued("off", ["off.test"], "le"), disabled: true },
      issued("late", ["shop.test"], "other"),
    ]),
  );

  it.each([
    ["shop.test", "le"],
    ["www.shop.test", "le"],
    ["a.wild.test", "other"],
    ["b.test", "other"],
    ["c.wild.test", undefined],
    ["off.test", undefined],
    ["nobody.test", undefined],
  ])("%s: %s", (host, authority) => {
    const path = "/.well-known/acme-challenge/token";
    expect(challengingAuthority(table, { path, method: "GET", host })).toBe(authority);
  });
});
