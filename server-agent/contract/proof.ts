/** What the agent was answered after a switch, and what it did for that. */
import { z } from "zod";
import { timestamp } from "./fields.ts";

const PROOF_PROBES = ["page", "api", "head", "post"] as const;

export const ProofCell = z.strictObject({
  host: z.string(),
  listener: z.string(),
  path: z.string(),
  probe: z.enum(PROOF_PROBES),
  /**
   * `wrong`: something else answered than the configuration says. `skipped`: it cannot be requested
   * from here, `message` says why.
   */
  outcome: z.enum(["right", "wrong", "skipped"]),
  expected: z.string(),
  observed: z.string(),
  status: z.int().optional(),
  message: z.string(),
});
export type ProofCell = z.infer<typeof ProofCell>;

export const Proof = z.strictObject({
  generation: z.int(),
  observedAt: timestamp,
  durationMs: z.number(),
  cells: z.array(ProofCell),
});
export type Proof = z.infer<typeof Proof>;

/** What the agent did by itself when it had the proof of a switch with `revertIfWrong`. */
export const AfterProof = z.strictObject({
  outcome: z
    .enum(["kept", "reverted", "not-reverted"])
    .describe("`not-reverted`: the proof failed, and the site could not be brought back; `why` says why."),
  at: timestamp,
  why: z.string(),
});
export type AfterProof = z.infer<typeof AfterProof>;
