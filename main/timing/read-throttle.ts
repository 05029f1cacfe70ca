/** Limits how much of the app's time one server's stream can take. */
export interface ReadThrottleOptions {
  /** Milliseconds of reading that are given in advance: what comes in one go is read in one go. */
  advanceMs: number;
  /** The part of the process's time that one stranger has: a fifth is 5. */
  share: number;
  /** What every report costs at least (ms), however short it is. */
  leastMs: number;
}

/**
 * How fast a stranger is read. An honest one never waits: it has little to say. One that talks
 * without end is left unread most of the time, and what it has to say waits on its own side.
 */
export class ReadThrottle {
  readonly #options: ReadThrottleOptions;
  #credit: number;
  #at: number;

  /** @param now in milliseconds, of a clock that only goes forward */
  constructor(options: ReadThrottleOptions, now: number) {
    this.#options = options;
    this.#credit = options.advanceMs;
    this.#at = now;
  }

  /**
   * After something was read.
   * @param spentMs what that took
   * @returns milliseconds to wait before reading on
   */
  after(spentMs: number, now: number): number {
    const { advanceMs, share, leastMs } = this.#options;
    this.#credit = Math.min(advanceMs, this.#credit + now - this.#at) - Math.max(leastMs, spentMs * share);
    this.#at = now;
    return Math.max(0, -this.#credit);
  }
}
