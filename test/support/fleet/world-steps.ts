/**
 * Every way in which a world goes on, as a function from one to the next. The apps decide as the
 * real one does; messages, clocks and crashes are up to the caller.
 */
import { decide } from "../../../main/fleet/decide.ts";
import type { AgentCall, AgentReply } from "../../../main/fleet/agent-call.ts";
import { newOperation, resumed } from "../../../main/fleet/operation.ts";
import { type FleetEffect, type FleetEvent, type Progress, atRest } from "../../../main/fleet/progress.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import type { FailureCode } from "../../../main/contract/failures.ts";
import type { FleetTarget } from "../../../main/contract/fleet.ts";
import { answer, restarted } from "./agent-model.ts";
import { checkCall } from "./invariants.ts";
import { type App, type Flight, type World, agentOf, appOf, isPrompt, withApp } from "./world.ts";

/** A person switches several servers. */
export function started(world: World, at: number, targets: readonly FleetTarget[]): World {
  const id = `operation-${world.operations}`;
  const operation = newOperation(id, "", "", targets, "2026-01-01T00:00:00.000Z", ({ serverId }) => ({
    name: serverId,
    sites: [],
  }));
  const { progress } = appOf(world, at);
  const next = { ...world, operations: world.operations + 1 };
  return happened(withApp(next, at, { progress: [atRest(operation), ...progress] }), at, id, { type: "switch" });
}

/** A person has the app forget its operations. */
export function forgotten(world: World, at: number): World {
  return withApp(world, at, { progress: [], stored: [], goes: {} });
}

/** Something happens to an operation of this app, and it does what follows. */
export function happened(world: World, at: number, operationId: string, event: FleetEvent): World {
  const app = appOf(world, at);
  const before = app.progress.find(({ operation }) => operation.id === operationId);
  if (before === undefined || !app.isUp) return world;
  const { state, effects } = decide(before, event, world.now);
  let next = withApp(world, at, {
    progress: app.progress.map((each) => (each === before ? state : each)),
    goes: withEvent(app.goes, before, event, state),
  });
  for (const effect of effects) next = carriedOut(next, at, operationId, effect);
  return withoutIdleTimers(next, at, operationId);
}

/** A request arrives; what the agent replies is on its way. */
export function arrived(world: World, flight: Flight): World {
  const { serverId, call, operationId } = flight;
  if (world.down.includes(serverId)) return replaced(world, flight, { ...flight, reply: lossOf(call) });
  const { agent, reply } = answer(agentOf(world, serverId), call, world.now, operationId);
  const next = { ...world, agents: { ...world.agents, [serverId]: agent } };
  return replaced(next, flight, { ...flight, reply });
}

/** The reply reaches the app, if that still runs. */
export function replied(world: World, flight: Flight, reply: AgentReply): World {
  const { app, start, operationId, serverId, token } = flight;
  const next = dropped(world, flight);
  return appOf(world, app).start === start
    ? happened(next, app, operationId, { type: "reply", serverId, token, reply })
    : next;
}

/** It arrives, and the reply is there at once. */
export function delivered(world: World, flight: Flight): World {
  const next = arrived(world, flight);
  const after = next.flights[world.flights.indexOf(flight)];
  return after?.reply === undefined ? next : replied(next, after, after.reply);
}

export function dropped(world: World, flight: Flight): World {
  return { ...world, flights: world.flights.filter((each) => each !== flight) };
}

/** The same message a second time. */
export function doubled(world: World, flight: Flight): World {
  return { ...world, flights: [...world.flights, { ...flight }] };
}

/** What an app is told that does not know whether the other side has done it. */
export function lossOf({ name }: AgentCall, code: FailureCode = "ssh.lost"): AgentReply {
  return { name, result: { ok: false, failure: { code, message: code } } };
}

/** The time goes on to this instant, and the first timer that is due then goes off. */
export function later(world: World, instant: number): World {
  const due = world.timers.find(({ at }) => at <= instant);
  const next = { ...world, now: instant };
  if (due === undefined) return next;
  const { app, operationId, serverId, token } = due;
  const rest = { ...next, timers: next.timers.filter((each) => each !== due) };
  return happened(rest, app, operationId, { type: "time", serverId, token });
}

/** An app ends; what it has sent goes on. */
export function appCrashed(world: World, at: number): World {
  const next = {
    ...world,
    timers: world.timers.filter(({ app }) => app !== at),
    flights: world.flights.filter((flight) => flight.app !== at || (flight.reply === undefined && !isPrompt(flight))),
  };
  return withApp(next, at, { isUp: false, progress: [], goes: {} });
}

export function appStarted(world: World, at: number): World {
  const { stored, start } = appOf(world, at);
  const progress = stored.map((operation) => atRest(resumed(operation)));
  return withApp(world, at, { isUp: true, start: start + 1, progress });
}

export function agentRestarted(world: World, serverId: string, canHold: boolean): World {
  const agent = restarted(agentOf(world, serverId), world.now, canHold);
  return {
    ...world,
    agents: { ...world.agents, [serverId]: agent },
    down: world.down.filter((each) => each !== serverId),
  };
}

function carriedOut(world: World, at: number, operationId: string, effect: FleetEffect): World {
  const app = appOf(world, at);
  switch (effect.type) {
    case "call": {
      const { serverId, token, call } = effect;
      const flight = { app: at, start: app.start, operationId, serverId, token, call, reply: undefined };
      const goes = checkCall(world, app, flight);
      return { ...withApp(world, at, { goes }), flights: [...world.flights, flight] };
    }
    case "timer": {
      const { serverId, token, afterMs } = effect;
      return {
        ...world,
        timers: [...world.timers, { app: at, operationId, serverId, token, at: world.now + afterMs }],
      };
    }
    case "store": {
      if (app.isDiskFull)
        return happened(world, at, operationId, {
          type: "stored",
          result: { ok: false, failure: { code: "settings.failed", message: "" } },
        });
      const stored = app.progress.map(({ operation }) => operation);
      return happened(withApp(world, at, { stored }), at, operationId, {
        type: "stored",
        result: { ok: true, value: null },
      });
    }
    case "log":
      return world;
  }
}

/** A click begins a go; replies to commits add to it. */
function withEvent(goes: App["goes"], before: Progress, event: FleetEvent, after: Progress): App["goes"] {
  const { id } = before.operation;
  const wasRunning = before.run !== undefined && isInProgress(before.operation);
  if ((event.type === "switch" || event.type === "undo") && !wasRunning)
    return { ...goes, [id]: { goal: event.type, acknowledged: [], isUndone: false } };
  const go = goes[id];
  if (event.type !== "reply" || event.reply.name !== "commitStage" || go === undefined) return goes;
  const isHeard = before.run?.lanes[event.serverId]?.token === event.token;
  const phase = after.operation.servers.find(({ serverId }) => serverId === event.serverId)?.phase;
  return isHeard && event.reply.result.ok && phase !== undefined
    ? { ...goes, [id]: { ...go, acknowledged: [...go.acknowledged, event.serverId] } }
    : goes;
}

function withoutIdleTimers(world: World, at: number, operationId: string): World {
  const lanes = appOf(world, at).progress.find(({ operation }) => operation.id === operationId)?.run?.lanes;
  const timers = world.timers.filter(
    (timer) => timer.app !== at || timer.operationId !== operationId || lanes?.[timer.serverId]?.token === timer.token,
  );
  return timers.length === world.timers.length ? world : { ...world, timers };
}

function replaced(world: World, flight: Flight, by: Flight): World {
  return { ...world, flights: world.flights.map((each) => (each === flight ? by : each)) };
}
