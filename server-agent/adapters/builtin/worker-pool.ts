/**
 * The workers: as many as asked for, always on the same generation, replaced when they die or do
 * not answer. The pool owns no socket and no state; it is told which generation to serve and which
 * listening sockets exist.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { AgentInfo, InFlightRequest } from "../../contract/agent.ts";
import type { Problem } from "../../contract/errors.ts";
import { oldestFirst, type RequestFilter } from "../../core/request-filter.ts";
import { type Log, messageOf } from "../../log.ts";
import type { FromWorker, ToWorker } from "../../worker/protocol.ts";
import type { Thumbprints } from "../../worker/handlers/acme-challenges.ts";
import type { DownTarget, FailingTarget } from "../../worker/upstream/down-target.ts";
import type { PassUse } from "../../worker/passes/passes.ts";
import type { PassKey } from "../../worker/passes/token.ts";
import type { ExpectedChallenge } from "../../worker/tls/tls-challenge.ts";
import type { ListenerMoves, OpenListener } from "./listeners.ts";
import { ObservedFigures } from "./observed-figures.ts";
import type { ObservedCounters } from "./observed-counters.ts";
import { startWorker } from "./start-worker.ts";
import { retireWorker } from "./retire-worker.ts";
import { ACKNOWLEDGE_TIMEOUT_MS, patience, type Service } from "../service.ts";
import { forkWorker, type WorkerChannel } from "./worker-channel.ts";
import { type ListedRequests, type WorkerEvents, type WorkerPhase, WorkerProcess } from "./worker-process.ts";

export interface WorkerPoolOptions {
  size: number;
  /** The highest number of a worker of the agent that hands over to this one; 0 without one. */
  lastWorker: number;
  proofToken: string;
  certificateFolder: string;
  log: Log;
  counters: ObservedCounters;
  listeners(): readonly OpenListener[];
  /** Those that every worker lets in by from its start. */
  passes: readonly PassKey[];
  /** By which they sign session tickets of TLS, in hexadecimal digits. */
  ticketKey: string;
  /** By which they answer authorities that issue certificates. */
  thumbprints: Thumbprints;
  passesUsed(uses: PassUse[]): void;
  targetFailing(target: FailingTarget): void;
  /** Workers came, went or changed their phase. */
  changed(): void;
}

export type StartedWorkers =
  { ok: true; workers: WorkerProcess[] } | { ok: false; problems: Problem[]; message: string };

/** A fresh process must be up within this time (ms). */
const START_TIMEOUT_MS = 15_000;
const ASK_TIMEOUT_MS = 1000;
const REFRESH_PATIENCE_MS = 10_000;
/**
 * A worker that lived shorter than this (ms) counts as crashing at once; the next attempts come
 * later and later.
 */
