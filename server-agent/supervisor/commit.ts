/**
 * The swap. Everything that can fail comes first:
 *
 *     validate -> compile -> open new listeners -> prepare all workers -> persist -> commit all workers -> (reply -> publish -> drain)
 *
 * A refusal at any of the first five leaves everything as it was. Nothing after `persist` can be refused.
 */
import { diffConfig } from "../core/diff-config.ts";
import { validateConfig } from "../core/validate-config.ts";
import type { Change, Config, Problem, Receipt } from "../contract.ts";
import { messageOf } from "../log.ts";
import type { Log } from "../log.ts";
import { done, refuse } from "../outcome.ts";
import type { Outcome } from "../outcome.ts";
import type { StateDirectory } from "../store/state-directory.ts";
import type { StoredGeneration } from "../store/stored-generation.ts";
import type { Listeners } from "./listeners.ts";
import type { Counted, ObservedCounters } from "./observed-counters.ts";
import type { ReceiptBook } from "./receipt-book.ts";
import { receiptTransitions } from "./receipt-transitions.ts";
import type { Service } from "./service.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** A document as somebody sent it, or one that a plan has made and validated already, with the difference it makes. */
export type WantedDocument = { kind: "sent"; document: unknown } | { kind: "planned"; config: Config; compileMs: number; changes: Change[] };

/** A change to be made: who wants which document, and why. */
export interface ChangeRequest {
  wanted: WantedDocument;
  author: string;
  reason: string;
  /** `performance.now()` when the call arrived. */
  arrivedAt: number;
  /** A receipt that this change opens or closes by itself, made when the number and the time of the generation are known. */
  receipt?: (generation: number, at: string, changes: Change[]) => Receipt;
}

export interface Committed {
  generation: number;
  /** Receipts that were opened or closed, with what was observed. */
  receipts: Receipt[];
}

export interface SwitchParts {
  state: StateDirectory;
  listeners: Listeners;
  pool: WorkerPool;
  counters: ObservedCounters;
  receipts: ReceiptBook;
  log: Log;
}

/** How much a graceful restart leaves to old workers (seconds). */
const LINGER_SECONDS = 30;
/** Connections in use are told `Connection: close` with their next answer. Closed before that, they would fail a POST that is on its way (within the grace of the drain). */
const SHORTEST_LINGER_SECONDS = 1;
/** How long a starting agent waits for addresses that the workers of a killed one still hold (ms). */
const BIND_PATIENCE_MS = 5000;

export class Switch {
  readonly #parts: SwitchParts;
  #active: Service;

  private constructor(parts: SwitchParts, active: Service) {
    this.#parts = parts;
    this.#active = active;
  }

  /** What serves now. */
  get active(): Service {
    return this.#active;
  }

  /**
   * Brings up the first generation of this process: the stored one as it is, or a new one. A new one is stored only when it really can serve, so that a mistake in the
   * seed can be mended in the seed.
   */
  static async begin(
    parts: SwitchParts,
    service: Service,
    seed: { author: string; reason: string; before: Config | undefined } | undefined,
  ): Promise<Outcome<Switch>> {
    const staged = await parts.listeners.stage(service.config.listeners, BIND_PATIENCE_MS);
    if (!staged.ok) return refuse("config.bind", "A listener cannot be bound.", { problems: staged.problems });
    const raised = await parts.pool.raise(service);
    const self = new Switch(parts, service);
    if (!raised.ok) {
      parts.listeners.discard(staged.staged);
      return raised.problems.length > 0 ? invalid(raised.problems) : refuse("internal", raised.message);
    }
    const at = new Date().toISOString();
    const changes = seed?.before === undefined ? [] : diffConfig(seed.before, service.config);
    const stored = { generation: service.generation, createdAt: at, author: seed?.author ?? "agent", reason: seed?.reason ?? "found at start", changes };
    const receipts = await self.#transitions(service, stored, undefined);
    if (seed !== undefined) {
      const persisted = self.#persist({ ...stored, receipts, config: service.config });
      if (!persisted.ok) {
        parts.pool.dismiss(raised.workers);
        parts.listeners.discard(staged.staged);
        return persisted;
      }
    }
    parts.listeners.apply(staged.staged);
    parts.receipts.follow(receipts, [], 0);
    if (await parts.pool.admit(raised.workers, service)) return done(self);
    return refuse("config.bind", "The workers cannot listen: another program took a listener's port at the same moment, or a worker ended.");
  }

