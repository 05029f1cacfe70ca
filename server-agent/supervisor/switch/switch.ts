/**
 * The swap, in two halves. Everything that can fail comes first:
 *
 *     prepare: validate -> compile -> open new listeners -> prepare all workers
 *     commit:  persist -> commit all workers -> (reply -> publish -> drain)
 *
 * Between the halves everything is ready and nothing has changed: `discard` releases it. A
 * refusal up to `persist` leaves everything as it was; nothing after it can be refused.
 */
import { diffConfig } from "../../core/config/diff-config.ts";
import { validateConfig } from "../../core/config/validate-config.ts";
import type { Config } from "../../contract/config.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { Listeners } from "../../adapters/builtin/listeners.ts";
import type { Counted } from "../../adapters/builtin/counted.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import type { ChangeRequest, Committed, PreparedChange, WantedDocument } from "./change.ts";
import type { Beside } from "./beside.ts";
import type { CertificateFindings } from "../certificates/check-certificates.ts";
import { checkFiles } from "./check-files.ts";
import { elapsedMs } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import { persistGeneration } from "./persist-generation.ts";
import type { ReceiptBook } from "./receipt-book.ts";
import { exactlyUndone, receiptTransitions } from "./receipt-transitions.ts";
import { refuseBind, refuseConfig } from "./switch-refusals.ts";
import type { Service } from "../../adapters/service.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { WorkerProcess } from "../../adapters/builtin/worker-process.ts";

export interface SwitchParts {
  state: StateDirectory;
  listeners: Listeners;
  pool: WorkerPool;
  counters: ObservedCounters;
  receipts: ReceiptBook;
  beside: Beside;
  events: EventBus;
  log: Log;
}

/** What has been switched, and what makes it untrue to say so. */
interface Outcome {
  committed: Committed;
  before: Service;
  /** Those that it has changed and not opened, as they were. */
  receiptsBefore: Receipt[];
  unseen: string | undefined;
}

/** How much a graceful restart leaves to old workers (seconds). */
const LINGER_SECONDS = 30;
/**
 * Connections in use are told `Connection: close` with their next answer. Closed before that, they
 * would fail a POST that is on its way (within the grace of the drain).
 */
const MIN_LINGER_SECONDS = 1;
/**
 * A document that is only tried out takes no number, so that what is prepared under the next one
 * stays.
 */
const DRY_RUN_GENERATION = 0;

export class Switch {
  readonly #parts: SwitchParts;
  #active: Service;
  /** Started, and accepting nothing yet. */
  #standby: WorkerProcess[];
  #switches = 0;

  /** `standby`: workers that have `active` in service and accept nothing yet; see `open`. */
  constructor(parts: SwitchParts, active: Service, standby: WorkerProcess[]) {
    this.#parts = parts;
    this.#active = active;
    this.#standby = standby;
  }

  /** What serves now. */
  get active(): Service {
    return this.#active;
  }

  /** Switches since this process started. */
  get switches(): number {
    return this.#switches;
  }

