/**
 * A maintenance is changed while it runs: another end, another page, other exceptions. The copycat
 * is changed in its place; the receipt goes on, so that undoing is exact as before.
 */
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { ErrorCode, Problem } from "../../contract/errors.ts";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import type { MaintenanceOptions, Operation, Plan, PlanStep, Receipt } from "../../contract/maintenance.ts";
import { EDITED_FIELDS, type MaintenanceChange, type MaintenanceEdit } from "../../contract/maintenance-change.ts";
import { diffConfig } from "../config/diff-config.ts";
import { validateChange } from "../config/validate-config.ts";
import { quote } from "../wording.ts";
import { handlerOf, staffExceptions } from "./copycat.ts";
import { invertOperations } from "./operations.ts";
import { inOptions, invalid } from "./plan.ts";
import { describeExceptions, describeResponse } from "./steps.ts";
import { maintenanceWarnings } from "./warnings.ts";

export type EditedField = MaintenanceEdit["fields"][number];

/** What the receipt says from then on. */
export type EditedReceipt = Pick<Receipt, "options" | "operations" | "inverse" | "warnings"> & {
  until: string | undefined;
};

type Changed =
  | { ok: true; plan: Plan; edited: EditedReceipt; fields: EditedField[] }
  | { ok: false; code: ErrorCode; message: string; problems?: Problem[]; path?: string };

const MINUTE_MS = 60_000;
const OF_THE_ANSWER = ["until", "page", "root", "status", "retryAfter"] as const;

/** `byWindow`: the end is that of a window, which has a clock of its own. */
interface Occasion {
  /** ISO 8601. */
  now: string;
  byWindow: boolean;
}

/**
 * Plans the change of a maintenance that runs. Errors: `options.invalid` with
 * problems whose paths are those of the change, and `maintenance.conflict`, whose `path` is the
 * place in the document, where somebody has edited by hand what is to be changed.
 */
export function changeMaintenance(
  config: Config,
  receipt: Receipt,
  change: MaintenanceChange,
  { now, byWindow }: Occasion,
): Changed {
  const problems = contradictions(change);
  if (problems.length > 0) return invalid(problems);
  const end = byWindow ? { ok: true as const, until: change.until } : endOf(receipt, change, now);
  if (!end.ok) return invalid([end.problem]);
  const { options, fields } = optionsAfter(receipt.options, change, end.until);
  if (fields.length === 0)
    return invalid([{ path: "", code: "change.empty", message: "name what to change, such as `until` or `page`" }]);

  const { virtualHosts } = config;
  const before = virtualHosts.find(({ id, copycatOf }) => id === receipt.copycat && copycatOf === receipt.site);
  const original = virtualHosts.find(({ id }) => id === receipt.site);
  const below = before === undefined ? undefined : virtualHosts[virtualHosts.indexOf(before) + 1];
  if (before === undefined || below === undefined || original === undefined)
    return { ok: false, code: "maintenance.conflict", message: `${receipt.copycat} is gone.`, path: "" };
  const conflict = handEdited(receipt, before, fields);
  if (conflict !== undefined)
    return { ok: false, ...conflict, path: `/virtualHosts/${virtualHosts.indexOf(before)}${conflict.path}` };

  const edit = (virtualHost: VirtualHost) => editCopycat(virtualHost, options, fields);
  const copycat = edit(before);
  const after = { ...config, virtualHosts: virtualHosts.with(virtualHosts.indexOf(before), copycat) };
  const checked = validateChange(after, config);
  if (!checked.ok)
    return invalid(checked.problems.map((problem) => inOptions(problem, after, copycat.id, original.id)));

  const operations: Operation[] = [
    { op: "remove-virtual-host", virtualHost: before, above: below.id },
    { op: "insert-virtual-host", virtualHost: copycat, above: below.id },
  ];
  const warnings = maintenanceWarnings({ after, original, copycat, resting: undefined, options, now });
  return {
    ok: true,
    fields,
    edited: {
      until: options.until,
      options,
      warnings,
      operations: editIn(receipt.operations, "insert-virtual-host", edit),
      inverse: editIn(receipt.inverse, "remove-virtual-host", edit),
    },
    plan: {
      site: receipt.site,
      copycat: copycat.id,
      steps: stepsOf(options, fields),
      operations,
      inverse: invertOperations(operations),
      changes: diffConfig(config, after),
      warnings,
      before: config,
      after,
    },
  };
}

function contradictions(change: MaintenanceChange): Problem[] {
  const problems: Problem[] = [];
  if (change.minutes !== undefined && change.until !== undefined)
    problems.push({ path: "/minutes", code: "change.end", message: "give `minutes` or `until`, not both" });
  if (change.page !== undefined && change.root !== undefined)
    problems.push({ path: "/root", code: "change.page", message: "choose either `page` or `root`" });
  return problems;
}

/** `until: null`: none any more; undefined: it stays as it is. */
function endOf(
  receipt: Receipt,
  { until, minutes }: MaintenanceChange,
  now: string,
): { ok: true; until: string | null | undefined } | { ok: false; problem: Problem } {
  const nowMs = Date.parse(now);
  if (minutes !== undefined) {
    const base = receipt.until === undefined ? nowMs : Math.max(Date.parse(receipt.until), nowMs);
    const endMs = base + minutes * MINUTE_MS;
    if (endMs > nowMs) return { ok: true, until: new Date(endMs).toISOString() };
    return past("/minutes");
  }
  if (typeof until === "string" && Date.parse(until) <= nowMs) return past("/until");
  return { ok: true, until };
}

