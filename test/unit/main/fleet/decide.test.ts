/** Decisions about one operation that no rule of the simulation asks for. */
import { describe, expect, it } from "vitest";
import { settled } from "../../../../main/fleet/operation.ts";
import type { Receipt } from "../../../../server-agent/contract/maintenance.ts";
import { quiet } from "../../../support/fleet/healing.ts";
import { type World, agentOf, appOf, newWorld, nextInstant, withApp } from "../../../support/fleet/world.ts";
import {
  arrived,
  delivered,
  dropped,
  forgotten,
  happened,
  later,
  lossOf,
  replied,
  started,
} from "../../../support/fleet/world-steps.ts";

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

describe("a server that is too busy for a call", () => {
  /** All others answer; this one is too busy, for so many calls. */
  function busy(world: World, serverId: string, times = Infinity): World {
    let next = world;
    let left = times;
    while (appOf(next, 0).progress[0]?.run !== undefined) {
      const [flight] = next.flights;
      if (flight === undefined) next = later(next, nextInstant(next) ?? next.now);
      else if (flight.serverId === serverId && left > 0) {
        left -= 1;
        next = replied(next, flight, lossOf(flight.call, "agent.busy"));
      } else next = delivered(next, flight);
    }
    return next;
  }

  it("has done nothing, and is asked again", () => {
    expect(operationIn(busy(started(newWorld(3, 1), 0, TARGETS), "s2", 3))).toEqual({
      phase: "done",
      servers: ["committed", "committed", "committed"],
    });
    expect(operationIn(busy(staged(), "s2", 3))).toMatchObject({ phase: "done" });
  });

  it("for as long as it is waited for, is told to be busy and unchanged, and so are the others", () => {
    const world = busy(started(newWorld(3, 1), 0, TARGETS), "s2");
    expect(operationIn(world)).toEqual({ phase: "refused", servers: ["undone", "undone", "refused"] });
    expect(appOf(world, 0).progress[0]?.operation.servers[2]?.failure?.code).toBe("agent.busy");
    expect(Object.values(world.agents).map(({ generation, held }) => [generation, held])).toEqual([
      [1, undefined],
      [1, undefined],
      [1, undefined],
    ]);
  });

  it("says nothing of an earlier attempt whose reply was lost", () => {
    let world = staged();
    for (const flight of world.flights)
      world =
        flight.serverId === "s2"
          ? replied(arrived(world, flight), flight, lossOf(flight.call))
          : delivered(world, flight);
    expect(operationIn(busy(world, "s2"))).toEqual({ phase: "incomplete", servers: ["undone", "undone", "unknown"] });
  });
});
