import { type Result, type Refusal, refuse } from "../../result.ts";

/** All changes go through one queue, one after the other: two operators cannot interleave. */
export class WriteQueue {
  #tail: Promise<unknown> = Promise.resolve();
  /** Why nothing is begun any more. */
  #closed: string | undefined;
  readonly #guards: (() => Refusal | undefined)[] = [];

  /** Has every `write` ask this first, in its turn: why it cannot be made now. */
  guard(obstacle: () => Refusal | undefined): void {
    this.#guards.push(obstacle);
  }

  /**
   * Runs the change when all earlier ones are done. Refuses with `agent.stopping` after `close`.
   */
  run<T>(change: () => Promise<Result<T>> | Result<T>): Promise<Result<T>> {
    const result = this.#tail.then(async () =>
      this.#closed === undefined ? change() : refuse("agent.stopping", this.#closed),
    );
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /**
   * The same for what switches sites: refuses with what a guard says, such as `stage.held`, and
   * with what `precondition` says, which is asked in the turn of the change.
   */
  write<T>(
    change: () => Promise<Result<T>> | Result<T>,
    precondition: () => Refusal | undefined = () => undefined,
  ): Promise<Result<T>> {
    return this.run(() => {
      const refusal = this.obstacle() ?? precondition();
      return refusal === undefined ? change() : { ok: false, refusal };
    });
  }

  /** Why nothing can be switched now. To be asked in the queue. */
  obstacle(): Refusal | undefined {
    for (const guard of this.#guards) {
      const refusal = guard();
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  /** Resolves when the changes so far are done. */
  async idle(): Promise<void> {
    await this.#tail;
  }

  /** Refuses what comes, and what waits; resolves when the change in progress is done. */
  async close(why = "The agent is stopping and accepts no changes; try again when it is running."): Promise<void> {
    this.#closed ??= why;
    await this.idle();
  }
}
