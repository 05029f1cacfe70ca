import { describe, expect, it } from "vitest";
import type { Failure } from "../../../../main/contract/failures.ts";
import type { Receipt, Stage } from "../../../../server-agent/contract/maintenance.ts";
import { actionsOf, labelOf, returnTargets } from "../../../../renderer/fleet/actions.ts";
import { byDay, historyEntries, type HistoryFilter } from "../../../../renderer/history/history-entries.ts";
import {
  heldByOthers,
  heldWords,
  knownOperations,
  receiptsOf,
  stillClosed,
} from "../../../../renderer/lib/operations.ts";
import { sitesOf } from "../../../../renderer/lib/sites.ts";
import { closedTogether, inMaintenance } from "../../../../renderer/overview/site-rows.ts";
import {
  at,
  someOperation,
  somePart,
  someReceipt,
  someServer,
  someSnapshot,
} from "../../../support/desktop/desktop-fixtures.ts";

const OPERATION = { id: "operation-0001", title: "New database", servers: 3 };
function closed(id: string, change: Partial<Receipt> = {}) {
  return someReceipt({ id, operation: OPERATION, ...change });
}
function back(id: string, change: Partial<NonNullable<Receipt["revert"]>> = {}) {
  return closed(id, {
    state: "reverted",
    revert: { how: "delete", generation: 3, at: at(9), author: "jo", switchMs: 2, exact: true, ...change },
  });
}
const lost = {
  state: "unreachable" as const,
  since: at(0),
  retryAt: null,
  failure: { code: "server.silent" as const, message: "" },
};

describe("what can be done about an operation", () => {
  const actions = (change: Parameters<typeof someOperation>[0], open = 0, own = true) =>
    actionsOf({ ...someOperation(change), own }, open);
  const refused = (code: Failure["code"]) => [somePart("web-1", { phase: "refused", failure: { code, message: "" } })];

  it("fits how it stands", () => {
    expect(actions({}, 3)).toEqual(["bring-back"]);
    expect(actions({}, 0)).toEqual([]);
    expect(actions({ kind: "revert" })).toEqual(["undo"]);
    expect(actions({ phase: "staging" }, 3)).toEqual(["cancel"]);
    expect(actions({ phase: "committing" }, 3)).toEqual([]);
    expect(actions({ phase: "undone" })).toEqual(["finish", "forget"]);
    expect(actions({ phase: "incomplete" }, 1)).toEqual(["finish", "undo", "forget"]);
    expect(actions({ phase: "interrupted" })).toEqual(["finish", "undo", "forget"]);
  });

  it("is trying again where that may help, and looking again where it cannot", () => {
    expect(actions({ phase: "refused", servers: refused("server.silent") })).toEqual(["finish", "forget"]);
    expect(actions({ phase: "refused", servers: refused("stage.held") })).toEqual(["finish", "forget"]);
    expect(actions({ phase: "refused", servers: refused("config.stale") })).toEqual(["look-again", "forget"]);
    expect(actions({ phase: "refused", servers: refused("config.stale"), kind: "revert" })).toEqual([
      "finish",
      "forget",
    ]);
  });

  it("is only bringing back, where it was somebody else's", () => {
    expect(actions({}, 2, false)).toEqual(["bring-back"]);
    expect(actions({ kind: "revert" }, 0, false)).toEqual([]);
  });

  it("has words", () => {
    expect(labelOf("finish", { kind: "maintenance", phase: "interrupted" })).toBe("Finish");
    expect(labelOf("finish", { kind: "maintenance", phase: "incomplete" })).toBe("Try again");
    expect(labelOf("undo", { kind: "revert", phase: "done" })).toBe("Put all back in maintenance");
  });
});

describe("bringing several back", () => {
  it("asks each server that answers once, for all its receipts", () => {
    const two = someServer("web-1", [closed("r-1"), closed("r-2", { site: "default", copycat: "default-copycat" })]);
    const away = someServer("web-2", [closed("r-3")], { connection: lost });
    expect(returnTargets([...sitesOf(two), ...sitesOf(away), ...sitesOf(someServer("web-3"))], "demote")).toEqual([
      {
        serverId: "web-1",
        changes: [
          { kind: "revert", receipt: "r-1", how: "demote" },
          { kind: "revert", receipt: "r-2", how: "demote" },
        ],
      },
    ]);
  });
});

