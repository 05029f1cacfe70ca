/** The links of a staff pass lead to the site itself: they are told once, and hold a secret. */
import { expect, it } from "vitest";
import type { BoundListener } from "../../../../../server-agent/contract/agent.ts";
import type { Config } from "../../../../../server-agent/contract/config.ts";
import { passLinks } from "../../../../../server-agent/core/web-servers/pass-links.ts";

function at(name: string, address: string, port: number, more: Partial<BoundListener> = {}): BoundListener {
  return { name, address, port, foreign: "nginx", ...more };
}

const LISTENERS = [
  at("admin", "127.0.0.1", 8443, { tls: true }),
  at("odd", "0.0.0.0", 9443, { tls: true }),
  at("tls", "0.0.0.0", 443, { tls: true }),
  at("plain", "0.0.0.0", 80),
];

function linksOf(listeners: string[] | undefined, hosts = ["shop.example", "*.shop.example"]): string[] {
  const foreign = { type: "foreign" as const, server: "nginx", ...(listeners === undefined ? {} : { listeners }) };
  const config: Config = {
    listeners: [],
    virtualHosts: [{ id: "shop", hosts, rules: [{ handler: foreign }] }],
  };
  return passLinks(config, "shop", LISTENERS, "/p");
}

it.each([
  [["plain"], "http://shop.example/p"],
  [["plain", "tls", "odd"], "https://shop.example/p"],
  [["plain", "odd"], "https://shop.example:9443/p"],
  [["admin", "plain"], "http://shop.example/p"],
  [["admin"], "https://shop.example:8443/p"],
  [undefined, "https://shop.example/p"],
])("on the listeners %j lead to %s", (names, link) => {
  expect(linksOf(names)).toEqual([link]);
});

it("are the path alone for a site that has no name of its own", () => {
  expect(linksOf(undefined, ["*.shop.example"])).toEqual(["/p"]);
});
