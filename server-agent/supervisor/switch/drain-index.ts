/**
 * What drained before a generation, by site: worked out once for all reports of the workers, so
 * that a receipt costs one look-up, however many generations still drain.
 */
import type { Counted } from "../../adapters/builtin/observed-counters.ts";
import type { MaintenanceCounts } from "../../contract/maintenance.ts";

export type Drained = Pick<MaintenanceCounts, "drained" | "cut" | "draining">;

/** Of one site, in the order of the generations, each with the sum up to it. */
interface Sums {
  generations: number[];
  upTo: Drained[];
}

const NOTHING: Drained = { drained: 0, cut: 0, draining: 0 };

export class DrainIndex {
  readonly #sites = new Map<string, Sums>();

  constructor(reports: readonly Counted[]) {
    for (const [site, byGeneration] of bySite(reports)) {
      const sorted = [...byGeneration].sort(([a], [b]) => a - b);
      const sums: Sums = { generations: [], upTo: [] };
      let sum = NOTHING;
      for (const [generation, drained] of sorted) {
        sum = plus(sum, drained);
        sums.generations.push(generation);
        sums.upTo.push(sum);
      }
      this.#sites.set(site, sums);
    }
  }

  /** Of all generations before this one. */
  before(site: string, generation: number): Drained {
    const sums = this.#sites.get(site);
    if (sums === undefined) return NOTHING;
    // The first one that is not before it.
    let low = 0;
    let high = sums.generations.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums.generations[middle] ?? Infinity) < generation) low = middle + 1;
      else high = middle;
    }
    return sums.upTo[low - 1] ?? NOTHING;
  }
}

function bySite(reports: readonly Counted[]): Map<string, Map<number, Drained>> {
  const sites = new Map<string, Map<number, Drained>>();
  for (const { generations } of reports)
    for (const [number, { hosts }] of Object.entries(generations))
      for (const [site, { drained, cut, inFlight }] of Object.entries(hosts)) {
        const generation = Number(number);
        const known = sites.get(site) ?? new Map<number, Drained>();
        sites.set(site, known);
        known.set(generation, plus(known.get(generation) ?? NOTHING, { drained, cut, draining: inFlight }));
      }
  return sites;
}

function plus(a: Drained, b: Drained): Drained {
  return { drained: a.drained + b.drained, cut: a.cut + b.cut, draining: a.draining + b.draining };
}
