/** What workers count for metrics alone, summed over all of them, also those that have ended. */
import type { EdgeFigures, FiguresMessage } from "../../worker/figures/worker-figures.ts";

export interface SummedFigures {
  /** By virtual host; places as `VISIT` has them. */
  readonly visits: ReadonlyMap<string, readonly number[]>;
  readonly edge: EdgeFigures;
}

interface Kept {
  readonly visits: Map<string, number[]>;
  edge: EdgeFigures;
}

export class ObservedFigures {
  readonly #living = new Map<number, Kept>();
  #ended: Kept = none();

  take(worker: number, { visits, edge }: FiguresMessage): void {
    const kept = this.#living.get(worker) ?? none();
    this.#living.set(worker, kept);
    for (const [id, figures] of Object.entries(visits)) kept.visits.set(id, figures);
    kept.edge = edge;
  }

  /** The worker has ended: nothing is open there any more. */
  end(worker: number): void {
    const last = this.#living.get(worker);
    if (last === undefined) return;
    this.#living.delete(worker);
    this.#ended = sum([this.#ended, { ...last, edge: { ...last.edge, open: none().edge.open } }]);
  }

  total(): SummedFigures {
    return sum([this.#ended, ...this.#living.values()]);
  }
}

function none(): Kept {
  const open = { http1: 0, http2: 0, entering: 0, held: 0 };
  const edge = { open, accepted: 0, handshakes: 0, resumed: 0, lostLines: 0, lostSpans: 0, refused: {}, upstreams: {} };
  return { visits: new Map(), edge };
}

function sum(all: readonly Kept[]): Kept {
  const visits = new Map<string, number[]>();
  for (const one of all)
    for (const [id, figures] of one.visits) {
      const before = visits.get(id);
      visits.set(id, before === undefined ? figures : figures.map((count, place) => count + (before[place] ?? 0)));
    }
  return { visits, edge: all.map(({ edge }) => edge).reduce(addNumbers) };
}

/** Adds what is a number, at any depth; what only one of both has is taken over. */
function addNumbers<T extends object>(a: T, b: T): T {
  const sums = { ...a } as Record<string, unknown>;
  for (const [key, value] of Object.entries(b)) {
    const before = sums[key];
    if (before === undefined) sums[key] = value;
    else if (typeof value === "number") sums[key] = Number(before) + value;
    else sums[key] = addNumbers(before as object, value as object);
  }
  return sums as T;
}
