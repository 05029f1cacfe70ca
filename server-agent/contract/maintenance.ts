import { z } from "zod";
import { Condition } from "./condition.ts";
import { Config } from "./config.ts";
import { PageContent } from "./handler.ts";
import { Change, RequestBalance } from "./agent.ts";
import { timestamp } from "./fields.ts";
import { MAX_EDITS, MaintenanceEdit } from "./maintenance-change.ts";
import { AfterProof, Proof } from "./proof.ts";

export const MaintenanceOptions = z.strictObject({
  site: z.string().min(1).describe("Id of the virtual host to put in maintenance."),
  copycat: z.string().optional().describe("Id of the copycat. Default: `<site>-copycat`."),
  hosts: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Hosts that the copycat answers for. Default: all hosts of the original."),
  page: z.union([z.literal("default"), PageContent]).optional(),
  root: z.string().optional().describe("Folder or file of your own page, instead of the built-in one."),
  status: z
    .int()
    .min(400)
    .max(599)
    .optional()
    .describe("Alone: a status without a page. With a page: its status. Default 503."),
  retryAfter: z.union([z.int().min(0).max(31_536_000), z.literal("end")]).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  exceptions: z.array(Condition).optional().describe("Requests that fall through to the original."),
  internalHosts: z.array(z.string().min(1)).optional().describe("Host names for staff, added to the original only."),
  position: z
    .enum(["above", "top"])
    .optional()
    .describe("Directly above the original (default), or at the top of the list."),
  revertIfWrong: z
    .boolean()
    .optional()
    .describe("Revert automatically if the proof after the switch finds a wrong answer twice in a row."),
  reason: z.string().max(500).optional(),
  author: z.string().max(200).optional(),
});
export type MaintenanceOptions = z.infer<typeof MaintenanceOptions>;

export const Warning = z.strictObject({
  code: z.enum([
    "alias-left-out",
    "shadowed",
    "default-site",
    "original-disabled",
    "already-in-maintenance",
    "exception-unreachable",
    "exception-covers-all",
    "end-in-past",
    "wildcard-covers-more",
    "acme-not-excepted",
    "hook-missing",
    "demoted-copycat-replaced",
  ]),
  message: z.string(),
  virtualHost: z.string().optional(),
  host: z.string().optional(),
});
export type Warning = z.infer<typeof Warning>;

/**
 * One reversible edit of a document. The position is the id of the virtual host directly below, so
 * it survives changes made elsewhere.
 */
export const Operation = z.discriminatedUnion("op", [
  z.strictObject({
    op: z.literal("insert-virtual-host"),
    virtualHost: z.lazy(() => Config.shape.virtualHosts.element),
    above: z.string(),
  }),
  z.strictObject({
    op: z.literal("remove-virtual-host"),
    virtualHost: z.lazy(() => Config.shape.virtualHosts.element),
    above: z.string(),
  }),
  z.strictObject({ op: z.literal("add-hosts"), id: z.string(), hosts: z.array(z.string()) }),
  z.strictObject({ op: z.literal("remove-hosts"), id: z.string(), hosts: z.array(z.string()) }),
  z.strictObject({
    op: z.literal("move-virtual-host"),
    id: z.string(),
    from: z.string().describe("Id of the virtual host that was directly below."),
    above: z.string(),
  }),
]);
export type Operation = z.infer<typeof Operation>;

/**
 * One step of the recipe, in the operator's words.
 */
export const PlanStep = z.strictObject({
  step: z.enum(["copycat", "domains", "response", "exceptions", "order", "restart"]),
  title: z.string(),
  detail: z.string(),
});
export type PlanStep = z.infer<typeof PlanStep>;

export const Plan = z.strictObject({
  site: z.string(),
  copycat: z.string(),
  steps: z.array(PlanStep),
  operations: z.array(Operation),
  inverse: z.array(Operation),
  changes: z.array(Change),
  warnings: z.array(Warning),
  before: Config,
  after: Config,
});
export type Plan = z.infer<typeof Plan>;

/** Counts of one maintenance, observed by the agent since the switch. */
export const MaintenanceCounts = z.strictObject({
  refused: z.int().describe("Answered by the copycat."),
  excepted: z.int().describe("Fell through to the original."),
  drained: z.int().describe("In flight at the switch, and finished on the older generation."),
  cut: z.int().describe("In flight at the switch, and cut by an operator or a deadline."),
  draining: z.int().describe("Still in flight on older generations."),
  balance: RequestBalance.extend({
    unobserved: z.int().describe("Still in flight when the agent itself ended, so nobody saw how they ended."),
  })
    .optional()
    .describe("How the site's requests in flight at the switch ended."),
});
export type MaintenanceCounts = z.infer<typeof MaintenanceCounts>;

