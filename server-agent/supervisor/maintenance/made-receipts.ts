/** The receipts that planned changes make, and the reason that the history gives for them. */
import type { FleetOperation, OccurrenceOf, Receipt } from "../../contract/maintenance.ts";
import { MAX_EDITS, type MaintenanceEdit } from "../../contract/maintenance-change.ts";
import type { AfterProof } from "../../contract/proof.ts";
import type { PlannedChange } from "../../core/maintenance/plan-changes.ts";
import { listOf } from "../../core/wording.ts";

/** In whose name changes are made, and of which fleet operation they are a part. */
export interface OnBehalf {
  /** Of reverts, and of maintenances whose options name nobody. */
  author: string | undefined;
  operation?: FleetOperation;
  /** The window that it is done for, and its title. */
  window?: OccurrenceOf & { title: string };
  /** It is the start or the end of a window, or the end that its pages tell. */
  byWindow?: boolean;
  /** It is reverted because its proof failed. */
  afterProof?: AfterProof;
  /** Why a maintenance is changed. */
  reason?: string | undefined;
}

interface Moment {
  generation: number;
  at: string;
}

/** Stored before the switch is over: how long it took is measured, and stored, after it. */
export function opened(
  { options, plan }: Extract<PlannedChange, { kind: "maintenance" }>,
  { id, generation, at }: Moment & { id: string },
  { author, operation, window }: OnBehalf,
): Receipt {
  return {
    id,
    site: plan.site,
    copycat: plan.copycat,
    state: "in-maintenance",
    generation,
    startedAt: at,
    author: options.author ?? author ?? "unknown",
    reason: options.reason ?? "",
    ...(options.until === undefined ? {} : { until: options.until }),
    options,
    operations: plan.operations,
    inverse: plan.inverse,
    changes: plan.changes,
    warnings: plan.warnings,
    counts: { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 },
    ...(operation === undefined ? {} : { operation }),
    ...(window === undefined ? {} : { window: { id: window.id, start: window.start } }),
  };
}

/** The same maintenance goes on. `receipt`: as it is now, as its counts have gone on. */
export function edited(
  receipt: Receipt,
  { edited: { until, ...rest }, fields }: Extract<PlannedChange, { kind: "change" }>,
  { generation, at }: Moment,
  { author = "unknown", reason }: OnBehalf,
): Receipt {
  const { until: _until, edits = [], ...before } = receipt;
  const edit: MaintenanceEdit = {
    at,
    author,
    generation,
    fields,
    ...(until === undefined ? {} : { until }),
    ...(reason === undefined ? {} : { reason }),
  };
  return { ...before, ...rest, ...(until === undefined ? {} : { until }), edits: [...edits, edit].slice(-MAX_EDITS) };
}

export function closed(
  receipt: Receipt,
  { how, exact }: Extract<PlannedChange, { kind: "revert" }>,
  { generation, at }: Moment,
  { author, operation, afterProof }: OnBehalf,
): Receipt {
  return {
    ...receipt,
    ...(afterProof === undefined ? {} : { afterProof }),
    state: "reverted",
    revert: {
      how,
      generation,
      at,
      author: author ?? "unknown",
      exact,
      ...(operation === undefined ? {} : { operation }),
    },
  };
}

/** For the history: of one change all there is to say, of several which sites. */
export function reasonFor(planned: readonly PlannedChange[]): string {
  const [only] = planned;
  if (planned.length === 1 && only?.kind === "maintenance") {
    const { reason = "" } = only.options;
    return `maintenance of ${only.plan.site}${reason === "" ? "" : `: ${reason}`}`;
  }
  if (planned.length === 1 && only?.kind === "revert")
    return `${only.receipt.site} brought back${only.how === "demote" ? " (copycat moved below)" : ""}`;
  const changed = planned.flatMap((change) => (change.kind === "change" ? [describeEdit(change)] : []));
  const started = planned.flatMap((change) => (change.kind === "maintenance" ? [change.plan.site] : []));
  const ended = planned.flatMap((change) => (change.kind === "revert" ? [change.receipt.site] : []));
  const parts = [
    started.length === 0 ? "" : `maintenance of ${listOf(started, "and")}`,
    ended.length === 0 ? "" : `${listOf(ended, "and")} brought back`,
    listOf(changed, "and"),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function describeEdit({
  receipt: { site },
  fields,
  edited: { until },
}: Extract<PlannedChange, { kind: "change" }>): string {
  const end = until === undefined ? `${site} has no end` : `${site} ends at ${until}`;
  if (fields.every((field) => field === "until")) return end;
  const others = fields.filter((field) => field !== "until").map((field) => NAMES[field]);
  const what = `${listOf([...new Set(others)], "and")} of ${site} changed`;
  return fields.includes("until") ? `${end}, ${what}` : what;
}

const NAMES = { page: "page", root: "page", status: "status", retryAfter: "Retry-After", exceptions: "exceptions" };
