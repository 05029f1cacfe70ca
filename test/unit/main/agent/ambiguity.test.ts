import { describe, expect, it } from "vitest";
import { ambiguityIn } from "../../../../main/agent/ambiguity.ts";
import { someConfig, someReceipt, someSnapshot } from "../../../support/desktop/desktop-fixtures.ts";

describe("two things of one name", () => {
  it("are in nothing that an agent says", () => {
    expect(ambiguityIn(someSnapshot({ maintenance: [someReceipt(), someReceipt({ id: "r-2" })] }))).toBeUndefined();
    // The same virtual host may be in a configuration before and after.
    expect(ambiguityIn({ before: someConfig, after: someConfig })).toBeUndefined();
    expect(ambiguityIn(undefined)).toBeUndefined();
  });

  it.each([
    [
      "a site",
      someSnapshot({
        config: { ...someConfig, virtualHosts: [...someConfig.virtualHosts, ...someConfig.virtualHosts] },
      }),
      '/config/virtualHosts has "shop" twice',
    ],
    ["a receipt", someSnapshot({ maintenance: [someReceipt(), someReceipt()] }), '/maintenance has "r-1" twice'],
    [
      "a listener",
      { config: { listeners: [{ name: "http" }, { name: "https" }, { name: "http" }] } },
      '/config/listeners has "http" twice',
    ],
    ["a generation", { generations: [{ generation: 3 }, { generation: 3 }] }, "/generations has 3 twice"],
    ["a request", { requests: [{ id: "constructor" }, { id: "constructor" }] }, '/requests has "constructor" twice'],
  ])("%s: is said with its place", (_what, value, words) => expect(ambiguityIn(value)).toBe(words));
});
