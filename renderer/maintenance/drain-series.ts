/**
 * The drain over time, as observed: how many requests still run on generations older than the
 * switch. Pure.
 */
import type { Generation, InFlightRequest } from "../../main/contract/agent.ts";

export interface DrainSample {
  /** Epoch milliseconds. */
  at: number;
  /** `null`: nobody looked; the line stops here. */
  inFlight: number | null;
}

/** Kinds of requests as people call them. */
export const KIND_WORDS: Record<InFlightRequest["kind"], string> = {
  page: "page",
  download: "download",
  upload: "upload",
  websocket: "WebSocket",
  "event-stream": "event stream",
};

/** Whether it has no end of its own. */
export function isLasting({ kind }: Pick<InFlightRequest, "kind">): boolean {
  return kind === "websocket" || kind === "event-stream";
}

const MAX_SAMPLES = 600;

/** Requests in flight on generations older than `generation`. */
export function inFlightBefore(generations: readonly Generation[], generation: number): number {
  return generations.reduce((sum, each) => (each.generation < generation ? sum + each.inFlight : sum), 0);
}

/**
 * The series with one more observation, the newest 600 points at most. A count that stays moves the
 * end of its line instead of adding to it.
 */
export function withSample(samples: readonly DrainSample[], sample: DrainSample): DrainSample[] {
  const stays = samples.length > 1 && samples.slice(-2).every(({ inFlight }) => inFlight === sample.inFlight);
  return [...(stays ? samples.slice(0, -1) : samples.slice(1 - MAX_SAMPLES)), sample];
}

/** Bytes per second of a request since it was first seen here, `undefined` until it can be told. */
export function speed(first: { at: number; bytes: number }, now: { at: number; bytes: number }): number | undefined {
  const seconds = (now.at - first.at) / 1000;
  return seconds < 1 || now.bytes <= first.bytes ? undefined : (now.bytes - first.bytes) / seconds;
}

/**
 * Milliseconds until a request is expected to end at this speed; `undefined` when it has no known
 * end.
 */
export function expectedEnd(
  request: Pick<InFlightRequest, "bytesExpected" | "bytesSent">,
  bytesPerSecond: number | undefined,
): number | undefined {
  if (request.bytesExpected === undefined || bytesPerSecond === undefined) return undefined;
  return ((request.bytesExpected - request.bytesSent) / bytesPerSecond) * 1000;
}
