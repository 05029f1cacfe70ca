/**
 * The ends of things: of what runs on older generations, of single requests, of the whole worker.
 */
import type { Counters } from "./counters.ts";
import type { HttpServer } from "./http-server.ts";
import type { InFlight, InFlightList } from "./in-flight.ts";

/**
 * Between the polite request to end and the cut (ms). Shorter than the time after which the
 * supervisor kills a worker that was told to expire everything.
 */
const GRACE_MS = 3000;
const CUT_GRACE_MS = 500;
/** What is in flight may take this long (ms) when the supervisor has gone. */
const ORPHANED_MS = 30_000;

export class Drain {
  readonly #inFlight: InFlightList;
  readonly #server: HttpServer;
  readonly #counters: Counters;
  readonly #exit: () => void;
  #retiring = false;

  /** `exit` is called once, when the worker has retired and no connection is left. */
  constructor(inFlight: InFlightList, server: HttpServer, counters: Counters, exit: () => void) {
    this.#inFlight = inFlight;
    this.#server = server;
    this.#counters = counters;
    this.#exit = exit;
  }

  /** Ends politely what runs on generations up to this one, and cuts what is left after a grace. */
  expire(generation: number): void {
    const isOverdue = (entry: InFlight): boolean => entry.figures.generation.number <= generation;
    for (const entry of this.#inFlight) {
      if (!isOverdue(entry)) continue;
      if (entry.expire === undefined) {
        entry.closeAfterwards();
      } else {
        // What its own side ends has not ended by itself.
        entry.wasCut = true;
        entry.carrier.closeAfterwards();
        entry.expire();
      }
    }
    setTimeout(() => {
      for (const entry of this.#inFlight) if (isOverdue(entry)) cutNow(entry);
      this.#counters.report();
    }, GRACE_MS);
  }

  /** Cuts one request that an operator does not want to wait for. */
  cut(entry: InFlight): void {
    if (entry.expire === undefined) {
      cutNow(entry);
      return;
    }
    entry.wasCut = true;
    entry.carrier.closeAfterwards();
    entry.expire();
    setTimeout(() => {
      if (!entry.ended) cutNow(entry);
    }, CUT_GRACE_MS);
  }

  /**
   * Accepts nothing new, answers what comes on open connections with `Connection: close`, and exits
   * with the last one.
   */
  retire(lingerSeconds: number): void {
    this.#server.retire(lingerSeconds * 1000);
    for (const entry of this.#inFlight) entry.closeAfterwards();
    if (this.#retiring) return;
    this.#retiring = true;
    this.#server.whenEmpty(this.#exit);
  }

  /** Retires, and answers nothing any more that comes from now on. */
  leave(): void {
    this.retire(0);
    for (const entry of this.#inFlight) entry.carrier.closeAfterwards();
  }

  /**
   * Nobody can switch this worker any more: it makes room for a new supervisor at once, and ends
   * what is in flight within a bound. Idle connections close with the listening sockets, before the
   * next supervisor can have them: what they would ask later, only that one can answer truly
   * (promise 2).
   */
  orphaned(): void {
    this.leave();
    setTimeout(() => {
      this.expire(Number.MAX_SAFE_INTEGER);
    }, ORPHANED_MS);
  }
}

function cutNow(entry: InFlight): void {
  entry.wasCut = true;
  entry.carrier.cut();
}
