/**
 * The swap, in two halves. Everything that can fail comes first:
 *
 *     prepare: validate -> compile -> open new listeners -> prepare all workers
 *     commit:  persist -> commit all workers -> (reply -> publish -> drain)
 *
 * Between the halves everything is ready and nothing has changed: `discard` lets go of it. A
 * refusal up to `persist` leaves everything as it was; nothing after it can be refused.
 */
import { diffConfig } from "../../core/config/diff-config.ts";
import { validateConfig } from "../../core/config/validate-config.ts";
import type { Change } from "../../contract/agent.ts";
import type { Config } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Outcome, refuse } from "../../outcome.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { StoredGeneration } from "../../store/stored-generation.ts";
import type { Listeners, StagedListeners } from "../../adapters/builtin/listeners.ts";
import type { Counted, ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { ReceiptBook } from "./receipt-book.ts";
import { exactlyUndone, receiptTransitions } from "./receipt-transitions.ts";
import type { Service } from "../../adapters/service.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { WorkerProcess } from "../../adapters/builtin/worker-process.ts";

/**
 * A document as somebody sent it, or one that a plan has made and validated already, with the
 * difference it makes where that is known.
 */
export type WantedDocument =
  { kind: "sent"; document: unknown } | { kind: "planned"; config: Config; compileMs: number; changes?: Change[] };

/** A change to be made: who wants which document, and why. */
export interface ChangeRequest {
  wanted: WantedDocument;
  author: string;
  reason: string;
  /** Receipts that this change opens or closes by itself. */
  own?: OwnReceipts;
  /** The stage that it is the commit of. */
  stage?: string;
}

export interface OwnReceipts {
  /** Ids of those that it closes. */
  closes: ReadonlySet<string>;
  /**
   * All of them in their new state, made when the number and the time of the generation are known.
   */
  make(generation: number, at: string): Receipt[];
}

/**
 * A change that everything is ready for. Nothing has changed; no other change may come before it is
 * committed or discarded.
 */
export interface PreparedChange {
  readonly request: ChangeRequest;
  readonly service: Service;
  readonly listeners: StagedListeners;
  readonly changes: Change[];
  /** Receipts that are undone exactly where the change closes them without being about them. */
  readonly exact: ReadonlySet<string>;
}

export interface Committed {
  generation: number;
  /**
   * Receipts that were opened or closed, with what was observed: first its own, then those that
   * follow from the document.
   */
  receipts: Receipt[];
  /** How many of them the change itself is about. */
  own: number;
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
/**
 * Connections in use are told `Connection: close` with their next answer. Closed before that, they
 * would fail a POST that is on its way (within the grace of the drain).
 */
const MIN_LINGER_SECONDS = 1;
/**
 * How long a starting agent waits for addresses that the workers of a killed one still hold (ms).
 */
const BIND_TIMEOUT_MS = 5000;
/**
 * A document that is only tried out takes no number, so that what is prepared under the next one
 * stays.
 */
const DRY_RUN_GENERATION = 0;

export class Switch {
  readonly #parts: SwitchParts;
  #active: Service;
  /** Brought up, and accepting nothing yet. */
  #standby: WorkerProcess[];

  private constructor(parts: SwitchParts, active: Service, standby: WorkerProcess[]) {
    this.#parts = parts;
    this.#active = active;
    this.#standby = standby;
  }

  /** What serves now. */
  get active(): Service {
    return this.#active;
  }

  /**
   * Brings up the first generation of this process: the stored one as it is, or a new one. A new
   * one is stored only when it really can serve, so that a mistake in the seed can be mended in the
   * seed. No visitor is accepted before `open`.
   */
  static async begin(
    parts: SwitchParts,
    service: Service,
    seed: { author: string; reason: string; before: Config | undefined } | undefined,
  ): Promise<Outcome<Switch>> {
    const staged = await parts.listeners.stage(service.config.listeners, BIND_TIMEOUT_MS);
    if (!staged.ok) return refuse("config.bind", "A listener cannot be bound.", { problems: staged.problems });
    const raised = await parts.pool.raise(service);
    const self = new Switch(parts, service, raised.ok ? raised.workers : []);
    if (!raised.ok) {
      parts.listeners.discard(staged.staged);
      return raised.problems.length > 0 ? invalid(raised.problems) : refuse("internal", raised.message);
    }
    const at = new Date().toISOString();
    const changes = seed?.before === undefined ? [] : diffConfig(seed.before, service.config);
    const stored = {
      generation: service.generation,
      createdAt: at,
      author: seed?.author ?? "agent",
      reason: seed?.reason ?? "found at start",
      changes,
    };
    const known = parts.receipts.list();
    const exact = await exactlyUndone(service.config, known, (generation) => self.documentOf(generation));
    const receipts = receiptTransitions(service.config, stored, [], known, exact);
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
    return done(self);
  }

  /** Accepts visitors. */
  async open(): Promise<Outcome<undefined>> {
    const standby = this.#standby;
    this.#standby = [];
    if (await this.#parts.pool.admit(standby, this.#active)) return done(undefined);
    return refuse(
      "config.bind",
      "The workers cannot listen: another program took a listener's port at the same moment, or a worker ended.",
    );
  }

  /**
   * The document of a generation, if it is still stored. It was valid when it was stored, and is
   * valid still if it serves again.
   */
  async documentOf(generation: number): Promise<Config | undefined> {
    return (await this.#parts.state.config(generation).catch(() => undefined)) as Config | undefined;
  }

  /**
   * Makes the document the active generation, or changes nothing and says why. `arrivedAt`:
   * `performance.now()` when the call arrived.
   */
  async apply(request: ChangeRequest, arrivedAt: number): Promise<Outcome<Committed>> {
    const prepared = await this.prepare(request);
    if (!prepared.ok) return prepared;
    const committed = await this.commit(prepared.value, arrivedAt);
    if (!committed.ok) this.discard(prepared.value);
    return committed;
  }

  /** The first half: all that can be refused but the disk. Nothing has changed afterwards. */
  async prepare(request: ChangeRequest): Promise<Outcome<PreparedChange>> {
    const { listeners, pool, state } = this.#parts;
    const checked = this.#check(request.wanted, state.nextGeneration);
    if (!checked.ok) return checked;
    const service = checked.value;
    const staging = await listeners.stage(service.config.listeners);
    if (!staging.ok) return refuse("config.bind", bindMessage(staging.problems), { problems: staging.problems });
    const letGo = (): void => {
      pool.abort(service.generation);
      listeners.discard(staging.staged);
    };
    try {
      // What the history will say is worked out while the workers compile.
      const [problems, findings] = await Promise.all([pool.prepare(service), this.#compare(service.config, request)]);
      if (problems.length === 0) return done({ request, service, listeners: staging.staged, ...findings });
      letGo();
      return invalid(problems);
    } catch (failure) {
      letGo();
      throw failure;
    }
  }

  /**
   * The second half. A refusal leaves what is prepared as it is, so that it can be committed again
   * or discarded.
   */
  async commit(prepared: PreparedChange, arrivedAt: number): Promise<Outcome<Committed>> {
    const { listeners, pool, receipts, log } = this.#parts;
    const { service, request } = prepared;
    const { author, reason, stage } = request;
    const createdAt = new Date().toISOString();
    const own = request.own?.make(service.generation, createdAt) ?? [];
    const record = {
      generation: service.generation,
      createdAt,
      author,
      reason,
      changes: prepared.changes,
      ...(stage === undefined ? {} : { stage }),
    };
    const transitions = receiptTransitions(service.config, record, own, receipts.list(), prepared.exact);
    const persisted = this.#persist({ ...record, receipts: transitions, config: service.config });
    if (!persisted.ok) return persisted;
    // With the generation, the workers get the names that its document gives to sockets they have
    // already.
    const moves = listeners.apply(prepared.listeners);
    const reports = await this.#commitWorkers(service);
    await pool.move(moves);
    const switchMs = elapsed(arrivedAt);
    log.info("generation serves everywhere", { generation: service.generation, author, reason, ms: switchMs });
    return done({
      generation: service.generation,
      receipts: receipts.follow(transitions, reports, switchMs),
      own: own.length,
    });
  }

  /** Lets go of what was prepared. */
  discard({ service, listeners }: PreparedChange): void {
    this.#parts.pool.abort(service.generation);
    this.#parts.listeners.discard(listeners);
  }

  /** Everything that `apply` would do up to the point where something changes. */
  async rehearse(document: unknown): Promise<Problem[]> {
    const { listeners, pool } = this.#parts;
    const checked = this.#check({ kind: "sent", document }, DRY_RUN_GENERATION);
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
    if (!raised.ok)
      return refuse("internal", `Fresh workers do not come up, so that the present ones go on: ${raised.message}`, {
        problems: raised.problems,
      });
    const record = {
      generation: service.generation,
      createdAt: new Date().toISOString(),
      author: request.author,
      reason: request.reason,
      changes: [],
    };
    const persisted = this.#persist({ ...record, receipts: [], config: service.config });
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
      const linger = Math.max(MIN_LINGER_SECONDS, Math.min(LINGER_SECONDS, request.drainSeconds ?? LINGER_SECONDS));
      pool.retire(old, linger, request.drainSeconds);
    }
    log.info(`${request.mode} restart: fresh workers serve`, {
      generation: service.generation,
      cut,
      ms: elapsed(request.arrivedAt),
    });
    return done({ generation: service.generation, receipts: [], own: 0, cut });
  }

  #check(wanted: WantedDocument, generation: number): Outcome<Service> {
    if (wanted.kind === "planned") return done({ generation, config: wanted.config, compileMs: wanted.compileMs });
    const startedAt = performance.now();
    const checked = validateConfig(wanted.document);
    if (!checked.ok) return invalid(checked.problems);
    return done({ generation, config: checked.config, compileMs: performance.now() - startedAt });
  }

  async #compare(config: Config, { wanted, own }: ChangeRequest): Promise<Pick<PreparedChange, "changes" | "exact">> {
    const changes = (wanted.kind === "planned" ? wanted.changes : undefined) ?? diffConfig(this.#active.config, config);
    const others = this.#parts.receipts.list().filter(({ id }) => own?.closes.has(id) !== true);
    return { changes, exact: await exactlyUndone(config, others, (generation) => this.documentOf(generation)) };
  }

  #persist(stored: StoredGeneration): Outcome<undefined> {
    try {
      this.#parts.state.commit(stored);
      return done(undefined);
    } catch (failure) {
      const why = messageOf(failure);
      this.#parts.log.error("a generation could not be stored; nothing has changed", {
        generation: stored.generation,
        why,
      });
      return refuse(
        "store.failed",
        `The change could not be stored in ${this.#parts.state.path}, so that nothing was changed: ${why}`,
      );
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
    first === undefined
      ? "The configuration cannot serve."
      : `The configuration cannot serve: ${first.path || "/"}: ${first.message}${more}`,
    { problems },
  );
}

function bindMessage(problems: readonly Problem[]): string {
  return `Nothing was changed: ${problems.map((problem) => problem.message).join("; ")}`;
}
