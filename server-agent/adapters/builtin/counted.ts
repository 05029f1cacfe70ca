/** Figures as workers report them, and how they are added up. */
import { ownValue } from "../../core/own-value.ts";
import type {
  Balance,
  CounterChanges,
  DrainCounters,
  GenerationCounters,
  HostCounters,
} from "../../worker/protocol.ts";

/** What one worker has counted up to a moment, or several together. */
export interface Counted {
  hosts: Readonly<Record<string, HostCounters>>;
  generations: Readonly<Record<number, GenerationCounters>>;
  /** Absent where an earlier agent reports. */
  balance?: Balance;
}

/** What was counted since `before`; what is in flight is a present figure and no sum. */
export function countedSince(now: Counted, before: Counted): Counted {
  const drained = (counters: DrainCounters, from: DrainCounters | undefined): DrainCounters => ({
    ...difference(counters, from),
    inFlight: counters.inFlight,
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
    ...(now.balance === undefined ? {} : { balance: balanceSince(now.balance, before.balance) }),
  };
}

/** What was in flight at the beginning was accepted, as far as the time since is concerned. */
function balanceSince(now: Balance, before: Balance | undefined): Balance {
  if (before === undefined) return now;
  return {
    accepted: now.accepted - before.accepted + before.inFlight,
    answered: now.answered - before.answered,
    left: now.left - before.left,
    broken: now.broken - before.broken,
    cut: now.cut - before.cut,
    inFlight: now.inFlight,
  };
}

/** As they are kept of a living worker. Figures of one host are replaced and never altered. */
interface Kept {
  readonly hosts: Record<string, HostCounters>;
  readonly generations: Record<string, GenerationCounters>;
}

const NONE: DrainCounters = { inFlight: 0, drained: 0, cut: 0 };

/** @param into Nobody keeps the figures before, so they may become the new ones. */
export function withChanges(before: Counted, changes: CounterChanges, into: boolean): Counted {
  const { hosts, generations }: Kept = into ? before : copyOf(before);
  Object.assign(hosts, changes.hosts);
  for (const [number, drains] of Object.entries(changes.drains)) {
    const { hosts: known, ...before }: GenerationCounters = generations[number] ?? { ...NONE, hosts: {} };
    let all: DrainCounters = before;
    for (const [id, counters] of Object.entries(drains)) {
      all = sum(difference(all, ownValue(known, id)), counters);
      // One that is active, or that all have left without a trace, has nothing to say.
      if (counters.inFlight + counters.drained + counters.cut === 0) Reflect.deleteProperty(known, id);
      else known[id] = counters;
    }
    put(generations, number, { ...all, hosts: known });
  }
  return { hosts, generations, balance: changes.balance };
}

function copyOf({ hosts, generations }: Counted): Kept {
  return {
    hosts: { ...hosts },
    generations: mapValues(generations, (counters) => ({ ...counters, hosts: { ...counters.hosts } })),
  };
}

/**
 * The same figures with the generations between two of these put together, except for what is in
 * flight on them: whoever asks for what drained before one of these finds no difference.
 *
 * @param asked Generations, ascending; those from the last one on stay as they are.
 */
export function withoutOld(counted: Counted, asked: readonly number[]): Counted {
  const generations: Record<string, GenerationCounters> = {};
  const together: Record<string, Record<string, DrainCounters>> = {};
  for (const [number, counters] of Object.entries(counted.generations)) {
    const next = asked.find((generation) => Number(number) < generation);
    if (next === undefined) {
      generations[number] = counters;
      continue;
    }
    const hosts = Object.entries(counters.hosts);
    put(generations, number, summed(Object.fromEntries(hosts.filter(([, { inFlight }]) => inFlight > 0))));
    // No generation has such a number, so that no report of a worker is about it.
    const between = String(next - 0.5);
    const ended = Object.fromEntries(hosts.filter(([, { inFlight }]) => inFlight === 0));
    together[between] = merge(together[between] ?? {}, ended, sum);
  }
  for (const [number, hosts] of Object.entries(together)) put(generations, number, summed(hosts));
  return { ...counted, generations };
}

function summed(hosts: Record<string, DrainCounters>): GenerationCounters {
  return { ...Object.values(hosts).reduce(sum, NONE), hosts };
}

function put(into: Record<string, GenerationCounters>, number: string, counters: GenerationCounters): void {
  if (isEmpty(counters.hosts)) Reflect.deleteProperty(into, number);
  else into[number] = counters;
}

/** Without a list of what is in it, which may be much. */
function isEmpty(record: object): boolean {
  for (const name in record) if (Object.hasOwn(record, name)) return false;
  return true;
}

export function cutInFlight({ hosts, generations, balance }: Counted, isOrdered: boolean): Counted {
  const ended = (counters: DrainCounters): DrainCounters => ({
    inFlight: 0,
    drained: counters.drained,
    cut: counters.cut + counters.inFlight,
    ...rarely((key) => (counters[key] ?? 0) + (key === "lost" && !isOrdered ? counters.inFlight : 0)),
  });
  return {
    ...(balance === undefined
      ? {}
      : { balance: { ...balance, inFlight: 0, cut: balance.cut + (isOrdered ? balance.inFlight : 0) } }),
    hosts: mapValues(hosts, (host) => ({ ...host, inFlight: 0 })),
    generations: mapValues(generations, (generation) => ({
      ...ended(generation),
      hosts: mapValues(generation.hosts, ended),
    })),
  };
}

export function add(a: Counted, b: Counted): Counted {
  const generations: Record<string, GenerationCounters> = { ...a.generations };
  for (const [number, counters] of Object.entries(b.generations)) {
    const before = generations[number];
    generations[number] =
      before === undefined
        ? { ...counters, hosts: { ...counters.hosts } }
        : { ...sum(before, counters), hosts: merge(before.hosts, counters.hosts, sum) };
  }
  const balance = addBalances(a.balance, b.balance);
  return { hosts: addHosts({ ...a.hosts }, b.hosts), generations, ...(balance === undefined ? {} : { balance }) };
}

export function addBalances(a: Balance | undefined, b: Balance | undefined): Balance | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    accepted: a.accepted + b.accepted,
    answered: a.answered + b.answered,
    left: a.left + b.left,
    broken: a.broken + b.broken,
    cut: a.cut + b.cut,
    inFlight: a.inFlight + b.inFlight,
  };
}

