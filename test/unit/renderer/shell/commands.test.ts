import { describe, expect, it } from "vitest";
import type { Site } from "../../../../renderer/lib/sites.ts";
import type { KnownOperation } from "../../../../renderer/lib/operations.ts";
import { commandsFor, matching } from "../../../../renderer/shell/commands.ts";
import { someOperation, someReceipt } from "../../../support/desktop/desktop-fixtures.ts";

function site(name: string, more: Partial<Site> = {}): Site {
  return {
    key: `web-01/${name}`,
    serverId: "web-01",
    serverName: "web-01",
    id: name,
    virtualHost: { id: name, hosts: [name], rules: [{ handler: { type: "drop" } }] },
    name,
    aliases: [],
    state: "live",
    lastState: "live",
    receipt: undefined,
    seen: undefined,
    liveSince: undefined,
    copycat: undefined,
    foreign: undefined,
    inFlight: 0,
    draining: 0,
    history: [],
    searchText: name,
    ...more,
  };
}
function closed(name: string, state: Site["state"]) {
  const receipt = { id: "r" } as NonNullable<Site["receipt"]>;
  return site(name, { state, receipt, copycat: site(name).virtualHost });
}
function titles(sites: Site[]) {
  return commandsFor(sites, [{ id: "web-01", name: "web-01" }], []).map(({ title }) => title);
}

describe("the command palette", () => {
  it("offers what fits the state of each site", () => {
    const offered = titles([
      site("blog"),
      closed("shop", "maintenance"),
      closed("api", "unknown"),
      site("lost", { state: "unknown" }),
    ]);
    expect(offered.slice(0, 3)).toEqual([
      "Bring back shop",
      "Show the maintenance of shop",
      "Show the maintenance of api",
    ]);
    expect(offered.filter((title) => title.startsWith("Put "))).toEqual(["Put blog in maintenance"]);
    expect(offered).toEqual(
      expect.arrayContaining([
        "Go to Overview",
        "Go to Settings",
        "Add a server",
        "Go to server web-01",
        "Appearance: Dark",
      ]),
    );
  });

  it("finds all words in any order, beginnings of words first", () => {
    const commands = commandsFor([site("webshop"), site("shop"), site("blog")], [], []);
    expect(matching(commands, "SHOP put", 9).map(({ title }) => title)).toEqual([
      "Put shop in maintenance",
      "Put webshop in maintenance",
    ]);
    expect(matching(commands, "nothing like it", 9)).toEqual([]);
    expect(matching(commands, "", 2)).toHaveLength(2);
  });

  it("has one key for each command", () => {
    const keys = commandsFor([site("a"), closed("b", "maintenance")], [{ id: "s", name: "s" }], []).map(
      ({ key }) => key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("knows switches of several servers: those that wait for somebody first, and one way back for all their sites", () => {
    const operation = (id: string, title: string, phase: "done" | "interrupted"): KnownOperation => ({
      ...someOperation({ id, title, phase }),
      own: true,
      taking: 3,
    });
    const together = ["a", "b"].map((name) => {
      const before = closed(name, "maintenance");
      return {
        ...before,
        receipt: someReceipt({ id: name, operation: { id: "op-1", title: "New database", servers: 2 } }),
      };
    });
    const offered = commandsFor(
      together,
      [],
      [operation("op-1", "New database", "done"), operation("op-2", "Old one", "interrupted")],
    );
    expect(offered.slice(0, 2).map(({ title, detail }) => [title, detail])).toEqual([
      ["Show Old one", "Interrupted: action needed"],
      ["Bring all back: New database", "2 sites on one server"],
    ]);
    expect(matching(offered, "show new database", 1)).toMatchObject([{ kind: "operation", operationId: "op-1" }]);
  });
});
