/** Every fault at every boundary with others, as `tools/docs/faults.ts` lists them. */
import { checkCells } from "../../support/faults/check-cells.ts";
import { ssh } from "../../support/faults/ssh.ts";
import { upstream } from "../../support/faults/upstream.ts";
import { visitor } from "../../support/faults/visitor.ts";
// So that soak runs it, where things stand still for longer.
import "../../support/repetitions.ts";

checkCells({ visitor, upstream, ssh });
