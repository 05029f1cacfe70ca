/** What the workers counted, summed over all of them, also those that have ended. */
import { ownValue } from "../../core/own-value.ts";
import type { DrainCounters, GenerationCounters, HostCounters } from "../../worker/protocol.ts";

/**
 * One report of a worker. Never altered, so that it can be kept as what was counted at a moment.
 */
export interface Counted {
  hosts: Readonly<Record<string, HostCounters>>;
  generations: Readonly<Record<number, GenerationCounters>>;
}

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
    this.#living.set(worker, { hosts: counted.hosts, generations: counted.generations });
    this.changed();
  }

  /** The worker has ended: what was in flight on it is cut. */
  end(worker: number): void {
    const last = this.#living.get(worker);
    if (last === undefined) return;
    this.version++;
    this.#living.delete(worker);
    this.#ended.set(worker, cutInFlight(last));
    this.#foldOldest();
    this.changed();
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

/** What was counted since `before`; what is in flight is a present figure and no sum. */
export function countedSince(now: Counted, before: Counted): Counted {
  const drained = (counters: DrainCounters, from: DrainCounters | undefined): DrainCounters => ({
    inFlight: counters.inFlight,
    drained: counters.drained - (from?.drained ?? 0),
    cut: counters.cut - (from?.cut ?? 0),
  });
  const hosts = Object.entries(now.hosts).map(([id, { requests, inFlight, status }]) => {
    const from = ownValue(before.hosts, id);
    return [
      id,
      {
        requests: requests - (from?.requests ?? 0),
        inFlight,
        status: mapValues(status, (count, digit) => count - (from?.status[digit] ?? 0)),
      },
    ];
  });
  const generations = Object.entries(now.generations).map(([number, counters]) => {
    const from = before.generations[Number(number)];
    return [
      number,
      {
        ...drained(counters, from),
        hosts: mapValues(counters.hosts, (drain, id) => drained(drain, ownValue(from?.hosts ?? {}, id))),
      },
    ];
  });
  return {
    hosts: Object.fromEntries(hosts) as Counted["hosts"],
    generations: Object.fromEntries(generations) as Counted["generations"],
  };
}

function cutInFlight({ hosts, generations }: Counted): Counted {
  const ended = (counters: DrainCounters): DrainCounters => ({
    inFlight: 0,
    drained: counters.drained,
    cut: counters.cut + counters.inFlight,
  });
  return {
    hosts: mapValues(hosts, (host) => ({ ...host, inFlight: 0 })),
    generations: mapValues(generations, (generation) => ({
      ...ended(generation),
      hosts: mapValues(generation.hosts, ended),
    })),
  };
}

function add(a: Counted, b: Counted): Counted {
  const generations: Record<string, GenerationCounters> = { ...a.generations };
  for (const [number, counters] of Object.entries(b.generations)) {
    const before = generations[number];
    generations[number] =
      before === undefined ? counters : { ...sum(before, counters), hosts: merge(before.hosts, counters.hosts, sum) };
  }
  return { hosts: addHosts({ ...a.hosts }, b.hosts), generations };
}

/** Adds into the first argument. */
function addHosts(
  into: Record<string, HostCounters>,
  from: Readonly<Record<string, HostCounters>>,
): Record<string, HostCounters> {
  for (const [id, counters] of Object.entries(from)) {
    const before = ownValue(into, id);
    into[id] =
      before === undefined
        ? counters
        : {
            requests: before.requests + counters.requests,
            inFlight: before.inFlight + counters.inFlight,
            status: merge(before.status, counters.status, (x, y) => x + y),
          };
  }
  return into;
}

function sum(a: DrainCounters, b: DrainCounters): DrainCounters {
  return { inFlight: a.inFlight + b.inFlight, drained: a.drained + b.drained, cut: a.cut + b.cut };
}

function merge<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (x: T, y: T) => T,
): Record<string, T> {
  const merged: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = ownValue(merged, key);
    merged[key] = before === undefined ? value : join(before, value);
  }
  return merged;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));
}
