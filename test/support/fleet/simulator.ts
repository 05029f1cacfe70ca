/** Runs a world by chance: messages, faults, crashes, persons. */
import type { FleetTarget } from "../../../main/contract/fleet.ts";
import type { StagedChange } from "../../../server-agent/contract/maintenance.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { edited } from "./agent-model.ts";
import { checkWorld } from "./invariants.ts";
import {
  type Flight,
  type World,
  agentOf,
  appOf,
  isAwaited,
  isPrompt,
  nextInstant,
  promptBefore,
  withAgent,
  withApp,
} from "./world.ts";
import {
  agentRestarted,
  appCrashed,
  appStarted,
  arrived,
  doubled,
  dropped,
  happened,
  later,
  lossOf,
  replied,
  started,
} from "./world-steps.ts";

const SITES = ["shop", "blog"] as const;
export interface Weather {
  /** The share of messages, and of what else may happen, that goes wrong. */
  readonly faults: number;
  /** Nobody but the operation that is there changes anything. */
  readonly isAlone?: boolean;
}

/** One step by chance; invariants are checked after it. */
export function stepByChance(world: World, random: SeededRandom, weather: Weather): World {
  const next = chosen(world, random, weather);
  checkWorld(world, next);
  return next;
}

function chosen(world: World, random: SeededRandom, weather: Weather): World {
  const { faults } = weather;
  const flight = oneOf(world.flights, random);
  // What nobody waits for may take its time.
  if (flight !== undefined && random.chance(isAwaited(world, flight) ? 0.75 : 0.1))
    return message(world, flight, random, faults);
  const at = random.chance(0.5) ? 0 : world.apps.length - 1;
  const app = appOf(world, at);
  if (!app.isUp) return random.chance(0.5) ? appStarted(world, at) : world;
  if (random.chance(faults))
    return random.chance(0.7) ? agentFault(world, random, weather) : appFault(world, at, random);
  return random.chance(0.3) ? clock(world, random) : person(world, at, random, weather);
}

function message(world: World, flight: Flight, random: SeededRandom, faults: number): World {
  const { reply, call } = flight;
  if (reply !== undefined) {
    if (!random.chance(faults / 2)) return replied(world, flight, reply);
    return random.chance(0.5) ? dropped(world, flight) : replied(world, flight, lossOf(call));
  }
  if (!random.chance(faults)) {
    const next = arrived(world, flight);
    const after = next.flights[world.flights.indexOf(flight)];
    // Most replies come at once.
    return after?.reply !== undefined && random.chance(0.7) ? replied(next, after, after.reply) : next;
  }
  switch (random.pick(["lost", "silent", "late", "double", "internal", "busy"])) {
    case "lost":
      return replied(world, flight, lossOf(call));
    case "silent":
      return dropped(world, flight);
    case "late":
      // The app is told that it was lost, and it arrives all the same.
      return isPrompt(flight) ? world : replied(doubled(world, flight), flight, lossOf(call));
    case "double":
      return isPrompt(flight) ? world : doubled(world, flight);
    case "busy":
      return replied(world, flight, lossOf(call, "agent.busy"));
    case "internal": {
      const next = arrived(world, flight);
      const after = next.flights[world.flights.indexOf(flight)];
      return after === undefined ? next : replied(next, after, lossOf(call, "internal"));
    }
  }
}

function clock(world: World, random: SeededRandom): World {
  const instant = nextInstant(world);
  if (instant === undefined) return world;
  // Some time before, so that messages come at any time.
  if (random.chance(0.5)) return { ...world, now: world.now + (instant - world.now) * random.next() };
  const prompt = promptBefore(world, instant);
  if (prompt === undefined) return later(world, instant);
  return later(random.chance(0.5) ? dropped(arrivedQuietly(world, prompt), prompt) : dropped(world, prompt), instant);
}

/** It is done, and nobody hears of it. */
function arrivedQuietly(world: World, flight: Flight): World {
  const next = arrived(world, flight);
  return { ...next, flights: world.flights };
}

function agentFault(world: World, random: SeededRandom, { isAlone = false }: Weather): World {
  const serverId = oneOf(Object.keys(world.agents), random) ?? "";
  if (world.down.includes(serverId)) return agentRestarted(world, serverId, random.chance(0.8));
  switch (random.pick(["crash", "restart", "disk", "edit"])) {
    case "crash":
      return { ...world, down: [...world.down, serverId] };
    case "restart":
      return agentRestarted(world, serverId, random.chance(0.8));
    case "disk":
      return withAgent(world, serverId, { isDiskFull: !agentOf(world, serverId).isDiskFull });
    case "edit":
      return isAlone ? world : withAgent(world, serverId, edited(agentOf(world, serverId)));
  }
}

function appFault(world: World, at: number, random: SeededRandom): World {
  if (random.chance(0.3)) return withApp(world, at, { isDiskFull: !appOf(world, at).isDiskFull });
  let next = world;
  for (const flight of world.flights)
    if (flight.app === at && isPrompt(flight) && random.chance(0.5)) next = arrivedQuietly(next, flight);
  return appCrashed(next, at);
}

function person(world: World, at: number, random: SeededRandom, { isAlone = false }: Weather): World {
  const app = appOf(world, at);
  const progress = oneOf(app.progress, random);
  if (isAlone && progress === undefined) return world;
  if (progress === undefined || (!isAlone && app.progress.length < 3 && random.chance(0.3))) {
    const targets = chosenTargets(world, random);
    return targets.length === 0 ? world : started(world, at, targets);
  }
  const { operation } = progress;
  if (random.chance(0.4)) {
    const serverId = oneOf(operation.servers, random)?.serverId ?? "";
    return world.down.includes(serverId) ? world : happened(world, at, operation.id, { type: "answered", serverId });
  }
  if (isInProgress(operation))
    return operation.phase === "staging" && random.chance(0.3)
      ? happened(world, at, operation.id, { type: "undo" })
      : world;
  return happened(world, at, operation.id, { type: random.chance(0.5) ? "switch" : "undo" });
}

function chosenTargets(world: World, random: SeededRandom): FleetTarget[] {
  const isBack = random.chance(0.4);
  return Object.entries(world.agents).flatMap(([serverId, agent]) => {
    if (random.chance(0.2)) return [];
    const changes: StagedChange[] = isBack
      ? agent.receipts.flatMap(({ id, state }) =>
          state === "in-maintenance" ? [{ kind: "revert", receipt: id, how: "delete" }] : [],
        )
      : SITES.filter(() => random.chance(0.8)).map((site) => ({ kind: "maintenance", options: { site } }));
    if (changes.length === 0) return [];
    return [{ serverId, changes, ...(random.chance(0.3) ? { ifGeneration: agent.generation } : {}) }];
  });
}

function oneOf<T>(choices: readonly T[], random: SeededRandom): T | undefined {
  return choices[Math.floor(random.next() * choices.length)];
}