/** What is mostly 0 is left out then. */
function rarely(countOf: (key: "left" | "broken" | "lost") => number): Pick<DrainCounters, "left" | "broken" | "lost"> {
  const counts: Pick<DrainCounters, "left" | "broken" | "lost"> = {};
  for (const key of ["left", "broken", "lost"] as const) {
    const count = countOf(key);
    if (count !== 0) counts[key] = count;
  }
  return counts;
}

/** Adds to the first argument what these have counted since. */
export function addHostChanges(
  into: Record<string, HostCounters>,
  now: Readonly<Record<string, HostCounters>>,
  before: Readonly<Record<string, HostCounters>>,
): void {
  for (const [id, counters] of Object.entries(now)) {
    const from = ownValue(before, id);
    const status = mapValues(counters.status, (count, digit) => count - (from?.status[digit] ?? 0));
    const { requests, inFlight } = counters;
    addHosts(into, {
      [id]: { requests: requests - (from?.requests ?? 0), inFlight: inFlight - (from?.inFlight ?? 0), status },
    });
  }
}

/** Adds into the first argument. */
export function addHosts(
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

function difference(a: DrainCounters, b: DrainCounters = NONE): DrainCounters {
  return {
    inFlight: a.inFlight - b.inFlight,
    drained: a.drained - b.drained,
    cut: a.cut - b.cut,
    ...rarely((key) => (a[key] ?? 0) - (b[key] ?? 0)),
  };
}

function sum(a: DrainCounters, b: DrainCounters): DrainCounters {
  return {
    inFlight: a.inFlight + b.inFlight,
    drained: a.drained + b.drained,
    cut: a.cut + b.cut,
    ...rarely((key) => (a[key] ?? 0) + (b[key] ?? 0)),
  };
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