function past(path: string): { ok: false; problem: Problem } {
  const message = "the new end is in the past; choose a later one, or bring the site back";
  return { ok: false, problem: { path, code: "change.end", message } };
}

function optionsAfter(
  present: MaintenanceOptions,
  change: MaintenanceChange,
  until: string | null | undefined,
): { options: MaintenanceOptions; fields: EditedField[] } {
  const before = withPage(present);
  const wanted = { until, ...picked(change) };
  const dropped: Partial<Record<EditedField, null>> = {
    ...(change.page !== undefined && before.root !== undefined ? { root: null } : {}),
    ...(change.root !== undefined && before.page !== undefined ? { page: null } : {}),
    // There is nothing any more to count down to.
    ...(until === null && before.retryAfter === "end" && change.retryAfter === undefined ? { retryAfter: null } : {}),
  };
  const edits = Object.entries({ ...wanted, ...dropped }).filter(([, value]) => value !== undefined);
  return {
    options: withFields(
      withPage(before),
      Object.fromEntries(edits.map(([field, value]) => [field, value ?? undefined])),
    ),
    fields: EDITED_FIELDS.filter((field) => edits.some(([edited]) => edited === field)),
  };
}

/** Where nothing was asked for visitors get the built-in page, and go on getting it. */
function withPage(options: MaintenanceOptions): MaintenanceOptions {
  const { page, root, status } = options;
  return page === undefined && root === undefined && status === undefined ? { ...options, page: "default" } : options;
}

function picked({ page, root, status, retryAfter, exceptions }: MaintenanceChange) {
  return Object.fromEntries(
    Object.entries({ page, root, status, retryAfter, exceptions }).filter(([, value]) => value !== undefined),
  );
}

/** Fields that are undefined are left out, so that a document has none without a value. */
function withFields<T extends object>(before: T, fields: Partial<Record<keyof T, unknown>>): T {
  const all = Object.entries({ ...before, ...fields }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all) as T;
}

/** What of it somebody has edited by hand since: overwriting that would undo their change. */
function handEdited(
  receipt: Receipt,
  copycat: VirtualHost,
  fields: readonly EditedField[],
): { code: ErrorCode; message: string; path: string } | undefined {
  const code = "maintenance.conflict";
  const made = receipt.operations.find((operation) => operation.op === "insert-virtual-host");
  const when = made?.virtualHost.when;
  if (fields.includes("exceptions") && JSON.stringify(when) !== JSON.stringify(copycat.when)) {
    const message = `The exceptions of ${quote(receipt.site)} were edited by hand meanwhile; change them in the configuration, in \`when\` of ${copycat.id}.`;
    return { code, message, path: "/when" };
  }
  const needsAnswer = fields.some((field) => field !== "exceptions" && field !== "until");
  if (needsAnswer && !copycat.rules.some(({ handler }) => handler?.type === "maintenance")) {
    const message = `${copycat.id} was given another handler by hand; change that in the configuration.`;
    return { code, message, path: "/rules" };
  }
  return undefined;
}

/** One that the recipe had replaced comes back as it was. */
function editIn(
  operations: readonly Operation[],
  op: "insert-virtual-host" | "remove-virtual-host",
  edit: (copycat: VirtualHost) => VirtualHost,
): Operation[] {
  return operations.map((operation) =>
    operation.op === op ? { ...operation, virtualHost: edit(operation.virtualHost) } : operation,
  );
}

/** What of it was given another handler by hand stays as it is. */
function editCopycat(copycat: VirtualHost, options: MaintenanceOptions, fields: readonly EditedField[]): VirtualHost {
  const rules = copycat.rules.map((rule) =>
    rule.handler?.type === "maintenance" ? { ...rule, handler: editAnswer(rule.handler, options, fields) } : rule,
  );
  if (!fields.includes("exceptions")) return { ...copycat, rules };
  const exceptions = [...(options.exceptions ?? []), ...staffExceptions(copycat.hosts, options.internalHosts ?? [])];
  const { when: _when, rules: _rules, ...rest } = copycat;
  return { ...rest, ...(exceptions.length === 0 ? {} : { when: { not: { any: exceptions } } }), rules };
}

/** Fields that are not named stay, also where they were edited by hand. */
function editAnswer(
  answer: MaintenanceHandler,
  options: MaintenanceOptions,
  fields: readonly EditedField[],
): MaintenanceHandler {
  const wanted = handlerOf(options);
  const named = OF_THE_ANSWER.filter((field) => fields.includes(field));
  const edited = withFields(answer, Object.fromEntries(named.map((field) => [field, wanted[field]])));
  const { page, root, status } = edited;
  // A status that was alone has gone.
  return page === undefined && root === undefined && status === undefined ? { ...edited, page: "default" } : edited;
}

function stepsOf(options: MaintenanceOptions, fields: readonly EditedField[]): PlanStep[] {
  const steps: PlanStep[] = [];
  if (fields.includes("until")) {
    const title = options.until === undefined ? "No end" : `Back at ${options.until}`;
    steps.push({ step: "response", title, detail: "Visitors are told so from the switch on." });
  }
  if (fields.some((field) => field !== "until" && field !== "exceptions"))
    steps.push({ step: "response", ...describeResponse(handlerOf(options)) });
  if (fields.includes("exceptions")) steps.push({ step: "exceptions", ...describeExceptions(options) });
  return [
    ...steps,
    { step: "restart", title: "Switch", detail: "New requests get it at once; the maintenance and its receipt go on." },
  ];
}
