/** What the agent found when it asked its own listeners; visitors may come to others. */
import type { ProofCell, Receipt } from "../contract/maintenance.ts";

function wrongCells({ proof }: Receipt): ProofCell[] {
  return (proof?.cells ?? []).filter(({ outcome }) => outcome === "wrong");
}

export function isWrong(receipt: Receipt): boolean {
  return wrongCells(receipt).length > 0;
}

export function proofWords(receipt: Receipt): string {
  const { proof } = receipt;
  if (proof === undefined) return "proof at the agent: not made yet";
  const wrong = wrongCells(receipt);
  const [first] = wrong;
  return `proof at the agent, ${proof.observedAt}: ${first === undefined ? "as planned" : `${wrong.length} of ${proof.cells.length} answers wrong, like ${first.host}${first.path}: ${first.message}`}`;
}
