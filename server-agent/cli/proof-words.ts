/** What the agent found when it asked its own listeners; visitors may come to others. */
import type { Receipt } from "../contract/maintenance.ts";
import { wrongCells } from "../core/proof/wrong-cells.ts";

export function isWrong(receipt: Receipt): boolean {
  return wrongCells(receipt.proof).length > 0;
}

export function proofWords(receipt: Receipt): string {
  const { proof } = receipt;
  if (proof === undefined) return "proof at the agent: not made yet";
  const wrong = wrongCells(proof);
  const [first] = wrong;
  return `proof at the agent, ${proof.observedAt}: ${first === undefined ? "as planned" : `${wrong.length} of ${proof.cells.length} answers wrong, like ${first.host}${first.path}: ${first.message}`}`;
}
