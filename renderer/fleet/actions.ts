/** What can be done about a switch of several servers, by how it stands. Pure. */
import type { FailureCode } from "../../main/contract/failures.ts";
import type { FleetTarget } from "../../main/contract/fleet.ts";
import { isInProgress } from "../../main/contract/shared/states.ts";
import { t } from "../../main/language/translate.ts";
import type { KnownOperation } from "../lib/operations.ts";
import type { Site } from "../lib/sites.ts";

/**
 * `finish`: switch where it has not been switched yet. `undo`: take back what was. `look-again`:
 * the wizard, with the same choices.
 */
export type Action = "cancel" | "bring-back" | "look-again" | "finish" | "undo" | "forget";

/**
 * Refusals that stay the same however often it is tried: something about the choice has to change.
 */
const STANDING: ReadonlySet<FailureCode> = new Set([
  "config.stale",
  "config.invalid",
  "maintenance.already",
  "options.invalid",
  "not-found",
  "server.unknown",
] satisfies FailureCode[]);

/**
 * The actions that make sense, the most useful first. @param closed how many of its sites are in
 * maintenance now
 */
export function actionsOf(
  operation: Pick<KnownOperation, "own" | "kind" | "phase" | "servers">,
  closed: number,
): Action[] {
  const { own, kind, phase, servers } = operation;
  if (isInProgress(operation)) return own && phase === "staging" ? ["cancel"] : [];
  const back: Action[] = kind === "maintenance" && closed > 0 ? ["bring-back"] : [];
  if (!own) return back;
  switch (phase) {
    case "done":
      return kind === "maintenance" ? back : ["undo"];
    case "refused":
      return [
        kind === "maintenance" && servers.some(({ failure }) => failure !== null && STANDING.has(failure.code))
          ? "look-again"
          : "finish",
        "forget",
      ];
    case "undone":
      return ["finish", "forget"];
    default:
      return ["finish", "undo", "forget"];
  }
}

export function labelOf(action: Action, { kind, phase }: Pick<KnownOperation, "kind" | "phase">): string {
  switch (action) {
    case "cancel":
      return t("Cancel");
    case "bring-back":
      return t("Bring all back");
    case "look-again":
      return t("Back to the wizard");
    case "finish":
      return phase === "interrupted" ? t("Finish") : t("Try again");
    case "undo":
      return kind === "revert" && phase === "done" ? t("Put all back in maintenance") : t("Undo");
    case "forget":
      return t("Forget");
  }
}

/**
 * One target for each server that answers, with all of these sites that are in maintenance there.
 */
export function returnTargets(sites: readonly Site[], how: "delete" | "demote"): FleetTarget[] {
  const open = sites.flatMap(({ serverId, receipt, state }) =>
    receipt === undefined || state === "unknown" ? [] : [{ serverId, receipt: receipt.id }],
  );
  return [...Map.groupBy(open, ({ serverId }) => serverId)].map(([serverId, receipts]) => ({
    serverId,
    changes: receipts.map(({ receipt }) => ({ kind: "revert", receipt, how })),
  }));
}
