/**
 * Who reads a stream of lines. One that does not read is dropped, and comes back; all of them
 * together cost a bounded amount of memory.
 */
import type { ServerResponse } from "node:http";
import { type Refusal, refuse } from "../../result.ts";

/** Readers of one kind of stream. */
const MAX_SUBSCRIBERS = 64;
/**
 * Bytes that may wait for one that is slow, beside its two largest lines: one large document alone
 * makes nobody slow.
 */
const MAX_BACKLOG_BYTES = 1024 * 1024;
/**
 * Bytes that may wait for all of them, beside the line that is sent; then the slowest is dropped.
 */
const MAX_TOTAL_BACKLOG_BYTES = 32 * 1024 * 1024;

export class Subscribers {
  /** By response, the length of its largest line. */
  readonly #largest = new Map<ServerResponse, number>();

  get size(): number {
    return this.#largest.size;
  }

  /** Why one more cannot be taken now: `agent.busy`. */
  obstacle(): Refusal | undefined {
    if (this.#largest.size < MAX_SUBSCRIBERS && this.#backlog() < MAX_TOTAL_BACKLOG_BYTES) return undefined;
    return refuse(
      "agent.busy",
      `The agent has reached its limit of ${MAX_SUBSCRIBERS} event streams, or too many of them are not being read; close some, or try again.`,
    ).refusal;
  }

  /** Begins the stream. `leave` is called when it is over, whoever ended it. */
  add(response: ServerResponse, leave: () => void = () => undefined): void {
    response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store" });
    this.#largest.set(response, 0);
    const forget = (): void => {
      if (this.#largest.delete(response)) leave();
    };
    response.once("close", forget);
    response.once("error", forget);
  }

  has(response: ServerResponse): boolean {
    return this.#largest.has(response);
  }

  /** Sends a line to one of them, or drops it. */
  send(response: ServerResponse, line: string): void {
    const largest = this.#largest.get(response);
    if (largest === undefined || response.destroyed) return;
    if (response.writableLength > MAX_BACKLOG_BYTES + 2 * largest) {
      response.destroy();
      return;
    }
    this.#largest.set(response, Math.max(largest, line.length));
    response.write(line);
  }

  /** Sends a line to all of them; drops those that do not read. */
  sendAll(line: string): void {
    // Before the line, which waits for the fastest reader, too.
    for (let backlog = this.#backlog(); backlog > MAX_TOTAL_BACKLOG_BYTES; backlog = this.#backlog())
      this.#slowest()?.destroy();
    for (const response of this.#largest.keys()) this.send(response, line);
  }

  end(): void {
    for (const response of this.#largest.keys()) response.end();
    this.#largest.clear();
  }

  #backlog(): number {
    let bytes = 0;
    for (const response of this.#largest.keys()) if (!response.destroyed) bytes += response.writableLength;
    return bytes;
  }

  #slowest(): ServerResponse | undefined {
    return [...this.#largest.keys()]
      .filter((response) => !response.destroyed)
      .reduce<ServerResponse | undefined>(
        (slowest, each) => (slowest === undefined || each.writableLength > slowest.writableLength ? each : slowest),
        undefined,
      );
  }
}
