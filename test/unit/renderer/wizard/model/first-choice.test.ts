import { expect, it } from "vitest";
import { firstChoice } from "../../../../../renderer/wizard/model/first-choice.ts";
import { besideServer, FOREIGN_SHOP, someWebServer, someWebSite } from "../../../../support/desktop/web-servers.ts";

const NONE = { serverId: "", site: "", also: [] };
const SHOP = { serverId: "web-01", site: "shop" };

function chosen(site: Parameters<typeof someWebSite>[0], asked: Partial<typeof SHOP> = SHOP) {
  const servers = [besideServer([FOREIGN_SHOP], [someWebServer([someWebSite(site)])])];
  return firstChoice({ screen: "wizard", ...asked }, { servers, operations: [] });
}

it("begins with the site that was asked for, or the only one", () => {
  expect(chosen({})).toEqual({ ...SHOP, also: [] });
  expect(chosen({}, {})).toEqual({ ...SHOP, also: [] });
});

it("does not begin with a site whose web server does not ask the agent", () => {
  expect(chosen({ state: "lost" })).toEqual(NONE);
  expect(chosen({ state: "lost" }, {})).toEqual(NONE);
});
