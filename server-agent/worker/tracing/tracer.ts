/**
 * Traces of OpenTelemetry: goes on with the trace of who sent a request, or begins one, tells the
 * upstream, and sends spans to a collector in batches. A collector that does not take them costs
 * spans, never a request.
 */
import { randomFillSync } from "node:crypto";
import { request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { hostname } from "node:os";
import type { Tracing } from "../../contract/observing/tracing.ts";
import { otlpBody, type Span, spanText } from "../../core/tracing/otlp.ts";
import { parseTraceParent, type TraceParent, writeTraceParent } from "../../core/tracing/trace-context.ts";
import type { Log } from "../../log.ts";
import type { IncomingRequest } from "../http/incoming-request.ts";

const BATCH_INTERVAL_MS = 2000;
const MAX_BATCH = 512;
/** More are not kept for a collector that does not take them. */
const MAX_WAITING = 4096;
const EXPORT_TIMEOUT_MS = 5000;
const END_TIMEOUT_MS = 1000;

/** A request's place in its trace. */
export interface Trace extends TraceParent {
  readonly parentId: string | undefined;
  readonly tracing: Tracing;
}

export class Tracer {
  readonly #log: Log;
  /** As text: a span would keep the whole head of its request in memory. */
  #waiting: string[] = [];
  #tracing: Tracing | undefined = undefined;
  #sending: Promise<void> | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #isFailing = false;
  /** Spans that no collector has taken, since this process started. */
  lost = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Puts a request into its trace; whoever gets it passed on is told. */
  begin(request: IncomingRequest, tracing: Tracing): Trace {
    const parent = parseTraceParent(request.field("traceparent"));
    // What belongs to a trace that does not count must not be passed on (W3C Trace Context, 3.3).
    if (parent === undefined) request.removeField("tracestate");
    const trace: Trace = {
      traceId: parent?.traceId ?? randomHex(16),
      spanId: randomHex(8),
      isSampled: parent?.isSampled ?? Math.random() < (tracing.sample ?? 1),
      parentId: parent?.spanId,
      tracing,
    };
    // Where it came twice, neither counts, and nobody further on is to take the other one.
    request.removeField("traceparent");
    request.replaceField("traceparent", writeTraceParent(trace));
    return trace;
  }

  end({ tracing, ...trace }: Trace, span: Omit<Span, keyof TraceParent | "parentId">): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#failed("it does not take them fast enough", 1);
      return;
    }
    this.#waiting.push(spanText({ ...trace, ...span }));
    this.#tracing = tracing;
    if (this.#waiting.length >= MAX_BATCH) this.#send();
    else this.#arm();
  }

  /** Sends what waits, for the end of the process; gives up what takes too long. */
  async finish(): Promise<void> {
    this.#send();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, END_TIMEOUT_MS)));
    await Promise.race([this.#sending, late]);
    clearTimeout(timer);
  }

  #arm(): void {
    this.#timer ??= setTimeout(() => {
      this.#send();
    }, BATCH_INTERVAL_MS).unref();
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const tracing = this.#tracing;
    if (this.#sending !== undefined || tracing === undefined || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, MAX_BATCH);
    const resource = { "service.name": tracing.service ?? "backsoon", "host.name": hostname() };
    this.#sending = post(tracing.endpoint, otlpBody(batch, resource)).then((failure) => {
      this.#sending = undefined;
      if (failure === undefined) this.#isFailing = false;
      else this.#failed(failure, batch.length);
      if (this.#waiting.length >= MAX_BATCH) this.#send();
      else if (this.#waiting.length > 0) this.#arm();
    });
  }

  /** Said once, until it works again. */
  #failed(why: string, spans: number): void {
    this.lost += spans;
    if (!this.#isFailing) this.#log.warn("traces cannot be sent, spans are lost; requests are not affected", { why });
    this.#isFailing = true;
  }
}

/** Resolves with what went wrong. */
function post(endpoint: string, body: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const send = endpoint.startsWith("https:") ? requestSecure : requestPlain;
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const request = send(
      endpoint,
      { method: "POST", headers, timeout: EXPORT_TIMEOUT_MS, agent: false },
      (response) => {
        const { statusCode = 0 } = response;
        response.resume().once("close", () => {
          resolve(statusCode >= 200 && statusCode < 300 ? undefined : `the collector answered ${String(statusCode)}`);
        });
      },
    );
    request.once("timeout", () => request.destroy(new Error("the collector did not answer in time")));
    request.once("error", (failure) => {
      resolve(failure.message);
    });
    request.end(body);
  });
}

const randomness = Buffer.alloc(4096);
let used = randomness.length;

/** Drawn ahead, as drawing costs the same for few bytes and for many. */
function randomHex(bytes: number): string {
  if (used + bytes > randomness.length) {
    randomFillSync(randomness);
    used = 0;
  }
  used += bytes;
  return randomness.toString("hex", used - bytes, used);
}
