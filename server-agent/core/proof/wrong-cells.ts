import type { Proof, ProofCell } from "../../contract/maintenance.ts";

/** What a proof found that is not as planned; nothing where none was made. */
export function wrongCells(proof: Proof | undefined): ProofCell[] {
  return (proof?.cells ?? []).filter(({ outcome }) => outcome === "wrong");
}
