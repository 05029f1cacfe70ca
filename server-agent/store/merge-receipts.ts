import type { Receipt } from "../contract/maintenance.ts";
import type { GenerationRecord } from "./stored-generation.ts";

/**
 * The receipts after a start, newest first. Generations say what was opened and closed; the
 * receipt's own file is the later observation if it tells of the same opening and closing, and
 * otherwise only lends its counts.
 */
export function mergeReceipts(records: readonly GenerationRecord[], observed: readonly Receipt[]): Receipt[] {
  const committed = new Map<string, Receipt>();
  for (const record of records) for (const receipt of record.receipts) committed.set(receipt.id, receipt);
  const merged = new Map<string, Receipt>(committed);
  for (const receipt of observed) {
    const base = committed.get(receipt.id);
    if (base === undefined || sameTransition(base, receipt)) merged.set(receipt.id, receipt);
    else merged.set(receipt.id, withObservation(base, receipt));
  }
  // Ids start with the time at which the receipt was made, so that they sort.
  return [...merged.values()].sort((a, b) => b.generation - a.generation || (a.id < b.id ? 1 : -1));
}

function sameTransition(base: Receipt, later: Receipt): boolean {
  return (
    base.state === later.state &&
    base.generation === later.generation &&
    base.revert?.generation === later.revert?.generation &&
    base.until === later.until
  );
}

function withObservation(base: Receipt, observed: Receipt): Receipt {
  const proof = base.proof ?? observed.proof;
  const firstProof = base.firstProof ?? observed.firstProof;
  const afterProof = base.afterProof ?? observed.afterProof;
  return {
    ...base,
    switchMs: observed.switchMs ?? base.switchMs,
    counts: base.state === "reverted" ? base.counts : observed.counts,
    ...(proof === undefined ? {} : { proof }),
    ...(firstProof === undefined ? {} : { firstProof }),
    ...(afterProof === undefined ? {} : { afterProof }),
  };
}
