/**
 * Leaving nothing of an operation on one server: aborting what is staged, reverting what switched.
 */
import type { Failure } from "../contract/failures.ts";
import { isBusy } from "../failures.ts";
import { type AgentReply, leavesOpen, resultOf, silence } from "./agent-call.ts";
import { look } from "./looking.ts";
import { withGenerationSeen, withReceiptsSeen } from "./operation.ts";
import type { Wait } from "./progress.ts";
import type { Turn } from "./turn.ts";

const UNDO_TIMEOUT_MS = 20_000;

export function undo(turn: Turn, serverId: string): void {
  const { phase, stageId, failure, receipts } = turn.server(serverId);
  if (phase === "committed") revert(turn, serverId, receipts);
  // One whose commit failed may hold its stage still, and an earlier attempt may be on its way.
  else if (stageId !== null && (phase === "staged" || (phase === "failed" && failure?.code !== "stage.ended")))
    turn.ask(serverId, { for: "abort" }, { name: "abortStage", given: { params: { id: stageId } } }, UNDO_TIMEOUT_MS);
}

export function onAbort(turn: Turn, serverId: string, reply: AgentReply | undefined): void {
  const result = resultOf(reply, "abortStage");
  const failure = result === undefined ? silence("answer", UNDO_TIMEOUT_MS) : result.ok ? null : result.failure;
  // It has switched after all: what the app asked for earlier was still on its way.
  if (failure !== null && !leavesOpen(failure) && !isBusy(failure)) {
    look(turn, serverId);
    return;
  }
  turn.release(serverId);
  if (failure === null) {
    if (turn.server(serverId).phase === "staged") drop(turn, serverId, null);
  } else if (turn.run?.fresh.includes(serverId) === true && turn.server(serverId).phase === "staged") {
    // Nobody has asked for its commit: if it does not hear, its lease ends by itself.
    drop(turn, serverId, failure);
  } else turn.change(serverId, { phase: "unknown", failure });
}

/** What is left to do once it is known how far the server came. */
export function onLooked(turn: Turn, serverId: string, isKnown: boolean): void {
  if (!isKnown) turn.change(serverId, { phase: "unknown" });
  else if (turn.server(serverId).phase === "committed") undo(turn, serverId);
}

export function onRevert(
  turn: Turn,
  serverId: string,
  { receipts: [receipt = "", ...left] }: Extract<Wait, { for: "revert" }>,
  reply: AgentReply | undefined,
): void {
  const result = resultOf(reply, "revertMaintenance");
  if (result?.ok === true) turn.operation = withGenerationSeen(turn.operation, serverId, result.value);
  next(turn, serverId, result?.ok === true ? undefined : failureOf(result), [receipt, ...left]);
}

/** A site that was brought back goes into maintenance again, just as it was. */
export function onReceipt(
  turn: Turn,
  serverId: string,
  { receipts }: Extract<Wait, { for: "receipt" }>,
  reply: AgentReply | undefined,
): void {
  const result = resultOf(reply, "getMaintenance");
  if (result?.ok !== true) {
    fail(turn, serverId, failureOf(result));
    return;
  }
  const { options } = result.value;
  turn.ask(
    serverId,
    { for: "close-again", receipts, previous: result.value },
    { name: "startMaintenance", given: { body: { ...options, author: turn.operation.author } } },
    UNDO_TIMEOUT_MS,
  );
}

export function onClosedAgain(
  turn: Turn,
  serverId: string,
  { receipts, previous }: Extract<Wait, { for: "close-again" }>,
  reply: AgentReply | undefined,
): void {
  const result = resultOf(reply, "startMaintenance");
  if (result?.ok === true) turn.operation = withReceiptsSeen(turn.operation, serverId, [result.value, previous]);
  next(turn, serverId, result?.ok === true ? undefined : failureOf(result), receipts);
}

function revert(turn: Turn, serverId: string, receipts: readonly string[]): void {
  const { operation } = turn;
  turn.change(serverId, { phase: "undoing" });
  const [receipt] = receipts;
  if (receipt === undefined) {
    turn.release(serverId);
    turn.change(serverId, { phase: "undone", failure: null, committedAfterMs: null });
    turn.log(
      `operation ${operation.id} (${operation.title}) reverted on ${serverId}, one of ${operation.servers.length}`,
    );
  } else if (operation.kind === "maintenance")
    turn.ask(
      serverId,
      { for: "revert", receipts },
      {
        name: "revertMaintenance",
        given: { params: { id: receipt }, body: { how: "delete", author: operation.author } },
      },
      UNDO_TIMEOUT_MS,
    );
  else
    turn.ask(
      serverId,
      { for: "receipt", receipts },
      { name: "getMaintenance", given: { params: { id: receipt } } },
      UNDO_TIMEOUT_MS,
    );
}

function next(turn: Turn, serverId: string, failure: Failure | undefined, receipts: readonly string[]): void {
  // Somebody, or an attempt whose reply was lost, has done it already.
  const isDone =
    failure === undefined || failure.code === "maintenance.reverted" || failure.code === "maintenance.already";
  if (isDone) revert(turn, serverId, receipts.slice(1));
  else fail(turn, serverId, failure);
}

function fail(turn: Turn, serverId: string, failure: Failure): void {
  turn.release(serverId);
  turn.change(serverId, { phase: leavesOpen(failure) ? "unknown" : "committed", failure });
}

function failureOf(result: { readonly ok: false; readonly failure: Failure } | undefined): Failure {
  return result?.failure ?? silence("answer", UNDO_TIMEOUT_MS);
}

/** Where all were ready and the app could not go on, that is why the server did not switch. */
function drop(turn: Turn, serverId: string, failure: Failure | null): void {
  const cause = turn.run?.cause ?? null;
  turn.change(serverId, cause === null ? { phase: "undone", failure } : { phase: "refused", failure: cause });
}
