/** Switching several servers together. */
import { z } from "zod";
import { MaintenanceChange } from "../../server-agent/contract/maintenance-change.ts";
import { StagedChange } from "../../server-agent/contract/maintenance.ts";
import { command } from "./command.ts";
import type { Failure } from "./failures.ts";
import { MAX_TARGETS, ifGeneration, onServer } from "./fields.ts";

/** What an operation does on one server; together the changes become one generation there. */
export const FleetTarget = z.strictObject({
  ...onServer,
  changes: z.array(StagedChange).min(1).max(100),
  /** The configuration that the user has seen; refused if another one is active. */
  ifGeneration: ifGeneration.optional(),
});
export type FleetTarget = z.infer<typeof FleetTarget>;

/**
 * `waiting`, `staging`, `staged`: nothing has changed there. `refused`: it could not be staged, and
 * nothing has changed. `committed`: switched. `undone`: nothing is left of the operation there.
 * `unknown`: it cannot be reached, and it is not known whether it switched. `failed`: it was
 * staged, but the commit failed.
 */
type FleetServerPhase =
  | "waiting"
  | "staging"
  | "staged"
  | "refused"
  | "committing"
  | "committed"
  | "undoing"
  | "undone"
  | "failed"
  | "unknown";

export interface FleetServer {
  serverId: string;
  name: string;
  sites: string[];
  phase: FleetServerPhase;
  failure: Failure | null;
  stageId: string | null;
  /** Receipts that the commit opened or closed. */
  receipts: string[];
  /** Milliseconds after the first server's reply to its commit. */
  committedAfterMs: number | null;
  warnings: string[];
}

/**
 * `done`: switched everywhere. `refused`: a server could not be staged, and nothing has changed
 * anywhere. `undone`: a commit failed, and the others were reverted. `incomplete`: some servers
 * switched and could not be reverted, or their state is unknown. `interrupted`: the app exited in
 * between.
 */
export type FleetPhase =
  "staging" | "committing" | "undoing" | "done" | "refused" | "undone" | "incomplete" | "interrupted";

export interface FleetOperationState {
  id: string;
  title: string;
  kind: "maintenance" | "revert";
  phase: FleetPhase;
  author: string;
  startedAt: string;
  /**
   * From the first to the last server's reply to its commit; `null` before, and if they were not
   * all switched in one go.
   */
  skewMs: number | null;
  servers: FleetServer[];
}

/** A maintenance that runs, and how it is to be: in one part, or in two where a window ends it. */
export const SiteChange = z.strictObject({
  ...onServer,
  receiptId: z.string(),
  parts: z
    .array(MaintenanceChange.omit({ author: true, minutes: true }))
    .min(1)
    .max(2),
});
export type SiteChange = z.infer<typeof SiteChange>;

/** `unknown`: its server did not answer, and may have done it all the same. */
export interface ChangeOutcome {
  serverId: string;
  receiptId: string;
  state: "done" | "refused" | "unknown";
  failure: Failure | null;
}

const oneOperation = z.strictObject({ operationId: z.string() });

const MAX_CHANGED_SITES = 10_000;

export const FLEET_COMMANDS = {
  /** Begins; progress arrives as state. */
  "fleet.start": command(
    z.strictObject({ title: z.string().max(200), targets: z.array(FleetTarget).min(1).max(MAX_TARGETS) }),
  ).returns<{ operationId: string }>(),
  /** Switches the servers that have not switched yet; also after the app was interrupted. */
  "fleet.finish": command(oneOperation).returns<null>(),
  /**
   * Reverts what was committed and aborts what is staged; also ends an operation that is still
   * being staged.
   */
  "fleet.undo": command(oneOperation).returns<null>(),
  /** Changes maintenance that runs, each site by itself; what failed is told for each. */
  "fleet.change": command(z.strictObject({ changes: z.array(SiteChange).min(1).max(MAX_CHANGED_SITES) })).returns<
    ChangeOutcome[]
  >(),
  "fleet.forget": command(oneOperation).returns<null>(),
};
