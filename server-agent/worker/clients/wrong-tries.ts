/**
 * Wrong passwords by client: who has tried too often waits. Each worker counts for itself, so that
 * with several workers somebody has as many times more tries at most.
 */
import { BoundedMap } from "./bounded-map.ts";
import { networkOf } from "./client-network.ts";

const MAX_TRIES = 10;
const WINDOW_MS = 60_000;
/** Who is forgotten because so many others have tried begins anew. */
const MAX_CLIENTS = 10_000;

interface Tries {
  count: number;
  readonly until: number;
}

export class WrongTries {
  readonly #clients = new BoundedMap<Tries>(MAX_CLIENTS);

  /** Seconds that a client has to wait; undefined for none. @param now Epoch milliseconds. */
  waitOf(client: string, now: number): number | undefined {
    const tries = this.#current(client, now);
    if (tries === undefined || tries.count < MAX_TRIES) return undefined;
    return Math.max(1, Math.ceil((tries.until - now) / 1000));
  }

  add(client: string, now: number): void {
    const tries = this.#current(client, now);
    if (tries === undefined) this.#clients.set(networkOf(client), { count: 1, until: now + WINDOW_MS });
    else tries.count += 1;
  }

  #current(client: string, now: number): Tries | undefined {
    const tries = this.#clients.get(networkOf(client));
    // A clock that was set back must not lock anybody out.
    return tries !== undefined && now < tries.until && now >= tries.until - 2 * WINDOW_MS ? tries : undefined;
  }
}
