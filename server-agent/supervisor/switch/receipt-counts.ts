import type { MaintenanceCounts, Receipt } from "../../contract/maintenance.ts";
import { ownValue } from "../../core/own-value.ts";
import type { Counted } from "../../adapters/builtin/observed-counters.ts";

/**
 * Sums what concerns one maintenance over reports of workers: everything since they started, not
 * since the switch.
 */
export function tally(
  reports: readonly Counted[],
  receipt: Pick<Receipt, "site" | "copycat" | "generation">,
): MaintenanceCounts {
  const counts = { refused: 0, excepted: 0, drained: 0, cut: 0, draining: 0 };
  for (const { hosts, generations } of reports) {
    counts.refused += ownValue(hosts, receipt.copycat)?.requests ?? 0;
    counts.excepted += ownValue(hosts, receipt.site)?.requests ?? 0;
    for (const [generation, { hosts: drains }] of Object.entries(generations)) {
      const drain = Number(generation) < receipt.generation ? ownValue(drains, receipt.site) : undefined;
      if (drain === undefined) continue;
      counts.drained += drain.drained;
      counts.cut += drain.cut;
      counts.draining += drain.inFlight;
    }
  }
  return counts;
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
