/**
 * How many requests a client may send: a bucket that fills up with time, and from which each
 * request takes one. Each worker counts for itself.
 */
import type { RateLimit } from "../../contract/rules/limits.ts";
import { BoundedMap } from "./bounded-map.ts";
import { networkOf } from "./client-network.ts";

/** Who is forgotten because so many others came since has a full bucket again. */
const MAX_CLIENTS = 50_000;

interface Bucket {
  left: number;
  /** Epoch milliseconds of the last look. */
  at: number;
}

export class RateLimiter {
  readonly #size: number;
  readonly #perMs: number;
  readonly #clients = new BoundedMap<Bucket>(MAX_CLIENTS);

  constructor({ requests, seconds = 1, burst = requests }: RateLimit) {
    this.#size = burst;
    this.#perMs = requests / (seconds * 1000);
  }

  /**
   * Takes a request from the client's bucket.
   *
   * @param now Epoch milliseconds.
   * @returns Seconds to wait where there is none; undefined where there is.
   */
  take(client: string, now: number): number | undefined {
    const key = networkOf(client);
    let bucket = this.#clients.get(key);
    if (bucket === undefined) this.#clients.set(key, (bucket = { left: this.#size, at: now }));
    // A clock that was set back gives nothing, and takes nothing.
    bucket.left = Math.min(this.#size, bucket.left + Math.max(0, now - bucket.at) * this.#perMs);
    bucket.at = now;
    if (bucket.left >= 1) {
      bucket.left -= 1;
      return undefined;
    }
    return Math.max(1, Math.ceil((1 - bucket.left) / this.#perMs / 1000));
  }
}
