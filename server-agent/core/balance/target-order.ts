/** In which order the targets of an upstream are tried for a request. */
import { bidOf } from "./rendezvous.ts";

/** A target at the moment of the choice. */
export interface Standing {
  /** By which it is told from others, as the configuration has it. */
  readonly url: string;
  /** 0: it keeps the visitors that stick to it, and gets no others. */
  readonly weight: number;
  readonly isBackup: boolean;
  readonly isHealthy: boolean;
  /** Requests that it is working on. */
  readonly calls: number;
}

export interface Choice {
  /** Its position; the visitor sticks to it. */
  readonly stuckTo: number | undefined;
  /** The same key, the same target; undefined: in turn. */
  readonly key: string | undefined;
  /** The one with the fewest requests for its weight comes first. */
  readonly byCalls: boolean;
  /** Positions of those that are used now, by weight (`turnsOf`), and whose turn it is. */
  readonly turns: readonly number[];
  readonly turn: number;
}

/**
 * Positions of all targets, first that of the one to try first. Healthy targets come before
 * others, and among these backups after the others: so there is always one to try.
 */
export function targetOrder(targets: readonly Standing[], choice: Choice): number[] {
  const turnOf = turnsFrom(targets.length, choice);
  const rankOf = (at: number, { url, weight, calls }: Standing): number => {
    if (choice.key !== undefined) return -bidOf(choice.key, url, weight);
    if (choice.byCalls) return (calls + 1) / weight;
    return turnOf[at] ?? 0;
  };
  const places = targets.map((target, at) => {
    const isStuckTo = at === choice.stuckTo && target.isHealthy;
    return { at, tier: isStuckTo ? -1 : tierOf(target), rank: rankOf(at, target) };
  });
  places.sort(
    (one, other) => one.tier - other.tier || compare(one.rank, other.rank) || later(one.at, other.at, turnOf),
  );
  return places.map(({ at }) => at);
}

/** Those of the lowest tier that anyone is in are used now. */
export function tierOf({ weight, isBackup, isHealthy }: Standing): number {
  const place = weight === 0 ? 2 : isBackup ? 1 : 0;
  return isHealthy ? place : place + 3;
}

/** How many turns each position has to wait. */
function turnsFrom(count: number, { turns, turn }: Choice): number[] {
  const waits = Array.from({ length: count }, (_, at) => turns.length + ((at + turn) % count));
  for (let wait = turns.length - 1; wait >= 0; wait--) waits[turns[(turn + wait) % turns.length] ?? 0] = wait;
  return waits;
}

function later(one: number, other: number, turnOf: readonly number[]): number {
  return (turnOf[one] ?? 0) - (turnOf[other] ?? 0);
}

/** A difference would be none between two infinities. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
