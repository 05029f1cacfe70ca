/**
 * What is in flight: listed, cut, and as a stream for those who watch it, which is a full list,
 * then what changes, twice a second at most. Workers are asked only while somebody watches and
 * something is in flight.
 */
import type { ServerResponse } from "node:http";
import type { InFlightRequest } from "../../contract/agent.ts";
import { MAX_WATCHED_REQUESTS, type RequestsLine } from "../../contract/events.ts";
import type { RequestFilter } from "../../core/request-filter.ts";
import { done, type Refusal, type Result, refuse } from "../../result.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import { Subscribers } from "./subscribers.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";

const TICK_INTERVAL_MS = 500;

interface Subscriber {
  readonly response: ServerResponse;
  readonly filter: RequestFilter;
  /** What it was told, by id; `undefined` before its first line. */
  told: Map<string, InFlightRequest> | undefined;
  total: number;
  isAsking: boolean;
}

type Workers = Pick<WorkerPool, "requests" | "cut">;

export class InFlightRequests {
  readonly #pool: Workers;
  readonly #counters: Pick<ObservedCounters, "busyGenerations">;
  readonly #subscribers = new Map<ServerResponse, Subscriber>();
  readonly #streams = new Subscribers();
  #timer: NodeJS.Timeout | undefined;

  constructor(pool: Workers, counters: Pick<ObservedCounters, "busyGenerations">) {
    this.#pool = pool;
    this.#counters = counters;
  }

  /** Oldest first. */
  async list(filter: RequestFilter): Promise<Result<{ requests: InFlightRequest[] }>> {
    const { requests } = await this.#pool.requests(filter);
    return done({ requests });
  }

  /** Ends one request and replies what it was. Refuses with `not-found`. */
  async cut(id: string): Promise<Result<InFlightRequest>> {
    const request = await this.#pool.cut(id);
    return request === undefined ? refuse("not-found", `Request ${id} is not in flight, or no longer.`) : done(request);
  }

  /** Why nobody can watch now: `agent.busy`. */
  obstacle(): Refusal | undefined {
    return this.#streams.obstacle();
  }

  /** Sends the list at once, and its changes until the subscriber leaves. */
  watch(response: ServerResponse, filter: RequestFilter): void {
    const subscriber: Subscriber = { response, filter, told: undefined, total: 0, isAsking: false };
    this.#subscribers.set(response, subscriber);
    this.#streams.add(response, () => this.#remove(response));
    response.flushHeaders();
    this.#timer ??= setInterval(() => this.#tick(), TICK_INTERVAL_MS).unref();
    void this.#look(subscriber);
  }

  close(): void {
    this.#streams.end();
    this.#subscribers.clear();
    clearInterval(this.#timer);
  }

  #remove(response: ServerResponse): void {
    this.#subscribers.delete(response);
    if (this.#subscribers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const isBusy = this.#counters.busyGenerations().size > 0;
    for (const subscriber of this.#subscribers.values())
      if (isBusy || subscriber.told === undefined || subscriber.total > 0) void this.#look(subscriber);
  }

  async #look(subscriber: Subscriber): Promise<void> {
    if (subscriber.isAsking) return;
    subscriber.isAsking = true;
    const { requests, total, isComplete } = await this.#pool.requests(subscriber.filter, MAX_WATCHED_REQUESTS);
    subscriber.isAsking = false;
    // What a worker that does not answer has in flight has not ended.
    if (!isComplete || !this.#subscribers.has(subscriber.response)) return;
    const line = lineFor(subscriber, requests, total);
    if (line === undefined) return;
    subscriber.told = new Map(requests.map((request) => [request.id, request]));
    subscriber.total = total;
    this.#streams.send(subscriber.response, `${JSON.stringify(line)}\n`);
  }
}

/** What is new for a subscriber; `undefined` when nothing is. */
function lineFor(
  { told, total: before }: Pick<Subscriber, "told" | "total">,
  requests: InFlightRequest[],
  total: number,
): RequestsLine | undefined {
  const at = new Date().toISOString();
  if (told === undefined) return { type: "snapshot", at, total, requests };
  const ids = new Set(requests.map(({ id }) => id));
  const changed = requests.filter((request) => !isSame(told.get(request.id), request));
  const ended = [...told.keys()].filter((id) => !ids.has(id));
  return changed.length === 0 && ended.length === 0 && total === before
    ? undefined
    : { type: "changes", at, total, changed, ended };
}

/** Nothing else of a request changes while it is in flight. */
function isSame(before: InFlightRequest | undefined, now: InFlightRequest): boolean {
  return (
    before?.bytesSent === now.bytesSent &&
    before.bytesReceived === now.bytesReceived &&
    before.bytesExpected === now.bytesExpected &&
    before.held === now.held &&
    before.kind === now.kind
  );
}
