/** Every way that three servers and two apps can go in so many steps: none breaks a rule. */
import { describe, expect, it } from "vitest";
import type { FleetTarget } from "../../../../main/contract/fleet.ts";
import { type Left, type Start, explore } from "../../../support/fleet/explorer.ts";
import { quiet } from "../../../support/fleet/healing.ts";
import { type World, newWorld } from "../../../support/fleet/world.ts";
import { appCrashed, appStarted, delivered, happened, started } from "../../../support/fleet/world-steps.ts";
import { repetitions } from "../../../support/repetitions.ts";

const SERVERS = ["s0", "s1", "s2"];

function close(site: string): FleetTarget[] {
  return SERVERS.map((serverId) => ({ serverId, changes: [{ kind: "maintenance", options: { site } }] }));
}
/** The receipt of each server that closing one site there has made. */
const BACK: FleetTarget[] = SERVERS.map((serverId) => ({
  serverId,
  changes: [{ kind: "revert", receipt: "receipt-2", how: "delete" }],
}));

/** @param steps in a test, and in soak */
function check(
  name: string,
  from: World,
  left: Left,
  starts: readonly Start[],
  steps: readonly [number, number],
): void {
  const { visited, steps: taken } = explore(from, left, starts, repetitions(...steps));
  console.log(`${name}: ${visited} states visited in up to ${taken} steps`);
  expect(visited).toBeGreaterThan(1000);
}

describe("every way", () => {
  it("one app closes a site, and two things go wrong", () => {
    check("two faults", newWorld(3, 2), { faults: 2, clicks: 0 }, [{ app: 0, targets: close("shop") }], [8, 11]);
  });

  it("one app closes a site, something goes wrong, and a person acts", () => {
    check("fault and click", newWorld(3, 2), { faults: 1, clicks: 1 }, [{ app: 0, targets: close("shop") }], [8, 11]);
  });

  it("two apps close the same site, and something goes wrong", () => {
    const starts = [0, 1].map((app) => ({ app, targets: close("shop") }));
    check("two apps", newWorld(3, 2), { faults: 1, clicks: 0 }, starts, [8, 11]);
  });

  it("two apps close the same site, and a person acts", () => {
    const starts = [0, 1].map((app) => ({ app, targets: close("shop") }));
    check("two apps and a click", newWorld(3, 2), { faults: 0, clicks: 1 }, starts, [12, 18]);
  });

  it("one app brings back what the other has closed, while that undoes it", () => {
    const closed = quiet(started(newWorld(3, 2), 0, close("shop")));
    check("bring back", closed, { faults: 1, clicks: 1 }, [{ app: 1, targets: BACK }], [7, 10]);
  });

  it("two of three have committed, and three things go wrong with the last", () => {
    let world = inSecondPhase();
    for (const flight of world.flights.slice(0, 2)) world = delivered(world, flight);
    check("last commit", world, { faults: 3, clicks: 0 }, [], [6, 8]);
  });

  it("an app crashed when it had sent the commits, and aborts the stages before they arrive", () => {
    const crashed = appStarted(appCrashed(inSecondPhase(), 0), 0);
    let world = happened(crashed, 0, "operation-0", { type: "undo" });
    // All say that they are staged.
    for (const name of ["listStages", "listMaintenance"])
      for (const flight of world.flights) if (flight.call.name === name) world = delivered(world, flight);
    check("late commits", world, { faults: 2, clicks: 1 }, [], [4, 6]);
  });
});

function inSecondPhase(): World {
  let world = started(newWorld(3, 1), 0, close("shop"));
  for (const flight of world.flights) world = delivered(world, flight);
  return world;
}
