import type { MaintenanceCounts, Receipt } from "../../contract/maintenance.ts";
import { ownValue } from "../../core/own-value.ts";
import type { Counted } from "../../adapters/builtin/counted.ts";
import type { Drained, DrainIndex } from "./drain-index.ts";

type Balance = NonNullable<MaintenanceCounts["balance"]>;

/** Sums over reports: the counts, and what became of the requests that drained. */
export type Tally = Pick<MaintenanceCounts, "refused" | "excepted"> & Drained;

/**
 * Sums what concerns one maintenance over reports of workers: everything since they started, not
 * since the switch.
 * @param drains of the same reports
 */
export function tally(
  reports: readonly Counted[],
  drains: DrainIndex,
  { site, copycat, generation }: Pick<Receipt, "site" | "copycat" | "generation">,
): Tally {
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
    a.draining === b.draining &&
    a.balance?.lost === b.balance?.lost
  );
}

/** The balance at the switch, when `inFlight` requests of the site were under way. */
export function openBalance(inFlight: number): Balance {
  return { accepted: inFlight, answered: 0, left: 0, broken: 0, cut: 0, inFlight, lost: 0, unobserved: 0 };
}

/**
 * `stored` plus what was counted between `from` and `to`; what is draining is a present figure and
 * no sum.
 */
export function advance(stored: MaintenanceCounts, from: Tally, to: Tally): MaintenanceCounts {
  const { balance } = stored;
  return {
    refused: stored.refused + to.refused - from.refused,
    excepted: stored.excepted + to.excepted - from.excepted,
    drained: stored.drained + to.drained - from.drained,
    cut: stored.cut + to.cut - from.cut,
    draining: to.draining,
    ...(balance === undefined ? {} : { balance: advanceBalance(balance, from, to) }),
  };
}

/** What is missing in the end is lost, whoever may have lost it. */
function advanceBalance(stored: Balance, from: Tally, to: Tally): Balance {
  const ended = ({ drained, left, broken }: Tally): number => drained - left - broken;
  const answered = stored.answered + ended(to) - ended(from);
  const left = stored.left + to.left - from.left;
  const broken = stored.broken + to.broken - from.broken;
  const cut = stored.cut + (to.cut - to.lost) - (from.cut - from.lost);
  const inFlight = to.draining;
  const { accepted, unobserved } = stored;
  const lost = accepted - answered - left - broken - cut - inFlight - unobserved;
  return { accepted, answered, left, broken, cut, inFlight, lost, unobserved };
}
