/** What must be true of a switch of several servers, whatever gets lost and whoever crashes. */
import { type Operation, isOver } from "../../../main/fleet/operation.ts";
import type { FleetServer } from "../../../main/contract/fleet.ts";
import { isInProgress } from "../../../main/contract/shared/states.ts";
import type { ModelAgent } from "./agent-model.ts";
import { type App, type Flight, type Go, type World, agentOf } from "./world.ts";

/** What the agents really have of an operation. `taken`: others have changed what it did. */
type Footprint = "none" | "standing" | "taken";

class Violation extends Error {}

function violate(rule: string, detail: string): never {
  throw new Violation(`${rule}: ${detail}`);
}

/**
 * Before an app sends something: one decision per go, made of what was acknowledged and stored
 * before. Returns the goes with what this adds to them.
 */
export function checkCall(world: World, app: App, { operationId, serverId, call }: Flight): App["goes"] {
  const progress = app.progress.find(({ operation }) => operation.id === operationId);
  const go = app.goes[operationId];
  const run = progress?.run;
  // A stage that came too late is aborted whatever the operation does.
  const isAbort = call.name === "abortStage" && run?.lanes[serverId]?.wait.for === "abort";
  if (call.name === "commitStage") {
    if (progress === undefined || run === undefined || go?.goal !== "switch")
      violate("commits follow a person's click", `${operationId} on ${serverId}`);
    if (go.isUndone)
      violate("never committed and undone", `${operationId}: commit on ${serverId} after the undo began`);
    const stored = app.stored.find(({ id }) => id === operationId);
    if (stored?.phase !== "committing") violate("the decision is stored before it is carried out", operationId);
    for (const server of progress.operation.servers)
      if (server.phase !== "committed" && !isStaged(world.agents[server.serverId], server, operationId))
        violate(
          "commits only when all are staged",
          `${operationId} commits on ${serverId}, ${server.serverId} is not staged`,
        );
  }
  const isUndo =
    isAbort ||
    call.name === "revertMaintenance" ||
    // To close a site again, its receipt is read first.
    call.name === "getMaintenance" ||
    call.name === "startMaintenance";
  if (!isUndo || go === undefined || run === undefined) return app.goes;
  if (go.goal === "switch" && run.members.every((member) => go.acknowledged.includes(member)))
    violate(
      "never committed and undone",
      `${operationId}: all have acknowledged their commit, and ${call.name} is sent`,
    );
  return go.isUndone ? app.goes : { ...app.goes, [operationId]: { ...go, isUndone: true } satisfies Go };
}

/** After every step. */
export function checkWorld(before: World, world: World): void {
  for (const [serverId, agent] of Object.entries(world.agents)) checkAgent(before.agents[serverId], agent, serverId);
  for (const app of world.apps)
    if (app.isUp)
      for (const { operation, run } of app.progress) {
        checkOperation(world, operation, run?.goal ?? "look");
        checkGo(operation, app.goes[operation.id]);
      }
}

/** Once faults have stopped and persons have acted: everything is over, and all nodes agree. */
export function checkAgreement(world: World): void {
  for (const app of world.apps)
    for (const { operation } of app.progress) {
      if (!isOver(operation)) violate("all converge", described(operation));
      const footprints = operation.servers.map(({ serverId }) => footprintOf(operation, agentOf(world, serverId)));
      if (footprints.includes("standing") && footprints.includes("none"))
        violate("all nodes agree", `${described(operation)}: ${footprints.join(", ")}`);
    }
}

function footprintOf({ id, kind }: Operation, agent: ModelAgent): Footprint {
  if (kind === "maintenance") {
    const own = agent.receipts.filter(({ operation }) => operation?.id === id);
    if (own.some(({ state }) => state === "in-maintenance")) return "standing";
    return own.every(({ revertedByUndoOf }) => revertedByUndoOf === id) ? "none" : "taken";
  }
  const sites = new Set(agent.receipts.flatMap(({ revert, site }) => (revert?.operation?.id === id ? [site] : [])));
  const latest = [...sites].flatMap((site) => agent.receipts.find((receipt) => receipt.site === site) ?? []);
  if (latest.some(({ revert }) => revert?.operation?.id === id)) return "standing";
  return latest.every(({ state, madeByUndoOf }) => state === "in-maintenance" && madeByUndoOf === id)
    ? "none"
    : "taken";
}

