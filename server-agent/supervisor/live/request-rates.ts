import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";

/** Requests per second by virtual host, over the last full second. */
export class RequestRates {
  readonly #counters: ObservedCounters;
  #before = new Map<string, number>();
  #rates = new Map<string, number>();
  #at = performance.now();
  #version = -1;

  constructor(counters: ObservedCounters) {
    this.#counters = counters;
  }

  /** Call once a second. */
  sample(): void {
    const now = performance.now();
    const seconds = (now - this.#at) / 1000;
    this.#at = now;
    // Nothing was reported: nothing ran.
    if (this.#version === this.#counters.version) {
      this.#rates.clear();
      return;
    }
    this.#version = this.#counters.version;
    const requests = new Map(Object.entries(this.#counters.hosts()).map(([id, host]) => [id, host.requests]));
    this.#rates = new Map(
      [...requests].map(([id, count]) => [id, Math.round(((count - (this.#before.get(id) ?? 0)) / seconds) * 10) / 10]),
    );
    this.#before = requests;
  }

  /** Whether nothing at all ran in the last full second. */
  get idle(): boolean {
    return this.#rates.size === 0;
  }

  perSecond(id: string): number {
    return this.#rates.get(id) ?? 0;
  }
}
