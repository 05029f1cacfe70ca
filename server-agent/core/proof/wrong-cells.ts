import type { Proof, ProofCell } from "../../contract/proof.ts";

/** What a proof found that is not as planned; nothing where none was made. */
export function wrongCells(proof: Proof | undefined): ProofCell[] {
  return (proof?.cells ?? []).filter(({ outcome }) => outcome === "wrong");
}

/** `2 of 8 answers wrong, like shop.example.com/: …`; empty where all is as planned. */
export function wrongWords(proof: Proof): string {
  const wrong = wrongCells(proof);
  const [first] = wrong;
  return first === undefined
    ? ""
    : `${wrong.length} of ${proof.cells.length} answers wrong, like ${first.host}${first.path}: ${first.message}`;
}
