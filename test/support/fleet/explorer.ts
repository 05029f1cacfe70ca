/**
 * All worlds that can be reached from one in so many steps, breadth first: a rule that can be
 * broken is broken by the shortest way there is, and that way is told.
 */
import type { FleetTarget } from "../../../main/contract/fleet.ts";
import { isOver } from "../../../main/fleet/operation.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import { restarted } from "./agent-model.ts";
import { checkWorld } from "./invariants.ts";
import { keyOf } from "./world-key.ts";
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
} from "./world.ts";
import {
  appCrashed,
  appStarted,
  arrived,
  delivered,
  doubled,
  dropped,
  happened,
  later,
  lossOf,
  replied,
  started,
} from "./world-steps.ts";

/** How much may still go wrong, and be done by persons, on one way. */
export interface Left {
  readonly faults: number;
  readonly clicks: number;
}

/** What a person begins. */
export interface Start {
  readonly app: number;
  readonly targets: readonly FleetTarget[];
}

interface Node {
  readonly world: World;
  readonly left: Left;
  readonly before: Node | undefined;
  readonly label: string;
}

interface Move {
  readonly label: string;
  readonly costs?: "faults" | "clicks";
  readonly make: () => World;
}

interface Exploration {
  readonly visited: number;
  readonly steps: number;
}

/**
 * @param starts what a person may begin at an app, each once and in this order
 * @throws {Error} which tells the way to a world that breaks a rule
 */
export function explore(world: World, left: Left, starts: readonly Start[], maxSteps: number): Exploration {
  const begun = world.operations;
  const seen = new Set([keyOf(world, left)]);
  let frontier: Node[] = [{ world, left, before: undefined, label: "" }];
  let steps = 0;
  for (; steps < maxSteps && frontier.length > 0; steps += 1) {
    const next: Node[] = [];
    for (const node of frontier)
      for (const move of movesOf(node, starts, begun)) {
        const after = made(node, move);
        const key = keyOf(after.world, after.left);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push(after);
      }
    frontier = next;
  }
  return { visited: seen.size, steps };
}

function made(node: Node, { label, costs, make }: Move): Node {
  try {
    const world = make();
    checkWorld(node.world, world);
    const left = costs === undefined ? node.left : { ...node.left, [costs]: node.left[costs] - 1 };
    return { world, left, before: node, label };
  } catch (error) {
    const way = [label];
    for (let at: Node = node; at.before !== undefined; at = at.before) way.unshift(at.label);
    throw new Error(`${String(error)}\nafter ${way.length} steps:\n${way.join("\n")}`, { cause: error });
  }
}

function movesOf(node: Node, starts: readonly Start[], begun: number): Move[] {
  const { world, left } = node;
  const moves = [
    ...world.flights.flatMap((flight) => messages(world, flight)),
    ...clocks(world),
    ...world.apps.flatMap((_, at) => persons(world, at)),
    ...Object.keys(world.agents).flatMap((serverId) => restarts(world, serverId)),
    ...world.apps.flatMap((_, at) => crashes(world, at)),
  ];
  const start = starts[world.operations - begun];
  if (start !== undefined)
    moves.push({ label: `app ${start.app} starts`, make: () => started(world, start.app, start.targets) });
  return moves.filter(({ costs }) => costs === undefined || left[costs] > 0);
}

function messages(world: World, flight: Flight): Move[] {
  const { call, app, serverId } = flight;
  const label = `${call.name} of app ${app} to ${serverId}`;
  const isHeard = isAwaited(world, flight);
  const moves: Move[] = [{ label, make: () => delivered(world, flight) }];
  // Nobody learns whether a message that nobody waits for was lost.
  if (!isHeard) return moves;
  moves.push(
    {
      label: `${label}: it is too busy`,
      costs: "faults",
      make: () => replied(world, flight, lossOf(call, "agent.busy")),
    },
    { label: `${label} is lost`, costs: "faults", make: () => replied(world, flight, lossOf(call)) },
    {
      label: `${label}: its reply is lost`,
      costs: "faults",
      make: () => {
        const next = arrived(world, flight);
        const after = next.flights[world.flights.indexOf(flight)];
        return after === undefined ? next : replied(next, after, lossOf(call));
      },
    },
  );
  if (!isPrompt(flight))
    moves.push(
      {
        label: `${label} is late`,
        costs: "faults",
        make: () => replied(doubled(world, flight), flight, lossOf(call)),
      },
      { label: `${label} comes twice`, costs: "faults", make: () => delivered(doubled(world, flight), flight) },
    );
  if (call.name === "commitStage")
    moves.push({
      label: `${label}: its disk is full`,
      costs: "faults",
      make: () => replied(world, flight, lossOf(call, "store.failed")),
    });
  return moves;
}

/** The time goes by of itself when nothing is waited for; else something is slow. */
function clocks(world: World): Move[] {
  const instant = nextInstant(world);
  if (instant === undefined) return [];
  const slow = world.flights.some((flight) => isAwaited(world, flight)) ? ({ costs: "faults" } as const) : {};
  const prompt = promptBefore(world, instant);
  if (prompt === undefined) return [{ label: "time goes by", ...slow, make: () => later(world, instant) }];
  return [
    { label: "time goes by, in vain", ...slow, make: () => later(dropped(world, prompt), instant) },
    {
      label: `time goes by, and ${prompt.call.name} was done`,
      ...slow,
      make: () => later(dropped({ ...arrived(world, prompt), flights: world.flights }, prompt), instant),
    },
  ];
}

function persons(world: World, at: number): Move[] {
  return appOf(world, at).progress.flatMap(({ operation }): Move[] => {
    const { id, phase, servers } = operation;
    const make = (type: "switch" | "undo") => () => happened(world, at, id, { type });
    if (isInProgress(operation))
      return phase === "staging" ? [{ label: `app ${at} cancels`, costs: "clicks", make: make("undo") }] : [];
    return [
      ...(phase === "done"
        ? []
        : [{ label: `app ${at} finishes ${id}`, costs: "clicks" as const, make: make("switch") }]),
      ...(isOver({ phase }) && phase !== "done"
        ? []
        : [{ label: `app ${at} undoes ${id}`, costs: "clicks" as const, make: make("undo") }]),
      ...servers.flatMap(({ serverId, phase: known }): Move[] =>
        known === "unknown"
          ? [
              {
                label: `${serverId} answers app ${at}`,
                make: () => happened(world, at, id, { type: "answered", serverId }),
              },
            ]
          : [],
      ),
    ];
  });
}

/** One that cannot hold its stage again; the others are as before. */
function restarts(world: World, serverId: string): Move[] {
  const agent = agentOf(world, serverId);
  return agent.held === undefined
    ? []
    : [
        {
          label: `${serverId} restarts without its stage`,
          costs: "faults",
          make: () => withAgent(world, serverId, restarted(agent, world.now, false)),
        },
      ];
}

function crashes(world: World, at: number): Move[] {
  if (appOf(world, at).progress.length === 0) return [];
  const prompt = world.flights.filter((flight) => flight.app === at && isPrompt(flight));
  const moves: Move[] = [
    { label: `app ${at} crashes`, costs: "faults", make: () => appStarted(appCrashed(world, at), at) },
  ];
  if (prompt.length > 0)
    moves.push({
      label: `app ${at} crashes when all was done`,
      costs: "faults",
      make: () => {
        let next = world;
        for (const flight of prompt) next = { ...arrived(next, flight), flights: world.flights };
        return appStarted(appCrashed(next, at), at);
      },
    });
  return moves;
}
