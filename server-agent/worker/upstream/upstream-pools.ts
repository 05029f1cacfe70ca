/**
 * The pools of all upstreams in use. A pool outlives a swap as long as some generation has an
 * upstream with the same definition.
 */
import type { Upstream } from "../../contract/upstream.ts";
import { UpstreamPool } from "./upstream-pool.ts";

export class UpstreamPools {
  readonly #pools = new Map<string, { pool: UpstreamPool; users: number }>();

  /** Pools in use. */
  get size(): number {
    return this.#pools.size;
  }

  /**
   * The pool for this definition; every call is to be paired with one of `release`.
   *
   * @param log For lines about targets that cannot be reached; that of the first call stays in use.
   */
  acquire(definition: Upstream, log: (line: string) => void): UpstreamPool {
    const key = JSON.stringify(definition);
    let shared = this.#pools.get(key);
    if (shared === undefined) {
      shared = { pool: new UpstreamPool(definition, log), users: 0 };
      this.#pools.set(key, shared);
    }
    shared.users++;
    return shared.pool;
  }

  /** Closes the pool when nobody else uses it. */
  release(definition: Upstream): void {
    const key = JSON.stringify(definition);
    const shared = this.#pools.get(key);
    if (shared === undefined || --shared.users > 0) return;
    this.#pools.delete(key);
    shared.pool.close();
  }

  /** Gives up what is held in advance. */
  closeIdle(): void {
    for (const { pool } of this.#pools.values()) pool.closeIdle();
  }
}
