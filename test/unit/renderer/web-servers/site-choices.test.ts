import { describe, expect, it } from "vitest";
import { prepareChoices, removeChoices } from "../../../../renderer/web-servers/site-choices.ts";
import { someReceipt } from "../../../support/desktop/desktop-fixtures.ts";
import {
  besideServer,
  FOREIGN_COPYCAT,
  FOREIGN_SHOP,
  someWebServer,
  someWebSite,
} from "../../../support/desktop/web-servers.ts";

const hazard = { code: "x", message: "Sites share ssl.conf.", refuses: false };

describe("the sites to choose from", () => {
  it("has those that can be prepared, and for the others the reason and the line to paste", () => {
    const choices = prepareChoices(
      someWebServer([
        someWebSite(),
        someWebSite({ id: "blog", hosts: ["blog.example.com"], state: "not-prepared", hazards: [hazard] }),
        someWebSite({ id: "lost", hosts: ["lost.example.com"], state: "lost", cells: [] }),
        someWebSite({
          id: "plesk",
          hosts: ["plesk.example.com"],
          state: "cannot-be-prepared",
          hazards: [{ ...hazard, message: "Plesk writes it.", refuses: true, paste: "include backsoon;" }],
        }),
      ]),
    );
    expect(choices.map(({ id, obstacle, notes, pastes }) => ({ id, obstacle, notes, pastes }))).toEqual([
      { id: "shop", obstacle: "Ready already.", notes: [], pastes: [] },
      { id: "blog", obstacle: undefined, notes: ["Sites share ssl.conf."], pastes: [] },
      { id: "lost", obstacle: undefined, notes: [], pastes: [] },
      { id: "plesk", obstacle: "Plesk writes it.", notes: [], pastes: ["include backsoon;"] },
    ]);
  });

  it("removes every site that the agent has, unless it is in maintenance", () => {
    const webServer = someWebServer([]);
    const blog = { ...FOREIGN_SHOP, id: "blog", hosts: ["blog.example.com"] };
    const other = { ...FOREIGN_SHOP, id: "api", rules: [{ handler: { type: "foreign" as const, server: "nginx-2" } }] };
    const server = besideServer([FOREIGN_COPYCAT, FOREIGN_SHOP, blog, other], [webServer], {
      maintenance: [someReceipt()],
    });
    expect(removeChoices(webServer, server).map(({ id, obstacle }) => [id, obstacle !== undefined])).toEqual([
      ["shop", true],
      ["blog", false],
    ]);
  });
});
