/**
 * How many channels a transport may have after one was refused. What took the room may be gone (an
 * upload, another program's session): so the limit grows again, one at a time, and ever more slowly
 * on a server that refuses it each time.
 */

/** Answered calls after which one more is tried. */
const MIN_CALLS = 16;
const MAX_CALLS = 1024;
/** OpenSSH's own limit (MaxSessions); beyond it the limit is none. */
const MAX_CHANNELS = 10;

export class ChannelLimit {
  #limit = Infinity;
  #calls = 0;
  #callsNeeded = MIN_CALLS;
  #hasGrown = false;

  /** One beside so many open ones was refused. Each returns the limit from now on. */
  refused(open: number): number {
    if (this.#hasGrown) this.#callsNeeded = Math.min(MAX_CALLS, this.#callsNeeded * 2);
    this.#hasGrown = false;
    this.#calls = 0;
    return (this.#limit = open);
  }

  answered(): number {
    if (this.#limit === Infinity) return Infinity;
    this.#calls += 1;
    if (this.#calls < this.#callsNeeded) return this.#limit;
    this.#calls = 0;
    this.#hasGrown = true;
    return (this.#limit = this.#limit + 1 >= MAX_CHANNELS ? Infinity : this.#limit + 1);
  }

  /** The next channels are those of another connection. */
  forget(): number {
    this.#callsNeeded = MIN_CALLS;
    this.#hasGrown = false;
    this.#calls = 0;
    return (this.#limit = Infinity);
  }
}