/** A switch of several servers. Id and title are chosen by the client, the same on every server. */
export const FleetOperation = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/, "use 8 to 64 letters, digits and hyphens"),
  title: z.string().max(200),
  servers: z.int().min(1).max(1000).describe("Number of servers that take part."),
});
export type FleetOperation = z.infer<typeof FleetOperation>;

/** One occurrence of a window: the window's id and the planned start. */
export const OccurrenceOf = z.strictObject({ id: z.string(), start: timestamp });
export type OccurrenceOf = z.infer<typeof OccurrenceOf>;

const SwitchMs = z
  .number()
  .optional()
  .describe(
    "From the arrival of the request to the last worker's acknowledgement. Absent if it is not known, because the agent was killed before it could store it.",
  );

export const Receipt = z.strictObject({
  id: z.string(),
  site: z.string(),
  copycat: z.string(),
  state: z.enum(["in-maintenance", "reverted"]),
  generation: z.int().describe("The generation that the switch created."),
  startedAt: timestamp,
  switchMs: SwitchMs,
  author: z.string(),
  reason: z.string(),
  until: z.iso.datetime({ offset: true }).optional(),
  options: MaintenanceOptions,
  operations: z.array(Operation),
  inverse: z.array(Operation),
  changes: z.array(Change),
  warnings: z.array(Warning),
  counts: MaintenanceCounts,
  proof: Proof.optional().describe("The latest one while the site was in maintenance."),
  firstProof: Proof.optional().describe("The one right after the switch, where `proof` is a later one."),
  afterProof: AfterProof.optional().describe(
    "With `revertIfWrong`: what the agent did after the proof; absent until then.",
  ),
  operation: FleetOperation.optional().describe("The fleet operation that put the site in maintenance, if one did."),
  window: OccurrenceOf.optional().describe("The planned window that put the site in maintenance, if one did."),
  edits: z
    .array(MaintenanceEdit)
    .max(MAX_EDITS)
    .optional()
    .describe("What was changed while it ran, oldest first. `options` and `until` are as they are now."),
  revert: z
    .strictObject({
      how: z.enum(["delete", "demote"]),
      generation: z.int(),
      at: timestamp,
      author: z.string(),
      switchMs: SwitchMs,
      exact: z.boolean().describe("Whether the document is again what it was before."),
      proof: Proof.optional(),
      operation: FleetOperation.optional().describe("The fleet operation that brought the site back, if one did."),
    })
    .optional(),
});
export type Receipt = z.infer<typeof Receipt>;

/** One change of a stage, with the same options as the single call for it. */
export const StagedChange = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("maintenance"), options: MaintenanceOptions }),
  z.strictObject({
    kind: z.literal("revert"),
    receipt: z.string().describe("Id of the receipt."),
    how: z.enum(["delete", "demote"]),
  }),
]);
export type StagedChange = z.infer<typeof StagedChange>;

export const LEASE_SECONDS = 30;

export const StageRequest = z.strictObject({
  operation: FleetOperation,
  changes: z.array(StagedChange).min(1).max(100).describe("Planned in order; together they become one generation."),
  leaseSeconds: z
    .int()
    .min(1)
    .max(300)
    .optional()
    .describe(`How long the agent holds the stage. Default ${LEASE_SECONDS}.`),
  author: z.string().max(200).optional(),
});
export type StageRequest = z.infer<typeof StageRequest>;

export const Stage = z.strictObject({
  id: z.string(),
  operation: FleetOperation,
  changes: z.array(StagedChange),
  author: z.string(),
  sites: z.array(z.string()),
  /**
   * `staged`: everything is ready and held, nothing has changed. `expired`: the lease ended before
   * the commit.
   */
  state: z.enum(["staged", "committed", "aborted", "expired"]),
  baseGeneration: z.int().describe("The generation that was active when it was staged."),
  stagedAt: timestamp,
  expiresAt: timestamp.describe("End of the lease, by the server's clock."),
  endedAt: timestamp.optional(),
  generation: z.int().optional().describe("The generation that the commit created."),
  receipts: z
    .array(z.string())
    .describe("Ids of the receipts that the commit opened or closed; empty before the commit."),
  warnings: z.array(Warning),
});
export type Stage = z.infer<typeof Stage>;
