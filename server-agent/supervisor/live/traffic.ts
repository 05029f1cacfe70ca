/**
 * Counts requests by site and hour, over some weeks: by them the hours with the least traffic are
 * found. A crash loses some minutes of it.
 */
import { ownValue } from "../../core/own-value.ts";
import type { Config } from "../../contract/config.ts";
import type { TrafficHour } from "../../contract/agent.ts";
import { type Log, messageOf } from "../../log.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredTraffic } from "../../store/stored-traffic.ts";
import type { Clock } from "../clock.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";

export interface TrafficParts {
  clock: Clock;
  counters: ObservedCounters;
  config: () => Config;
  state: StateDirectory;
  log: Log;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const MAX_HOURS = 28 * 24;
/** Figures in all; with very many sites fewer hours are kept. */
const MAX_FIGURES = 100_000;
const SAVE_INTERVAL_MINUTES = 5;
/** An hour in which the agent counted for less than this tells nothing. */
const MIN_MINUTES = 30;

type Hour = StoredTraffic["hours"][number];

export class Traffic {
  readonly #parts: TrafficParts;
  readonly #timer: NodeJS.Timeout;
  #hours: Hour[];
  #before = new Map<string, number>();
  #unsavedMinutes = 0;

  constructor(parts: TrafficParts, found: readonly StoredTraffic[]) {
    this.#parts = parts;
    this.#hours = [...(found[0]?.hours ?? [])];
    this.#timer = setInterval(() => this.#minute(), MINUTE_MS).unref();
  }

  /** Of one site, oldest first; without hours in which the agent was hardly there. */
  of(site: string): TrafficHour[] {
    this.#count(0);
    return this.#hours
      .filter(({ minutes }) => minutes >= MIN_MINUTES)
      .map(({ start, requests }) => ({ start, requests: ownValue(requests, site) ?? 0 }));
  }

  /** Counts no more, and writes nothing: the state may be a successor's by now. */
  stop(): void {
    clearInterval(this.#timer);
  }

  close(): void {
    this.stop();
    this.#count(0);
    this.#save();
  }

  #minute(): void {
    this.#count(1);
    if (++this.#unsavedMinutes >= SAVE_INTERVAL_MINUTES) this.#save();
  }

  #count(minutes: number): void {
    const { clock, counters, config } = this.#parts;
    const start = new Date(Math.floor(clock.now() / HOUR_MS) * HOUR_MS).toISOString();
    // What a copycat answers are visits of its site, too.
    const sites = new Map(config().virtualHosts.map(({ id, copycatOf }) => [id, copycatOf ?? id]));
    const known = this.#hours.find((hour) => hour.start === start);
    const requests: Record<string, number> = { ...known?.requests };
    const totals = new Map(Object.entries(counters.hosts()).map(([id, host]) => [id, host.requests]));
    for (const [id, total] of totals) {
      const site = sites.get(id);
      const more = total - (this.#before.get(id) ?? 0);
      if (site !== undefined && more > 0) requests[site] = (ownValue(requests, site) ?? 0) + more;
    }
    this.#before = totals;
    const hour = { start, minutes: Math.min(60, (known?.minutes ?? 0) + minutes), requests };
    this.#hours = bounded(
      [...this.#hours.filter((other) => other.start !== start), hour].sort((a, b) => (a.start < b.start ? -1 : 1)),
    );
  }

  #save(): void {
    this.#unsavedMinutes = 0;
    try {
      this.#parts.state.save("traffic", { id: "hours", hours: this.#hours });
    } catch (failure) {
      this.#parts.log.warn("could not store traffic history", { why: messageOf(failure) });
    }
  }
}

/** The latest hours. */
function bounded(hours: readonly Hour[]): Hour[] {
  let figures = 0;
  const kept = hours.toReversed().filter(({ requests }, index) => {
    figures += Object.keys(requests).length;
    return index < MAX_HOURS && figures <= MAX_FIGURES;
  });
  return kept.reverse();
}