const SHORT_LIFE_MS = 3000;
const MAX_BACKOFF_MS = 2000;

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Set<WorkerProcess>();
  /** What they count for metrics, since this process started. */
  readonly figures = new ObservedFigures();
  readonly #events: WorkerEvents = {
    counters: (from, message) => this.#options.counters.take(from.id, message),
    figures: (from, message) => this.figures.take(from.id, message),
    accepting: (from, message) => this.#accepting(from, message),
    passesUsed: ({ uses }) => this.#options.passesUsed(uses),
    targetFailing: ({ target }) => this.#options.targetFailing(target),
    ended: (ended, was) => this.#ended(ended, was),
  };
  #service: Service | undefined;
  /** Prepared, or being prepared, and neither committed nor aborted yet, by number. */
  readonly #pending = new Map<number, Service>();
  #lastId: number;
  #passes: readonly PassKey[];
  #ticketKey: string;
  #thumbprints: Thumbprints;
  #challenge: ExpectedChallenge | undefined = undefined;
  #downTargets: readonly DownTarget[] = [];
  #shortLives = 0;
  #stopping = false;
  #failedAccepts = 0;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#lastId = options.lastWorker;
    this.#passes = options.passes;
    this.#ticketKey = options.ticketKey;
    this.#thumbprints = options.thumbprints;
  }

  /** The highest number of a worker so far. */
  get lastWorker(): number {
    return this.#lastId;
  }

  /** Visitors that workers had to turn away for want of descriptors, since this process started. */
  get failedAccepts(): number {
    return this.#failedAccepts;
  }

  /** Those that accept nothing for want of descriptors. */
  full(): number[] {
    return this.#serving().flatMap(({ id, isFull, phase }) => (isFull && phase === "serving" ? [id] : []));
  }

  /** Those that visitors can reach. */
  list(): AgentInfo["workers"] {
    return this.#serving().map((worker) => ({
      id: worker.id,
      pid: worker.pid,
      state: worker.phase === "draining" ? "draining" : "serving",
    }));
  }

  /**
   * Starts a full set of workers that have this generation in service and accept nothing yet. On
   * failure none of them is left.
   */
  async start(service: Service): Promise<StartedWorkers> {
    const outcomes = await Promise.all(Array.from({ length: this.#options.size }, () => this.#startOne(service)));
    const workers = outcomes.flatMap((outcome) => (outcome.ok ? outcome.workers : []));
    const failed = outcomes.find((outcome) => !outcome.ok);
    if (failed === undefined) return { ok: true, workers };
    this.dismiss(workers);
    return failed;
  }

  /** Ends workers that never served. */
  dismiss(workers: readonly WorkerProcess[]): void {
    for (const worker of workers) this.#kill(worker);
  }

  /**
   * Every worker compiles this generation and keeps it, and every fresh one that comes later, until
   * it is committed or aborted. Problems: some worker cannot serve it, and nothing has changed.
   * Rejects when workers do not answer at all.
   */
  async prepare(service: Service): Promise<Problem[]> {
    const timeout = patience(service);
    this.#pending.set(service.generation, service);
    for (let round = 0; round < 3; round++) {
      const asked = this.#serving().filter((worker) => !worker.hasPrepared(service.generation));
      const answers = await Promise.all(
        asked.map(async (worker) => ({
          worker,
          answer: await worker.prepare(service, timeout),
        })),
      );
      for (const { answer } of answers) {
        if (answer.kind === "answered" && answer.message.type === "refused") {
          this.abort(service.generation);
          return answer.message.problems;
        }
      }
      const lost = answers.filter(({ answer }) => answer.kind !== "answered");
      if (lost.length === 0) return [];
      await Promise.all(
        lost.map(({ worker, answer }) => (answer.kind === "stuck" ? this.#replaceNow(worker) : worker.gone)),
      );
    }
    this.abort(service.generation);
    throw new Error("the workers could not prepare the next generation; see the agent's log");
  }

  abort(generation: number): void {
    this.#pending.delete(generation);
    for (const worker of this.#workers) worker.abort(generation);
  }

  /**
   * Switches every worker and resolves when none serves an older generation any more: each has
   * acknowledged, or has ended. `acknowledged` is called for each of them.
   */
  async commit(service: Service, acknowledged: (worker: number) => void = () => undefined): Promise<void> {
    this.#service = service;
    this.#pending.delete(service.generation);
    const timeout = patience(service);
    const behind = this.#serving().filter((worker) => worker.generation !== service.generation);
    await Promise.all(
      behind.map(async (worker) => {
        const answer = await worker.commit(service, this.#options.listeners(), timeout);
        acknowledged(worker.id);
        if (answer.kind === "stuck") await this.#replaceNow(worker);
      }),
    );
  }

  /** Lets standby workers accept connections. False: not all of them do; those are killed. */
  async accept(workers: readonly WorkerProcess[], service: Service): Promise<boolean> {
    this.#service = service;
    const accepting = await Promise.all(workers.map((worker) => this.#acceptOne(worker)));
    this.#options.changed();
    return accepting.every(Boolean);
  }

  /** Follows a change of the listening sockets. */
  async move(moves: ListenerMoves): Promise<void> {
    const accepting = this.#serving().filter((worker) => worker.phase === "serving");
    for (const worker of accepting) for (const socket of moves.unlisten) worker.send({ type: "unlisten", socket });
    await Promise.all(
      accepting.map(async (worker) => {
        const answers = await Promise.all(
          moves.listen.map((listener) => worker.listen(listener, ACKNOWLEDGE_TIMEOUT_MS)),
        );
        if (answers.some(({ kind }) => kind === "stuck")) await this.#replaceNow(worker);
      }),
    );
  }

  /**
   * Takes the agent that has handed over to this one among its draining workers: it follows every
   * switch until its last connection has ended.
   */
  adopt(channel: WorkerChannel, generation: number, id: number): void {
    this.#workers.add(new WorkerProcess(id, channel, this.#events, this.#options.log, generation));
    this.#options.changed();
  }

  /** Takes a number for a process that is adopted later. */
  reserveNumber(): number {
    return ++this.#lastId;
  }

  /**
   * Lets all workers end with their connections and replaces none of them any more. Resolves when
   * all have ended.
   */
  async retireAll(lingerSeconds: number): Promise<void> {
    this.#stopping = true;
    const workers = [...this.#workers];
    const serving = workers.filter((worker) => worker.phase === "serving");
    for (const worker of workers) if (worker.phase === "standby") this.#kill(worker);
    for (const worker of serving) worker.phase = "draining";
    this.retire(serving, lingerSeconds, undefined);
    await Promise.all(workers.map((worker) => worker.gone));
  }

  /**
   * Gives the visitors of all present workers to these fresh ones. Returns the present ones, which
   * accept nothing from now on once they are told to retire.
   */
  async handOver(fresh: readonly WorkerProcess[], service: Service): Promise<WorkerProcess[]> {
    const old = this.#serving().filter((worker) => worker.phase === "serving");
    for (const worker of old) worker.phase = "draining";
    await this.accept(fresh, service);
    for (const worker of fresh) if (worker.phase !== "serving") this.#replaceInBackground(worker);
    return old;
  }

  /**
   * Lets workers end with their connections. `lingerSeconds`: for how long idle connections may
   * stay. `deadlineSeconds`: when what is left is closed politely, then cut.
   */
  retire(workers: readonly WorkerProcess[], lingerSeconds: number, deadlineSeconds: number | undefined): void {
    for (const worker of workers) retireWorker(worker, lingerSeconds, deadlineSeconds, this.#options.log);
    this.#options.changed();
  }

  /** Kills workers with everything that is in flight on them; returns how much that was. */
  async cutDown(workers: readonly WorkerProcess[]): Promise<number> {
    const cut = await Promise.all(
      workers.map(async (worker) => {
        const listed = await worker.requests({}, 0, ASK_TIMEOUT_MS);
        worker.isToEnd = true;
        this.#kill(worker);
        return listed?.total ?? 0;
      }),
    );
    return cut.reduce((sum, count) => sum + count, 0);
  }

  /** What is in flight and matches, oldest first, `limit` at most. */
  async requests(filter: RequestFilter, limit = Infinity): Promise<ListedRequests & { isComplete: boolean }> {
    const answers = await Promise.all(this.#serving().map((worker) => worker.requests(filter, limit, ASK_TIMEOUT_MS)));
    const listed = answers.filter((answer) => answer !== undefined);
    const requests = listed.flatMap((answer) => answer.requests).sort(oldestFirst);
    return {
      requests: requests.length > limit ? requests.slice(0, limit) : requests,
      total: listed.reduce((sum, answer) => sum + answer.total, 0),
      isComplete: listed.length === answers.length,
    };
  }

  async cut(id: string): Promise<InFlightRequest | undefined> {
    return (await Promise.all(this.#serving().map((worker) => worker.cut(id, ASK_TIMEOUT_MS)))).find(
      (request) => request !== undefined,
    );
  }

  /** Resolves when no worker lets anybody in by another pass. */
  async usePasses(passes: readonly PassKey[]): Promise<void> {
    this.#passes = passes;
    await this.#tellAll((worker) => worker.usePasses(passes, ACKNOWLEDGE_TIMEOUT_MS));
  }

  /** Resolves when every worker answers this challenge by TLS, and no other; undefined: none. */
  async useChallenge(challenge: ExpectedChallenge | undefined): Promise<void> {
    this.#challenge = challenge;
    await this.#tellAll((worker) => worker.useChallenge(challenge, ACKNOWLEDGE_TIMEOUT_MS));
  }

  /**
   * Resolves when every worker uses certificates as they are on disk now, or takes longer: of many
   * thousand it looks at each.
   */
  async refreshCertificates(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.refreshCertificates(REFRESH_PATIENCE_MS)));
  }

  /** All workers sign session tickets with this from now on. */
  useTicketKey(key: string): void {
    this.#ticketKey = key;
    this.broadcast({ type: "ticket-key", key });
  }

  /** All workers answer authorities by these accounts from now on. */
  useAccounts(thumbprints: Thumbprints): void {
    this.#thumbprints = thumbprints;
    this.broadcast({ type: "acme-accounts", thumbprints });
  }

  /** No worker sends requests to these while it has others. */
  useDownTargets(down: readonly DownTarget[]): void {
    this.#downTargets = down;
    this.broadcast({ type: "down-targets", down });
  }

  broadcast(message: ToWorker): void {
    for (const worker of this.#workers) worker.send(message);
  }

  /** Ends all workers. `seconds`: how long what is in flight may take; 0 cuts it. */
  async stop(seconds: number): Promise<void> {
    this.#stopping = true;
    const workers = [...this.#workers];
    const polite = seconds > 0 ? workers.filter((worker) => worker.phase !== "standby") : [];
    for (const worker of workers) {
      if (polite.includes(worker)) continue;
      worker.cutOff();
      if (worker.phase === "serving") worker.phase = "draining";
    }
    for (const worker of polite) worker.phase = worker.phase === "serving" ? "draining" : worker.phase;
    this.retire(polite, 0, seconds);
    await Promise.all(workers.map((worker) => worker.gone));
  }

  /** A worker that does not say that it has understood is replaced before this resolves. */
  async #tellAll(tell: (worker: WorkerProcess) => ReturnType<WorkerProcess["usePasses"]>): Promise<void> {
    await Promise.all(
      [...this.#workers].map(async (worker) => {
        const answer = await tell(worker);
        if (answer?.kind === "stuck") await this.#replaceNow(worker);
      }),
    );
  }

  #serving(): WorkerProcess[] {
    return [...this.#workers].filter((worker) => worker.phase === "serving" || worker.phase === "draining");
  }

  async #startOne(service: Service): Promise<StartedWorkers> {
    const id = ++this.#lastId;
    const { proofToken, certificateFolder, log } = this.#options;
    const worker = new WorkerProcess(id, forkWorker({ worker: id, proofToken, certificateFolder }), this.#events, log);
    this.#workers.add(worker);
    // Before its first generation, so that it never serves without them.
    void worker.usePasses(this.#passes, START_TIMEOUT_MS);
    worker.send({ type: "ticket-key", key: this.#ticketKey });
    worker.send({ type: "acme-accounts", thumbprints: this.#thumbprints });
    if (this.#challenge !== undefined) void worker.useChallenge(this.#challenge, START_TIMEOUT_MS);
    worker.send({ type: "down-targets", down: this.#downTargets });
    const failed = await startWorker(worker, service, START_TIMEOUT_MS);
    if (failed === undefined) return { ok: true, workers: [worker] };
    this.#kill(worker);
    return { ok: false, ...failed };
  }

  async #acceptOne(worker: WorkerProcess): Promise<boolean> {
    const service = this.#service;
    if (worker.phase !== "standby" || service === undefined) return false;
    worker.phase = "serving";
    // The generation may have changed while it was starting. These messages arrive before
    // `listen`, so that it never accepts for an older one.
    const switched =
      worker.generation === service.generation
        ? undefined
        : worker.commit(service, this.#options.listeners(), patience(service));
    const listening = await Promise.all(
      this.#options.listeners().map((listener) => worker.listen(listener, ACKNOWLEDGE_TIMEOUT_MS)),
    );
    const answers = [...listening, await switched];
    if (answers.every((answer) => answer === undefined || answer.kind === "answered")) {
      for (const pending of this.#pending.values()) void this.#catchUp(worker, pending);
      return true;
    }
    this.#options.log.error("worker did not start accepting connections", { worker: worker.id, pid: worker.pid });
    this.#kill(worker);
    return false;
  }

  /**
   * What the others have prepared, a worker that came later must not compile in the middle of the
   * swap.
   */
  async #catchUp(worker: WorkerProcess, service: Service): Promise<void> {
    const { generation } = service;
    if (worker.hasPrepared(generation)) return;
    const answer = await worker.prepare(service, patience(service));
    const isReady = answer.kind === "answered" && answer.message.type === "prepared";
    const { log } = this.#options;
    if (isReady)
      log.info("new worker prepared the next generation", {
        worker: worker.id,
        pid: worker.pid,
        generation,
      });
    else
      log.error("new worker failed to prepare the next generation", {
        worker: worker.id,
        pid: worker.pid,
        generation,
        why: answer.kind,
      });
  }

  #accepting(worker: WorkerProcess, { isFull, failed }: Extract<FromWorker, { type: "accepting" }>): void {
    this.#failedAccepts += failed;
    worker.isFull = isFull;
    if (!isFull && worker.phase === "serving")
      for (const listener of this.#options.listeners()) void worker.listen(listener, ACKNOWLEDGE_TIMEOUT_MS);
    this.#options.changed();
  }

  #ended(worker: WorkerProcess, was: WorkerPhase): void {
    this.#workers.delete(worker);
    this.figures.end(worker.id);
    const lost = this.#options.counters.end(worker.id, worker.isToEnd);
    if (lost > 0)
      this.#options.log.error("requests were lost with their worker", { worker: worker.id, requests: lost });
    if (was === "serving") {
      this.#options.log.error("worker exited unexpectedly; starting a replacement", {
        worker: worker.id,
        pid: worker.pid,
      });
      this.#replaceInBackground(worker);
    }
    this.#options.changed();
  }

  #replaceInBackground(worker: WorkerProcess): void {
    this.#replace(worker).catch((failure: unknown) =>
      this.#options.log.error("could not replace a worker", { why: messageOf(failure) }),
    );
  }

  /**
   * Kills a worker that does not answer and has a fresh one in its place before this resolves,
   * unless none starts: attempts then go on without the caller.
   */
  async #replaceNow(worker: WorkerProcess): Promise<void> {
    const needed = worker.phase === "serving";
    this.#options.log.error("worker not responding; replacing it", { worker: worker.id, pid: worker.pid });
    this.#kill(worker);
    await worker.gone;
    if (needed) await Promise.race([this.#replace(worker), delay(START_TIMEOUT_MS, undefined, { ref: false })]);
  }

  async #replace(worker: WorkerProcess): Promise<void> {
    this.#shortLives = performance.now() - worker.startedAt < SHORT_LIFE_MS ? this.#shortLives + 1 : 0;
    for (;;) {
      if (this.#shortLives > 1)
        await delay(Math.min(MAX_BACKOFF_MS, 50 * 2 ** this.#shortLives), undefined, { ref: false });
      if (this.#stopping || this.#service === undefined) return;
      const started = await this.#startOne(this.#service);
      if (started.ok && this.#isComplete()) {
        this.dismiss(started.workers);
        return;
      }
      if (started.ok && (await this.accept(started.workers, this.#service))) return;
      this.#shortLives++;
      this.#options.log.error("new worker failed to start; retrying", {
        why: started.ok ? "it did not start listening" : started.message,
        attempt: this.#shortLives,
      });
    }
  }

  #isComplete(): boolean {
    return (
      this.#stopping || [...this.#workers].filter((worker) => worker.phase === "serving").length >= this.#options.size
    );
  }

  #kill(worker: WorkerProcess): void {
    worker.kill();
    // From now on it takes part in nothing, although the system reports its end a moment later.
    if (worker.phase === "serving") worker.phase = "draining";
  }
}