  /** The document of a generation, if it is still stored. It was valid when it was stored, and is valid still if it serves again. */
  async documentOf(generation: number): Promise<Config | undefined> {
    return (await this.#parts.state.config(generation).catch(() => undefined)) as Config | undefined;
  }

  /** Makes the document the active generation, or changes nothing and says why. */
  async apply(request: ChangeRequest): Promise<Outcome<Committed>> {
    const { listeners, pool, receipts, log } = this.#parts;
    const checked = this.#check(request.wanted);
    if (!checked.ok) return checked;
    const service = checked.value;
    const staging = await listeners.stage(service.config.listeners);
    if (!staging.ok) return refuse("config.bind", bindMessage(staging.problems), { problems: staging.problems });
    try {
      // The difference is worked out while the workers compile.
      const [problems, stored] = await Promise.all([pool.prepare(service), this.#describe(service, request)]);
      const persisted = problems.length > 0 ? invalid(problems) : this.#persist({ ...stored, config: service.config });
      if (!persisted.ok) {
        pool.abort(service.generation);
        listeners.discard(staging.staged);
        return persisted;
      }
      // With the generation, the workers get the names that its document gives to sockets they have already.
      const moves = listeners.apply(staging.staged);
      const reports = await this.#commitWorkers(service);
      await pool.move(moves);
      const switchMs = elapsed(request.arrivedAt);
      log.info("generation serves everywhere", { generation: service.generation, author: request.author, reason: request.reason, ms: switchMs });
      return done({ generation: service.generation, receipts: receipts.follow(stored.receipts, reports, switchMs) });
    } catch (failure) {
      if (this.#active !== service) {
        pool.abort(service.generation);
        listeners.discard(staging.staged);
      }
      throw failure;
    }
  }

  /** Everything that `apply` would do up to the point where something changes. */
  async rehearse(document: unknown): Promise<Problem[]> {
    const { listeners, pool } = this.#parts;
    const checked = this.#check({ kind: "sent", document });
    if (!checked.ok) return checked.refusal.details.problems ?? [];
    const staging = await listeners.stage(checked.value.config.listeners);
    if (!staging.ok) return staging.problems;
    try {
      return await pool.prepare(checked.value);
    } finally {
      pool.abort(checked.value.generation);
      listeners.discard(staging.staged);
    }
  }

  /** The same document on fresh worker processes. Listening sockets stay open all the time. */
  async restart(request: {
    mode: "graceful" | "hard";
    drainSeconds?: number | undefined;
    author: string;
    reason: string;
    arrivedAt: number;
  }): Promise<Outcome<Committed & { cut: number }>> {
    const { pool, log } = this.#parts;
    const service: Service = { ...this.#active, generation: this.#parts.state.nextGeneration };
    const raised = await pool.raise(service);
    if (!raised.ok) return refuse("internal", `Fresh workers do not come up, so that the present ones go on: ${raised.message}`, { problems: raised.problems });
    const stored = await this.#describe(service, { wanted: { kind: "planned", config: service.config, compileMs: 0, changes: [] }, ...request });
    const persisted = this.#persist({ ...stored, config: service.config });
    if (!persisted.ok) {
      pool.dismiss(raised.workers);
      return persisted;
    }
    const old = await pool.handOver(raised.workers, service);
    this.#active = service;
    let cut = 0;
    if (request.mode === "hard") {
      cut = await pool.cutDown(old);
    } else {
      await this.#commitWorkers(service);
      const linger = Math.max(SHORTEST_LINGER_SECONDS, Math.min(LINGER_SECONDS, request.drainSeconds ?? LINGER_SECONDS));
      pool.retire(old, linger, request.drainSeconds);
    }
    log.info(`${request.mode} restart: fresh workers serve`, { generation: service.generation, cut, ms: elapsed(request.arrivedAt) });
    return done({ generation: service.generation, receipts: [], cut });
  }

  #check(wanted: WantedDocument): Outcome<Service> {
    const generation = this.#parts.state.nextGeneration;
    if (wanted.kind === "planned") return done({ generation, config: wanted.config, compileMs: wanted.compileMs });
    const startedAt = performance.now();
    const checked = validateConfig(wanted.document);
    if (!checked.ok) return invalid(checked.problems);
    return done({ generation, config: checked.config, compileMs: performance.now() - startedAt });
  }

  async #describe(service: Service, request: ChangeRequest): Promise<Omit<StoredGeneration, "config">> {
    const createdAt = new Date().toISOString();
    const changes = request.wanted.kind === "planned" ? request.wanted.changes : diffConfig(this.#active.config, service.config);
    const own = request.receipt?.(service.generation, createdAt, changes);
    const record = { generation: service.generation, createdAt, author: request.author, reason: request.reason, changes };
    return { ...record, receipts: await this.#transitions(service, record, own) };
  }

  #transitions(service: Service, record: Omit<StoredGeneration, "config" | "receipts">, own: Receipt | undefined): Promise<Receipt[]> {
    return receiptTransitions(service.config, record, own, this.#parts.receipts.list(), (generation) => this.documentOf(generation));
  }

  #persist(stored: StoredGeneration): Outcome<undefined> {
    try {
      this.#parts.state.commit(stored);
      return done(undefined);
    } catch (failure) {
      const why = messageOf(failure);
      this.#parts.log.error("a generation could not be stored; nothing has changed", { generation: stored.generation, why });
      return refuse("store.failed", `The change could not be stored in ${this.#parts.state.path}, so that nothing was changed: ${why}`);
    }
  }

  /** Switches every worker; returns what each had counted at its switch. */
  async #commitWorkers(service: Service): Promise<Counted[]> {
    const { pool, counters } = this.#parts;
    this.#active = service;
    const seen = new Map<number, Counted>();
    await pool.commit(service, (worker) => {
      const report = counters.of(worker);
      if (report !== undefined) seen.set(worker, report);
    });
    return [...seen.values(), ...counters.without(new Set(seen.keys()))];
  }
}

/** Milliseconds since then, to a hundredth. */
export function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}

function invalid(problems: Problem[]): ReturnType<typeof refuse> {
  const first = problems[0];
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return refuse(
    "config.invalid",
    first === undefined ? "The configuration cannot serve." : `The configuration cannot serve: ${first.path || "/"}: ${first.message}${more}`,
    { problems },
  );
}

function bindMessage(problems: readonly Problem[]): string {
  return `Nothing was changed: ${problems.map((problem) => problem.message).join("; ")}`;
}
