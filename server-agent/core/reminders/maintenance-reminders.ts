/** What is said of a maintenance by its receipt: how long it lasts, and what its proof led to. */
import type { Receipt } from "../../contract/maintenance.ts";
import { type Instant, isoOf } from "../windows/wall-clock.ts";
import { compact, OVERDUE_INTERVAL_MINUTES, repeated, type Wanted } from "./wanted-reminder.ts";

const MINUTE_MS = 60_000;
/** A maintenance without an end is told of this often. */
const OPEN_ENDED_INTERVAL_MS = 4 * 60 * MINUTE_MS;

/** Of a maintenance that no window holds. */
export function ofReceipt(receipt: Receipt, now: Instant): Wanted {
  const { id, site, operation, until, startedAt } = receipt;
  const base = { sites: [site], receipts: [id], ...(operation === undefined ? {} : { operation }) };
  const about = { from: startedAt, to: until, title: receipt.reason, zone: "UTC", author: receipt.author };
  if (until !== undefined) {
    const end = Date.parse(until);
    return {
      at: repeated(end, OVERDUE_INTERVAL_MINUTES * MINUTE_MS, now),
      draft: (due) => ({
        ...base,
        id: `${id}-${compact(end)}-overrun-${(due - end) / MINUTE_MS}`,
        kind: "overrun",
        due: isoOf(due),
        about,
        news: { what: "overrun", afterMs: due - end, why: undefined },
      }),
    };
  }
  const start = Date.parse(startedAt);
  return {
    at: repeated(start + OPEN_ENDED_INTERVAL_MS, OPEN_ENDED_INTERVAL_MS, now),
    draft: (due) => ({
      ...base,
      id: `${id}-open-ended-${Math.round((due - start) / MINUTE_MS)}`,
      kind: "open-ended",
      due: isoOf(due),
      about,
      news: { what: "open-ended", forMs: due - start },
    }),
  };
}

/** What the agent did by itself, or could not do, because a proof failed. */
export function afterProofOf({ id, site, afterProof, operation, ...receipt }: Receipt): Wanted[] {
  if (afterProof === undefined || afterProof.outcome === "kept") return [];
  const { outcome, at, why } = afterProof;
  const about = {
    from: receipt.startedAt,
    to: receipt.revert?.at ?? receipt.until,
    title: receipt.reason,
    zone: "UTC",
    author: receipt.author,
  };
  return [
    {
      at: [Date.parse(at)],
      draft: (due) => ({
        id: `${id}-${outcome}`,
        kind: "failed",
        due: isoOf(due),
        sites: [site],
        receipts: [id],
        ...(operation === undefined ? {} : { operation }),
        about,
        news: { what: outcome, why },
      }),
    },
  ];
}
