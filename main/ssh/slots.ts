import type { Person } from "./person.ts";

/**
 * So many logins at a time: two hundred servers that are connected to at once must not be hammered, nor this computer. One that waits for a person gives its slot to another
 * meanwhile.
 */
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

/** The same person, asked without a slot. */
export const askedWithout = (release: Release, person: Person): Person => ({
  trustHostKey: (question, signal) => release(() => person.trustHostKey(question, signal)),
  secret: (question, signal) => release(() => person.secret(question, signal)),
  prompts: (question, signal) => release(() => person.prompts(question, signal)),
});
