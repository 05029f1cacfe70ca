/**
 * Reports figures to the supervisor: at most four times a second, only what has changed, and at
 * once where somebody waits for the figure.
 */
import type { Log } from "../log.ts";
import type { InFlightList } from "./in-flight.ts";
import type { Balance, CounterChanges, DrainCounters, FromWorker, HostCounters } from "./protocol.ts";
import type { HostTotals } from "./exchange.ts";
import type { SiteFigures } from "./site.ts";
import type { Generations } from "./generations.ts";

const REPORT_INTERVAL_MS = 250;
/**
 * So much is told in one message, which takes about a millisecond to write; visitors are served
 * before the next one.
 */
const MAX_REPORTED_FIGURES = 500;

export class Counters {
  readonly #generations: Generations;
  readonly #inFlight: Pick<InFlightList, "size">;
  readonly #send: (message: FromWorker, sent?: () => void) => void;
  readonly #log: Log;
  #isBalanced = true;
  readonly #reportSome = (): void => {
    this.#timer = undefined;
    this.#send(this.#changes());
    if (this.#generations.hasChanged) this.#timer = setTimeout(this.#reportSome, 1).unref();
  };
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    generations: Generations,
    inFlight: Pick<InFlightList, "size">,
    send: (message: FromWorker, sent?: () => void) => void,
    log: Log,
  ) {
    this.#generations = generations;
    this.#inFlight = inFlight;
    this.#send = send;
    this.#log = log;
  }

  /** Something was counted. */
  changed(): void {
    this.#timer ??= setTimeout(this.#reportSome, REPORT_INTERVAL_MS).unref();
  }

  /** Tells all that is not told yet. `sent` is called when it is on its way. */
  report(sent?: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let changes = this.#changes();
    while (this.#generations.hasChanged) {
      this.#send(changes);
      changes = this.#changes();
    }
    this.#send(changes, sent);
  }

  #changes(): { type: "counted" } & CounterChanges {
    const hosts: Record<string, HostCounters> = {};
    const drains: Record<number, Record<string, DrainCounters>> = {};
    for (const figures of this.#generations.takeChanged(MAX_REPORTED_FIGURES)) {
      hosts[figures.id] = hostCountersOf(figures.totals);
      (drains[figures.generation.number] ??= {})[figures.id] = drainCountersOf(figures);
    }
    return { type: "counted", hosts, drains, balance: this.#balance() };
  }

  /** What is in flight is listed and not counted, so that a request that nobody ended shows. */
  #balance(): Balance {
    const balance = { ...this.#generations.ends, inFlight: this.#inFlight.size };
    const { accepted, answered, left, broken, cut, inFlight } = balance;
    const isBalanced = accepted === answered + left + broken + cut + inFlight;
    if (!isBalanced && this.#isBalanced) this.#log.error("requests do not add up; this is a bug in the agent", balance);
    this.#isBalanced = isBalanced;
    return balance;
  }
}

function hostCountersOf({ requests, inFlight, byClass }: HostTotals): HostCounters {
  const status: Record<string, number> = {};
  for (const [digit, count] of byClass.entries()) if (count > 0) status[`${String(digit)}xx`] = count;
  return { requests, inFlight, status };
}

function drainCountersOf({ inFlight, drained, cut, left, broken }: SiteFigures): DrainCounters {
  return { inFlight, drained, cut, ...(left > 0 ? { left } : {}), ...(broken > 0 ? { broken } : {}) };
}
