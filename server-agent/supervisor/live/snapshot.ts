/** What the agent says about itself at this moment: put together on demand, never stored. */
import { hostname } from "node:os";
import {
  AGENT_VERSION,
  type AgentInfo,
  API_VERSION,
  type Generation,
  type RequestBalance,
} from "../../contract/agent.ts";
import type { SiteCertificate } from "../../contract/tls/acme.ts";
import type { Config } from "../../contract/config.ts";
import type { MaintenanceWindow } from "../../contract/windows.ts";
import type { Receipt, Stage } from "../../contract/maintenance.ts";
import type { SiteMetrics, Snapshot } from "../../contract/events.ts";
import { recentReceipts } from "../../core/client/apply-event.ts";
import { ownValue } from "../../core/own-value.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { AcmeCertificates } from "../acme/acme-certificates.ts";
import type { CertificateWatch } from "../certificates/certificate-watch.ts";
import type { Clock } from "../clock.ts";
import type { Switch } from "../switch/switch.ts";
import type { Listeners } from "../../adapters/builtin/listeners.ts";
import type { Observed } from "./metrics-text.ts";
import { lightChanges } from "./trim-changes.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { Passes } from "../passes/passes.ts";
import type { Reminders } from "../windows/reminders.ts";
import type { RequestRates } from "./request-rates.ts";
import { recentStages } from "../maintenance/recent-stages.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import type { Stages } from "../maintenance/stages.ts";
import type { WindowBook } from "../windows/window-book.ts";
import type { Pass } from "../../contract/passes.ts";
import type { WebServer } from "../../contract/web-servers.ts";
import type { WebServers } from "../web-servers/web-servers.ts";
import type { TargetWatch } from "../upstreams/target-watch.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";

export interface LiveParts {
  clock: Clock;
  state: StateDirectory;
  listeners: Listeners;
  pool: WorkerPool;
  counters: ObservedCounters;
  rates: RequestRates;
  receipts: ReceiptBook;
  stages: Stages;
  windows: WindowBook;
  reminders: Reminders;
  webServers: WebServers;
  passes: Pick<Passes, "list">;
  certificates: Pick<CertificateWatch, "problems" | "list">;
  acme: Pick<AcmeCertificates, "problems" | "list">;
  targets: Pick<TargetWatch, "list" | "problems">;
  switch: Switch;
}

