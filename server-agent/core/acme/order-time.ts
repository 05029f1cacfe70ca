/**
 * When a certificate is ordered: the first at once, the next one at two thirds of its life, and
 * after a failure later and later. An authority counts failures (Let's Encrypt takes five an hour
 * for a name), so these pauses are part of its rules.
 */

/** Epoch milliseconds. */
type Instant = number;

/** What an order is for. */
export interface WantedCertificate {
  readonly directory: string;
  readonly names: readonly string[];
}

export interface HeldCertificate extends WantedCertificate {
  readonly ends: Instant;
  /** When the next one is ordered. */
  readonly renewAt: Instant;
}

/** Orders that failed in a row. */
export interface FailedOrders {
  /** What they were for: a changed document is a new attempt. */
  readonly wanted: WantedCertificate;
  /** Of the first one. */
  readonly since: Instant;
  /** Of the latest one. */
  readonly at: Instant;
  readonly attempts: number;
  readonly retryAt: Instant;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_PAUSE_MS = 5 * MINUTE_MS;
const MAX_PAUSE_MS = DAY_MS / 2;
/** What a server asks for beyond is taken for a fault of its clock. */
const MAX_RETRY_AFTER_MS = 7 * DAY_MS;
/** Of a pause, so that servers that failed together do not come together again. */
const PAUSE_JITTER = 0.25;
const RENEWAL_SHARE = 2 / 3;
/** Of the life, before: certificates of one day are renewed on several. */
const RENEWAL_JITTER = 1 / 24;
/** Of the life, left: who has not acted on the first reminder is told again. */
const REMINDED_SHARES = [1 / 6, 1 / 12, 0];

/** @param chance From 0 to 1. */
export function renewalAt(begins: Instant, ends: Instant, chance: number): Instant {
  return Math.round(begins + (ends - begins) * (RENEWAL_SHARE - RENEWAL_JITTER * chance));
}

/** When to order; an instant that has passed: at once. */
export function orderAt(
  wanted: WantedCertificate,
  held: HeldCertificate | undefined,
  failed: FailedOrders | undefined,
): Instant {
  const due = held !== undefined && serves(held, wanted) ? held.renewAt : 0;
  return failed !== undefined && isSame(failed.wanted, wanted) ? Math.max(due, failed.retryAt) : due;
}

/**
 * The names to order now: all, but a new name that the authority cannot reach must not cost the
 * others their renewal. So where an order for all has failed and the present certificate is due,
 * every second attempt is for its names alone.
 */
export function namesNow(
  wanted: WantedCertificate,
  held: HeldCertificate | undefined,
  failed: FailedOrders | undefined,
  now: Instant,
): readonly string[] {
  const known = wanted.names.filter((name) => held?.names.includes(name) === true);
  const isTurn = failed !== undefined && isSame(failed.wanted, wanted) && failed.attempts % 2 === 1;
  return isTurn && held !== undefined && held.renewAt <= now && known.length > 0 ? known : wanted.names;
}

/**
 * @param retryAfterMs What the authority asked for.
 * @param chance From 0 to 1.
 */
export function afterFailure(
  wanted: WantedCertificate,
  before: FailedOrders | undefined,
  { now, retryAfterMs = 0, chance }: { now: Instant; retryAfterMs?: number | undefined; chance: number },
): FailedOrders {
  const row = before !== undefined && isSame(before.wanted, wanted) ? before : undefined;
  const attempts = (row?.attempts ?? 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), MAX_PAUSE_MS) * (1 + PAUSE_JITTER * chance);
  const asked = Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
  return { wanted, since: row?.since ?? now, at: now, attempts, retryAt: Math.round(now + Math.max(pause, asked)) };
}

/** When somebody is told of orders that fail: at the first one, and as the end comes near. */
export function remindAt({ since }: FailedOrders, held: HeldCertificate | undefined): Instant[] {
  if (held === undefined) return [since, since + DAY_MS, since + 7 * DAY_MS];
  // Two thirds of its life are over at `renewAt`.
  const life = (held.ends - held.renewAt) / (1 - RENEWAL_SHARE);
  return [since, ...REMINDED_SHARES.map((share) => Math.round(held.ends - life * share))].filter((at) => at >= since);
}

/** Whether it is for all these names, and from this authority. */
function serves(held: HeldCertificate, wanted: WantedCertificate): boolean {
  return held.directory === wanted.directory && wanted.names.every((name) => held.names.includes(name));
}

/** Whether both are for the same names, from the same authority. */
export function isSame(one: WantedCertificate, other: WantedCertificate): boolean {
  return (
    one.directory === other.directory &&
    one.names.length === other.names.length &&
    one.names.every((name) => other.names.includes(name))
  );
}
