/**
 * One piece of work at a time, and the clients in turn: who asks for much waits for himself, and
 * keeps nobody else waiting for more than one piece of each client.
 */
import { networkOf } from "./client-network.ts";

type Work = () => Promise<void>;

export class FairQueue {
  readonly #maxWaiting: number;
  /** Clients with work that waits, the next one first. */
  readonly #queues = new Map<string, Work[]>();
  #waiting = 0;
  #isWorking = false;

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** Resolves to what comes of the work. Undefined, with nothing done: too much is waiting. */
  take<Result>(client: string, work: () => Promise<Result>): Promise<Result> | undefined {
    if (this.#waiting >= this.#maxWaiting) return undefined;
    return new Promise<Result>((resolve, reject) => {
      const key = networkOf(client);
      const queue = this.#queues.get(key) ?? [];
      queue.push(() => work().then(resolve, reject));
      this.#queues.set(key, queue);
      this.#waiting += 1;
      if (!this.#isWorking) void this.#workOn();
    });
  }

  async #workOn(): Promise<void> {
    this.#isWorking = true;
    for (const [key, queue] of this.#queues) {
      // A key that is set again comes last, and this very loop gets to it.
      this.#queues.delete(key);
      const work = queue.shift();
      if (queue.length > 0) this.#queues.set(key, queue);
      this.#waiting -= 1;
      await work?.();
    }
    this.#isWorking = false;
  }
}
