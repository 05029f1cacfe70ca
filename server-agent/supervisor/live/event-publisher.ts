/**
 * Turns what happens into events. Switches are announced at once; figures that change all the time
 * at most four times a second while something drains, and once a second otherwise. Nothing is
 * announced that has not changed.
 */
import type { EventLog } from "./event-log.ts";
import type { Config } from "../../contract/config.ts";
import type { MaintenanceWindow } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Reminder } from "../../contract/reminders.ts";
import { lightReceipt, lightWindow, type LiveState } from "./snapshot.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { RequestRates } from "./request-rates.ts";

const TICK_MS = 250;
const TICKS_PER_SECOND = 4;

export class Announcer {
  readonly #events: EventLog;
  readonly #live: LiveState;
  readonly #counters: ObservedCounters;
  readonly #rates: RequestRates;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  /** Versions of the counters that have been announced. */
  readonly #announced = { metrics: -1, second: -1, tick: -1 };
  #last = { drain: "", metrics: "", busy: "" };
  #counts = new Map<string, string>();
  #agentPending = false;

  constructor(parts: { events: EventLog; live: LiveState; counters: ObservedCounters; rates: RequestRates }) {
    this.#events = parts.events;
    this.#live = parts.live;
    this.#counters = parts.counters;
    this.#rates = parts.rates;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  switched(config: Config, receipts: readonly Receipt[]): void {
    this.#events.publish({
      type: "config",
      config,
      generations: this.#live.recentGenerations(),
      agent: this.#live.agent(),
    });
    for (const receipt of receipts) this.receipt(receipt);
  }

  receipt(receipt: Receipt): void {
    this.#counts.set(receipt.id, JSON.stringify(receipt.counts));
    this.#events.publish({ type: "maintenance", receipt: lightReceipt(receipt) });
  }

  stages(): void {
    this.#events.publish({ type: "stages", stages: this.#live.recentStages() });
  }

  windows(changed: MaintenanceWindow[], removed: string[]): void {
    this.#events.publish({ type: "windows", changed: changed.map(lightWindow), removed });
  }

  reminders(changed: Reminder[]): void {
    this.#events.publish({ type: "reminders", changed });
  }

  /** Workers come and go in bursts; one event tells of all of them. */
  workersChanged(): void {
    if (this.#agentPending) return;
    this.#agentPending = true;
    setImmediate(() => {
      this.#agentPending = false;
      this.#events.publish({ type: "agent", agent: this.#live.agent() });
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    const second = this.#ticks++ % TICKS_PER_SECOND === 0;
    const wasIdle = this.#rates.idle;
    if (second) this.#rates.sample();
    if (this.#events.subscribers === 0) return;
    const { version } = this.#counters;
    if (second && this.#announced.metrics !== version) {
      // The second after the last request has its own figures: nothing per second.
      if (this.#rates.idle && wasIdle) this.#announced.metrics = version;
      this.#publishMetrics();
    }
    const known = second ? this.#announced.second : this.#announced.tick;
    if (known === version) return;
    this.#announced.tick = version;
    if (second) this.#announced.second = version;
    this.#publishGenerations(second);
    this.#publishCounts(second);
  }

  #publishMetrics(): void {
    const metrics = this.#live.metrics();
    const text = JSON.stringify(metrics);
    if (text === this.#last.metrics) return;
    this.#last.metrics = text;
    this.#events.publish({ type: "metrics", metrics });
  }

  #publishGenerations(second: boolean): void {
    const busy = [...this.#counters.busyGenerations()];
    const active = this.#live.agent().generation;
    const drain = JSON.stringify(busy.filter(([generation]) => generation !== active));
    const all = JSON.stringify(busy);
    if (drain === this.#last.drain && (all === this.#last.busy || !second)) return;
    this.#last.drain = drain;
    this.#last.busy = all;
    this.#events.publish({ type: "generations", generations: this.#live.recentGenerations() });
  }

  #publishCounts(second: boolean): void {
    for (const receipt of this.#live.recentReceipts()) {
      const counts = JSON.stringify(receipt.counts);
      const before = this.#counts.get(receipt.id);
      // The snapshot has told of old receipts; most of them never change again.
      if (before === undefined && receipt.state === "reverted") this.#counts.set(receipt.id, counts);
      else if (before !== counts && (second || receipt.counts.draining > 0)) this.receipt(receipt);
    }
  }
}
