import { describe, expect, it } from "vitest";
import type { Config, Listener, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

const FILES = { certificate: "/a.pem", key: "/a.key" };

function problemsOf(virtualHosts: VirtualHost[], listener: Partial<Listener> = {}, rest: Partial<Config> = {}) {
  const listeners = [{ name: "https", address: "127.0.0.1", port: 0, ...listener }];
  const checked = validateConfig(configOf(virtualHosts, { listeners, ...rest }));
  return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
}

describe("TLS in a document", () => {
  it("needs a certificate for a listener", () => {
    expect(problemsOf([virtualHostOf("shop", ["shop.test"])], { tls: true })).toEqual([
      "/listeners/0/tls listener.no-certificate",
    ]);
    expect(
      problemsOf([virtualHostOf("shop", ["shop.test"], { tls: FILES })], { tls: { minVersion: "TLSv1.3" } }),
    ).toEqual([]);
  });

  it("has one certificate for a name", () => {
    const other = { certificate: "/b.pem", key: "/b.key" };
    const office = { from: "10.0.0.0/8" };
    expect(
      problemsOf([
        virtualHostOf("office", ["Shop.test."], { tls: other, when: office }),
        virtualHostOf("shop", ["www.shop.test", "shop.test"], { tls: FILES }),
      ]),
    ).toEqual(["/virtualHosts/1/tls/certificate virtual-host.two-certificates"]);
    expect(
      problemsOf([
        virtualHostOf("office", ["shop.test"], { tls: FILES, when: office }),
        virtualHostOf("shop", ["shop.test"], { tls: FILES }),
      ]),
    ).toEqual([]);
  });

  it("is how a web server beside the agent speaks, not how it is to speak", () => {
    expect(problemsOf([virtualHostOf("shop", ["shop.test"])], { foreign: "nginx", tls: {} })).toEqual([
      "/listeners/0/tls listener.foreign-tls",
    ]);
    expect(problemsOf([virtualHostOf("shop", ["shop.test"])], { foreign: "nginx", tls: true, http2: false })).toEqual([
      "/listeners/0/http2 listener.foreign-http2",
    ]);
  });

  it("takes no file name with a NUL, and no part of a certificate alone", () => {
    expect(problemsOf([virtualHostOf("shop", ["shop.test"], { tls: { ...FILES, key: "/a\0.key" } })])).toEqual([
      "/virtualHosts/0/tls/key file.name",
    ]);
    expect(
      problemsOf([virtualHostOf("shop", ["shop.test"], { tls: { certificate: "/a.pem" } as typeof FILES })]),
    ).toEqual([expect.stringMatching("^/virtualHosts/0/tls/key ")]);
  });
});
