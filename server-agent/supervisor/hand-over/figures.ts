/**
 * What an agent that has handed over counts, told to its successor: all figures each time, so not
 * with every report of a worker.
 */
import { countedSince, type Counted } from "../../adapters/builtin/counted.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { FromWorker } from "../../worker/protocol.ts";

const REPORT_INTERVAL_MS = 250;

export class Figures {
  readonly #counters: ObservedCounters;
  readonly #before: Counted;
  readonly #send: (message: Extract<FromWorker, { type: "counters" }>) => void;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** @param before What had been counted when the successor began. */
  constructor(
    counters: ObservedCounters,
    before: Counted,
    send: (message: Extract<FromWorker, { type: "counters" }>) => void,
  ) {
    this.#counters = counters;
    this.#before = before;
    this.#send = send;
    counters.changed = () => {
      this.#timer ??= setTimeout(() => this.#report(), REPORT_INTERVAL_MS);
    };
    this.#report();
  }

  /** Tells what is not told yet. */
  flush(): void {
    if (this.#timer !== undefined) this.#report();
  }

  #report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#send({ type: "counters", ...countedSince(this.#counters.total(), this.#before) });
  }
}
