/** Asking a server how far it came: its stages and its receipts have the operation's id. */
import { type AgentReply, resultOf } from "./agent-call.ts";
import { settled, withGenerationSeen, withReceiptsSeen } from "./operation.ts";
import type { Wait } from "./progress.ts";
import type { Turn } from "./turn.ts";

const LOOK_TIMEOUT_MS = 20_000;

export function look(turn: Turn, serverId: string): void {
  turn.ask(serverId, { for: "stages" }, { name: "listStages", given: {} }, LOOK_TIMEOUT_MS);
}

/** Receipts are asked for after stages: one that was committed has its receipts by then. */
export function onStages(turn: Turn, serverId: string, reply: AgentReply | undefined): void {
  const result = resultOf(reply, "listStages");
  if (result?.ok !== true) {
    turn.release(serverId);
    return;
  }
  const { stages } = result.value;
  turn.ask(serverId, { for: "receipts", stages }, { name: "listMaintenance", given: {} }, LOOK_TIMEOUT_MS);
}

/** True when the server has said how far it came. */
export function onReceipts(
  turn: Turn,
  serverId: string,
  { stages }: Extract<Wait, { for: "receipts" }>,
  reply: AgentReply | undefined,
): boolean {
  turn.release(serverId);
  const result = resultOf(reply, "listMaintenance");
  if (result?.ok !== true) return false;
  // What an undo led to, too, whose reply was lost.
  for (const receipt of result.value.maintenance)
    if (receipt.operation?.id === turn.operation.id)
      turn.operation = withGenerationSeen(turn.operation, serverId, receipt);
  turn.operation = withReceiptsSeen(turn.operation, serverId, result.value.maintenance);
  turn.change(serverId, settled(turn.operation, turn.server(serverId), stages, result.value.maintenance));
  return true;
}
