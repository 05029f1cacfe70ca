/** Every fault at every boundary within the agent, as `tools/docs/faults.ts` lists them. */
import { admin } from "../../support/faults/admin.ts";
import { checkCells } from "../../support/faults/check-cells.ts";
import { channel, handOver } from "../../support/faults/processes.ts";
import { state } from "../../support/faults/state.ts";
// So that soak runs it, where things stand still for longer.
import "../../support/repetitions.ts";

checkCells({ channel, state, admin, handOver });
