/** So many at a time; the others wait their turn, in order. Who waits for something else meanwhile can give its slot to another. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: (release: Release) => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work(async (pause) => {
        this.#give();
        try {
          return await pause();
        } finally {
          await this.#take();
        }
      });
    } finally {
      this.#give();
    }
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
