/**
 * Turns what happens into lines of the event stream. Switches are published at once; figures that
 * change all the time at most four times a second while something drains, and once a second
 * otherwise. Nothing is published that has not changed.
 */
import type { EventLog } from "./event-log.ts";
import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { EventBus } from "../event-bus.ts";
import { lightReceipt, lightWindow, type LiveState } from "./snapshot.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { RequestRates } from "./request-rates.ts";

const TICK_MS = 250;
const TICKS_PER_SECOND = 4;
/** Of so many receipts the counts are remembered before old ones are looked for. */
const MAX_REMEMBERED = 1000;

export class EventPublisher {
  readonly #stream: EventLog;
  readonly #live: LiveState;
  readonly #counters: ObservedCounters;
  readonly #rates: RequestRates;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  /** Versions of the counters that have been published. */
  readonly #published = { metrics: -1, second: -1, tick: -1 };
  #last = { drain: "", metrics: "", busy: "" };
  #counts = new Map<string, string>();
  #agentPending = false;

  constructor(parts: {
    events: EventBus;
    stream: EventLog;
    live: LiveState;
    counters: ObservedCounters;
    rates: RequestRates;
  }) {
    this.#stream = parts.stream;
    this.#live = parts.live;
    this.#counters = parts.counters;
    this.#rates = parts.rates;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
    parts.events.on("switched", ({ config, receipts }) => this.#switched(config, receipts));
    parts.events.on("receipt-proved", ({ receipt }) => this.#receipt(receipt));
    parts.events.on("stages-changed", () =>
      this.#stream.publish({ type: "stages", stages: this.#live.recentStages() }),
    );
    parts.events.on("windows-changed", ({ changed, removed }) =>
      this.#stream.publish({ type: "windows", changed: changed.map(lightWindow), removed }),
    );
    parts.events.on("reminders-changed", ({ changed }) => this.#stream.publish({ type: "reminders", changed }));
    parts.events.on("web-servers-changed", () => {
      this.#stream.publish({ type: "web-servers", webServers: this.#live.webServers() });
      this.#agentChanged();
    });
    parts.events.on("passes-changed", () => this.#stream.publish({ type: "passes", passes: this.#live.passes() }));
    parts.events.on("workers-changed", () => this.#agentChanged());
    parts.events.on("state-changed", () => this.#agentChanged());
    parts.events.on("targets-changed", () => this.#agentChanged());
    parts.events.on("certificates-changed", () => this.#agentChanged());
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #switched(config: Config, receipts: readonly Receipt[]): void {
    this.#stream.publish({
      type: "config",
      config,
      generations: this.#live.recentGenerations(),
      agent: this.#live.agent(),
    });
    for (const receipt of receipts) this.#receipt(receipt);
  }

  #receipt(receipt: Receipt): void {
    this.#counts.set(receipt.id, JSON.stringify(receipt.counts));
    // Without subscribers nothing else does.
    if (this.#counts.size > MAX_REMEMBERED) this.#forgetOld(this.#live.recentReceipts());
    this.#stream.publish({ type: "maintenance", receipt: lightReceipt(receipt) });
  }

  /** Workers come and go in bursts; one event tells of all of them. */
  #agentChanged(): void {
    if (this.#agentPending) return;
    this.#agentPending = true;
    setImmediate(() => {
      this.#agentPending = false;
      this.#stream.publish({ type: "agent", agent: this.#live.agent() });
    });
  }

  #tick(): void {
    const second = this.#ticks++ % TICKS_PER_SECOND === 0;
    const wasIdle = this.#rates.idle;
    if (second) this.#rates.sample();
    if (this.#stream.subscribers === 0) return;
    const { version } = this.#counters;
    if (second && this.#published.metrics !== version) {
      // The second after the last request has its own figures: nothing per second.
      if (this.#rates.idle && wasIdle) this.#published.metrics = version;
      this.#publishMetrics();
    }
    const known = second ? this.#published.second : this.#published.tick;
    if (known === version) return;
    this.#published.tick = version;
    if (second) this.#published.second = version;
    this.#publishGenerations(second);
    this.#publishCounts(second);
  }

  #publishMetrics(): void {
    const metrics = this.#live.metrics();
    const text = JSON.stringify(metrics);
    if (text === this.#last.metrics) return;
    this.#last.metrics = text;
    this.#stream.publish({ type: "metrics", metrics });
  }

  #publishGenerations(second: boolean): void {
    const busy = [...this.#counters.busyGenerations()];
    const active = this.#live.agent().generation;
    const drain = JSON.stringify(busy.filter(([generation]) => generation !== active));
    const all = JSON.stringify(busy);
    if (drain === this.#last.drain && (all === this.#last.busy || !second)) return;
    this.#last.drain = drain;
    this.#last.busy = all;
    this.#stream.publish({ type: "generations", generations: this.#live.recentGenerations() });
  }

  #publishCounts(second: boolean): void {
    const recent = this.#live.recentReceipts();
    this.#forgetOld(recent);
    for (const receipt of recent) {
      const counts = JSON.stringify(receipt.counts);
      const before = this.#counts.get(receipt.id);
      // The snapshot has told of old receipts; most of them never change again.
      if (before === undefined && receipt.state === "reverted") this.#counts.set(receipt.id, counts);
      else if (before !== counts && (second || receipt.counts.draining > 0)) this.#receipt(receipt);
    }
  }
  #forgetOld(recent: readonly Receipt[]): void {
    const ids = new Set(recent.map(({ id }) => id));
    for (const id of this.#counts.keys()) if (!ids.has(id)) this.#counts.delete(id);
  }
}
