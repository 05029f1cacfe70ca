/**
 * Reports figures to the supervisor: at most four times a second, only when something changed, and
 * at once where somebody waits for the figure.
 */
import type { Log } from "../log.ts";
import type { InFlightList } from "./in-flight.ts";
import type { Balance, DrainCounters, FromWorker, GenerationCounters, HostCounters } from "./protocol.ts";
import type { Generation } from "./site.ts";
import type { Generations } from "./generations.ts";

const REPORT_INTERVAL_MS = 250;

export class Counters {
  readonly #generations: Generations;
  readonly #inFlight: InFlightList;
  readonly #send: (message: FromWorker) => void;
  readonly #log: Log;
  #isBalanced = true;
  readonly #report = (): void => {
    this.report();
  };
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(generations: Generations, inFlight: InFlightList, send: (message: FromWorker) => void, log: Log) {
    this.#generations = generations;
    this.#inFlight = inFlight;
    this.#send = send;
    this.#log = log;
  }

  /** Something was counted. */
  changed(): void {
    this.#timer ??= setTimeout(this.#report, REPORT_INTERVAL_MS).unref();
  }

  report(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#send(this.figures());
  }

  /** All figures as they are now. */
  figures(): FromWorker {
    const hosts: Record<string, HostCounters> = {};
    const inFlight = new Map<string, number>();
    const generations: Record<number, GenerationCounters> = {};
    for (const generation of this.#generations.known) {
      for (const figures of generation.figures)
        if (figures.inFlight > 0) inFlight.set(figures.id, (inFlight.get(figures.id) ?? 0) + figures.inFlight);
      generations[generation.number] = countersOf(generation);
    }
    for (const [id, { requests, byClass }] of this.#generations.totals) {
      const running = inFlight.get(id) ?? 0;
      const status = Object.fromEntries(
        byClass.flatMap((count, digit) => (count === 0 ? [] : [[`${String(digit)}xx`, count]])),
      );
      if (requests > 0 || running > 0) hosts[id] = { requests, inFlight: running, status };
    }
    return { type: "counters", hosts, generations, balance: this.#balance() };
  }

  /** What is in flight is listed and not counted, so that a request that nobody ended shows. */
  #balance(): Balance {
    const balance = { ...this.#generations.ends, inFlight: this.#inFlight.size };
    const { accepted, answered, left, broken, cut, inFlight } = balance;
    const isBalanced = accepted === answered + left + broken + cut + inFlight;
    if (!isBalanced && this.#isBalanced)
      this.#log.error("requests do not add up; this is a fault of the agent", balance);
    this.#isBalanced = isBalanced;
    return balance;
  }
}

function countersOf(generation: Generation): GenerationCounters {
  const hosts: Record<string, DrainCounters> = {};
  const sum: DrainCounters = { inFlight: 0, drained: 0, cut: 0 };
  for (const { id, inFlight, drained, cut, left, broken } of generation.figures) {
    if (inFlight + drained + cut === 0) continue;
    hosts[id] = { inFlight, drained, cut, ...(left > 0 ? { left } : {}), ...(broken > 0 ? { broken } : {}) };
    sum.inFlight += inFlight;
    sum.drained += drained;
    sum.cut += cut;
  }
  return { ...sum, hosts };
}
