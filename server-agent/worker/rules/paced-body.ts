/**
 * Sends the body of a response no faster than a rule allows. What does not go out yet waits here,
 * and the handler with it.
 */
import { BodyFilter, bytesOf } from "../coding/body-filter.ts";
import type { Chunk, OutgoingResponse } from "../http/outgoing-response.ts";

/** So much (ms) may go out at once after a pause; shorter slices cost more than they smooth. */
const SLICE_MS = 100;

export function paceBody(response: OutgoingResponse, bytesPerSecond: number): void {
  new PacedBody(response, bytesPerSecond);
}

class PacedBody extends BodyFilter {
  readonly #bytesPerMs: number;
  #allowance: number;
  #at = performance.now();
  #queue: Buffer[] = [];
  #isEnding = false;
  /** The visitor takes no more at the moment. */
  #isFull = false;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(response: OutgoingResponse, bytesPerSecond: number) {
    super(response);
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#allowance = this.#bytesPerMs * SLICE_MS;
  }

  protected write(chunk: Chunk): boolean {
    if (this.response.destroyed) return true;
    // Handlers tell by the head whether they can still begin anew.
    this.response.flushHeaders();
    if (chunk.length > 0) this.#queue.push(bytesOf(chunk));
    this.#pump();
    return this.#queue.length === 0 && !this.#isFull;
  }

  protected end(chunk: Chunk): void {
    this.#refill();
    if (this.#queue.length === 0 && chunk.length <= this.#allowance) {
      this.inner.end(chunk);
      return;
    }
    if (chunk.length > 0) this.#queue.push(bytesOf(chunk));
    this.#isEnding = true;
    this.#pump();
  }

  readonly #pump = (): void => {
    this.#timer = undefined;
    this.#refill();
    for (let first = this.#queue[0]; first !== undefined && !this.#isFull; first = this.#queue[0]) {
      const size = Math.min(first.length, Math.floor(this.#allowance));
      if (size === 0) break;
      this.#allowance -= size;
      if (size === first.length) this.#queue.shift();
      else this.#queue[0] = first.subarray(size);
      if (!this.inner.write(first.subarray(0, size))) this.#waitForVisitor();
    }
    if (this.#queue.length > 0) {
      if (!this.#isFull) this.#timer ??= setTimeout(this.#pump, SLICE_MS);
    } else if (this.#isEnding) this.inner.end();
    else if (!this.#isFull) this.drained();
  };

  #waitForVisitor(): void {
    this.#isFull = true;
    this.inner.whenDrained(() => {
      this.#isFull = false;
      if (!this.response.destroyed) this.#pump();
    });
  }

  #refill(): void {
    const now = performance.now();
    this.#allowance = Math.min(this.#bytesPerMs * SLICE_MS, this.#allowance + (now - this.#at) * this.#bytesPerMs);
    this.#at = now;
  }

  protected closed(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}
