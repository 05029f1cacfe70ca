import { describe, it } from "vitest";
import { BOUNDARIES, type Boundary, FAULTS, type FaultName, PROMISES } from "../../../tools/docs/faults.ts";
import type { Cells } from "./bench.ts";

/** A test for each cell of these boundaries; in soak things stand still for 30 s. */
export function checkCells(rows: { readonly [B in Boundary]?: Cells<B> }): void {
  // Most of the time they wait.
  describe.concurrent("the promise holds", () => {
    for (const [boundary, cells] of Object.entries(rows) as [Boundary, Partial<Cells<Boundary>>][])
      for (const [fault, run] of Object.entries(cells) as [FaultName, () => Promise<void>][])
        it(`${BOUNDARIES[boundary]}, ${FAULTS[fault]}: ${PROMISES[boundary][fault] ?? ""}`, run);
  });
}
