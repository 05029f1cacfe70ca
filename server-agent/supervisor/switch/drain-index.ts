/**
 * What drained before a generation, by site: worked out once for all reports of the workers, so
 * that a receipt costs one look-up, however many generations still drain.
 */
import type { Counted } from "../../adapters/builtin/counted.ts";
import type { MaintenanceCounts } from "../../contract/maintenance.ts";

export interface Drained extends Pick<MaintenanceCounts, "drained" | "cut" | "draining"> {
  /** Of those drained. */
  left: number;
  broken: number;
  /** Of those cut: nobody ordered it. */
  lost: number;
}

/** Of one site, in the order of the generations, each with the sum up to it. */
interface Sums {
  generations: number[];
  upTo: Drained[];
}

const NOTHING: Drained = { drained: 0, cut: 0, draining: 0, left: 0, broken: 0, lost: 0 };

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
      for (const [site, { inFlight: draining, left = 0, broken = 0, lost = 0, drained, cut }] of Object.entries(
        hosts,
      )) {
        const generation = Number(number);
        const known = sites.get(site) ?? new Map<number, Drained>();
        sites.set(site, known);
        known.set(generation, plus(known.get(generation) ?? NOTHING, { drained, cut, draining, left, broken, lost }));
      }
  return sites;
}

function plus(a: Drained, b: Drained): Drained {
  return {
    drained: a.drained + b.drained,
    cut: a.cut + b.cut,
    draining: a.draining + b.draining,
    left: a.left + b.left,
    broken: a.broken + b.broken,
    lost: a.lost + b.lost,
  };
}
