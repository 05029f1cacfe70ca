/** Sites that stay closed are named before something is done that leaves them so. */
import { expect, it } from "vitest";
import { bringBackLine, closedNames, closedSitesWords } from "../../../../../main/contract/shared/closed-sites.ts";
import { someProfile, someReceipt, someServer } from "../../../../support/desktop/desktop-fixtures.ts";

function sites(...names: string[]) {
  return names.map((site) => someReceipt({ id: site, site, copycat: `${site}-copycat` }));
}

it("are named by their hosts and servers, a few of many", () => {
  const one = someServer("web-01", sites("shop", "gone"));
  expect(closedNames(one)).toBe("shop.example.com and gone");
  expect(closedNames(someServer("web-02", sites("a", "b", "c", "d", "e", "f", "g")))).toBe("a, b, c, d, e and 2 more");
  expect(closedSitesWords([one, someServer("web-02"), someServer("web-03", sites("blog"))])).toBe(
    "shop.example.com and gone on web-01, blog on web-03",
  );
  expect(closedNames(someServer("web-02", [someReceipt({ state: "reverted" })]))).toBe("");
  expect([closedNames(undefined), closedSitesWords([])]).toEqual(["", ""]);
});

it("can be brought back on the server by one line, whatever its folders are called", () => {
  expect(bringBackLine(someProfile, "shop")).toBe(
    "backsoon-agent maintenance off shop --socket /run/backsoon/agent.sock",
  );
  const ssh = { id: "a", name: "a", kind: "ssh", ssh: { host: "web" } } as const;
  expect(bringBackLine({ ...ssh, program: "~/my apps/agent", socketPath: "/home/o'neil/agent.sock" }, "shop")).toBe(
    "~/'my apps/agent' maintenance off shop --socket '/home/o'\\''neil/agent.sock'",
  );
});
