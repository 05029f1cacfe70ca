/**
 * What a person can do to the agent. Every change runs in one queue, and its precondition is
 * checked there.
 */
import type { Body, Query, Reply } from "../contract/routes.ts";
import type { Config } from "../contract/config.ts";
import type { InFlightRequest } from "../contract/agent.ts";
import type { MaintenanceOptions, Plan, Proof, Receipt, Stage, StageRequest } from "../contract/maintenance.ts";
import type { Problem } from "../contract/errors.ts";
import { checkPrecondition, type Precondition } from "./switch/precondition.ts";
import { type Announced, done, type Outcome, refuse, type Refusal } from "../outcome.ts";
import type { StateDirectory } from "../store/state-directory.ts";
import type { Committed, Switch } from "./switch/switch.ts";
import type { HandOver } from "./hand-over/hand-over.ts";
import type { Maintenance } from "./maintenance/maintenance.ts";
import type { Prover } from "./proof/prover.ts";
import type { Stages } from "./maintenance/stages.ts";
import type { WorkerPool } from "../adapters/builtin/worker-pool.ts";
import type { WriteQueue } from "./switch/write-queue.ts";

/** A change that was made. */
export interface Written extends Announced {
  generation: number;
}

export interface OperationParts {
  queue: WriteQueue;
  switch: Switch;
  state: StateDirectory;
  pool: WorkerPool;
  maintenance: Maintenance;
  stages: Stages;
  prover: Prover;
  handOver: HandOver;
  /**
   * Tells everyone of a change and of the receipts that it opened or closed, stores what was
   * observed, and has the receipts proved that it is about.
   */
  announce(change: {
    config: Config;
    receipts: readonly Receipt[];
    prove: readonly Receipt[];
    byWindows: boolean;
  }): void;
  /** Why a maintenance cannot be brought back by hand now. */
  obstacleToRevert(receipt: Receipt): Refusal | undefined;
  /** Tells everyone of a stage that began or ended. */
  announceStages(): void;
}

interface Signature {
  author?: string | undefined;
  reason?: string | undefined;
}

export class Operations {
  readonly #parts: OperationParts;
  /** Switches since this process started. */
  switches = 0;

  constructor(parts: OperationParts) {
    this.#parts = parts;
  }