function checkAgent(before: ModelAgent | undefined, after: ModelAgent, serverId: string): void {
  if (before === undefined || before === after) return;
  for (const { id, state } of before.ended)
    if (state !== "committed" && after.ended.some((stage) => stage.id === id && stage.state === "committed"))
      violate("nothing is committed after its stage ended", `${id} on ${serverId}`);
}

function checkOperation(world: World, operation: Operation, goal: Go["goal"] | "look"): void {
  const isRunning = isInProgress(operation) && goal !== "look";
  const footprints = operation.servers.map((server) => {
    const agent = agentOf(world, server.serverId);
    const footprint = footprintOf(operation, agent);
    checkServer(operation, server, footprint, isRunning);
    return footprint;
  });
  if (isRunning) return;
  if (isInProgress(operation)) violate("nothing runs for ever", described(operation));
  const all = (...allowed: Footprint[]) => footprints.every((footprint) => allowed.includes(footprint));
  if (operation.phase === "done") {
    if (!all("standing", "taken"))
      violate("done is what was observed", `${described(operation)}: ${footprints.join(", ")}`);
    for (const { serverId, receipts } of operation.servers)
      if (receipts.length === 0 || !receipts.every((id) => isOwn(agentOf(world, serverId), id, operation)))
        violate("done is what was observed", `${described(operation)}: receipts of ${serverId} are ${receipts.join()}`);
  }
  if (isOver(operation) && operation.phase !== "done" && !all("none", "taken"))
    violate("over without being done leaves nothing", `${described(operation)}: ${footprints.join(", ")}`);
  if (
    footprints.includes("standing") &&
    footprints.includes("none") &&
    operation.phase !== "incomplete" &&
    operation.phase !== "interrupted"
  )
    violate("nothing is half without being told", `${described(operation)}: ${footprints.join(", ")}`);
}

/** At rest after a click, either all have switched or those that did have been told to go back. */
function checkGo(operation: Operation, go: Go | undefined): void {
  if (isInProgress(operation) || operation.phase === "done" || go?.goal !== "switch") return;
  if (go.acknowledged.length > 0 && !go.isUndone)
    violate("all or none", `${described(operation)}: ${go.acknowledged.join(", ")} switched, and nothing was undone`);
}

/** What is said of one server. */
function checkServer(operation: Operation, { serverId, phase }: FleetServer, footprint: Footprint, isRunning: boolean) {
  const isSaidUnchanged =
    phase === "waiting" || phase === "refused" || phase === "undone" || (phase === "failed" && !isRunning);
  if (isSaidUnchanged && footprint === "standing")
    violate("a server that is said to be unchanged is", `${described(operation)}: ${serverId} has switched`);
  if (phase === "committed" && !isRunning && footprint === "none")
    violate("a server that is said to have switched has", `${described(operation)}: ${serverId} has not`);
}

function isStaged(agent: ModelAgent | undefined, { stageId }: FleetServer, operationId: string): boolean {
  return (
    agent !== undefined &&
    stageId !== null &&
    [agent.held, ...agent.ended].some((stage) => stage?.id === stageId && stage.operation.id === operationId)
  );
}

function isOwn({ receipts }: ModelAgent, receiptId: string, { id, kind }: Operation): boolean {
  const receipt = receipts.find((candidate) => candidate.id === receiptId);
  return (kind === "maintenance" ? receipt?.operation : receipt?.revert?.operation)?.id === id;
}

function described({ id, kind, phase, servers }: Operation): string {
  return `${id} (${kind}) is ${phase}, ${servers.map((server) => `${server.serverId} ${server.phase}`).join(", ")}`;
}
