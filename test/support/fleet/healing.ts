/** Runs a world without faults to its end: everything is known, and persons have their way. */
import { isOver } from "../../../main/fleet/operation.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { checkAgreement, checkWorld } from "./invariants.ts";
import { type World, appOf, nextInstant, withAgent, withApp } from "./world.ts";
import { appStarted, arrived, happened, later, replied } from "./world-steps.ts";

/** After the faults: staging, committing and undoing take a minute at most, a lease another one. */
const MAX_HEALING_MS = 10 * 60_000;
const MAX_ROUNDS = 4;
const LEASE_MS = 61_000;
/** How often something is due before anything else happens. */
const MAX_STEPS_TO_QUIET = 20_000;

/**
 * Faults stop: apps and agents run, what is on its way arrives, every server is seen to answer, and
 * persons finish or undo what is left to them.
 */
export function heal(world: World, random: SeededRandom): World {
  const end = world.now + MAX_HEALING_MS;
  let next = calm(world);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    // Trying again may be refused for good, where another operation was there first.
    next = acted(next, () => (round === 0 && random.chance(0.5) ? "switch" : "undo"));
    next = quiet({ ...next, now: next.now + LEASE_MS });
  }
  if (next.now > end) throw new Error(`all converge in time: it took ${(next.now - world.now) / 1000} s`);
  checkAgreement(next);
  return next;
}

/** The same where a person wants the one thing or the other, and nobody else is in the way. */
export function healTo(world: World, wanted: "switch" | "undo"): World {
  let next = calm(world);
  for (let round = 0; round < MAX_ROUNDS; round += 1)
    next = quiet({ ...acted(next, () => wanted), now: next.now + LEASE_MS });
  checkAgreement(next);
  const phase = wanted === "switch" ? "done" : "undone";
  for (const { progress } of next.apps)
    for (const { operation } of progress)
      if (operation.phase !== phase && !(wanted === "undo" && operation.phase === "refused"))
        throw new Error(`who wants ${wanted} gets it: ${operation.id} (${operation.kind}) is ${operation.phase}`);
  return next;
}

/** No fault any more, and what is on its way has arrived: everything is known. */
function calm(world: World): World {
  let next: World = { ...world, down: [] };
  for (const at of next.apps.keys()) {
    next = withApp(next, at, { isDiskFull: false });
    if (!appOf(next, at).isUp) next = appStarted(next, at);
  }
  for (const serverId of Object.keys(next.agents)) next = withAgent(next, serverId, { isDiskFull: false });
  next = answeredEverywhere(quiet(next));
  for (const { progress } of next.apps)
    for (const { operation } of progress)
      if (isInProgress(operation) || operation.servers.some(({ phase }) => phase === "unknown"))
        throw new Error(`all is known once servers answer: ${operation.id} is ${operation.phase}`);
  return next;
}

/** Persons act on every operation that is not as they want it. */
function acted(world: World, choose: () => "switch" | "undo"): World {
  let next = world;
  for (const at of next.apps.keys())
    for (const { operation } of appOf(next, at).progress) {
      const type = choose();
      const isAsWanted = operation.phase === "done" ? type === "switch" : isOver(operation) && type === "undo";
      if (!isAsWanted) next = quiet(happened(next, at, operation.id, { type }));
    }
  return next;
}

/** Everything that is on its way arrives, and all timers go off, until nothing is left. */
export function quiet(world: World): World {
  let next = world;
  for (let step = 0; step < MAX_STEPS_TO_QUIET; step += 1) {
    const before = next;
    const [flight] = next.flights;
    if (flight?.reply !== undefined) next = replied(next, flight, flight.reply);
    else if (flight !== undefined) next = arrived(next, flight);
    else {
      const instant = nextInstant(next);
      if (instant === undefined) return next;
      next = later(next, instant);
    }
    checkWorld(before, next);
  }
  throw new Error("nothing runs for ever: it does not come to rest");
}

function answeredEverywhere(world: World): World {
  let next = world;
  for (const at of next.apps.keys())
    for (const { operation } of appOf(next, at).progress)
      for (const { serverId } of operation.servers)
        next = quiet(happened(next, at, operation.id, { type: "answered", serverId }));
  return next;
}
