import type { SiteMetrics } from "./ipc-contract.ts";

export type History = Record<string, number[]>;

const KEPT_SECONDS = 60;

/** Appends the rates of one more observed second to the history of each virtual host; one that is gone is forgotten. */
export const appendRates = (history: History, metrics: Record<string, SiteMetrics>): History =>
  Object.fromEntries(Object.entries(metrics).map(([id, { perSecond }]) => [id, [...(history[id] ?? []), perSecond].slice(-KEPT_SECONDS)]));
