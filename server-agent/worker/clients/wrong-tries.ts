/**
 * Wrong passwords by client: who has tried too often waits, and nobody else does. A check that has
 * not ended counts as a try. Each worker counts for itself, so that with several workers somebody
 * has as many times more tries at most.
 */
import { BoundedMap } from "./bounded-map.ts";
import { networkOf } from "./client-network.ts";

const MAX_TRIES = 10;
const WINDOW_MS = 60_000;
/** Who is forgotten because so many others have tried begins anew. */
const MAX_CLIENTS = 10_000;

interface Tries {
  wrong: number;
  /** Checks that have not ended. */
  running: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

export class WrongTries {
  readonly #clients = new BoundedMap<Tries>(MAX_CLIENTS);

  /** Seconds that a client has to wait; undefined for none. @param now Epoch milliseconds. */
  waitOf(client: string, now: number): number | undefined {
    const { wrong, running, until } = this.#of(client, now);
    if (wrong >= MAX_TRIES) return Math.max(1, Math.ceil((until - now) / 1000));
    return wrong + running >= MAX_TRIES ? 1 : undefined;
  }

  /** A check begins; `end` says what came of it. */
  begin(client: string, now: number): void {
    this.#keep(client, now).running += 1;
  }

  end(client: string, now: number, isWrong: boolean): void {
    const tries = this.#keep(client, now);
    // It may have been forgotten meanwhile.
    tries.running = Math.max(0, tries.running - 1);
    if (isWrong) tries.wrong += 1;
  }

  /** The same for a check that took no time. */
  add(client: string, now: number): void {
    this.#keep(client, now).wrong += 1;
  }

  #keep(client: string, now: number): Tries {
    const tries = this.#of(client, now);
    this.#clients.set(networkOf(client), tries);
    return tries;
  }

  #of(client: string, now: number): Tries {
    const tries = this.#clients.get(networkOf(client));
    // A clock that was set back must not lock anybody out.
    return tries !== undefined && now < tries.until && now >= tries.until - 2 * WINDOW_MS
      ? tries
      : { wrong: 0, running: 0, until: now + WINDOW_MS };
  }
}