  /** Accepts visitors. Refuses with `config.bind`. */
  async open(): Promise<Result<undefined>> {
    const standby = this.#standby;
    this.#standby = [];
    if (await this.#parts.pool.accept(standby, this.#active)) return done(undefined);
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
  async apply(request: ChangeRequest, arrivedAt: number): Promise<Result<Committed>> {
    const prepared = await this.prepare(request);
    if (!prepared.ok) return prepared;
    const outcome = await this.#commit(prepared.value, arrivedAt);
    if (outcome.ok) return this.#seen(outcome.value);
    this.discard(prepared.value);
    return outcome;
  }

  /** The first half: all that can be refused but the disk. Nothing has changed afterwards. */
  async prepare(request: ChangeRequest): Promise<Result<PreparedChange>> {
    const { listeners, pool, state } = this.#parts;
    const checked = this.#check(request.wanted, state.nextGeneration);
    if (!checked.ok) return checked;
    const service = checked.value;
    const files = await checkFiles(service.config, this.#active.config, Date.now());
    if (files.problems.length > 0) return refuseConfig(files.problems);
    for (const { path, message } of files.warnings)
      this.#parts.log.warn("a file that the configuration names", {
        generation: service.generation,
        path,
        problem: message,
      });
    const obstacle = await this.#parts.beside.obstacle(this.#active.config, service.config);
    if (obstacle !== undefined) return { ok: false, refusal: obstacle };
    const staging = await listeners.stage(service.config);
    if (!staging.ok) return refuseBind(staging.problems);
    const release = (): void => {
      pool.abort(service.generation);
      listeners.discard(staging.staged);
    };
    try {
      // What the history will say is worked out while the workers compile.
      const [problems, findings] = await Promise.all([pool.prepare(service), this.#compare(service.config, request)]);
      if (problems.length === 0) return done({ request, service, listeners: staging.staged, ...findings });
      release();
      return refuseConfig(problems);
    } catch (failure) {
      release();
      throw failure;
    }
  }

  /**
   * The second half. Refuses with `store.failed`, which leaves what is prepared as it is, so that
   * it can be committed again or discarded; and with `switch.unobserved`: it was committed, and
   * taken back.
   */
  async commit(prepared: PreparedChange, arrivedAt: number): Promise<Result<Committed>> {
    const outcome = await this.#commit(prepared, arrivedAt);
    return outcome.ok ? this.#seen(outcome.value) : outcome;
  }

  async #commit(prepared: PreparedChange, arrivedAt: number): Promise<Result<Outcome>> {
    const { listeners, pool, counters, receipts, log } = this.#parts;
    const before = this.#active;
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
    const receiptsBefore = own.flatMap(({ id, state }) => (state === "in-maintenance" ? (receipts.get(id) ?? []) : []));
    const transitions = receiptTransitions(service.config, record, own, receipts.known(), prepared.exact);
    const persisted = persistGeneration(this.#parts, { ...record, receipts: transitions, config: service.config });
    if (!persisted.ok) return persisted;
    // With the generation, the workers get the names that its document gives to sockets they have
    // already.
    const moves = listeners.apply(prepared.listeners);
    const reports = await this.#commitWorkers(service);
    await pool.move(moves);
    const unpublished = await this.#publishBeside(service);
    const switchMs = elapsedMs(arrivedAt);
    const unseen = unpublished ?? (await this.#parts.beside.observe(service, transitions));
    log.info("generation active on all workers", { generation: service.generation, author, reason, ms: switchMs });
    const followed = receipts.follow(transitions, reports, switchMs);
    counters.forgetOld([...receipts.watched(), service.generation]);
    const made = { generation: service.generation, receipts: followed, own: own.length };
    return done({ committed: this.#tell(made, request.byWindow), before, receiptsBefore, unseen });
  }

  /** Returns why the web servers do not ask for what is closed. */
  async #publishBeside(service: Service): Promise<string | undefined> {
    try {
      await this.#parts.beside.publish(service);
      return undefined;
    } catch (failure) {
      return `the web server could not be told: ${messageOf(failure)}`;
    }
  }

  /** Takes back what visitors do not see. */
  async #seen({ committed, before, receiptsBefore, unseen }: Outcome): Promise<Result<Committed>> {
    if (unseen === undefined) return done(committed);
    const { log } = this.#parts;
    const { generation } = before;
    log.error("visitors do not see the switch; undoing it", { back: generation, why: unseen });
    const request = {
      wanted: { kind: "planned" as const, config: before.config, compileMs: before.compileMs },
      author: "agent",
      reason: `back to generation ${String(generation)}: ${unseen}`,
      own: { closes: new Set<string>(), make: () => receiptsBefore },
    };
    const prepared = await this.prepare(request);
    const back = prepared.ok ? await this.#commit(prepared.value, performance.now()) : prepared;
    if (prepared.ok && !back.ok) this.discard(prepared.value);
    const left = back.ok
      ? "Everything is as it was before."
      : `The switch could not be undone: ${back.refusal.message}`;
    return refuse("switch.unobserved", `Not closed for all visitors: ${unseen}. ${left}`);
  }

  /** Releases what was prepared. */
  discard({ service, listeners }: PreparedChange): void {
    this.#parts.pool.abort(service.generation);
    this.#parts.listeners.discard(listeners);
  }

  /** Everything that `apply` would do up to the point where something changes. */
  async dryRun(document: unknown): Promise<CertificateFindings> {
    const { listeners, pool } = this.#parts;
    const checked = this.#check({ kind: "sent", document }, DRY_RUN_GENERATION);
    if (!checked.ok) return { problems: checked.refusal.details.problems ?? [], warnings: [] };
    const found = await checkFiles(checked.value.config, this.#active.config, Date.now());
    if (found.problems.length > 0) return found;
    const { warnings } = found;
    const staging = await listeners.stage(checked.value.config);
    if (!staging.ok) return { problems: staging.problems, warnings };
    try {
      return { problems: await pool.prepare(checked.value), warnings };
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
  }): Promise<Result<Committed & { cut: number }>> {
    const { pool, log } = this.#parts;
    const service: Service = { ...this.#active, generation: this.#parts.state.nextGeneration };
    const started = await pool.start(service);
    if (!started.ok)
      return refuse("internal", `New workers did not start, so the current ones keep running: ${started.message}`, {
        problems: started.problems,
      });
    const record = {
      generation: service.generation,
      createdAt: new Date().toISOString(),
      author: request.author,
      reason: request.reason,
      changes: [],
    };
    const persisted = persistGeneration(this.#parts, { ...record, receipts: [], config: service.config });
    if (!persisted.ok) {
      pool.dismiss(started.workers);
      return persisted;
    }
    const old = await pool.handOver(started.workers, service);
    this.#active = service;
    let cut = 0;
    if (request.mode === "hard") {
      cut = await pool.cutDown(old);
    } else {
      await this.#commitWorkers(service);
      const linger = Math.max(MIN_LINGER_SECONDS, Math.min(LINGER_SECONDS, request.drainSeconds ?? LINGER_SECONDS));
      pool.retire(old, linger, request.drainSeconds);
    }
    log.info(`${request.mode} restart: new workers active`, {
      generation: service.generation,
      cut,
      ms: elapsedMs(request.arrivedAt),
    });
    return done({ ...this.#tell({ generation: service.generation, receipts: [], own: 0 }), cut });
  }

  #check(wanted: WantedDocument, generation: number): Result<Service> {
    if (wanted.kind === "planned") return done({ generation, config: wanted.config, compileMs: wanted.compileMs });
    const startedAt = performance.now();
    const checked = validateConfig(wanted.document);
    if (!checked.ok) return refuseConfig(checked.problems);
    return done({ generation, config: checked.config, compileMs: performance.now() - startedAt });
  }

  async #compare(config: Config, { wanted, own }: ChangeRequest): Promise<Pick<PreparedChange, "changes" | "exact">> {
    const changes = (wanted.kind === "planned" ? wanted.changes : undefined) ?? diffConfig(this.#active.config, config);
    const others = this.#parts.receipts.open().filter(({ id }) => own?.closes.has(id) !== true);
    return { changes, exact: await exactlyUndone(config, others, (generation) => this.documentOf(generation)) };
  }

  /** Counts a switch, and tells everyone of it. */
  #tell(committed: Committed, byWindow = false): Committed {
    this.#switches++;
    const { receipts, own } = committed;
    this.#parts.events.publish({ type: "switched", config: this.#active.config, receipts, own, byWindow });
    return committed;
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
