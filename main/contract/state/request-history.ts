/** Requests per second of the last minute, for the small charts of the overview. */
import { ownValue } from "../../../server-agent/core/own-value.ts";
import type { ServerState } from "../servers.ts";
import type { SiteMetrics } from "../../../server-agent/contract/events.ts";

export type Rates = Pick<ServerState, "history" | "historyAt">;

const MAX_SECONDS = 60;

function secondsBetween(from: string, to: string): number {
  return Math.min(MAX_SECONDS, Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000)));
}

/**
 * Repeats the newest value for every second that has passed: an agent sends no metrics while they
 * do not change.
 */
export function passSeconds({ history, historyAt }: Rates, at: string): Rates {
  const seconds = historyAt === null ? 0 : secondsBetween(historyAt, at);
  if (seconds === 0) return { history, historyAt };
  const longer = ([id, values]: [string, number[]]): [string, number[]] => [
    id,
    [...values, ...Array<number>(seconds).fill(values.at(-1) ?? 0)].slice(-MAX_SECONDS),
  ];
  return { history: Object.fromEntries(Object.entries(history).map(longer)), historyAt: at };
}

/** Adds the counts of the last full second; a virtual host that is gone is dropped. */
export function observeRates(rates: Rates, metrics: Record<string, SiteMetrics>, at: string): Rates {
  const passed = passSeconds(rates, at);
  const replaced = (id: string, perSecond: number) => [
    ...(ownValue(passed.history, id)?.slice(0, -1) ?? []),
    perSecond,
  ];
  return {
    history: Object.fromEntries(Object.entries(metrics).map(([id, { perSecond }]) => [id, replaced(id, perSecond)])),
    historyAt: passed.historyAt ?? at,
  };
}

/**
 * Continues after a time in which nothing was observed: the gap is left out, not filled with
 * guesses.
 */
export function resumeRates({ history }: Rates, metrics: Record<string, SiteMetrics>, at: string): Rates {
  return {
    history: Object.fromEntries(
      Object.entries(metrics).map(([id, { perSecond }]) => [
        id,
        [...(ownValue(history, id) ?? []), perSecond].slice(-MAX_SECONDS),
      ]),
    ),
    historyAt: at,
  };
}
