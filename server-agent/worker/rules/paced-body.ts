/**
 * Sends the body of a response no faster than a rule allows: own methods of that one response, as
 * all others pay nothing for it. What does not go out yet waits here, and the handler with it.
 */
import type { Chunk, OutgoingResponse } from "../http/outgoing-response.ts";

/** So much (ms) may go out at once after a pause; shorter slices cost more than they smooth. */
const SLICE_MS = 100;

export function paceBody(response: OutgoingResponse, bytesPerSecond: number): void {
  new PacedBody(response, bytesPerSecond);
}

class PacedBody {
  readonly #response: OutgoingResponse;
  /** The response's own ways to write. */
  readonly #inner: Pick<OutgoingResponse, "write" | "end" | "whenDrained">;
  readonly #bytesPerMs: number;
  #allowance: number;
  #at = performance.now();
  #queue: Buffer[] = [];
  #isEnding = false;
  /** The visitor takes no more at the moment. */
  #isFull = false;
  #timer: NodeJS.Timeout | undefined = undefined;
  #waiting: (() => void)[] = [];

  constructor(response: OutgoingResponse, bytesPerSecond: number) {
    this.#response = response;
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#allowance = this.#bytesPerMs * SLICE_MS;
    this.#inner = {
      write: response.write.bind(response),
      end: response.end.bind(response),
      whenDrained: response.whenDrained.bind(response),
    };
    const closed = response.closed.bind(response);
    response.write = (chunk) => this.#write(chunk);
    response.end = (chunk = "") => {
      this.#end(chunk);
    };
    response.whenDrained = (callback) => {
      if (response.destroyed) callback();
      else this.#waiting.push(callback);
    };
    response.closed = () => {
      clearTimeout(this.#timer);
      this.#queue = [];
      closed();
      this.#drained();
    };
  }

  #write(chunk: Chunk): boolean {
    if (this.#response.destroyed) return true;
    // Handlers tell by the head whether they can still begin anew.
    this.#response.flushHeaders();
    if (chunk.length > 0) this.#queue.push(bytesOf(chunk));
    this.#pump();
    return this.#queue.length === 0 && !this.#isFull;
  }

  #end(chunk: Chunk): void {
    this.#refill();
    if (this.#queue.length === 0 && chunk.length <= this.#allowance) {
      this.#inner.end(chunk);
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
      if (!this.#inner.write(first.subarray(0, size))) this.#waitForVisitor();
    }
    if (this.#queue.length > 0) {
      if (!this.#isFull) this.#timer ??= setTimeout(this.#pump, SLICE_MS);
    } else if (this.#isEnding) this.#inner.end();
    else if (!this.#isFull) this.#drained();
  };

  #waitForVisitor(): void {
    this.#isFull = true;
    this.#inner.whenDrained(() => {
      this.#isFull = false;
      if (!this.#response.destroyed) this.#pump();
    });
  }

  #refill(): void {
    const now = performance.now();
    this.#allowance = Math.min(this.#bytesPerMs * SLICE_MS, this.#allowance + (now - this.#at) * this.#bytesPerMs);
    this.#at = now;
  }

  #drained(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

function bytesOf(chunk: Chunk): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
}
