/** Decisions about one operation that no rule of the simulation asks for. */
import { describe, expect, it } from "vitest";
import { settled } from "../../../../main/fleet/operation.ts";
import type { Receipt } from "../../../../server-agent/contract/maintenance.ts";
import { quiet } from "../../../support/fleet/healing.ts";
import { type World, agentOf, appOf, newWorld, withApp } from "../../../support/fleet/world.ts";
import { arrived, delivered, dropped, forgotten, happened, started } from "../../../support/fleet/world-steps.ts";

const TARGETS = ["s0", "s1", "s2"].map((serverId) => ({
  serverId,
  changes: [{ kind: "maintenance" as const, options: { site: "shop" } }],
}));

function operationIn(world: World) {
  const operation = appOf(world, 0).progress[0]?.operation;
  if (operation === undefined) throw new Error("there is no operation");
  return { phase: operation.phase, servers: operation.servers.map(({ phase }) => phase) };
}

function staged(): World {
  let world = started(newWorld(3, 1), 0, TARGETS);
  for (const flight of world.flights) world = delivered(world, flight);
  return world;
}

describe("a server of which it is not known whether it switched", () => {
  it("is asked once the others are undone, as its connection may never have ended", () => {
    let world = staged();
    for (const flight of world.flights)
      world =
        flight.serverId === "s2"
          ? { ...dropped(arrived(world, flight), flight), flights: world.flights.filter((each) => each !== flight) }
          : delivered(world, flight);
    expect(operationIn(quiet(world))).toEqual({ phase: "incomplete", servers: ["undone", "undone", "committed"] });
  });
});

describe("a site that was brought back, closed again, and brought back", () => {
  it("is closed again once, by its latest receipt", () => {
    const closed = quiet(started(newWorld(1, 1), 0, TARGETS.slice(0, 1)));
    const back = [
      { serverId: "s0", changes: [{ kind: "revert" as const, receipt: "receipt-2", how: "delete" as const }] },
    ];
    let world = quiet(started(forgotten(closed, 0), 0, back));
    for (const type of ["undo", "switch"] as const) world = quiet(happened(world, 0, "operation-1", { type }));
    world = quiet(happened(world, 0, "operation-1", { type: "undo" }));
    expect(operationIn(world)).toEqual({ phase: "undone", servers: ["undone"] });

    // The next start knows only what the server says.
    const again = quiet(happened(world, 0, "operation-1", { type: "switch" }));
    const [progress] = appOf(again, 0).progress;
    if (progress === undefined) throw new Error("there is no operation");
    const { receipts } = agentOf(again, "s0");
    const [server] = progress.operation.servers;
    if (server === undefined) throw new Error("there is no server");
    expect(receipts.filter(({ revert }) => revert?.operation?.id === "operation-1")).toHaveLength(3);
    expect(settled(progress.operation, server, [], receipts as unknown as Receipt[]).receipts).toEqual([
      receipts[0]?.id,
    ]);
  });
});

describe("what cannot be stored", () => {
  it("is not begun", () => {
    const world = started(withApp(newWorld(3, 1), 0, { isDiskFull: true }), 0, TARGETS);
    expect(world.flights).toEqual([]);
    expect(operationIn(world)).toEqual({ phase: "undone", servers: ["waiting", "waiting", "waiting"] });
  });

  it("is not undone either: an app that ended meanwhile would say that it is switched", () => {
    const done = quiet(started(newWorld(3, 1), 0, TARGETS));
    const world = happened(withApp(done, 0, { isDiskFull: true }), 0, "operation-0", { type: "undo" });
    expect(world.flights).toEqual([]);
    expect(operationIn(world)).toMatchObject({ phase: "done" });
  });

  it("is not committed: the stages are aborted, and all say why", () => {
    let world = started(newWorld(3, 1), 0, TARGETS);
    world = withApp(world, 0, { isDiskFull: true });
    for (const flight of world.flights) world = delivered(world, flight);
    expect(operationIn(quiet(world))).toEqual({ phase: "refused", servers: ["refused", "refused", "refused"] });
    expect(Object.values(quiet(world).agents).map(({ generation, held }) => [generation, held])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
    ]);
  });
});
