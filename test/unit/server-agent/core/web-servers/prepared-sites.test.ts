import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config, VirtualHost } from "../../../../../server-agent/contract/config.ts";
import type { DiscoveredSite } from "../../../../../server-agent/contract/web-servers.ts";
import { validateConfig } from "../../../../../server-agent/core/config/validate-config.ts";
import { withoutSites, withSites } from "../../../../../server-agent/core/web-servers/prepared-sites.ts";
import { CATCH_ALL, configOf } from "../../../../support/agent/config.ts";

const NOTHING: Config = { listeners: [], virtualHosts: [CATCH_ALL] };

function found(
  id: string,
  hosts: string[],
  ...ports: { address?: string; port: number; tls?: boolean }[]
): DiscoveredSite {
  const listeners = ports.map(({ address = "0.0.0.0", port, tls = false }) => ({
    address,
    port,
    tls,
    http2: false,
    proxyProtocol: false,
    clientCertificate: false,
  }));
  return { id, hosts, listeners, blocks: [], certificates: [], hazards: [] };
}

const SHOP = found(
  "shop.example",
  ["shop.example"],
  { port: 80 },
  { port: 443, tls: true },
  { address: "::", port: 443, tls: true },
);
const ANY = found("any.example", ["*.example"], { port: 80 });
const DEFAULT = found("default", ["*"], { address: "127.0.0.1", port: 8080 });

function ids({ virtualHosts }: Config): string[] {
  return virtualHosts.map(({ id }) => id);
}

describe("prepared sites", () => {
  it("become virtual hosts and listeners of the document, the most exact names first", () => {
    const config = withSites(NOTHING, "nginx", [ANY, SHOP]);
    expect(validateConfig(config)).toMatchObject({ ok: true });
    expect(ids(config)).toEqual(["shop.example", "any.example", "default"]);
    expect(config.listeners).toEqual([
      { name: "nginx-80", address: "0.0.0.0", port: 80, foreign: "nginx" },
      { name: "nginx-443", address: "0.0.0.0", port: 443, foreign: "nginx", tls: true },
      { name: "nginx-ipv6-443", address: "::", port: 443, foreign: "nginx", tls: true },
    ]);
    expect(config.virtualHosts[0]?.rules).toEqual([
      { handler: { type: "foreign", server: "nginx", listeners: ["nginx-80", "nginx-443", "nginx-ipv6-443"] } },
    ]);
  });

  it("take the place of the catch-all where they answer for names that nobody lists", () => {
    const config = withSites(NOTHING, "nginx", [DEFAULT, SHOP]);
    expect(ids(config)).toEqual(["shop.example", "default"]);
    expect(config.virtualHosts[1]?.rules[0]?.handler?.type).toBe("foreign");
    expect(withoutSites(config, "nginx", ["default", "shop.example"])).toEqual(NOTHING);
  });

  it("keep what an operator has added when they are prepared again", () => {
    const copycat: VirtualHost = {
      id: "copycat",
      copycatOf: "shop.example",
      hosts: ["shop.example"],
      rules: [{ handler: { type: "maintenance", page: "default" } }],
    };
    const before = withSites(NOTHING, "nginx", [SHOP]);
    const closed = { ...before, virtualHosts: [copycat, ...before.virtualHosts] };
    const again = withSites(closed, "nginx", [{ ...SHOP, hosts: ["shop.example", "www.shop.example"] }]);
    expect(ids(again)).toEqual(["copycat", "shop.example", "default"]);
    expect(again.virtualHosts[1]?.hosts).toEqual(["shop.example", "www.shop.example"]);
  });

  it("leave the document as it was when they go, whatever else it has", () => {
    const sites = fc.uniqueArray(fc.constantFrom(SHOP, ANY, found("blog.test", ["blog.test"], { port: 81 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(sites, fc.boolean(), (chosen, hasOwn) => {
        const own: VirtualHost = {
          id: "own",
          hosts: ["own.test"],
          rules: [{ handler: { type: "error", status: 410 } }],
        };
        const before = hasOwn ? configOf([own]) : NOTHING;
        const prepared = withSites(before, "nginx", chosen);
        expect(validateConfig(prepared)).toMatchObject({ ok: true });
        expect(
          withoutSites(
            prepared,
            "nginx",
            chosen.map(({ id }) => id),
          ),
        ).toEqual(before);
      }),
    );
  });
});
