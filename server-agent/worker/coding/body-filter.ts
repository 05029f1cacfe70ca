/**
 * Stands between a handler and a response, as own methods of that one response, so that all others
 * pay nothing for it. Of several, the one that was made last is asked first.
 */
import { type Chunk, kept, type OutgoingResponse } from "../http/outgoing-response.ts";

export abstract class BodyFilter {
  protected readonly response: OutgoingResponse;
  /** What comes out of this goes in there. */
  protected readonly inner: Pick<OutgoingResponse, "write" | "end" | "whenDrained">;
  #waiting: (() => void)[] = [];

  constructor(response: OutgoingResponse) {
    this.response = response;
    this.inner = {
      write: response.write.bind(response),
      end: response.end.bind(response),
      whenDrained: response.whenDrained.bind(response),
    };
    const closed = response.closed.bind(response);
    response.write = (chunk, isLent = false) => this.write(kept(chunk, isLent));
    response.end = (chunk = "", isLent = false) => {
      this.end(kept(chunk, isLent));
    };
    response.whenDrained = (callback) => {
      this.whenDrained(callback);
    };
    response.closed = () => {
      this.closed();
      closed();
      this.drained();
    };
  }

  protected abstract write(chunk: Chunk): boolean;
  protected abstract end(chunk: Chunk): void;
  /** It was sent completely, or nobody is there any more: what is kept is of no use. */
  protected abstract closed(): void;

  protected whenDrained(callback: () => void): void {
    if (this.response.destroyed) callback();
    else this.#waiting.push(callback);
  }

  /** More is taken, or nothing will be. */
  protected drained(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

/** Takes all of them away from a response of which nothing was written. */
export function removeFilters(response: OutgoingResponse): void {
  for (const method of ["write", "end", "whenDrained", "closed"]) Reflect.deleteProperty(response, method);
}

/** Text of a body has one character per byte. */
export function bytesOf(chunk: Chunk): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
}
