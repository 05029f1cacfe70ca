import type { Receipt, Stage } from "../contract/maintenance.ts";
import type { GenerationRecord } from "./stored-generation.ts";

/** The stage as this generation, its commit, says. */
export function committedBy(stage: Stage, { generation, createdAt, receipts }: GenerationRecord): Stage {
  return {
    ...stage,
    state: "committed",
    endedAt: createdAt,
    generation,
    receipts: receipts.filter((receipt) => isOf(receipt, stage, generation)).map(({ id }) => id),
  };
}

/**
 * What a stored stage is after a start: committed if a generation says so, whatever its own file
 * says; else ended as its file says; else expired, or still to be held. `now` in milliseconds since
 * 1970.
 */
export function settleStage(stage: Stage, records: readonly GenerationRecord[], now: number): Stage {
  if (stage.state === "committed") return stage;
  const commit = records.find((record) => record.stage === stage.id);
  if (commit !== undefined) return committedBy(stage, commit);
  if (stage.state !== "staged" || now < Date.parse(stage.expiresAt)) return stage;
  return { ...stage, state: "expired", endedAt: stage.expiresAt };
}

/**
 * Opened or closed by the stage itself; others that the generation names followed from the
 * document.
 */
function isOf(receipt: Receipt, { operation }: Stage, generation: number): boolean {
  const made = receipt.revert?.generation === generation ? receipt.revert.operation : receipt.operation;
  return made?.id === operation.id;
}
