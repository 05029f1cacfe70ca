/**
 * The pools of all upstreams in use. A pool outlives a swap as long as some generation has an
 * upstream of this name with the same definition.
 */
import type { Upstream } from "../../contract/upstream.ts";
import type { DownTarget, FailingTarget } from "./down-target.ts";
import { UpstreamPool } from "./upstream-pool.ts";

export class UpstreamPools {
  readonly #pools = new Map<string, { name: string; pool: UpstreamPool; users: number }>();
  readonly #tell: (target: FailingTarget) => void;
  #down: readonly DownTarget[] = [];

  /** @param tell What requests saw of a target. */
  constructor(tell: (target: FailingTarget) => void = () => undefined) {
    this.#tell = tell;
  }

  /** Pools in use. */
  get size(): number {
    return this.#pools.size;
  }

  /**
   * The pool for this upstream; every call is to be paired with one of `release`.
   *
   * @param log For lines about targets that cannot be reached; that of the first call stays in use.
   */
  acquire(name: string, definition: Upstream, log: (line: string) => void): UpstreamPool {
    const key = keyOf(name, definition);
    let shared = this.#pools.get(key);
    if (shared === undefined) {
      const tell = (target: string, why: string | undefined, failingMs: number): void => {
        this.#tell({ upstream: name, target, why, failingMs });
      };
      shared = { name, pool: new UpstreamPool(definition, log, tell), users: 0 };
      shared.pool.useDown(this.#downOf(name));
      this.#pools.set(key, shared);
    }
    shared.users++;
    return shared.pool;
  }

  /** Closes the pool when nobody else uses it. */
  release(name: string, definition: Upstream): void {
    const key = keyOf(name, definition);
    const shared = this.#pools.get(key);
    if (shared === undefined || --shared.users > 0) return;
    this.#pools.delete(key);
    shared.pool.close();
  }

  /** Health checks call these down, and no others. */
  useDown(down: readonly DownTarget[]): void {
    this.#down = down;
    for (const { name, pool } of this.#pools.values()) pool.useDown(this.#downOf(name));
  }

  /** Gives up what is held in advance. */
  closeIdle(): void {
    for (const { pool } of this.#pools.values()) pool.closeIdle();
  }

  #downOf(name: string): ReadonlySet<string> {
    return new Set(this.#down.flatMap(({ upstream, target }) => (upstream === name ? [target] : [])));
  }
}

function keyOf(name: string, definition: Upstream): string {
  return `${name} ${JSON.stringify(definition)}`;
}
