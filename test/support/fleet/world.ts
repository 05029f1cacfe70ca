/** Agents, apps and what is on its way between them, as data. */
import type { AgentCall, AgentReply } from "../../../main/fleet/agent-call.ts";
import type { Operation } from "../../../main/fleet/operation.ts";
import type { Progress } from "../../../main/fleet/progress.ts";
import { type ModelAgent, newAgent } from "./agent-model.ts";

/** What an app has done in one go at an operation, between a person's click and the rest. */
export interface Go {
  readonly goal: "switch" | "undo";
  /** Servers that have acknowledged their commit. */
  readonly acknowledged: readonly string[];
  readonly isUndone: boolean;
}

export interface App {
  readonly isUp: boolean;
  /** How often it was started: replies do not reach a later start. */
  readonly start: number;
  readonly progress: readonly Progress[];
  readonly stored: readonly Operation[];
  readonly isDiskFull: boolean;
  readonly goes: Readonly<Record<string, Go>>;
}

/** A request on its way, or its reply once the agent has done it. */
export interface Flight {
  readonly app: number;
  readonly start: number;
  readonly operationId: string;
  readonly serverId: string;
  readonly token: number;
  readonly call: AgentCall;
  readonly reply: AgentReply | undefined;
}

interface Timer {
  readonly app: number;
  readonly operationId: string;
  readonly serverId: string;
  readonly token: number;
  readonly at: number;
}

export interface World {
  readonly now: number;
  readonly agents: Readonly<Record<string, ModelAgent>>;
  /** Those that nobody can reach. */
  readonly down: readonly string[];
  readonly apps: readonly App[];
  readonly flights: readonly Flight[];
  readonly timers: readonly Timer[];
  readonly operations: number;
}

const NEW_APP: App = { isUp: true, start: 1, progress: [], stored: [], isDiskFull: false, goes: {} };

export function newWorld(agents: number, apps: number): World {
  return {
    now: 0,
    agents: Object.fromEntries(Array.from({ length: agents }, (_, at) => [`s${at}`, newAgent()])),
    down: [],
    apps: Array.from({ length: apps }, () => NEW_APP),
    flights: [],
    timers: [],
    operations: 0,
  };
}

export function agentOf({ agents }: World, serverId: string): ModelAgent {
  const agent = agents[serverId];
  if (agent === undefined) throw new Error(`there is no agent ${serverId}`);
  return agent;
}

export function appOf({ apps }: World, at: number): App {
  const app = apps[at];
  if (app === undefined) throw new Error(`there is no app ${at}`);
  return app;
}

/**
 * The request is never sent on once the app has given it up. True of those that have neither an id
 * of their own nor a lease; docs/reliability.md says what that leaves out.
 */
export function isPrompt({ call: { name }, reply }: Flight): boolean {
  return reply === undefined && (name === "revertMaintenance" || name === "startMaintenance");
}

/** When something happens by itself: a timer, or the end of a lease. */
export function nextInstant({ timers, agents, now }: World): number | undefined {
  const leases = Object.values(agents).flatMap(({ held }) =>
    held === undefined || held.expiresAt <= now ? [] : [held.expiresAt],
  );
  const instants = [...timers.map(({ at }) => at), ...leases];
  return instants.length === 0 ? undefined : Math.max(now, Math.min(...instants));
}

/** The request that waits for this timer and must not come after it. */
export function promptBefore(world: World, instant: number): Flight | undefined {
  const due = world.timers.find(({ at }) => at <= instant);
  return due === undefined
    ? undefined
    : world.flights.find(
        (flight) =>
          isPrompt(flight) &&
          flight.app === due.app &&
          flight.token === due.token &&
          flight.operationId === due.operationId,
      );
}

export function withAgent(world: World, serverId: string, change: Partial<ModelAgent>): World {
  return { ...world, agents: { ...world.agents, [serverId]: { ...agentOf(world, serverId), ...change } } };
}

export function withApp(world: World, at: number, change: Partial<App>): World {
  return { ...world, apps: world.apps.map((app, index) => (index === at ? { ...app, ...change } : app)) };
}

/** The app still waits for the reply. */
export function isAwaited(world: World, { app, start, operationId, serverId, token }: Flight): boolean {
  const { progress, start: latest } = appOf(world, app);
  const run = progress.find(({ operation }) => operation.id === operationId)?.run;
  return latest === start && run?.lanes[serverId]?.token === token;
}
