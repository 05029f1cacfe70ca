/**
 * The event stream: a snapshot with its revision, then every event with a revision one higher. A
 * subscriber that does not read is dropped; it comes back and starts with a new snapshot, so that
 * nobody ever misses an event without noticing.
 */
import type { ServerResponse } from "node:http";
import type { Event, Snapshot } from "../../contract/events.ts";

type Unnumbered<E> = E extends Event ? Omit<E, "revision" | "at"> : never;
export type News = Unnumbered<Event>;

/**
 * Bytes that may wait for a slow subscriber, beside its largest lines: one large document alone
 * makes nobody slow.
 */
const MAX_BACKLOG_BYTES = 1024 * 1024;

interface Subscriber {
  readonly response: ServerResponse;
  largest: number;
}

export class EventLog {
  #revision = 0;
  readonly #subscribers = new Set<Subscriber>();

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** Sends the snapshot and, from the same moment on, every event. */
  subscribe(response: ServerResponse, snapshot: (revision: number) => Snapshot): void {
    response.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8", "cache-control": "no-store" });
    const line = `${JSON.stringify(snapshot(this.#revision))}\n`;
    response.write(line);
    const subscriber = { response, largest: line.length };
    this.#subscribers.add(subscriber);
    const leave = (): void => {
      this.#subscribers.delete(subscriber);
    };
    response.once("close", leave);
    response.once("error", leave);
  }

  publish(news: News): void {
    this.#revision++;
    if (this.#subscribers.size === 0) return;
    const { type, ...rest } = news;
    const line = `${JSON.stringify({ type, revision: this.#revision, at: new Date().toISOString(), ...rest })}\n`;
    for (const subscriber of this.#subscribers) {
      const { response, largest } = subscriber;
      if (response.writableLength > MAX_BACKLOG_BYTES + 2 * largest) {
        this.#subscribers.delete(subscriber);
        response.destroy();
      } else {
        subscriber.largest = Math.max(largest, line.length);
        response.write(line);
      }
    }
  }

  close(): void {
    for (const { response } of this.#subscribers) response.end();
    this.#subscribers.clear();
  }
}
