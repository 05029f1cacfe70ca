import type { Change } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { ErrorCode, Problem } from "../../contract/errors.ts";
import type { MaintenanceOptions, Plan, Receipt, StagedChange } from "../../contract/maintenance.ts";
import type { MaintenanceChange } from "../../contract/maintenance-change.ts";
import { changeMaintenance, type EditedField, type EditedReceipt } from "./change.ts";
import { planMaintenance } from "./plan.ts";
import { revertMaintenance } from "./revert.ts";
import { isSameText } from "../config/in-common.ts";
import { validateChange } from "../config/validate-config.ts";

/** What planning may know beside the document. */
export interface PlanningFacts {
  receipts: {
    get(id: string): Receipt | undefined;
    /** The receipt of the maintenance that the site is in. */
    openFor(site: string): Receipt | undefined;
  };
  /** By receipt: the document from before its switch, if it is still stored. */
  before: ReadonlyMap<string, Config>;
  /** ISO 8601. */
  now: string;
}

/**
 * A change as it will be made. `exact`: the document is again what it was before the receipt's
 * switch.
 */
export type PlannedChange =
  | { kind: "maintenance"; options: MaintenanceOptions; plan: Omit<Plan, "before" | "after"> }
  | { kind: "change"; receipt: Receipt; edited: EditedReceipt; fields: EditedField[]; changes: Change[] }
  | { kind: "revert"; receipt: Receipt; how: "delete" | "demote"; exact: boolean };

/** A change that can be planned: one of a stage, or one of a maintenance that runs. */
export type WantedChange =
  | StagedChange
  | {
      kind: "change";
      receipt: string;
      change: MaintenanceChange;
      /** A window tells its end, whenever that is. */
      byWindow?: boolean;
    };

export interface PlanFault {
  /** Which change cannot be made. */
  index: number;
  code: ErrorCode;
  message: string;
  /** Of the options of a maintenance (`/hosts/0`), or of the document after a revert. */
  problems?: Problem[];
  /** The receipt that is in the way, or that cannot be reverted. */
  receipt?: string;
  /** JSON Pointer to what is in the way in the document. */
  path?: string;
}

export type PlannedChanges = { ok: true; config: Config; planned: PlannedChange[] } | { ok: false; fault: PlanFault };

type Step = { ok: true; config: Config; planned: PlannedChange } | { ok: false; fault: Omit<PlanFault, "index"> };

/**
 * Plans changes one after the other, each on the result of the one before; the document is the same
 * as if each had been made by itself. The first one that cannot be made refuses all. A revert names
 * a receipt that was there before; one that an earlier change of the list has reverted counts as
 * reverted.
 */
export function planChanges(before: Config, changes: readonly WantedChange[], facts: PlanningFacts): PlannedChanges {
  const planning = planOneByOne(before, changes, facts);
  for (;;) {
    const { done, value } = planning.next();
    if (done === true) return value;
  }
}

/**
 * The same with a pause between any two changes: on a large document each takes a while, and the
 * caller may have something else to do.
 */
export function* planOneByOne(
  before: Config,
  changes: readonly WantedChange[],
  facts: PlanningFacts,
): Generator<undefined, PlannedChanges> {
  let config = before;
  const planned: PlannedChange[] = [];
  for (const [index, change] of changes.entries()) {
    if (index > 0) yield;
    const step = planStep(config, change, planned, facts);
    if (!step.ok) return { ok: false, fault: { index, ...step.fault } };
    config = step.config;
    planned.push(step.planned);
  }
  const isBack = backTo(config, facts);
  return {
    ok: true,
    config,
    planned: planned.map((change) =>
      change.kind === "revert" ? { ...change, exact: isBack(change.receipt) } : change,
    ),
  };
}

function planStep(config: Config, change: WantedChange, earlier: readonly PlannedChange[], facts: PlanningFacts): Step {
  if (change.kind === "maintenance") return planSwitch(config, change.options, earlier, facts);
  return change.kind === "revert"
    ? planRevert(config, change, earlier, facts)
    : planChange(config, change, earlier, facts);
}

