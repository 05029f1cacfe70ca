import { z } from "zod";
import { StagedChange } from "../../server-agent/contract/maintenance.ts";
import type { Failure } from "./failures.ts";

/** What an operation does on one server; together the changes become one generation there. */
export const FleetTarget = z.strictObject({
  serverId: z.string().min(1),
  changes: z.array(StagedChange).min(1).max(100),
  /** The configuration that the person has seen; another one is a refusal. */
  ifGeneration: z.int().optional(),
});
export type FleetTarget = z.infer<typeof FleetTarget>;

/**
 * `waiting`, `staging`, `staged`: nothing has changed there. `refused`: it did not take part, and
 * nothing has changed. `committed`: switched. `undone`: nothing is left of the operation there.
 * `unknown`: it cannot be reached, and whether it switched is not known. `failed`: it did not
 * switch although it had promised to.
 */
export type FleetServerPhase =
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
 * `done`: switched everywhere. `refused`: somebody said no before anything changed, and nothing has
 * changed anywhere. `undone`: a failure in the second phase, taken back everywhere. `incomplete`:
 * some servers switched and could not be taken back, or nothing is known of them. `interrupted`:
 * the app ended in between.
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
   * From the first to the last server's reply to its commit; `null` before, and where they were not
   * all switched in one go.
   */
  skewMs: number | null;
  servers: FleetServer[];
}
