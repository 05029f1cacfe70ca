/**
 * Calls that wait because no target of their upstream takes connections, as while an application is
 * restarted. The first one tries again and again; as soon as it has a connection, the next one
 * tries, so that all are sent in the order in which they came, and no faster than the application
 * accepts.
 */
import type { Upstream } from "../../contract/upstream.ts";
import type { CallConnection, UpstreamCall } from "./upstream-call.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

const DEFAULT_MAX_CALLS = 1000;
const RETRY_MS = 100;

interface Held {
  readonly call: UpstreamCall;
  /** `performance.now()` when it was held first. */
  readonly since: number;
  failure: UpstreamFailure;
}

export class HeldCalls {
  readonly #holdMs: number;
  readonly #maxCalls: number;
  readonly #send: (call: UpstreamCall) => void;
  readonly #log: (line: string) => void;
  /** Oldest first. */
  readonly #queue: Held[] = [];
  /** The one that is on its way to a target. */
  #trying: Held | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** A moment passes before the next one may try. */
  #isPaused = false;
  /** When each was held first. */
  readonly #since = new WeakMap<UpstreamCall, number>();
  /** When some call was answered last. */
  #answeredAt = -Infinity;
  /** How many were held since the targets took connections last. */
  #count = 0;

  /** @param send Sends a call to the targets. @param log For lines of the agent's log. */
  constructor(
    { seconds, requests = DEFAULT_MAX_CALLS }: NonNullable<Upstream["hold"]>,
    send: (call: UpstreamCall) => void,
    log: (line: string) => void,
  ) {
    this.#holdMs = seconds * 1000;
    this.#maxCalls = requests;
    this.#send = send;
    this.#log = log;
  }

  /** Calls wait: a new one has to wait behind them. */
  get isHolding(): boolean {
    return this.#queue.length > 0 || this.#trying !== undefined;
  }

  /** Puts a call behind those that wait. @returns False when too many do. */
  enqueue(call: UpstreamCall): boolean {
    return this.#add(call, { kind: "refused", message: "it takes no connections, and other requests wait for it" });
  }

  /**
   * @param failure Why the call could not be sent: what it ends with, unless a target can be
   *   reached in time.
   * @returns False when it cannot wait (any longer).
   */
  hold(call: UpstreamCall, failure: UpstreamFailure): boolean {
    if (this.#trying?.call === call) this.#trying = undefined;
    // Also where a target takes connections and closes them: not again at once.
    this.#isPaused = true;
    return this.#add(call, failure);
  }

  /**
   * The same for a call whose connection a target has taken and closed: while others are answered,
   * it is the call that the application cannot bear, and it would be tried to no end.
   */
  holdAfterAll(call: UpstreamCall, failure: UpstreamFailure): boolean {
    const since = this.#since.get(call);
    return (since === undefined || since > this.#answeredAt) && this.hold(call, failure);
  }

  /** A target answers some call. */
  onAnswered(): void {
    this.#answeredAt = performance.now();
  }

  /** A call has a connection. */
  onReached(call: UpstreamCall): void {
    if (!this.#since.has(call)) return;
    call.onHeld(false);
    this.#goOn(call, true);
  }

  /** A call was given up. */
  onGone(call: UpstreamCall): void {
    this.#goOn(call, false);
  }

  #add(call: UpstreamCall, failure: UpstreamFailure): boolean {
    const now = performance.now();
    const before = this.#since.get(call);
    const since = before ?? now;
    const isFull = before === undefined && this.#queue.length >= this.#maxCalls;
    if (!isFull && now - since < this.#holdMs) {
      const held = { call, since, failure };
      if (before === undefined) {
        this.#since.set(call, now);
        this.#count++;
        this.#queue.push(held);
      } else this.#queue.unshift(held);
      call.onHeld(true);
      call.attach(this.#ticket(held));
      this.#wait();
      return true;
    }
    this.#wait();
    return false;
  }

  #goOn(call: UpstreamCall, isReached: boolean): void {
    const tried = this.#trying;
    if (tried?.call !== call) return;
    // What it writes goes out at the end of this turn of the event loop: the next one comes after.
    setImmediate(() => {
      if (this.#trying !== tried) return;
      this.#trying = undefined;
      if (this.#queue.length > 0) {
        if (!this.#isPaused) this.#tryNext();
      } else if (isReached) {
        this.#log(`upstream accepts connections again; ${String(this.#count)} requests were held`);
        this.#count = 0;
      }
    });
  }

  #tryNext(): void {
    this.#trying = this.#queue.shift();
    if (this.#trying !== undefined) this.#send(this.#trying.call);
  }

  #wait(): void {
    if (this.#timer !== undefined || this.#queue.length === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isPaused = false;
      this.#endOverdue();
      if (this.#trying === undefined && this.#queue.length > 0) this.#tryNext();
      this.#wait();
    }, RETRY_MS);
  }

  #endOverdue(): void {
    const oldest = performance.now() - this.#holdMs;
    for (let held = this.#queue[0]; held !== undefined && held.since <= oldest; held = this.#queue[0]) {
      this.#queue.shift();
      held.call.onFailure(held.failure);
    }
  }

  /** What a call that waits has for a connection: it can only be given up. */
  #ticket(held: Held): CallConnection {
    const abort = (): void => {
      const at = this.#queue.indexOf(held);
      if (at >= 0) this.#queue.splice(at, 1);
    };
    return {
      write: () => true,
      cork: () => undefined,
      uncork: () => undefined,
      finishRequest: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      abort,
      leave: abort,
    };
  }
}
