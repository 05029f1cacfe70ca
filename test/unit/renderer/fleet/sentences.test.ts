import { describe, expect, it } from "vitest";
import type { Failure } from "../../../../main/contract/failures.ts";
import type { FleetOperationState, FleetServer } from "../../../../main/contract/fleet.ts";
import {
  choicesOf,
  namesOf,
  notAsPlanned,
  outcomeOf,
  phasesOf,
  pillOf,
  serverPill,
  shortOutcome,
} from "../../../../renderer/fleet/sentences.ts";
import { someOperation, somePart } from "../../../support/desktop/desktop-fixtures.ts";

function failure(code: Failure["code"]): Failure {
  return { code, message: "why" };
}
function undone(name: string, change: Partial<FleetServer> = {}) {
  return somePart(name, { phase: "undone", committedAfterMs: null, ...change });
}
function told(phase: FleetOperationState["phase"], servers: FleetServer[], change: Partial<FleetOperationState> = {}) {
  return outcomeOf(someOperation({ phase, servers, skewMs: null, ...change }));
}

describe("names", () => {
  it("are listed as people say them, and cut when there are many", () => {
    const servers = ["a", "b", "c", "d", "e"].map((name) => ({ name }));
    expect([1, 2, 3, 5].map((count) => namesOf(servers.slice(0, count)))).toEqual([
      "a",
      "a and b",
      "a, b and c",
      "a, b and 3 others",
    ]);
  });
});

describe("what was observed", () => {
  it("names the sites that do not answer as planned", () => {
    const site = (name: string, lastState: "failed" | "maintenance") => ({ name, serverName: "web-1", lastState });
    expect(notAsPlanned([site("shop", "maintenance")])).toBe("");
    expect(notAsPlanned([site("shop", "failed")])).toBe("shop on web-1 does not answer as planned");
    expect(notAsPlanned([site("shop", "failed"), site("blog", "failed")])).toBe(
      "shop on web-1 and blog on web-1 do not answer as planned",
    );
  });
});

describe("what happened", () => {
  it("says how close together the servers switched", () => {
    expect(outcomeOf(someOperation())).toBe("3 sites on 3 servers are in maintenance, all within 12 ms.");
    expect(outcomeOf(someOperation({ kind: "revert", servers: [somePart("web-1")] }))).toBe(
      "1 site on 1 server is live again.",
    );
    expect(told("done", [somePart("web-1"), somePart("web-2")])).toBe("2 sites on 2 servers are in maintenance.");
  });

  it("says that nothing was changed, and who refused or was not there", () => {
    const refused = (name: string, code: Failure["code"]) =>
      somePart(name, { phase: "refused", failure: failure(code) });
    expect(told("refused", [undone("web-1"), refused("web-2", "config.stale")])).toBe(
      "Nothing was changed anywhere: web-2 refused.",
    );
    expect(told("refused", [undone("web-1"), refused("web-2", "ssh.lost")])).toBe(
      "Nothing was changed anywhere: web-2 could not be reached.",
    );
    expect(told("refused", [refused("web-1", "stage.held"), refused("web-2", "server.silent")])).toBe(
      "Nothing was changed anywhere: web-1 refused, and web-2 could not be reached.",
    );
  });

  it("says that a server was busy, and not that it refused", () => {
    const refused = (name: string, code: Failure["code"]) =>
      somePart(name, { phase: "refused", failure: failure(code) });
    expect(told("refused", [undone("web-1"), refused("web-2", "agent.busy")])).toBe(
      "Nothing was changed anywhere: web-2 was busy with other calls.",
    );
    expect(
      told("refused", [refused("a", "config.stale"), refused("b", "agent.busy"), refused("c", "agent.busy")]),
    ).toBe("Nothing was changed anywhere: a refused, and b and c were busy with other calls.");
    const busy = { failure: failure("agent.busy") };
    expect(serverPill({ phase: "refused", ...busy }, "maintenance", 0).label).toBe("Busy, as before");
    expect(serverPill({ phase: "failed", ...busy }, "maintenance", 0).label).toBe("Busy, did not switch");
  });

  it("says what was undone, and why", () => {
    expect(told("undone", [undone("web-1"), somePart("web-2", { phase: "failed" })])).toBe(
      "web-2 did not switch, so the switch was undone on the others. Everything is as it was before.",
    );
    expect(told("undone", [undone("web-1"), undone("web-2")])).toBe(
      "Nothing of it is left on any server. Everything is as it was before.",
    );
  });

  it("says what is where when it is not over, and that the app ended in between", () => {
    const servers = [
      somePart("web-1"),
      somePart("web-2", { phase: "staged" }),
      somePart("web-3", { phase: "unknown" }),
      undone("web-4"),
    ];
    const standing =
      "web-1 is in maintenance; web-2 is prepared but not switched; it is not known whether web-3 switched; web-4 is as before.";
    expect(told("incomplete", servers)).toBe(standing);
    expect(told("interrupted", servers)).toBe(`Backsoon stopped in the middle of this. ${standing}`);
    expect(told("incomplete", [somePart("web-3", { phase: "unknown" }), undone("web-1"), undone("web-2")])).toBe(
      "It is not known whether web-3 switched; web-1 and web-2 are as before.",
    );
    expect(told("incomplete", [somePart("web-1"), somePart("web-2"), undone("web-3")], { kind: "revert" })).toBe(
      "web-1 and web-2 are live again; web-3 is as before.",
    );
  });

  it("says while it runs what is being done", () => {
    expect(told("staging", [somePart("web-1", { phase: "staging" })])).toBe(
      "1 server is being prepared. Nothing has changed yet.",
    );
    expect(told("committing", [])).toBe("Everything is prepared, and all servers switch now.");
    expect(told("undoing", [somePart("web-1", { phase: "undoing", receipts: ["r"] })])).toBe(
      "What was switched is being undone.",
    );
    expect(told("undoing", [somePart("web-1", { phase: "staged" })])).toBe("What was prepared is being dropped.");
  });
});

