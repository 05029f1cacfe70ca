import { describe, expect, it } from "vitest";
import type { VirtualHost } from "../../../../../server-agent/contract/config.ts";
import { orderedSites } from "../../../../../server-agent/supervisor/acme/ordered-sites.ts";
import { configOf, virtualHostOf } from "../../../../support/agent/config.ts";

function namesOf(virtualHosts: VirtualHost[], held: string[] = []): (readonly string[])[] {
  const config = { ...configOf(virtualHosts), acme: { le: { termsAgreed: true as const } } };
  const known = { directory: "https://ca.test/dir", names: held, ends: 2, renewAt: 1 };
  return orderedSites(config, (site) => ({ site, held: known, failed: undefined })).map(({ names }) => names);
}

const SHOP = virtualHostOf("shop", ["Shop.test", "staff.internal"], { tls: { acme: "le" } });
const COPYCAT = virtualHostOf("shop-copycat", ["shop.test"], { copycatOf: "shop" });

describe("the names that are ordered for a site", () => {
  it("are all its hosts, or those that are listed", () => {
    expect(namesOf([SHOP])).toEqual([["shop.test", "staff.internal"]]);
    expect(namesOf([{ ...SHOP, tls: { acme: "le", names: ["shop.test"] } }])).toEqual([["shop.test"]]);
    expect(namesOf([{ ...SHOP, disabled: true }, virtualHostOf("other", ["other.test"])])).toEqual([]);
  });

  it("are not those that a maintenance adds for staff, unless they were there or are listed", () => {
    expect(namesOf([COPYCAT, SHOP])).toEqual([["shop.test"]]);
    expect(namesOf([COPYCAT, SHOP], ["shop.test", "staff.internal"])).toEqual([["shop.test", "staff.internal"]]);
    const listed = { ...SHOP, tls: { acme: "le", names: ["staff.internal"] } };
    expect(namesOf([COPYCAT, listed])).toEqual([["staff.internal"]]);
    expect(namesOf([{ ...COPYCAT, disabled: true }, SHOP])).toEqual([["shop.test", "staff.internal"]]);
    expect(namesOf([SHOP, COPYCAT])).toEqual([["shop.test", "staff.internal"]]);
  });
});
