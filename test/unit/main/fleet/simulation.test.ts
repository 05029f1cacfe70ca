/** Fleets by chance: whatever is lost, late or doubled, and whoever crashes, the rules hold. */
import { describe, it } from "vitest";
import { StoredOperation } from "../../../../main/stores/fleet-operations.ts";
import type { FleetTarget } from "../../../../main/contract/fleet.ts";
import { heal, healTo, quiet } from "../../../support/fleet/healing.ts";
import { stepByChance } from "../../../support/fleet/simulator.ts";
import { type World, newWorld } from "../../../support/fleet/world.ts";
import { forgotten, started } from "../../../support/fleet/world-steps.ts";
import { SEED, repetitions } from "../../../support/repetitions.ts";
import { type SeededRandom, seededRandom } from "../../../support/seeded-random.ts";

const MIN_AGENTS = 3;
const MAX_AGENTS = 20;
const APPS = 2;

/** Runs one world per seed; a failure names the seed and the step. */
function simulate(seeds: number, run: (world: World, random: SeededRandom, at: (step: number) => void) => void): void {
  for (let seed = SEED; seed < SEED + seeds; seed += 1) {
    let step = 0;
    const random = seededRandom(seed);
    // Most with few agents: that is where most can happen to each of them.
    const agents = random.chance(0.8)
      ? MIN_AGENTS
      : MIN_AGENTS + Math.floor(random.next() * (MAX_AGENTS - MIN_AGENTS + 1));
    try {
      run(newWorld(agents, APPS), random, (at) => (step = at));
    } catch (error) {
      throw new Error(`seed ${seed}, step ${step}, ${agents} agents: ${String(error)}`, { cause: error });
    }
  }
}

function shaken(world: World, random: SeededRandom, steps: number, at: (step: number) => void, isAlone = false): World {
  const weather = { faults: random.pick([0.02, 0.1, 0.3]), isAlone };
  let next = world;
  for (let step = 0; step < steps; step += 1) {
    at(step);
    next = stepByChance(next, random, weather);
  }
  return next;
}

describe("simulated fleets", () => {
  it("are never half switched without being told, and what is reported is true", () => {
    simulate(repetitions(256, 2048), (world, random, at) => {
      const { apps } = shaken(world, random, 300, at);
      for (const { stored } of apps) for (const operation of stored) StoredOperation.parse(operation);
    });
  });

  it("agree everywhere in bounded time once faults stop", () => {
    simulate(repetitions(128, 1024), (world, random, at) => {
      heal(shaken(world, random, 150, at), random);
    });
  });

  it("can always be finished, and undone, by a person who is alone", () => {
    simulate(repetitions(128, 1024), (world, random, at) => {
      const servers = Object.keys(world.agents);
      const close = servers.map((serverId): FleetTarget => ({
        serverId,
        changes: [{ kind: "maintenance", options: { site: "shop" } }],
        ...(random.chance(0.5) ? { ifGeneration: 1 } : {}),
      }));
      const open = servers.map((serverId): FleetTarget => ({
        serverId,
        changes: [{ kind: "revert", receipt: "receipt-2", how: "delete" }],
      }));
      const begun = random.chance(0.5)
        ? started(world, 0, close)
        : started(forgotten(quiet(started(world, 0, close)), 0), 0, open);
      const shook = shaken(begun, random, 100, at, true);
      healTo(healTo(shook, random.pick(["switch", "undo"])), random.pick(["switch", "undo"]));
    });
  });
});
