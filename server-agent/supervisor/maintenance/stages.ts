/**
 * Switching in two phases: a stage holds changes that everything is ready for, until the client
 * commits it together with those of other servers, or releases it. One at a time, and no other
 * change while it is held: so its commit cannot be refused any more, but by a full disk.
 *
 * A stage that is held has a file and comes back after a crash. Whether it was committed is written
 * in the generation that the commit makes, in the same rename.
 */
import { LEASE_SECONDS, type Receipt, type Stage, type StageRequest } from "../../contract/maintenance.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, type Refusal, refuse } from "../../result.ts";
import { committedBy, settleStage } from "../../store/settle-stage.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import type { EventBus } from "../event-bus.ts";
import { checkPrecondition, type Precondition } from "../switch/precondition.ts";
import type { PreparedChange } from "../switch/change.ts";
import type { Switch } from "../switch/switch.ts";
import type { Maintenance } from "./maintenance.ts";
import type { ReceiptBook } from "../switch/receipt-book.ts";
import { oldStages } from "./recent-stages.ts";
import {
  refuseChange,
  refuseEnded,
  refuseStagedDocument,
  refuseUnknownStage,
  refuseWhileHeld,
} from "./stage-refusals.ts";
import { refuseUnstored } from "../refuse-unstored.ts";
import { newTimedId } from "../timed-id.ts";
import type { WriteQueue } from "../switch/write-queue.ts";

export interface StagesParts {
  switch: Switch;
  state: StateDirectory;
  maintenance: Maintenance;
  receipts: ReceiptBook;
  queue: WriteQueue;
  events: EventBus;
  log: Log;
}

interface Held {
  readonly stage: Stage;
  readonly prepared: PreparedChange;
  /** Commits that came before the end of the lease and wait for their turn. */
  claims: number;
}

type Prepared = PreparedChange & Pick<Stage, "sites" | "warnings">;

/** The lease is one of the wall clock, which may jump; a timer alone would not notice (ms). */
const CHECK_INTERVAL_MS = 1000;

export class Stages {
  readonly #parts: StagesParts;
  #held: Held | undefined;
  /** Newest first. */
  #ended: Stage[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: StagesParts) {
    this.#parts = parts;
    parts.queue.guard(() => this.#obstacle());
  }

  /** Newest first. */
  list(): Stage[] {
    return this.#held === undefined ? this.#ended : [this.#held.stage, ...this.#ended];
  }

