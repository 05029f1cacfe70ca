/** The drain as it was observed, by receipt: who leaves the screen and comes back still sees it. */
import { withSample, type DrainSample } from "../maintenance/drain-series.ts";

const kept = new Map<string, DrainSample[]>();

/** What was observed of a receipt's drain before, with a gap at its end. */
export function keptSeries(receiptId: string): DrainSample[] {
  const samples = kept.get(receiptId) ?? [];
  const last = samples.at(-1);
  return last === undefined ? [] : withSample(samples, { at: last.at + 1, inFlight: null });
}

export function keepSeries(receiptId: string, samples: DrainSample[]): void {
  kept.set(receiptId, samples);
}
