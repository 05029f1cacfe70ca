import type { MaintenanceCounts, Receipt } from "../../contract/maintenance.ts";
import { ownValue } from "../../core/own-value.ts";
import type { Counted } from "../../adapters/builtin/observed-counters.ts";
import type { DrainIndex } from "./drain-index.ts";

/**
 * Sums what concerns one maintenance over reports of workers: everything since they started, not
 * since the switch.
 * @param drains of the same reports
 */
export function tally(
  reports: readonly Counted[],
  drains: DrainIndex,
  { site, copycat, generation }: Pick<Receipt, "site" | "copycat" | "generation">,
): MaintenanceCounts {
  const counts = { refused: 0, excepted: 0, ...drains.before(site, generation) };
  for (const { hosts } of reports) {
    counts.refused += ownValue(hosts, copycat)?.requests ?? 0;
    counts.excepted += ownValue(hosts, site)?.requests ?? 0;
  }
  return counts;
}

export function sameCounts(a: MaintenanceCounts, b: MaintenanceCounts): boolean {
  return (
    a.refused === b.refused &&
    a.excepted === b.excepted &&
    a.drained === b.drained &&
    a.cut === b.cut &&
    a.draining === b.draining
  );
}

/**
 * `stored` plus what was counted between `from` and `to`; `draining` is a present figure and no
 * sum.
 */
export function advance(stored: MaintenanceCounts, from: MaintenanceCounts, to: MaintenanceCounts): MaintenanceCounts {
  return {
    refused: stored.refused + to.refused - from.refused,
    excepted: stored.excepted + to.excepted - from.excepted,
    drained: stored.drained + to.drained - from.drained,
    cut: stored.cut + to.cut - from.cut,
    draining: to.draining,
  };
}