  /** Why no other change can be made now. */
  #obstacle(): Refusal | undefined {
    this.endLease();
    return this.#held === undefined ? undefined : refuseWhileHeld(this.#held.stage).refusal;
  }

  /**
   * Prepares changes and holds them until they are committed, aborted, or the lease ends. Refuses
   * like the changes themselves, and with `config.stale`, `stage.held` or `store.failed`; then
   * nothing is held.
   */
  stage(request: StageRequest, ifMatch: Precondition): Promise<Result<Stage>> {
    const { queue, switch: swap } = this.#parts;
    return queue.write(
      () => this.#stage(request),
      () => checkPrecondition(ifMatch, swap.active.generation) ?? this.#obstacleTo(request),
    );
  }

  /** Why one of the changes cannot be made by hand now. */
  #obstacleTo({ changes }: StageRequest): Refusal | undefined {
    for (const change of changes) {
      const refusal = change.kind === "revert" ? this.#parts.maintenance.obstacleToRevert(change.receipt) : undefined;
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  async #stage({
    operation,
    changes,
    leaseSeconds = LEASE_SECONDS,
    author = "unknown",
  }: StageRequest): Promise<Result<Stage>> {
    const { state, log, switch: swap } = this.#parts;
    const id = newTimedId(new Date().toISOString());
    const prepared = await this.#prepare({ id, operation, changes, author });
    if (!prepared.ok) return prepared;
    const now = Date.now();
    const stage: Stage = {
      id,
      operation,
      changes,
      author,
      sites: prepared.value.sites,
      state: "staged",
      baseGeneration: swap.active.generation,
      stagedAt: new Date(now).toISOString(),
      expiresAt: new Date(now + leaseSeconds * 1000).toISOString(),
      receipts: [],
      warnings: prepared.value.warnings,
    };
    try {
      state.save("stages", stage);
    } catch (failure) {
      swap.discard(prepared.value);
      return refuseUnstored("The stage", failure);
    }
    this.#hold(stage, prepared.value);
    this.#parts.events.publish({ type: "stages-changed" });
    log.info("stage held", {
      stage: id,
      operation: operation.id,
      author,
      sites: stage.sites.join(","),
      until: stage.expiresAt,
    });
    return done(stage);
  }

  /**
   * Switches to what the stage has prepared, or tells again what it did: what it replies is the
   * same however often it is called. Refuses with `not-found`, `stage.ended` or `store.failed`.
   * From its arrival on the lease cannot end.
   */
  async commit(id: string, arrivedAt: number): Promise<Result<{ stage: Stage; receipts: Receipt[] }>> {
    const held = this.#held;
    const claimed = held?.stage.id === id && !isOver(held.stage) ? held : undefined;
    if (claimed !== undefined) claimed.claims++;
    try {
      return await this.#parts.queue.run(() => {
        this.endLease();
        return this.#commit(id, arrivedAt);
      });
    } finally {
      if (claimed !== undefined) claimed.claims--;
    }
  }

  async #commit(id: string, arrivedAt: number): Promise<Result<{ stage: Stage; receipts: Receipt[] }>> {
    const held = this.#held;
    if (held?.stage.id !== id) return this.#commitAgain(id);
    try {
      const committed = await this.#parts.switch.commit(held.prepared, arrivedAt);
      if (!committed.ok) {
        // Taken back it is over. Otherwise it is still held: it may be tried again until its lease
        // ends.
        if (committed.refusal.code === "switch.unobserved") this.#endCommitted(held.stage);
        return committed;
      }
      const stage = this.#endCommitted(held.stage) ?? held.stage;
      // Not on the way of the reply: the generation says already that it was committed.
      setImmediate(() => this.#store(stage));
      return done({ stage, receipts: committed.value.receipts.slice(0, committed.value.own) });
    } catch (failure) {
      // It may have failed after it was stored; then it is active.
      this.#endCommitted(held.stage);
      throw failure;
    }
  }

  /**
   * Releases a stage; one that has ended already is told as it is. Refuses with `not-found`, with
   * `stage.ended` when it was committed, and with `store.failed`; then it is held until its lease
   * ends.
   */
  abort(id: string): Promise<Result<Stage>> {
    return this.#parts.queue.run(() => {
      this.endLease();
      return this.#abort(id);
    });
  }

  #abort(id: string): Result<Stage> {
    const held = this.#held;
    if (held?.stage.id === id) {
      const aborted: Stage = { ...held.stage, state: "aborted", endedAt: new Date().toISOString() };
      const failure = this.#store(aborted);
      return failure === undefined ? done(this.#release(held, aborted)) : refuseUnstored("The abort", failure);
    }
    const ended = this.#ended.find((stage) => stage.id === id);
    if (ended === undefined) return refuseUnknownStage(id);
    return ended.state === "committed" ? refuseEnded(ended) : done(ended);
  }

  /**
   * Releases a stage whose lease is over; true then. Must run in the write queue; every change does
   * it first.
   */
  endLease(): Result<boolean> {
    const held = this.#held;
    if (held === undefined || held.claims > 0 || !isOver(held.stage)) return done(false);
    // Whether or not it can be stored: the clock says so, also after a restart.
    const ended = this.#release(held, { ...held.stage, state: "expired", endedAt: held.stage.expiresAt });
    this.#store(ended);
    return done(true);
  }

  /**
   * Stores how a stage ended. Where that fails its file goes, so that it is not taken for one that
   * is held. Returns why neither was possible.
   */
  #store(ended: Stage): unknown {
    const { state, log } = this.#parts;
    try {
      state.save("stages", ended);
      return undefined;
    } catch (failure) {
      log.warn("could not store the end of a stage", { stage: ended.id, state: ended.state, why: messageOf(failure) });
    }
    try {
      state.remove("stages", ended.id);
      return undefined;
    } catch (failure) {
      return failure;
    }
  }

  /**
   * Takes over what an agent before this one has left, and holds its stage again where that is
   * still possible. Nothing else may change meanwhile. Writes nothing; what it returns does.
   */
  async restore(found: readonly Stage[]): Promise<() => void> {
    const settled: Stage[] = [];
    for (const stored of found.toSorted((a, b) => (a.stagedAt < b.stagedAt ? 1 : -1))) {
      let stage = settleStage(stored, this.#parts.state.records, Date.now());
      if (stage.state === "staged") {
        const failure = await this.#restore(stage);
        if (failure === undefined) continue;
        this.#parts.log.warn("could not restore a pending stage; it was aborted, and nothing was changed", {
          stage: stage.id,
          why: failure,
        });
        stage = { ...stage, state: "aborted", endedAt: new Date().toISOString() };
      }
      this.#ended.push(stage);
      if (stage !== stored) settled.push(stage);
    }
    return () => {
      for (const stage of settled) this.#store(stage);
      this.#prune();
    };
  }

  /** Stores the stage that is held again, because its file may have been altered. */
  storeHeld(): void {
    if (this.#held === undefined) return;
    try {
      this.#parts.state.save("stages", this.#held.stage);
    } catch (failure) {
      this.#parts.log.error("could not store the pending stage again", {
        stage: this.#held.stage.id,
        why: messageOf(failure),
      });
    }
  }

  /** Leaves the stage to a successor: what was prepared for it here is released, its file stays. */
  leave(): void {
    this.close();
    if (this.#held !== undefined) this.#parts.switch.discard(this.#held.prepared);
    this.#held = undefined;
  }

  /** Holds on to the file of the stage, but does nothing more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #prepare({
    id,
    operation,
    changes,
    author,
  }: Pick<Stage, "id" | "operation" | "changes" | "author">): Promise<Result<Prepared>> {
    const plan = await this.#parts.maintenance.planAll(changes, { author, operation });
    if (!plan.ok) return refuseChange(plan.fault, changes);
    const { request, config, planned } = plan.value;
    const prepared = await this.#parts.switch.prepare({ ...request, stage: id });
    if (!prepared.ok) return refuseStagedDocument(prepared.refusal, config, planned);
    const sites = planned.map((change) => (change.kind === "maintenance" ? change.plan.site : change.receipt.site));
    const warnings = planned.flatMap((change) => (change.kind === "maintenance" ? change.plan.warnings : []));
    return done({ ...prepared.value, sites: [...new Set(sites)], warnings });
  }

  /** Returns why it cannot be. */
  async #restore(stage: Stage): Promise<string | undefined> {
    const active = this.#parts.switch.active.generation;
    if (this.#held !== undefined) return `stage ${this.#held.stage.id} is held`;
    if (stage.baseGeneration !== active)
      return `it was made for generation ${stage.baseGeneration}, and ${active} is active`;
    const prepared = await this.#prepare(stage).catch((failure: unknown) => refuse("internal", messageOf(failure)));
    if (!prepared.ok) return prepared.refusal.message;
    this.#hold(stage, prepared.value);
    this.#parts.log.info("restored pending stage", {
      stage: stage.id,
      operation: stage.operation.id,
      until: stage.expiresAt,
    });
    return undefined;
  }

  #hold(stage: Stage, prepared: PreparedChange): void {
    this.#held = { stage, prepared, claims: 0 };
    this.#watchLease();
  }

  #watchLease(): void {
    const held = this.#held;
    if (held === undefined) return;
    const left = Date.parse(held.stage.expiresAt) - Date.now();
    this.#timer = setTimeout(
      () => {
        if (isOver(held.stage) && held.claims === 0) void this.#parts.queue.run(() => this.endLease());
        this.#watchLease();
      },
      left > 0 ? Math.min(left, CHECK_INTERVAL_MS) : CHECK_INTERVAL_MS,
    ).unref();
  }

  #commitAgain(id: string): Result<{ stage: Stage; receipts: Receipt[] }> {
    const stage = this.#ended.find((ended) => ended.id === id);
    if (stage === undefined) return refuseUnknownStage(id);
    if (stage.state !== "committed") return refuseEnded(stage);
    return done({
      stage,
      receipts: stage.receipts.flatMap((receipt) => this.#parts.receipts.get(receipt) ?? []),
    });
  }

  #endCommitted(stage: Stage): Stage | undefined {
    const record = this.#parts.state.records.findLast((candidate) => candidate.stage === stage.id);
    return record === undefined ? undefined : this.#end(committedBy(stage, record));
  }

  #release({ prepared }: Held, ended: Stage): Stage {
    this.#parts.switch.discard(prepared);
    this.#parts.log.info(`stage ${ended.state}; nothing was changed`, { stage: ended.id });
    return this.#end(ended);
  }

  /** Forgets the oldest ones that ended; those whose files stay are tried again. */
  #prune(): void {
    const old = new Set(oldStages(this.#ended).filter((stage) => this.#parts.state.forget("stages", stage.id)));
    this.#ended = this.#ended.filter((stage) => !old.has(stage));
  }

  #end(ended: Stage): Stage {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.#ended.unshift(ended);
    this.#prune();
    this.#parts.events.publish({ type: "stages-changed" });
    return ended;
  }
}

function isOver({ expiresAt }: Stage): boolean {
  return Date.now() >= Date.parse(expiresAt);
}