describe("operations as they are known", () => {
  const servers = [
    someServer("web-1", [closed("r-1", { startedAt: at(5) })]),
    someServer("web-2", [closed("r-2", { startedAt: at(4) })]),
  ];

  it("are those of this app", () => {
    expect(knownOperations([someOperation()], servers)).toMatchObject([{ id: OPERATION.id, own: true, taking: 3 }]);
  });

  it("and those that only the servers' receipts tell of", () => {
    expect(knownOperations([], servers)).toEqual([
      expect.objectContaining({
        ...OPERATION,
        kind: "maintenance",
        phase: "done",
        author: "marta",
        startedAt: at(4),
        own: false,
        taking: 3,
        servers: expect.any(Array) as unknown,
      }),
    ]);
    expect(knownOperations([], servers)[0]?.servers).toMatchObject([
      { name: "web-1", sites: ["shop"], receipts: ["r-1"] },
      { name: "web-2", sites: ["shop"], receipts: ["r-2"] },
    ]);
  });

  it("the way back is one of its own, newest first", () => {
    const returned = someServer("web-1", [
      back("r-1", { operation: { id: "operation-0002", title: "Back", servers: 1 } }),
    ]);
    expect(knownOperations([], [returned]).map(({ id, kind, author }) => [id, kind, author])).toEqual([
      ["operation-0002", "revert", "jo"],
      ["operation-0001", "maintenance", "marta"],
    ]);
    expect(receiptsOf({ id: "operation-0002", kind: "revert" }, returned).map(({ id }) => id)).toEqual(["r-1"]);
    expect(receiptsOf({ id: "operation-0002", kind: "maintenance" }, returned)).toEqual([]);
  });

  it("and what of them is still in maintenance", () => {
    const sites = [...servers, someServer("web-3", [back("r-3")])].flatMap(sitesOf);
    expect(stillClosed(OPERATION.id, sites).map(({ key }) => key)).toEqual(["web-1/shop", "web-2/shop"]);
  });
});

describe("the overview's banners", () => {
  it("have the sites of one operation as one", () => {
    const alone = someServer("web-3", [someReceipt({ id: "r-9", startedAt: at(1) })]);
    const together = ["web-1", "web-2"].map((name) => someServer(name, [closed(name)]));
    const banners = closedTogether(inMaintenance([...together, alone].flatMap(sitesOf)));
    expect(
      banners.map((banner) => (banner.kind === "site" ? banner.site.key : [banner.title, banner.sites.length])),
    ).toEqual([["New database", 2], "web-3/shop"]);
  });

  it("have a site by itself when it is the last one of its operation", () => {
    expect(closedTogether(inMaintenance(sitesOf(someServer("web-1", [closed("r")])))).map(({ kind }) => kind)).toEqual([
      "site",
    ]);
  });
});

describe("a stage of somebody else", () => {
  const stage: Stage = {
    id: "stage-1",
    operation: { id: "operation-0009", title: "Their own", servers: 2 },
    changes: [],
    author: "Anna",
    sites: ["shop"],
    state: "staged",
    baseGeneration: 1,
    stagedAt: at(0),
    expiresAt: at(30),
    receipts: [],
    warnings: [],
  };
  const server = (change: Partial<Stage>, rest = {}) =>
    someServer("web-1", [], { snapshot: someSnapshot({ stages: [{ ...stage, ...change }] }), ...rest });

  it("is told with whose it is and until when", () => {
    expect(heldByOthers(server({}), [someOperation()])).toMatchObject({ author: "Anna" });
    expect(heldWords(stage, Date.parse(at(0)))).toMatch(/^Anna is about to switch sites here, until \d\d:\d\d$/);
    expect(heldWords({ ...stage, author: "" }, Date.parse(at(0)))).toMatch(/^Somebody /);
  });

  it("is none when it is over, our own, or not observed", () => {
    expect(heldByOthers(server({ state: "expired" }), [])).toBeUndefined();
    expect(heldByOthers(server({}), [{ id: "operation-0009" }])).toBeUndefined();
    expect(heldByOthers(server({}, { connection: lost }), [])).toBeUndefined();
  });
});

describe("the history", () => {
  const servers = [
    someServer("web-1", [
      closed("r-1", { startedAt: at(5) }),
      someReceipt({ id: "r-0", state: "reverted", startedAt: at(1), reason: "alone" }),
    ]),
    someServer("web-2", [back("r-2")]),
  ];
  const all: HistoryFilter = { words: "", author: "", state: "all", since: 0 };
  const entries = (filter: Partial<HistoryFilter>) =>
    historyEntries(servers, [someOperation({ startedAt: at(5) })], { ...all, ...filter });
  const keys = (words: string, filter: Partial<HistoryFilter> = {}) =>
    entries({ ...filter, words }).map(({ key }) => key);

  it("tells what was switched together as one", () => {
    expect(keys("")).toEqual(["operation-0001", "web-1/r-0"]);
    expect(entries({})[0]).toMatchObject({
      scope: "3 sites on 3 servers",
      outcome: "Switched, all within 12 ms",
      closed: 1,
    });
  });

  it("finds each site of it", () => {
    expect(keys("new database")).toEqual(["operation-0001"]);
    expect(keys("shop")).toEqual(["web-1/r-1", "web-1/r-0", "web-2/r-2"]);
    expect(keys("web-2")).toEqual(["operation-0001", "web-2/r-2"]);
    expect(keys("nothing")).toEqual([]);
    expect(keys("", { of: { serverId: "web-2", site: "shop" } })).toEqual(["web-2/r-2"]);
  });

  it("tells what somebody did, what is on, and what was since a time", () => {
    const { author } = someReceipt({});
    expect(keys("shop", { author })).toEqual(keys("shop"));
    expect(keys("", { author: "nobody" })).toEqual([]);
    expect(keys("", { state: "on" })).toEqual(["operation-0001"]);
    expect(keys("", { state: "back" })).toEqual(["web-1/r-0"]);
    expect(keys("", { state: "wrong" })).toEqual([]);
    expect(keys("", { since: Date.parse(at(2)) })).toEqual(["operation-0001"]);
    expect(byDay(entries({})).map(({ entries: each }) => each.length)).toEqual([2]);
  });
});