  replaceConfig(
    document: unknown,
    { author, reason }: Signature,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Outcome<Written>> {
    return this.#change(ifMatch, () =>
      this.#parts.switch.apply(
        { wanted: { kind: "sent", document }, author: author ?? "unknown", reason: reason ?? "configuration replaced" },
        arrivedAt,
      ),
    );
  }

  checkConfig(document: unknown): Promise<Outcome<{ ok: boolean; problems: Problem[] }>> {
    return this.#parts.queue.run(async () => {
      const problems = await this.#parts.switch.rehearse(document);
      return done({ ok: problems.length === 0, problems });
    });
  }

  /** Rolls back (or forward): the old document becomes a new generation. */
  activate(
    number: string,
    { author, reason }: Signature,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Outcome<Written>> {
    return this.#change(ifMatch, async () => {
      const generation = /^\d{1,15}$/.test(number) ? Number(number) : 0;
      const document = this.#parts.state.records.some((record) => record.generation === generation)
        ? await this.#parts.state.config(generation)
        : undefined;
      if (document === undefined)
        return refuse(
          "not-found",
          `Generation ${number} is not stored (any more); GET /v1/generations lists those that are.`,
        );
      const why = `back to generation ${generation}${reason === undefined ? "" : `: ${reason}`}`;
      return this.#parts.switch.apply(
        { wanted: { kind: "sent", document }, author: author ?? "unknown", reason: why },
        arrivedAt,
      );
    });
  }

  restart(
    { mode, drainSeconds, author, reason }: Body<"restart">,
    arrivedAt: number,
  ): Promise<Outcome<Written & { cut: number }>> {
    return this.#change({ kind: "none" }, () =>
      this.#parts.switch.restart({
        mode,
        drainSeconds,
        author: author ?? "unknown",
        reason: reason ?? `${mode} restart`,
        arrivedAt,
      }),
    );
  }

  handOver(request: NonNullable<Body<"handOver">>): Promise<Outcome<Reply<"handOver"> & Announced>> {
    return this.#parts.handOver.run(request);
  }

  planMaintenance(options: MaintenanceOptions): Outcome<Plan> {
    return this.#parts.maintenance.plan(options);
  }

  startMaintenance(
    options: MaintenanceOptions,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Outcome<Written & { receipt: Receipt }>> {
    return this.#change(ifMatch, () => this.#parts.maintenance.start(options, arrivedAt));
  }

  revertMaintenance(
    id: string,
    { how, author, force = false }: NonNullable<Body<"revertMaintenance">>,
    ifMatch: Precondition,
    arrivedAt: number,
  ): Promise<Outcome<Written & { receipt: Receipt }>> {
    return this.#change(ifMatch, () => {
      const refusal = force ? undefined : this.#obstacleToRevert(id);
      if (refusal !== undefined) return Promise.resolve({ ok: false, refusal });
      return this.#parts.maintenance.revert(id, how ?? "delete", author, arrivedAt);
    });
  }

  stage(request: StageRequest, ifMatch: Precondition): Promise<Outcome<Announced & { stage: Stage }>> {
    return this.#write(ifMatch, async () => {
      for (const change of request.changes) {
        const refusal = change.kind === "revert" ? this.#obstacleToRevert(change.receipt) : undefined;
        if (refusal !== undefined) return { ok: false, refusal };
      }
      const staged = await this.#parts.stages.stage(request);
      return staged.ok ? done({ stage: staged.value, announce: () => this.#parts.announceStages() }) : staged;
    });
  }

  /** What it replies is the same however often it is called. */
  commitStage(id: string, arrivedAt: number): Promise<Outcome<Announced & { stage: Stage; receipts: Receipt[] }>> {
    const { queue, stages } = this.#parts;
    const release = stages.claim(id);
    const turn = queue.run(async () => {
      stages.endLease();
      const outcome = await stages.commit(id, arrivedAt);
      if (!outcome.ok) return outcome;
      const { stage, receipts, committed } = outcome.value;
      const announce = committed === undefined ? () => undefined : this.#announceCommit(stage, committed);
      return done({ stage, receipts, announce });
    });
    return turn.finally(release);
  }

  abortStage(id: string): Promise<Outcome<Announced & { stage: Stage }>> {
    const { queue, stages } = this.#parts;
    return queue.run(() => {
      stages.endLease();
      const outcome = stages.abort(id);
      return Promise.resolve(
        outcome.ok ? done({ stage: outcome.value, announce: () => this.#parts.announceStages() }) : outcome,
      );
    });
  }

  stages(): Stage[] {
    return this.#parts.stages.list();
  }

  proveMaintenance(id: string): Promise<Outcome<Proof>> {
    return this.#parts.prover.prove(id);
  }

  receipt(id: string): Outcome<Receipt> {
    return this.#parts.maintenance.get(id);
  }

  /** What is in flight, oldest first. */
  async requests({ generation, site }: Query<"listRequests">): Promise<Outcome<{ requests: InFlightRequest[] }>> {
    const { requests } = await this.#parts.pool.requests({
      site,
      generation: generation === undefined ? undefined : Number(generation),
    });
    return done({ requests });
  }

  async cutRequest(id: string): Promise<Outcome<InFlightRequest>> {
    const request = await this.#parts.pool.cut(id);
    return request === undefined ? refuse("not-found", `Request ${id} is not in flight (any more).`) : done(request);
  }

  /** Counts a switch that windows have made, and tells everyone of it. */
  switched(committed: Committed): void {
    this.#switched(committed, true)();
  }

  #obstacleToRevert(id: string): Refusal | undefined {
    const receipt = this.#parts.maintenance.get(id);
    return receipt.ok && receipt.value.state === "in-maintenance"
      ? this.#parts.obstacleToRevert(receipt.value)
      : undefined;
  }

  #change<T extends Committed>(
    ifMatch: Precondition,
    change: () => Promise<Outcome<T>>,
  ): Promise<Outcome<T & Written>> {
    return this.#write(ifMatch, async () => {
      const outcome = await change();
      return outcome.ok ? done({ ...outcome.value, announce: this.#switched(outcome.value) }) : outcome;
    });
  }

  /** In the queue, on the generation that the client knew, and not while a stage is held. */
  #write<T>(ifMatch: Precondition, write: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const { queue, stages, switch: swap } = this.#parts;
    return queue.run(async () => {
      stages.endLease();
      const refusal = stages.obstacle() ?? checkPrecondition(ifMatch, swap.active.generation);
      return refusal === undefined ? write() : { ok: false, refusal };
    });
  }

  /**
   * The file of the stage is not on the way of the reply: the generation says already that it was
   * committed.
   */
  #announceCommit(stage: Stage, committed: Committed): () => void {
    const announce = this.#switched(committed);
    return () => {
      announce();
      this.#parts.announceStages();
      this.#parts.stages.store(stage);
    };
  }

  /** Counts a switch; what it returns tells everyone of it. */
  #switched({ receipts, own }: Committed, byWindows = false): () => void {
    this.switches++;
    const { config } = this.#parts.switch.active;
    return () => this.#parts.announce({ config, receipts, prove: receipts.slice(0, own), byWindows });
  }
}