describe("what the buttons would do", () => {
  const choices = (servers: FleetServer[], change: Partial<FleetOperationState> = {}) =>
    choicesOf(someOperation({ phase: "incomplete", servers, ...change }));

  it("is said only while somebody has to decide", () => {
    expect(choicesOf(someOperation())).toBe("");
    expect(choicesOf(someOperation({ phase: "staging" }))).toBe("");
  });

  it("names the servers that it is about", () => {
    expect(choices([somePart("web-1"), somePart("web-2", { phase: "staged" })], { phase: "interrupted" })).toBe(
      "Finish switches web-2, too. Undo brings web-1 back, and drops what is prepared on web-2.",
    );
    expect(choices([somePart("web-1", { phase: "unknown" }), undone("web-2")])).toBe(
      "Try again switches all 2 servers. Undo makes sure that nothing is left on web-1.",
    );
    expect(choices([somePart("web-1"), undone("web-2")], { kind: "revert" })).toBe(
      "Try again switches web-2, too. Undo puts web-1 in maintenance again.",
    );
  });
});

describe("the two phases", () => {
  const views = (phase: FleetOperationState["phase"], servers: FleetServer[]) =>
    phasesOf(someOperation({ phase, servers, skewMs: null })).map(({ words, through, stopped, state }) => [
      words,
      through,
      stopped,
      state,
    ]);

  it("count who has promised and who has switched", () => {
    const waiting = (name: string) => somePart(name, { phase: "staging", stageId: null });
    expect(views("staging", [somePart("a", { phase: "staged" }), waiting("b"), waiting("c")])).toEqual([
      ["1 of 3 prepared", 1, 0, "running"],
      ["Starts when all are prepared", 0, 0, "waiting"],
    ]);
    expect(views("committing", [somePart("a"), somePart("b", { phase: "committing" })])).toEqual([
      ["2 of 2 prepared", 2, 0, "done"],
      ["1 of 2 switched", 1, 0, "running"],
    ]);
    expect(phasesOf(someOperation())[1]).toMatchObject({ words: "3 of 3 switched", state: "done" });
  });

  it("show where it stopped", () => {
    expect(views("refused", [undone("a"), somePart("b", { phase: "refused", stageId: null })])).toEqual([
      ["1 of 2 prepared, 1 refused", 1, 1, "stopped"],
      ["Not started, nothing was changed", 0, 0, "stopped"],
    ]);
    expect(views("incomplete", [undone("a", { receipts: ["r"] }), somePart("b", { phase: "unknown" })])[1]).toEqual([
      "0 of 2 switched, 1 undone, 1 unknown",
      0,
      1,
      "stopped",
    ]);
  });
});

describe("states", () => {
  it("of a server, with what its sites are now", () => {
    expect(serverPill(somePart("a"), "maintenance", 2).label).toBe("In maintenance");
    expect(serverPill(somePart("a"), "maintenance", 0).label).toBe("Live again");
    expect(serverPill(somePart("a"), "maintenance", null)).toMatchObject({ state: "unknown" });
    expect(serverPill(somePart("a"), "revert", 0).label).toBe("Live again");
    expect(serverPill({ phase: "refused", failure: failure("ssh.timeout") }, "maintenance", 0).label).toBe(
      "Not reached, as before",
    );
    expect(serverPill({ phase: "refused", failure: failure("config.stale") }, "maintenance", 0).label).toBe(
      "Refused, as before",
    );
  });

  it("of an operation, for its screen and for lists", () => {
    expect(pillOf(someOperation(), 3).state).toBe("maintenance");
    expect(pillOf(someOperation(), 0)).toEqual({ state: "live", label: "Live again" });
    expect(pillOf(someOperation({ phase: "refused" }), 0).label).toBe("Nothing changed");
    expect(shortOutcome({ ...someOperation(), own: true, taking: 3 })).toBe("Switched, all within 12 ms");
    expect(shortOutcome({ ...someOperation(), own: false, taking: 4 })).toBe(
      "Switched on 3 of 4 servers, as far as can be seen from here",
    );
  });
});
