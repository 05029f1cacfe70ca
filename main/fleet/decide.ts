/**
 * What follows from what happens to an operation. Pure: time is given, calls, timers and storing
 * are told as effects.
 */
import { isInProgress } from "../contract/shared/states.ts";
import type { Result } from "../contract/failures.ts";
import type { FleetServer } from "../contract/fleet.ts";
import type { AgentReply } from "./agent-call.ts";
import { look, onReceipts, onStages } from "./looking.ts";
import { isOver, restingPhase, withoutTimes } from "./operation.ts";
import type { Decision, FleetEvent, Progress, Run, Wait } from "./progress.ts";
import { commit, commitAgain, onCommit, onLateStage, onOwnStage, onStage, stage } from "./switching.ts";
import { Turn } from "./turn.ts";
import { onAbort, onClosedAgain, onLooked, onReceipt, onRevert, undo } from "./undoing.ts";

/**
 * Servers are committed only when all that take part are staged, and that this was decided is
 * stored; once one of them does not switch, all are undone. Nothing else starts either.
 * @param now by a clock that is never set (ms); only differences count
 */
export function decide(state: Progress, event: FleetEvent, now: number): Decision {
  const turn = new Turn(state, now);
  react(turn, event);
  return turn.outcome();
}

function react(turn: Turn, event: FleetEvent): void {
  const isRunning = isInProgress(turn.operation) && turn.run !== undefined;
  switch (event.type) {
    case "switch":
      if (!isRunning) begin(turn, "switch");
      break;
    case "undo":
      if (isRunning) cancel(turn);
      else begin(turn, "undo");
      break;
    case "answered":
      if (!isRunning && !isOver(turn.operation)) lookAgain(turn, [event.serverId]);
      break;
    case "stored":
      onStored(turn, event.result);
      break;
    case "reply":
    case "time":
      onServer(turn, event.serverId, event.token, event.type === "reply" ? event.reply : undefined);
  }
}

function onServer(turn: Turn, serverId: string, token: number, reply: AgentReply | undefined): void {
  const lane = turn.run?.lanes[serverId];
  if (lane?.token === token) {
    if (!turn.askAgain(serverId, lane, reply)) proceed(turn, serverId, lane.wait, reply);
    advance(turn);
  } else if (reply !== undefined) onLateStage(turn, serverId, reply);
}

/** What a server replied to what it is waited for; no reply when the time for it is over. */
function proceed(turn: Turn, serverId: string, wait: Wait, reply: AgentReply | undefined): void {
  switch (wait.for) {
    case "stage":
      onStage(turn, serverId, reply);
      break;
    case "own-stage":
      onOwnStage(turn, serverId, wait, reply);
      break;
    case "commit":
      onCommit(turn, serverId, wait, reply);
      break;
    case "next-commit":
      commitAgain(turn, serverId, wait);
      break;
    case "abort":
      onAbort(turn, serverId, reply);
      break;
    case "stages":
      onStages(turn, serverId, reply);
      if (turn.run?.lanes[serverId] === undefined) onLook(turn, serverId, false);
      break;
    case "receipts":
      onLook(turn, serverId, onReceipts(turn, serverId, wait, reply));
      break;
    case "revert":
      onRevert(turn, serverId, wait, reply);
      break;
    case "receipt":
      onReceipt(turn, serverId, wait, reply);
      break;
    case "close-again":
      onClosedAgain(turn, serverId, wait, reply);
  }
}

function onLook(turn: Turn, serverId: string, isKnown: boolean): void {
  if (turn.run?.step === "undoing") onLooked(turn, serverId, isKnown);
}

/** An app that ends once this is stored finds that it was cut off. */
function begin(turn: Turn, goal: "switch" | "undo"): void {
  turn.run = newRun(turn, goal, "beginning");
  turn.phase(goal === "switch" ? "staging" : "undoing");
  turn.store();
}

/** Nothing is done that a next start of the app could not know of. */
function onStored(turn: Turn, result: Result<null>): void {
  const step = turn.run?.step;
  if (step === "deciding") onDecisionStored(turn, result);
  else if (step === "beginning" && result.ok) beginLooking(turn);
  else if (step === "beginning") {
    turn.run = undefined;
    turn.phase(restingPhase(turn.operation.servers));
  }
}

