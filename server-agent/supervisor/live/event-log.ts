/**
 * The event stream: a snapshot with its revision, then every event with a revision one higher. A
 * subscriber that does not read is dropped; it comes back and starts with a new snapshot, so that
 * nobody ever misses an event without noticing.
 */
import type { ServerResponse } from "node:http";
import type { Event, Snapshot } from "../../contract/events.ts";
import type { Refusal } from "../../result.ts";
import { Subscribers } from "./subscribers.ts";

type Unnumbered<E> = E extends Event ? Omit<E, "revision" | "at"> : never;
export type News = Unnumbered<Event>;

export class EventLog {
  #revision = 0;
  readonly #subscribers = new Subscribers();

  get subscribers(): number {
    return this.#subscribers.size;
  }

  /** Why nobody can subscribe now: `agent.busy`. */
  obstacle(): Refusal | undefined {
    return this.#subscribers.obstacle();
  }

  /** Sends the snapshot and, from the same moment on, every event. */
  subscribe(response: ServerResponse, snapshot: (revision: number) => Snapshot): void {
    this.#subscribers.add(response);
    this.#subscribers.send(response, `${JSON.stringify(snapshot(this.#revision))}\n`);
  }

  publish(news: News): void {
    this.#revision++;
    if (this.#subscribers.size === 0) return;
    const { type, ...rest } = news;
    this.#subscribers.sendAll(
      `${JSON.stringify({ type, revision: this.#revision, at: new Date().toISOString(), ...rest })}\n`,
    );
  }

  close(): void {
    this.#subscribers.end();
  }
}
