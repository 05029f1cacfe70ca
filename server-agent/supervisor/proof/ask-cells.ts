/** Sends what a proof has planned, with bounded haste and patience. */
import type { ProofCell } from "../../contract/proof.ts";
import type { PlannedCell, Probe } from "../../core/proof/proof-cell.ts";
import { judge } from "../../core/proof/proof-plan.ts";
import { askProbe } from "./send-probe.ts";

export interface Asking {
  /** The generation that is to answer. */
  generation: number;
  token: string;
  /** What is not answered within this time (ms) from the start is not asked any more. */
  timeoutMs: number;
  signal: AbortSignal;
}

const MAX_CONCURRENT_PROBES = 8;
const MAX_ANSWER_MS = 5000;

export async function askCells(planned: readonly PlannedCell[], asking: Asking): Promise<ProofCell[]> {
  const startedAt = performance.now();
  const cells: ProofCell[] = [];
  let next = 0;
  const askInTurn = async (): Promise<void> => {
    for (let index = next++; index < planned.length; index = next++) {
      const plan = planned[index];
      if (plan !== undefined) cells[index] = await askOne(plan, asking, startedAt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_CONCURRENT_PROBES, planned.length) }, askInTurn));
  return cells;
}

async function askOne(
  plan: PlannedCell,
  { generation, token, timeoutMs, signal }: Asking,
  startedAt: number,
): Promise<ProofCell> {
  if ("skipped" in plan) return plan.skipped;
  const { probe } = plan;
  const left = timeoutMs - (performance.now() - startedAt);
  if (left <= 0 || signal.aborted) return notAsked(probe);
  return judge(probe, await askProbe(probe, token, Math.min(left, MAX_ANSWER_MS), signal), generation);
}

function notAsked({ cell, expect }: Probe): ProofCell {
  return {
    ...cell,
    outcome: "skipped",
    expected: expect.virtualHost,
    observed: "",
    message: "Not checked: the proof ran out of time.",
  };
}
