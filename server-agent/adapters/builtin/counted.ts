/** Figures as workers report them, and how they are added up. */
import { ownValue } from "../../core/own-value.ts";
import type { Balance, DrainCounters, GenerationCounters, HostCounters } from "../../worker/protocol.ts";

/**
 * One report of a worker. Never altered, so that it can be kept as what was counted at a moment.
 */
export interface Counted {
  hosts: Readonly<Record<string, HostCounters>>;
  generations: Readonly<Record<number, GenerationCounters>>;
  /** Absent where an earlier agent reports. */
  balance?: Balance;
}

/** What was counted since `before`; what is in flight is a present figure and no sum. */
export function countedSince(now: Counted, before: Counted): Counted {
  const drained = (counters: DrainCounters, from: DrainCounters | undefined): DrainCounters => ({
    inFlight: counters.inFlight,
    drained: counters.drained - (from?.drained ?? 0),
    cut: counters.cut - (from?.cut ?? 0),
    ...rarely((key) => (counters[key] ?? 0) - (from?.[key] ?? 0)),
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
      before === undefined ? counters : { ...sum(before, counters), hosts: merge(before.hosts, counters.hosts, sum) };
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
