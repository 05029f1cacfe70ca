/**
 * What makes two worlds the same: all that can decide how they go on. Servers are alike, so that
 * their order does not count; times count from now, and numbers of calls not at all.
 */
import { hash } from "node:crypto";
import type { Progress, Wait } from "../../../main/fleet/progress.ts";
import type { Operation } from "../../../main/fleet/operation.ts";
import type { ModelAgent } from "./agent-model.ts";
import type { App, World } from "./world.ts";

export function keyOf(world: World, left: object): string {
  const servers = Object.entries(world.agents).map(([serverId, agent]) =>
    JSON.stringify([agentKey(agent, world.now), ...world.apps.map((app, at) => serverKey(world, app, at, serverId))]),
  );
  const apps = world.apps.map(({ isUp, progress, stored, goes }) => [
    isUp,
    stored.map(({ id, phase }) => [id, phase]),
    progress.map(({ operation: { id, phase }, run }) => [
      id,
      phase,
      run?.goal,
      run?.step,
      goes[id]?.goal,
      goes[id]?.isUndone,
    ]),
  ]);
  return hash("sha1", JSON.stringify([servers.sort(), apps, world.operations, left]), "base64");
}

function agentKey({ held, ended, receipts, generation, lastId }: ModelAgent, now: number): unknown {
  return [
    lastId,
    held === undefined
      ? undefined
      : [held.id, held.operation.id, held.expiresAt - now, held.baseGeneration === generation],
    ended.map(({ id, operation, state }) => [id, operation.id, state]),
    receipts.map(({ id, state, operation, revert, madeByUndoOf, revertedByUndoOf }) => [
      id,
      state,
      operation?.id,
      revert?.operation?.id,
      madeByUndoOf,
      revertedByUndoOf,
    ]),
  ];
}

function serverKey(world: World, app: App, at: number, serverId: string): unknown {
  const isHere = (each: { app: number; serverId: string }) => each.app === at && each.serverId === serverId;
  return [
    app.progress.map((progress) => [
      partKey(progress.operation, serverId),
      runKey(progress, serverId, world),
      app.goes[progress.operation.id]?.acknowledged.includes(serverId),
    ]),
    app.stored.map((operation) => partKey(operation, serverId)),
    world.flights
      .filter(isHere)
      .map(({ operationId, call: { name, given }, token, start }) => {
        const run = app.progress.find(({ operation }) => operation.id === operationId)?.run;
        const isAwaited = app.start === start && run?.lanes[serverId]?.token === token;
        return JSON.stringify([operationId, name, given.params?.id, app.start === start, isAwaited]);
      })
      .sort(),
    world.timers.filter(isHere).map(({ operationId, at: instant }) => [operationId, instant - world.now]),
  ];
}

function partKey({ servers, targets }: Operation, serverId: string): unknown {
  const server = servers.find((each) => each.serverId === serverId);
  return [
    server?.phase,
    server?.stageId,
    server?.receipts,
    server?.failure?.code,
    targets.find((target) => target.serverId === serverId)?.changes,
  ];
}

function runKey({ run }: Progress, serverId: string, { now }: World): unknown {
  const lane = run?.lanes[serverId];
  return [
    run?.members.includes(serverId),
    run?.fresh.includes(serverId),
    lane === undefined ? 0 : waitKey(lane.wait, now),
    lane?.isBusy === true ? (lane.asked?.deadline ?? now) - now : 0,
  ];
}

function waitKey(wait: Wait, now: number): unknown {
  switch (wait.for) {
    case "commit":
    case "next-commit":
      return [wait.for, wait.deadline - now, wait.isOpen];
    case "receipts":
      return [wait.for, wait.stages.map(({ id, operation, state }) => [id, operation.id, state])];
    case "own-stage":
      return [wait.for, wait.failure.code];
    case "revert":
    case "receipt":
    case "close-again":
      return [wait.for, wait.receipts];
    default:
      return wait.for;
  }
}
