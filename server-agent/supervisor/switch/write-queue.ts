import { type Outcome, refuse } from "../../outcome.ts";

/** All changes go through one queue, one after the other: two operators cannot interleave. */
export class WriteQueue {
  #tail: Promise<unknown> = Promise.resolve();
  /** Why nothing is begun any more. */
  #closed: string | undefined;

  /** Runs the change when all earlier ones are done. After `close` nothing is begun any more. */
  run<T>(change: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const result = this.#tail.then(async () =>
      this.#closed === undefined ? change() : refuse("agent.stopping", this.#closed),
    );
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when the changes so far are done. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /** Refuses what comes, and what waits; resolves when the change in progress is done. */
  async close(why = "The agent is stopping and takes no changes; try again when it runs."): Promise<void> {
    this.#closed ??= why;
    await this.idle();
  }
}
