/** What is said where a stage cannot be made, is in the way, or is over. */
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Stage, StagedChange } from "../../contract/maintenance.ts";
import type { PlanFault, PlannedChange } from "../../core/maintenance/plan-changes.ts";
import { type Refusal, refuse } from "../../result.ts";

type Refused = ReturnType<typeof refuse>;

/**
 * A change of the list cannot be planned. Problems point into the request
 * (`/changes/1/options/hosts/0`): the document in which they are met is one that nobody has.
 */
export function refuseChange(
  { index, code, message, problems, receipt }: PlanFault,
  changes: readonly StagedChange[],
): Refused {
  const change = changes[index];
  const field = change?.kind === "revert" ? `/changes/${index}/receipt` : `/changes/${index}/options`;
  const ofField =
    problems === undefined
      ? [{ path: change?.kind === "revert" ? field : `${field}/site`, code, message }]
      : problems.map((problem) =>
          change?.kind === "revert" || isOfDocument(problem)
            ? ofDocument(problem, field)
            : { ...problem, path: field + problem.path },
        );
  const which = changes.length === 1 ? "" : `Change ${index + 1} of ${changes.length}: `;
  return refuse(code, `${which}${message}`, { problems: ofField, ...(receipt === undefined ? {} : { receipt }) });
}

/**
 * The planned document cannot serve. Problems about a virtual host point to the change that put it
 * there, where one did.
 */
export function refuseStagedDocument(
  { code, message, details }: Refusal,
  config: Config,
  planned: readonly PlannedChange[],
): Refused {
  const problems = details.problems?.map((problem) => {
    const id = config.virtualHosts[Number(/^\/virtualHosts\/(\d+)/.exec(problem.path)?.[1] ?? -1)]?.id;
    const index = planned.findIndex(
      (change) =>
        id !== undefined && (change.kind === "maintenance" ? change.plan.copycat : change.receipt.copycat) === id,
    );
    if (index < 0) return problem;
    return ofDocument(problem, `/changes/${index}/${planned[index]?.kind === "revert" ? "receipt" : "options"}`);
  });
  return refuse(code, message, { ...details, ...(problems === undefined ? {} : { problems }) });
}

/** Another change comes while this stage is held. */
export function refuseWhileHeld({ id, operation, author, expiresAt }: Stage): Refused {
  const message = `${author} has staged "${operation.title}" here: until ${expiresAt} no other change is taken, unless stage ${id} is committed or aborted before.`;
  return refuse("stage.held", message, { stage: id });
}

/** A stage that is over is to be committed, or one that was committed is to be aborted. */
export function refuseEnded({ id, state, endedAt, generation, expiresAt }: Stage): Refused {
  const details = { stage: id, ...(generation === undefined ? {} : { generation }) };
  if (state === "committed")
    return refuse(
      "stage.ended",
      `Stage ${id} was committed at ${endedAt ?? ""}, as generation ${generation ?? 0}; to undo it, revert its receipts.`,
      details,
    );
  const why = state === "expired" ? `its lease ended at ${expiresAt}` : `it was aborted at ${endedAt ?? ""}`;
  return refuse(
    "stage.ended",
    `Stage ${id} cannot be committed: ${why}, and nothing was changed. Stage again.`,
    details,
  );
}

export function refuseUnknownStage(id: string): Refused {
  return refuse("not-found", `There is no stage ${id}; GET /v1/stages lists them.`);
}

function isOfDocument({ path }: Problem): boolean {
  return path.startsWith("/virtualHosts/");
}

function ofDocument({ path, code, message }: Problem, field: string): Problem {
  return { path: field, code, message: `${path}: ${message}` };
}
