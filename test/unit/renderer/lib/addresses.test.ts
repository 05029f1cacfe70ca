import { expect, it } from "vitest";
import { addressesOf } from "../../../../renderer/lib/addresses.ts";

const site = {
  serverId: "web-01",
  virtualHost: { id: "shop", hosts: ["shop.example.com", "*.shop.example.com", "~^x", "*"], rules: [] },
};

it("a site is reached over https at its names, and at no pattern", () => {
  expect(addressesOf(site, { state: "absent" }).map(({ url }) => url)).toEqual([
    "https://shop.example.com/",
    undefined,
    undefined,
    undefined,
  ]);
});

it("the practice server's over http at its port, others not", () => {
  const practice = {
    state: "running" as const,
    serverId: "web-01",
    url: "http://shop.localhost:8123/",
    visitors: false,
  };
  expect(addressesOf(site, practice)[0]?.url).toBe("http://shop.example.com:8123/");
  expect(addressesOf({ ...site, serverId: "web-02" }, practice)[0]?.url).toBe("https://shop.example.com/");
});