function planSwitch(
  config: Config,
  options: MaintenanceOptions,
  earlier: readonly PlannedChange[],
  { receipts, now }: PlanningFacts,
): Step {
  const open = receipts.openFor(options.site);
  if (open !== undefined && !isReverted(open.id, earlier)) {
    const message = `${open.site} is already in maintenance since ${open.startedAt} (by ${open.author}); bring it back first.`;
    return { ok: false, fault: { code: "maintenance.already", message, receipt: open.id } };
  }
  const result = planMaintenance(config, options, now);
  if (!result.ok) {
    const { code, message, problems } = result;
    return { ok: false, fault: { code, message, ...(problems === undefined ? {} : { problems }) } };
  }
  const { before: _before, after, ...plan } = result.plan;
  return { ok: true, config: after, planned: { kind: "maintenance", options, plan } };
}

function planRevert(
  config: Config,
  { receipt: id, how }: Extract<StagedChange, { kind: "revert" }>,
  earlier: readonly PlannedChange[],
  { receipts }: PlanningFacts,
): Step {
  const receipt = receipts.get(id);
  if (receipt === undefined)
    return {
      ok: false,
      fault: { code: "not-found", message: `There is no receipt ${id}; GET /v1/maintenance lists them.` },
    };
  if (receipt.state === "reverted") {
    const message = `${receipt.site} was brought back already, at ${receipt.revert?.at ?? "an unknown time"} by ${receipt.revert?.author ?? "someone"}.`;
    return { ok: false, fault: { code: "maintenance.reverted", message, receipt: id } };
  }
  if (isReverted(id, earlier))
    return {
      ok: false,
      fault: {
        code: "maintenance.reverted",
        message: `An earlier change of the same list brings ${receipt.site} back.`,
        receipt: id,
      },
    };
  const reverted = revertMaintenance(config, receipt, how);
  if (!reverted.ok)
    return { ok: false, fault: { code: reverted.code, message: reverted.message, receipt: id, path: reverted.path } };
  const checked = validateChange(reverted.config, config);
  if (!checked.ok) {
    const [first] = checked.problems;
    const message = `Without its copycat the configuration could not serve: ${first?.path ?? ""}: ${first?.message ?? ""}`;
    return { ok: false, fault: { code: "config.invalid", message, problems: checked.problems, receipt: id } };
  }
  return { ok: true, config: reverted.config, planned: { kind: "revert", receipt, how, exact: false } };
}

function planChange(
  config: Config,
  { receipt: id, change, byWindow = false }: Extract<WantedChange, { kind: "change" }>,
  earlier: readonly PlannedChange[],
  { receipts, now }: PlanningFacts,
): Step {
  const receipt = receipts.get(id);
  if (receipt === undefined)
    return {
      ok: false,
      fault: { code: "not-found", message: `There is no receipt ${id}; GET /v1/maintenance lists them.` },
    };
  if (receipt.state === "reverted" || isReverted(id, earlier))
    return {
      ok: false,
      fault: { code: "maintenance.reverted", message: `The maintenance of ${receipt.site} is over.`, receipt: id },
    };
  const changed = changeMaintenance(config, receipt, change, { now, byWindow });
  if (!changed.ok) {
    const { ok: _ok, ...fault } = changed;
    return { ok: false, fault: { ...fault, receipt: id } };
  }
  const { plan, edited, fields } = changed;
  return { ok: true, config: plan.after, planned: { kind: "change", receipt, edited, fields, changes: plan.changes } };
}

function isReverted(id: string, earlier: readonly PlannedChange[]): boolean {
  return earlier.some((change) => change.kind === "revert" && change.receipt.id === id);
}

/**
 * Whether the document is what it was before a receipt's switch, byte for byte. Of several reverts
 * the last one leads back; then each of them has.
 */
function backTo(config: Config, { before }: PlanningFacts): (receipt: Receipt) => boolean {
  // Receipts of one switch have one document before it.
  const known = new Map<Config, boolean>();
  return ({ id }) => {
    const previous = before.get(id);
    if (previous === undefined) return false;
    const isSame = known.get(previous) ?? isSameText(previous, config);
    known.set(previous, isSame);
    return isSame;
  };
}