/** How many retired generations go with every snapshot; the rest is asked for. */
const MAX_RETIRED_GENERATIONS = 20;
export class LiveState {
  readonly #parts: LiveParts;
  readonly #startedAt = new Date();
  readonly #startedMs = performance.now();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  agent(): AgentInfo {
    const { pool, listeners } = this.#parts;
    return {
      version: AGENT_VERSION,
      apiVersion: API_VERSION,
      pid: process.pid,
      startedAt: this.#startedAt.toISOString(),
      uptimeSeconds: Math.round((performance.now() - this.#startedMs) / 100) / 10,
      workers: pool.list(),
      listeners: listeners.bound(),
      generation: this.#parts.switch.active.generation,
      hostname: hostname(),
      clock: new Date(this.#parts.clock.now()).toISOString(),
      ...(process.versions.tz === undefined ? {} : { timeZoneData: process.versions.tz }),
      requests: this.requests(),
      ...this.#targets(),
      ...this.#problems(),
    };
  }

  /** Of all sites that have one, by the name of the site. */
  async certificates(): Promise<SiteCertificate[]> {
    const all = [...this.#parts.certificates.list(), ...(await this.#parts.acme.list())];
    return all.sort((one, other) => (one.site < other.site ? -1 : 1));
  }

  /** What became of all requests; what is missing is lost. */
  requests(): RequestBalance {
    const balance = this.#parts.counters.balance();
    const { accepted, answered, left, broken, cut, inFlight } = balance;
    return { ...balance, lost: accepted - answered - left - broken - cut - inFlight };
  }

  #targets(): Pick<AgentInfo, "targets"> {
    const targets = this.#parts.targets.list();
    return targets.length === 0 ? {} : { targets };
  }

  #problems(): Pick<AgentInfo, "problems"> {
    const { pool, state } = this.#parts;
    const full = pool
      .full()
      .map((id) => `Worker ${id} is out of file descriptors and accepts no connection; raise the limit (LimitNOFILE).`);
    const problems = [
      ...state.problems,
      ...full,
      ...this.#parts.webServers.alarms,
      ...this.#parts.certificates.problems,
      ...this.#parts.acme.problems(),
      ...this.#parts.targets.problems,
    ];
    const { accepted, lost } = this.requests();
    if (lost !== 0)
      problems.push(
        `Lost since the agent started, neither answered nor cut by order: ${lost} of ${accepted} requests; see the agent's log.`,
      );
    return problems.length === 0 ? {} : { problems };
  }

  config(): { generation: number; config: Config } {
    const { generation, config } = this.#parts.switch.active;
    return { generation, config };
  }

  /** Newest first. */
  receipts(): Receipt[] {
    return this.#parts.receipts.list();
  }

  /** Newest first. */
  generations(): Generation[] {
    const { state, counters, switch: swap } = this.#parts;
    const active = swap.active.generation;
    const busy = counters.busyGenerations();
    return state.records.toReversed().flatMap(({ generation, createdAt, author, reason, changes }) => {
      // Stored a moment ago, not in service yet.
      if (generation > active) return [];
      const inFlight = busy.get(generation) ?? 0;
      return [
        {
          generation,
          state: generation === active ? "active" : inFlight > 0 ? "draining" : "retired",
          createdAt,
          author,
          reason,
          changes,
          inFlight,
        },
      ];
    });
  }

  /** The active generation, all that drain, and the latest retired ones, without large values. */
  recentGenerations(): Generation[] {
    let retired = 0;
    const recent = this.generations().filter(
      (generation) => generation.state !== "retired" || retired++ < MAX_RETIRED_GENERATIONS,
    );
    return recent.map((generation) => ({ ...generation, changes: lightChanges(generation.changes) }));
  }

  recentReceipts(): Receipt[] {
    return recentReceipts(this.#parts.receipts.list()).map(lightReceipt);
  }

  recentStages(): Stage[] {
    return recentStages(this.#parts.stages.list());
  }

  metrics(): Record<string, SiteMetrics> {
    const { counters, rates, switch: swap } = this.#parts;
    const hosts = counters.hosts();
    return Object.fromEntries(
      swap.active.config.virtualHosts.map(({ id }) => {
        const host = ownValue(hosts, id);
        return [
          id,
          {
            requests: host?.requests ?? 0,
            inFlight: host?.inFlight ?? 0,
            perSecond: rates.perSecond(id),
            status: host?.status ?? {},
          },
        ];
      }),
    );
  }

  /** For the metrics text. */
  async observed(): Promise<Observed> {
    return {
      agent: this.agent(),
      generations: this.generations(),
      receipts: this.receipts(),
      metrics: this.metrics(),
      switches: this.#parts.switch.switches,
      failedAccepts: this.#parts.pool.failedAccepts,
      figures: this.#parts.pool.figures.total(),
      certificates: await this.certificates(),
    };
  }

  snapshot(revision: number): Snapshot {
    const passes = this.passes();
    return {
      type: "snapshot",
      revision,
      at: new Date().toISOString(),
      agent: this.agent(),
      config: this.#parts.switch.active.config,
      generations: this.recentGenerations(),
      maintenance: this.recentReceipts(),
      stages: this.recentStages(),
      windows: this.#parts.windows.list().map(lightWindow),
      reminders: this.#parts.reminders.recent(),
      metrics: this.metrics(),
      ...(this.#parts.webServers.hasLooked ? { webServers: this.webServers() } : {}),
      ...(passes.length === 0 ? {} : { passes }),
    };
  }

  passes(): Pass[] {
    return this.#parts.passes.list();
  }

  webServers(): WebServer[] {
    return this.#parts.webServers.seen;
  }
}

/**
 * A window as it goes with every snapshot and event: without the logos of its pages, each of which
 * may have 200,000 characters.
 */
export function lightWindow(window: MaintenanceWindow): MaintenanceWindow {
  return {
    ...window,
    sites: window.sites.map((options) => {
      if (typeof options.page !== "object") return options;
      const { logo: _logo, ...page } = options.page;
      return { ...options, page };
    }),
  };
}

/** A receipt as it goes with every snapshot and event. */
export function lightReceipt(receipt: Receipt): Receipt {
  return { ...receipt, changes: lightChanges(receipt.changes) };
}