function beginLooking(turn: Turn): void {
  turn.step({ step: "looking" });
  for (const { serverId, phase } of turn.operation.servers)
    if (phase === "unknown" || phase === "staged") look(turn, serverId);
  advance(turn);
}

/** In the first phase, where nothing has changed yet, a person may end a switch. */
function cancel(turn: Turn): void {
  const { run } = turn;
  if (run?.goal !== "switch" || (run.step !== "looking" && run.step !== "staging")) return;
  for (const [serverId, { wait }] of Object.entries(run.lanes))
    if (wait.for === "stage" || wait.for === "own-stage") turn.change(serverId, { phase: "undone" });
  beginUndoing(turn, notCommitted(turn));
  advance(turn);
}

/** Asks servers of which it is not known what they did; changes nothing. */
function lookAgain(turn: Turn, serverIds: readonly string[]): void {
  const unknown = serverIds.filter((id) => turn.operation.servers.some(isUnknown(id)));
  if (unknown.length === 0) return;
  turn.run ??= newRun(turn, "look", "looking");
  for (const serverId of unknown) look(turn, serverId);
}

/** Goes on to the next step once all servers are through with this one. */
function advance(turn: Turn): void {
  const { run } = turn;
  if (run === undefined || Object.keys(run.lanes).length > 0) return;
  const areAll = (phase: FleetServer["phase"]) => turn.members().every((server) => server.phase === phase);
  switch (run.step) {
    case "looking":
      if (run.goal === "look") rest(turn);
      else if (run.goal === "switch") beginStaging(turn);
      else beginUndoing(turn, run.members);
      break;
    case "staging":
      if (areAll("staged")) beginDeciding(turn);
      else beginUndoing(turn, run.members);
      break;
    case "committing":
      if (areAll("committed")) rest(turn);
      else beginUndoing(turn, run.members);
      break;
    case "undoing":
      rest(turn);
      break;
    case "beginning":
    case "deciding":
      // What was stored is told at once.
      return;
  }
  // Where nothing has to be asked for a step, the next one follows.
  if (turn.run !== undefined && turn.run.step !== run.step) advance(turn);
}

function beginStaging(turn: Turn): void {
  turn.operation = withoutTimes(turn.operation);
  const members = notCommitted(turn);
  turn.step({ step: "staging", members });
  // One that may have switched must not be taken for one where nothing has changed.
  if (turn.members().some(({ phase }) => phase === "unknown")) return;
  for (const { serverId, phase } of turn.members()) if (phase !== "staged") stage(turn, serverId);
}

/** The decision: stored before the first server hears of it. */
function beginDeciding(turn: Turn): void {
  turn.step({ step: "deciding" });
  turn.phase("committing");
  turn.store();
}

function onDecisionStored(turn: Turn, result: Result<null>): void {
  if (result.ok) {
    turn.step({ step: "committing", startedAt: turn.now });
    for (const { serverId } of turn.members()) commit(turn, serverId);
  } else {
    turn.step({ cause: result.failure });
    beginUndoing(turn, turn.run?.members ?? []);
  }
  advance(turn);
}

/**
 * Nothing of the operation is left on these servers afterwards, as far as they can be reached.
 */
function beginUndoing(turn: Turn, members: readonly string[]): void {
  turn.phase("undoing");
  turn.step({ step: "undoing", members, lanes: {} });
  for (const serverId of members) undo(turn, serverId);
}

function rest(turn: Turn): void {
  const { operation, run } = turn;
  const phase = restingPhase(operation.servers);
  turn.run = undefined;
  if (operation.phase !== "interrupted" || phase !== "incomplete") turn.phase(phase);
  turn.store();
  // It may be there again, and its connection may never have ended: nobody else would ask it.
  if (run?.goal !== "look")
    lookAgain(
      turn,
      operation.servers.map(({ serverId }) => serverId),
    );
}

function newRun(turn: Turn, goal: Run["goal"], step: Run["step"]): Run {
  const members = turn.operation.servers.map(({ serverId }) => serverId);
  return { goal, step, members, lanes: {}, fresh: [], startedAt: turn.now, cause: null };
}

function notCommitted({ operation }: Turn): string[] {
  return operation.servers.flatMap(({ serverId, phase }) => (phase === "committed" ? [] : [serverId]));
}

function isUnknown(id: string): (server: { serverId: string; phase: string }) => boolean {
  return ({ serverId, phase }) => serverId === id && phase === "unknown";
}
