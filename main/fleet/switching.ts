/** The two phases on one server: staging, and committing what is staged. */
import type { Failure } from "../contract/failures.ts";
import { isBusy } from "../failures.ts";
import type { Stage } from "../../server-agent/contract/maintenance.ts";
import { type AgentReply, leavesOpen, resultOf, silence, stageCall } from "./agent-call.ts";
import type { Wait } from "./progress.ts";
import type { Turn } from "./turn.ts";

type CommitWait = Extract<Wait, { for: "commit" | "next-commit" }>;

const STAGE_TIMEOUT_MS = 20_000;
/** How long a server may leave open whether it has switched, before the others are reverted. */
const COMMIT_TIMEOUT_MS = 15_000;
const RETRY_DELAY_MS = 400;

export function stage(turn: Turn, serverId: string): void {
  const target = turn.operation.targets.find((candidate) => candidate.serverId === serverId);
  if (target === undefined) throw new Error(`server ${serverId} has no changes`);
  turn.change(serverId, { phase: "staging", failure: null, stageId: null, receipts: [], committedAfterMs: null });
  turn.ask(serverId, { for: "stage" }, stageCall(turn.operation, target), STAGE_TIMEOUT_MS);
}

export function onStage(turn: Turn, serverId: string, reply: AgentReply | undefined): void {
  const result = resultOf(reply, "stage");
  if (result === undefined) {
    refuse(turn, serverId, silence("confirm the stage", STAGE_TIMEOUT_MS));
    return;
  }
  if (result.ok) {
    turn.step({ fresh: [...(turn.run?.fresh ?? []), serverId] });
    hold(turn, serverId, result.value);
    return;
  }
  const { failure } = result;
  if (failure.code !== "stage.held") {
    refuse(turn, serverId, failure);
    return;
  }
  // Perhaps it is this operation's own, and what the app asked for earlier was still on its way.
  turn.ask(serverId, { for: "own-stage", failure }, { name: "listStages", given: {} }, STAGE_TIMEOUT_MS);
}

export function onOwnStage(
  turn: Turn,
  serverId: string,
  { failure }: Extract<Wait, { for: "own-stage" }>,
  reply: AgentReply | undefined,
): void {
  const result = resultOf(reply, "listStages");
  const own =
    result?.ok === true
      ? result.value.stages.find(({ state, operation }) => state === "staged" && operation.id === turn.operation.id)
      : undefined;
  if (own === undefined) refuse(turn, serverId, failure);
  else hold(turn, serverId, own);
}

/** A stage is made of which nobody waits any more: it is aborted, unless it is used after all. */
export function onLateStage(turn: Turn, serverId: string, reply: AgentReply): void {
  const result = resultOf(reply, "stage");
  if (result?.ok !== true || turn.server(serverId).stageId === result.value.id) return;
  const waits = turn.run?.lanes[serverId]?.wait.for;
  // Being staged again, it finds this one.
  if (waits === "stage" || waits === "own-stage") return;
  turn.tell(serverId, { name: "abortStage", given: { params: { id: result.value.id } } });
}

export function commit(turn: Turn, serverId: string): void {
  turn.change(serverId, { phase: "committing" });
  ask(turn, serverId, turn.now + COMMIT_TIMEOUT_MS, false);
}

/** A reply that was lost is asked for again: committing twice is the same as once. */
export function commitAgain(turn: Turn, serverId: string, { deadline, isOpen }: CommitWait): void {
  ask(turn, serverId, deadline, isOpen);
}

export function onCommit(
  turn: Turn,
  serverId: string,
  { deadline, isOpen }: CommitWait,
  reply: AgentReply | undefined,
): void {
  const result = resultOf(reply, "commitStage");
  if (result?.ok === true) {
    turn.release(serverId);
    turn.change(serverId, {
      phase: "committed",
      receipts: result.value.receipts.map((receipt) => receipt.id),
      committedAfterMs: turn.now - (turn.run?.startedAt ?? turn.now),
    });
    return;
  }
  const failure = result?.failure ?? silence("confirm the switch", COMMIT_TIMEOUT_MS);
  if (leavesOpen(failure) && turn.now + RETRY_DELAY_MS <= deadline) {
    turn.pause(serverId, { for: "next-commit", deadline, isOpen: true }, RETRY_DELAY_MS);
    return;
  }
  turn.release(serverId);
  // One that is too busy says nothing of the attempt whose reply was lost.
  const isUnknown = leavesOpen(failure) || (isOpen && isBusy(failure));
  turn.change(serverId, { phase: isUnknown ? "unknown" : "failed", failure });
}

function ask(turn: Turn, serverId: string, deadline: number, isOpen: boolean): void {
  const { stageId } = turn.server(serverId);
  if (stageId === null) throw new Error(`server ${serverId} holds no stage`);
  turn.ask(
    serverId,
    { for: "commit", deadline, isOpen },
    { name: "commitStage", given: { params: { id: stageId } } },
    Math.max(1, deadline - turn.now),
  );
}

function hold(turn: Turn, serverId: string, { id, sites, warnings }: Stage): void {
  turn.release(serverId);
  turn.change(serverId, {
    phase: "staged",
    stageId: id,
    sites,
    warnings: warnings.map(({ message }) => message),
  });
}

function refuse(turn: Turn, serverId: string, failure: Failure): void {
  turn.release(serverId);
  turn.change(serverId, { phase: "refused", failure });
}
