import { expect, it } from "vitest";
import { siteName } from "../../../../server-agent/core/site-name.ts";

it.each([
  ["shop", ["shop.example.com", "www.example.com"], "shop.example.com"],
  ["wild", ["*.example.com"], "*.example.com"],
  ["pattern", ["~^a.*$"], "pattern"],
  ["default", ["*"], "default"],
  ["gone", undefined, "gone"],
])("%s with the hosts %j is called %s", (id, hosts, name) => {
  expect(siteName({ virtualHosts: hosts === undefined ? [] : [{ id, hosts, rules: [] }] }, id)).toBe(name);
});
