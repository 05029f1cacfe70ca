/** Long work on the thread that serves: done in slices, with visitors in between. */
import { setImmediate as nextTurn } from "node:timers/promises";

/** So long (ms) visitors wait at most, but for a single step that takes longer. */
const SLICE_MS = 4;

/** Work that is done step by step, the first slice at once; `finish` does the rest in one go. */
export class SlicedWork<T> {
  readonly #steps: Iterator<undefined, T>;
  readonly #dropped: Promise<undefined>;
  #markDropped: (nothing: undefined) => void = () => undefined;
  #result: { readonly value: T } | undefined = undefined;
  #isDropped = false;

  constructor(steps: Iterator<undefined, T>) {
    this.#steps = steps;
    this.#dropped = new Promise((resolve) => (this.#markDropped = resolve));
  }

  get result(): T | undefined {
    return this.#result?.value;
  }

  /** Resolves when there is a result; undefined when the work was dropped before. */
  async run(): Promise<T | undefined> {
    while (!this.#isDropped) {
      const until = performance.now() + SLICE_MS;
      while (this.#result === undefined && performance.now() < until) this.#step();
      if (this.#result !== undefined) return this.#result.value;
      await Promise.race([nextTurn(), this.#dropped]);
    }
    return undefined;
  }

  finish(): T {
    for (;;) {
      if (this.#result !== undefined) return this.#result.value;
      this.#step();
    }
  }

  /** No further step is taken; what was begun is cleaned up by the steps themselves (`finally`). */
  drop(): void {
    this.#isDropped = true;
    this.#markDropped(undefined);
    if (this.#result === undefined) this.#steps.return?.();
  }

  #step(): void {
    const step = this.#steps.next();
    if (step.done === true) this.#result = { value: step.value };
  }
}
