/** What the workers counted, summed over all of them, also those that have ended. */
import type { Balance, CounterChanges, FromWorker, HostCounters } from "../../worker/protocol.ts";
import {
  add,
  addBalances,
  addHostChanges,
  addHosts,
  cutInFlight,
  withChanges,
  withoutOld,
  type Counted,
} from "./counted.ts";

/**
 * Ended workers are kept one by one for a while, because a switch in progress may still ask for
 * their share.
 */
const MAX_ENDED_WORKERS = 8;

interface Living {
  counted: Counted;
  /** Somebody keeps them as what was counted at a moment. */
  isKept: boolean;
}

export class ObservedCounters {
  readonly #living = new Map<number, Living>();
  readonly #ended = new Map<number, Counted>();
  #folded: Counted = { hosts: {}, generations: {} };
  /** Of all workers, once somebody has asked. */
  #hosts: Record<string, HostCounters> | undefined = undefined;
  /** Raised with every report, so that watchers can tell whether anything is new. */
  version = 0;
  /** Called after every report. */
  changed: () => void = () => undefined;

  take(worker: number, message: Extract<FromWorker, { type: "counters" | "counted" }>): void {
    if (message.type === "counters") this.update(worker, message);
    else this.change(worker, message);
  }

  /** All figures of a worker anew. */
  update(worker: number, { hosts, generations, balance }: Counted): void {
    if (this.#ended.has(worker)) return;
    this.version++;
    this.#hosts = undefined;
    const counted = { hosts, generations, ...(balance === undefined ? {} : { balance }) };
    this.#living.set(worker, { counted, isKept: true });
    this.changed();
  }

  /** Those figures of a worker that have changed. */
  change(worker: number, changes: CounterChanges): void {
    if (this.#ended.has(worker)) return;
    this.version++;
    const { counted, isKept } = this.#living.get(worker) ?? { counted: { hosts: {}, generations: {} }, isKept: false };
    if (this.#hosts !== undefined) addHostChanges(this.#hosts, changes.hosts, counted.hosts);
    this.#living.set(worker, { counted: withChanges(counted, changes, !isKept), isKept: false });
    this.changed();
  }

  /**
   * The worker has ended: what was in flight on it is cut, and lost if nobody ordered that. Returns
   * how many were lost.
   */
  end(worker: number, isOrdered: boolean): number {
    const last = this.#living.get(worker)?.counted;
    if (last === undefined) return 0;
    this.version++;
    this.#hosts = undefined;
    this.#living.delete(worker);
    this.#ended.set(worker, cutInFlight(last, isOrdered));
    this.#foldOldest();
    this.changed();
    return isOrdered ? 0 : (last.balance?.inFlight ?? 0);
  }

  /**
   * Forgets which generation it was that requests drained on, for what nobody will ask. All workers
   * must have switched to the last of these.
   *
   * @param asked Generations, in any order: only what drained before one of these is asked for.
   */
  forgetOld(asked: readonly number[]): void {
    const ascending = [...new Set(asked)].sort((a, b) => a - b);
    for (const living of this.#living.values()) living.counted = withoutOld(living.counted, ascending);
    for (const [worker, counted] of this.#ended) this.#ended.set(worker, withoutOld(counted, ascending));
    this.#folded = withoutOld(this.#folded, ascending);
  }

  /** What one worker has counted up to now, to be kept. */
  of(worker: number): Counted | undefined {
    const living = this.#living.get(worker);
    if (living === undefined) return this.#ended.get(worker);
    living.isKept = true;
    return living.counted;
  }

  /** What all workers other than these have counted up to now, to be kept. */
  without(workers: ReadonlySet<number>): Counted[] {
    const others = [...this.#ended.keys(), ...this.#living.keys()].filter((worker) => !workers.has(worker));
    return [this.#folded, ...others.flatMap((worker) => this.of(worker) ?? [])];
  }

  /** What all have counted; true up to the next report. */
  all(): Counted[] {
    return [this.#folded, ...this.#ended.values(), ...[...this.#living.values()].map(({ counted }) => counted)];
  }

  /** What became of all requests that were accepted since this process started. */
  balance(): Balance {
    const none: Balance = { accepted: 0, answered: 0, left: 0, broken: 0, cut: 0, inFlight: 0 };
    return this.all().reduce((sum, { balance }) => addBalances(sum, balance) ?? sum, none);
  }

  /** All reports as one, to be kept. */
  total(): Counted {
    return this.all().reduce(add, { hosts: {}, generations: {} });
  }

  /** True up to the next report. */
  hosts(): Readonly<Record<string, HostCounters>> {
    return (this.#hosts ??= this.all().reduce<Record<string, HostCounters>>(
      (sum, counted) => addHosts(sum, counted.hosts),
      {},
    ));
  }

  #foldOldest(): void {
    if (this.#ended.size <= MAX_ENDED_WORKERS) return;
    for (const [id, counted] of this.#ended) {
      this.#folded = add(this.#folded, counted);
      this.#ended.delete(id);
      break;
    }
  }

  /** Generations that something is in flight on. */
  busyGenerations(): Map<number, number> {
    const busy = new Map<number, number>();
    for (const {
      counted: { generations },
    } of this.#living.values()) {
      for (const [generation, { inFlight }] of Object.entries(generations)) {
        if (inFlight > 0) busy.set(Number(generation), (busy.get(Number(generation)) ?? 0) + inFlight);
      }
    }
    return busy;
  }
}
