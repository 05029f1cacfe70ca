/** What the workers counted, summed over all of them, also those that have ended. */
import type { Balance, HostCounters } from "../../worker/protocol.ts";
import { add, addBalances, addHosts, cutInFlight, type Counted } from "./counted.ts";

/**
 * Ended workers are kept one by one for a while, because a switch in progress may still ask for
 * their share.
 */
const MAX_ENDED_WORKERS = 8;

export class ObservedCounters {
  readonly #living = new Map<number, Counted>();
  readonly #ended = new Map<number, Counted>();
  #folded: Counted = { hosts: {}, generations: {} };
  /** Raised with every report, so that watchers can tell whether anything is new. */
  version = 0;
  /** Called after every report. */
  changed: () => void = () => undefined;

  update(worker: number, counted: Counted): void {
    if (this.#ended.has(worker)) return;
    this.version++;
    const { hosts, generations, balance } = counted;
    this.#living.set(worker, { hosts, generations, ...(balance === undefined ? {} : { balance }) });
    this.changed();
  }

  /**
   * The worker has ended: what was in flight on it is cut, and lost if nobody ordered that. Returns
   * how many were lost.
   */
  end(worker: number, isOrdered: boolean): number {
    const last = this.#living.get(worker);
    if (last === undefined) return 0;
    this.version++;
    this.#living.delete(worker);
    this.#ended.set(worker, cutInFlight(last, isOrdered));
    this.#foldOldest();
    this.changed();
    return isOrdered ? 0 : (last.balance?.inFlight ?? 0);
  }

  /** Latest report of one worker. */
  of(worker: number): Counted | undefined {
    return this.#living.get(worker) ?? this.#ended.get(worker);
  }

  /** Latest reports of all workers other than these. */
  without(workers: ReadonlySet<number>): Counted[] {
    return [
      this.#folded,
      ...[...this.#ended, ...this.#living].flatMap(([id, counted]) => (workers.has(id) ? [] : [counted])),
    ];
  }

  all(): Counted[] {
    return [this.#folded, ...this.#ended.values(), ...this.#living.values()];
  }

  /** What became of all requests that were accepted since this process started. */
  balance(): Balance {
    const none: Balance = { accepted: 0, answered: 0, left: 0, broken: 0, cut: 0, inFlight: 0 };
    return this.all().reduce((sum, { balance }) => addBalances(sum, balance) ?? sum, none);
  }

  /** All reports as one. */
  total(): Counted {
    return this.all().reduce(add, { hosts: {}, generations: {} });
  }

  hosts(): Record<string, HostCounters> {
    return this.all().reduce<Record<string, HostCounters>>((sum, counted) => addHosts(sum, counted.hosts), {});
  }

  #foldOldest(): void {
    if (this.#ended.size <= MAX_ENDED_WORKERS) return;
    for (const [id, counted] of this.#ended) {
      this.#folded = add(this.#folded, counted);
      this.#ended.delete(id);
      break;
    }
  }

  inFlight(generation: number): number {
    return [...this.#living.values()].reduce(
      (sum, counted) => sum + (counted.generations[generation]?.inFlight ?? 0),
      0,
    );
  }

  /** Generations that something is in flight on. */
  busyGenerations(): Map<number, number> {
    const busy = new Map<number, number>();
    for (const { generations } of this.#living.values()) {
      for (const [generation, { inFlight }] of Object.entries(generations)) {
        if (inFlight > 0) busy.set(Number(generation), (busy.get(Number(generation)) ?? 0) + inFlight);
      }
    }
    return busy;
  }
}
