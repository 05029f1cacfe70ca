/** What is in flight on one agent, while somebody watches it and the session is live. */
import { setTimeout as sleep } from "node:timers/promises";
import type { InFlightRequest } from "../../server-agent/contract/agent.ts";
import { encodeCall } from "../../server-agent/core/client/admin-call.ts";
import type { WatchedRequests } from "../../server-agent/core/client/apply-requests.ts";
import type { Failure } from "../contract/failures.ts";
import { FailureError } from "../failures.ts";
import { ReadThrottle } from "../timing/read-throttle.ts";
import { BoundedLines, LineTooLong } from "./bounded-lines.ts";
import { STREAM_READING } from "./stream-reading.ts";
import { withRequestsLine } from "./requests-line.ts";
import type { Transport } from "./socket-transport.ts";

export interface RequestFilter {
  /** Only requests of this site, of its copycat too. */
  site?: string | undefined;
  /** Only those on generations below this one. */
  before?: number | undefined;
}

/** What was seen, or why nothing more is. */
export type SeenRequests =
  { requests: readonly InFlightRequest[]; total: number; failure: null } | { failure: Failure };

interface Watch {
  filter: RequestFilter;
  report: (seen: SeenRequests) => void;
  stopped: AbortController;
}

/** 200 requests with long paths are well below. */
const MAX_LINE_CHARACTERS = 16 * 1024 * 1024;
const RETRY_PAUSE_MS = 1000;

export class RequestWatches {
  readonly #transport: Transport;
  readonly #headMs: number;
  readonly #watches = new Set<Watch>();
  #live: AbortSignal | undefined;
  #failure: Failure | undefined;

  /** @param headMs how long the agent may take to begin its reply */
  constructor(transport: Transport, headMs: number) {
    this.#transport = transport;
    this.#headMs = headMs;
  }

  /** @returns stops watching */
  watch(filter: RequestFilter, report: (seen: SeenRequests) => void): () => void {
    const watch: Watch = { filter, report, stopped: new AbortController() };
    this.#watches.add(watch);
    if (this.#live !== undefined && !this.#live.aborted) void this.#follow(watch, this.#live);
    else if (this.#failure !== undefined) report({ failure: this.#failure });
    return () => {
      this.#watches.delete(watch);
      watch.stopped.abort();
    };
  }

  /** The session is live, until `live` is aborted. */
  resume(live: AbortSignal): void {
    this.#live = live;
    this.#failure = undefined;
    for (const watch of this.#watches) void this.#follow(watch, live);
  }

  /** The session is lost: nothing new comes until it is resumed. */
  suspend(failure: Failure): void {
    this.#live = undefined;
    this.#failure = failure;
    for (const { report } of this.#watches) report({ failure });
  }

  /** The agent ends the stream when it has been replaced, for example; then it is asked anew. */
  async #follow({ filter, report, stopped }: Watch, live: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([live, stopped.signal]);
    const isOver = () => signal.aborted;
    while (!isOver()) {
      try {
        await this.#stream(filter, report, signal);
      } catch (error) {
        if (isOver()) return;
        if (!(error instanceof FailureError)) throw error;
        report({ failure: error.failure });
      }
      await sleep(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  #stream({ site, before }: RequestFilter, report: Watch["report"], signal: AbortSignal): Promise<void> {
    const lines = new BoundedLines(MAX_LINE_CHARACTERS);
    const throttle = new ReadThrottle(STREAM_READING, performance.now());
    let list: WatchedRequests | undefined;
    const read = (text: string): Promise<void> | undefined => {
      if (signal.aborted) return undefined;
      const beganAt = performance.now();
      const known = list;
      for (const line of bounded(lines.push(text))) list = withRequestsLine(list, line);
      if (list === undefined || list === known) return undefined;
      report({ requests: list.requests, total: list.total, failure: null });
      const waitMs = throttle.after(performance.now() - beganAt, performance.now());
      return waitMs === 0 ? undefined : sleep(waitMs, undefined, { signal });
    };
    const query = { site, before: before?.toString() };
    return this.#transport.stream(encodeCall("watchRequests", { query }), read, { signal, headMs: this.#headMs });
  }
}

function* bounded(lines: Iterable<string>): Generator<string, void, undefined> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof LineTooLong)) throw error;
    throw new FailureError({ code: "server.not-an-agent", message: `The agent's list of requests: ${error.message}.` });
  }
}
