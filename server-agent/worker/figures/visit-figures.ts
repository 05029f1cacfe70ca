/**
 * What a virtual host has answered since its worker started, as numbers at places of an array:
 * every request is counted here, and a message has it as it is.
 */

/** Upper ends of the buckets of durations, in seconds; what takes longer is in the one behind. */
export const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** Places. The buckets are the last ones. */
export const VISIT = {
  bytesSent: 0,
  bytesReceived: 1,
  http10: 2,
  http11: 3,
  http2: 4,
  rateLimited: 5,
  seconds: 6,
  buckets: 7,
} as const;

const SIZE = VISIT.buckets + DURATION_BOUNDS.length + 1;
const BOUNDS_MS = DURATION_BOUNDS.map((seconds) => seconds * 1000);

export type VisitFigures = Float64Array;

export function noVisits(): VisitFigures {
  return new Float64Array(SIZE);
}

export interface CountedVisit {
  readonly request: { readonly httpVersion: string };
  readonly kind: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** Epoch ms of its begin. */
  readonly now: number;
}

/** @param end Epoch ms. */
export function countVisit(figures: VisitFigures, visit: CountedVisit, end: number): void {
  const { httpVersion } = visit.request;
  count(figures, VISIT.bytesSent, visit.bytesSent);
  count(figures, VISIT.bytesReceived, visit.bytesReceived);
  count(figures, httpVersion === "1.1" ? VISIT.http11 : httpVersion === "2.0" ? VISIT.http2 : VISIT.http10, 1);
  // These last as long as a visitor stays.
  if (visit.kind === "websocket" || visit.kind === "event-stream") return;
  const ms = Math.max(0, end - visit.now);
  let bucket = 0;
  while (bucket < BOUNDS_MS.length && ms > (BOUNDS_MS[bucket] ?? 0)) bucket += 1;
  count(figures, VISIT.buckets + bucket, 1);
  count(figures, VISIT.seconds, ms / 1000);
}

export function count(figures: VisitFigures, place: number, more: number): void {
  figures[place] = (figures[place] ?? 0) + more;
}
