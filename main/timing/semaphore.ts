/**
 * So many at a time; the others wait their turn, in order. Who waits for something else meanwhile
 * can give its slot to another.
 */
export class Semaphore {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * @param longestMs after so long the work goes on without its slot, so that what never ends stops
   *   nobody else
   */
  async run<T>(work: (release: Release) => Promise<T>, longestMs?: number): Promise<T> {
    let give = await this.#hold(longestMs);
    try {
      return await work(async (pause) => {
        give();
        try {
          return await pause();
        } finally {
          give = await this.#hold(longestMs);
        }
      });
    } finally {
      give();
    }
  }

  /** @returns gives the slot back, once */
  async #hold(longestMs: number | undefined): Promise<() => void> {
    await this.#take();
    let isHeld = true;
    const give = () => {
      clearTimeout(timer);
      if (isHeld) this.#give();
      isHeld = false;
    };
    const timer = longestMs === undefined ? undefined : setTimeout(give, longestMs);
    return give;
  }

  #take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

/** Runs something without the slot. */
export type Release = <T>(pause: () => Promise<T>) => Promise<T>;
