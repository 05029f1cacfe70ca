/** Fleet operations: several servers switched together, in two phases. */
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { isInProgress } from "../contract/shared/states.ts";
import { done, failed, isLoss } from "../failures.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type { FleetServer, FleetTarget } from "../contract/fleet.ts";
import type { Receipt, Stage } from "../../server-agent/contract/maintenance.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { StoredOperation } from "../stores/fleet-operations.ts";
import { pause, withTimeout } from "../timing/with-timeout.ts";
import {
  type Operation,
  isOver,
  kept,
  newOperation,
  restingPhase,
  resumed,
  settled,
  withGenerationSeen,
  withServer,
  withoutTimes,
} from "./operation.ts";

export interface FleetParts {
  document: OpenDocument<StoredOperation[]>;
  call: <N extends RouteName>(serverId: string, name: N, given: CallArguments<N>) => Promise<Result<Reply<N>>>;
  /** The name of a server in the list; `undefined` when it is not. */
  nameOf: (serverId: string) => string | undefined;
  author: () => string;
  report: (operations: Operation[]) => void;
  /** How long a server may leave open whether it has switched, before the others are reverted. */
  commitMs?: number;
  log: (line: string) => void;
}

/**
 * Agents hold a stage for so long (seconds). What follows must fit in: staging, then committing.
 */
const LEASE_SECONDS = 60;
const STAGE_TIMEOUT_MS = 20_000;
const UNDO_TIMEOUT_MS = 20_000;
const RETRY_DELAY_MS = 400;

/**
 * Switches several servers together, in two phases: everything that can be refused comes first and
 * on all of them, and only when all have promised does the switch follow. What has been decided is
 * stored before it is carried out, so that an app that ends in between finds it again; how far each
 * server came is asked of the server itself.
 */
export class Fleet {
  readonly #parts: FleetParts;
  #operations: Operation[];
  /** Of the operations that run: ends their first phase. */
  readonly #cancels = new Map<string, AbortController>();

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#operations = parts.document.value.map((stored) => resumed(stored as Operation));
    parts.report(this.#operations);
  }

  start(title: string, targets: readonly FleetTarget[]): Result<{ operationId: string }> {
    const problem = this.#problemOf(targets);
    if (problem !== undefined) return problem;
    const operation = newOperation(
      randomUUID(),
      title,
      this.#parts.author(),
      targets,
      new Date().toISOString(),
      (target) => ({
        name: this.#parts.nameOf(target.serverId) ?? target.serverId,
        sites: target.changes.map((change) => (change.kind === "maintenance" ? change.options.site : change.receipt)),
      }),
    );
    this.#operations = kept([operation, ...this.#operations]);
    this.#save();
    void this.#run(operation.id, (cancelled) => this.#drive(operation.id, operation.targets, cancelled));
    return done({ operationId: operation.id });
  }

  /** Switches where it has not been switched yet. */
  finish(id: string): Result<null> {
    return this.#begin(id, "staging", async (operation, cancelled) => {
      await this.#settleUnknown(operation.id);
      this.#change(id, withoutTimes);
      const waiting = this.#of(id).servers.filter(({ phase }) => phase !== "committed");
      await this.#drive(
        id,
        this.#of(id).targets.filter(({ serverId }) => waiting.some((server) => server.serverId === serverId)),
        cancelled,
      );
    });
  }

  /**
   * Takes back what was switched, and lets go of what is staged. In the first phase of an
   * operation, where nothing has changed yet, it ends it.
   */
  undo(id: string): Result<null> {
    if (this.#operations.find((operation) => operation.id === id)?.phase === "staging") {
      this.#cancels.get(id)?.abort();
      return done(null);
    }
    return this.#begin(id, "undoing", async () => {
      await this.#settleUnknown(id);
      await this.#undo(id, this.#of(id).servers);
    });
  }

  forget(id: string): Result<null> {
    const operation = this.#operations.find((candidate) => candidate.id === id);
    if (operation === undefined) return unknown();
    if (isInProgress(operation)) return busy();
    this.#operations = this.#operations.filter((candidate) => candidate !== operation);
    this.#save();
    return done(null);
  }

  /** A server has answered: what was not known of it may be known now. */
  async observe(serverId: string): Promise<void> {
    for (const operation of this.#operations) {
      const server = operation.servers.find((candidate) => candidate.serverId === serverId);
      if (isInProgress(operation) || isOver(operation) || server?.phase !== "unknown") continue;
      await this.#settle(operation.id, server);
      this.#rest(operation.id);
    }
  }

  #problemOf(targets: readonly FleetTarget[]): ReturnType<typeof failed> | undefined {
    const ids = targets.map(({ serverId }) => serverId);
    if (new Set(ids).size < ids.length)
      return failed("ipc.input", "Each server may take part once; put its sites together.");
    const missing = ids.find((id) => this.#parts.nameOf(id) === undefined);
    if (missing !== undefined)
      return failed("server.unknown", `There is no server ${missing}; it may have been removed.`);
    const kinds = new Set(targets.flatMap(({ changes }) => changes.map(({ kind }) => kind)));
    return kinds.size > 1
      ? failed("ipc.input", "Sites are put in maintenance or brought back, not both at once.")
      : undefined;
  }

  #begin(
    id: string,
    phase: "staging" | "undoing",
    work: (operation: Operation, cancelled: AbortSignal) => Promise<void>,
  ): Result<null> {
    const operation = this.#operations.find((candidate) => candidate.id === id);
    if (operation === undefined) return unknown();
    if (isInProgress(operation)) return busy();
    this.#change(id, (current) => ({ ...current, phase }));
    void this.#run(id, (cancelled) => work(operation, cancelled));
    return done(null);
  }

  async #run(id: string, work: (cancelled: AbortSignal) => Promise<void>): Promise<void> {
    const cancel = new AbortController();
    this.#cancels.set(id, cancel);
    try {
      await work(cancel.signal);
    } catch (error) {
      this.#parts.log(`operation ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      this.#change(id, (operation) => ({
        ...operation,
        servers: operation.servers.map((server) => (isPending(server) ? { ...server, phase: "unknown" } : server)),
      }));
    }
    this.#cancels.delete(id);
    this.#rest(id);
  }

  /** Both phases, on these targets. */
  async #drive(id: string, targets: readonly FleetTarget[], cancelled: AbortSignal): Promise<void> {
    this.#change(id, (operation) => ({ ...operation, phase: "staging" }));
    if (!cancelled.aborted) await Promise.all(targets.map((target) => this.#stage(id, target, cancelled)));
    const taking = () =>
      this.#of(id).servers.filter(({ serverId }) => targets.some((target) => target.serverId === serverId));
    if (cancelled.aborted || taking().some(({ phase }) => phase !== "staged")) {
      await this.#undo(id, taking());
      return;
    }
    // The decision: stored before the first server hears of it.
    this.#change(id, (operation) => ({ ...operation, phase: "committing" }));
    this.#save();
    const startedAt = performance.now();
    await Promise.all(taking().map((server) => this.#commit(id, server, startedAt)));
    if (taking().some(({ phase }) => phase !== "committed")) await this.#undo(id, taking());
  }

  async #stage(id: string, target: FleetTarget, cancelled: AbortSignal): Promise<void> {
    const operation = this.#of(id);
    const { serverId, changes, ifGeneration } = target;
    const before = operation.servers.find((server) => server.serverId === serverId);
    // Held since before the app was interrupted.
    if (before?.phase === "staged") return;
    this.#server(id, serverId, {
      phase: "staging",
      failure: null,
      stageId: null,
      receipts: [],
      committedAfterMs: null,
    });
    const call = this.#parts.call(serverId, "stage", {
      body: {
        operation: { id, title: operation.title, servers: operation.servers.length },
        changes,
        leaseSeconds: LEASE_SECONDS,
        author: operation.author,
      },
      ...(ifGeneration === undefined ? {} : { ifMatch: ifGeneration }),
    });
    const staged = await withTimeout(call, STAGE_TIMEOUT_MS, cancelled);
    if (staged === undefined) {
      // Should it promise after all, it is let go.
      void call.then((late) =>
        late.ok ? this.#parts.call(serverId, "abortStage", { params: { id: late.value.id } }) : undefined,
      );
      if (cancelled.aborted) this.#server(id, serverId, { phase: "undone" });
      else
        this.#server(id, serverId, {
          phase: "refused",
          failure: {
            code: "server.silent",
            message: `It did not confirm the stage within ${STAGE_TIMEOUT_MS / 1000} s.`,
          },
        });
      return;
    }
    if (staged.ok) this.#staged(id, serverId, staged.value);
    else {
      // Perhaps it is this operation's own, and what the app asked for before it ended was still on
      // its way.
      const held = staged.failure.code === "stage.held" ? await this.#heldOn(id, serverId) : undefined;
      if (held === undefined) this.#server(id, serverId, { phase: "refused", failure: staged.failure });
      else this.#staged(id, serverId, held);
    }
  }

  #staged(id: string, serverId: string, { id: stageId, sites, warnings }: Stage): void {
    this.#server(id, serverId, { phase: "staged", stageId, sites, warnings: warnings.map(({ message }) => message) });
  }

  async #heldOn(id: string, serverId: string): Promise<Stage | undefined> {
    const reply = await withTimeout(this.#parts.call(serverId, "listStages", {}), UNDO_TIMEOUT_MS);
    return reply?.ok === true
      ? reply.value.stages.find(({ state, operation }) => state === "staged" && operation.id === id)
      : undefined;
  }

  /** A reply that was lost is asked for again: committing twice is the same as once. */
  async #commit(id: string, { serverId, stageId }: FleetServer, startedAt: number): Promise<void> {
    if (stageId === null) return;
    this.#server(id, serverId, { phase: "committing" });
    const { commitMs = 15_000 } = this.#parts;
    const deadline = performance.now() + commitMs;
    for (;;) {
      const reply = await withTimeout(
        this.#parts.call(serverId, "commitStage", { params: { id: stageId } }),
        Math.max(1, deadline - performance.now()),
      );
      if (reply?.ok === true) {
        this.#server(id, serverId, {
          phase: "committed",
          receipts: reply.value.receipts.map((receipt) => receipt.id),
          committedAfterMs: performance.now() - startedAt,
        });
        return;
      }
      const failure: Failure = reply?.failure ?? {
        code: "server.silent",
        message: `It did not confirm the switch within ${commitMs / 1000} s.`,
      };
      if (!isLoss(failure)) {
        this.#server(id, serverId, { phase: "failed", failure });
        return;
      }
      if (performance.now() + RETRY_DELAY_MS > deadline) {
        this.#server(id, serverId, { phase: "unknown", failure });
        return;
      }
      await pause(RETRY_DELAY_MS);
    }
  }

  /**
   * Nothing of the operation is left on these servers afterwards, as far as they can be reached.
   */
  async #undo(id: string, servers: readonly FleetServer[]): Promise<void> {
    this.#change(id, (operation) => ({ ...operation, phase: "undoing" }));
    await Promise.all(servers.map((server) => this.#undoOn(id, server)));
  }

  async #undoOn(id: string, server: FleetServer): Promise<void> {
    const { serverId, stageId } = server;
    if (server.phase === "staged" && stageId !== null) {
      const aborted = await withTimeout(
        this.#parts.call(serverId, "abortStage", { params: { id: stageId } }),
        UNDO_TIMEOUT_MS,
      );
      if (aborted === undefined || aborted.ok || isLoss(aborted.failure)) {
        // If it does not hear, its lease ends by itself.
        this.#server(id, serverId, { phase: "undone", failure: aborted?.ok === false ? aborted.failure : null });
        return;
      }
      // It has switched after all: what the app asked for before it ended was still on its way.
      await this.#settle(id, server);
    }
    const found = this.#of(id).servers.find((candidate) => candidate.serverId === serverId);
    if (found?.phase !== "committed") return;
    this.#server(id, serverId, { phase: "undoing" });
    const failure = await this.#revertAll(this.#of(id), found);
    this.#server(
      id,
      serverId,
      failure === undefined
        ? { phase: "undone", committedAfterMs: null }
        : { phase: isLoss(failure) ? "unknown" : "committed", failure },
    );
  }

  async #revertAll(
    { id, kind, author, title, servers }: Operation,
    { serverId, receipts }: FleetServer,
  ): Promise<Failure | undefined> {
    for (const receipt of receipts) {
      const reply =
        kind === "maintenance"
          ? await this.#revert(serverId, receipt, author)
          : await this.#closeAgain(serverId, receipt, author);
      if (reply === undefined)
        return { code: "server.silent", message: `It did not answer within ${UNDO_TIMEOUT_MS / 1000} s.` };
      if (reply.ok) this.#change(id, (operation) => withGenerationSeen(operation, serverId, reply.value));
      else if (reply.failure.code !== "maintenance.reverted" && reply.failure.code !== "maintenance.already")
        return reply.failure;
    }
    this.#parts.log(`operation ${id} (${title}) reverted on ${serverId}, one of ${servers.length}`);
    return undefined;
  }

  #revert(serverId: string, receipt: string, author: string): Promise<Result<Receipt> | undefined> {
    return withTimeout(
      this.#parts.call(serverId, "revertMaintenance", { params: { id: receipt }, body: { how: "delete", author } }),
      UNDO_TIMEOUT_MS,
    );
  }

  /** A site that was brought back goes into maintenance again, just as it was. */
  async #closeAgain(serverId: string, id: string, author: string): Promise<Result<Receipt> | undefined> {
    const receipt = await withTimeout(
      this.#parts.call(serverId, "getMaintenance", { params: { id } }),
      UNDO_TIMEOUT_MS,
    );
    return receipt?.ok === true
      ? withTimeout(
          this.#parts.call(serverId, "startMaintenance", { body: { ...receipt.value.options, author } }),
          UNDO_TIMEOUT_MS,
        )
      : receipt;
  }

  async #settleUnknown(id: string): Promise<void> {
    await Promise.all(
      this.#of(id)
        .servers.filter(({ phase }) => phase === "unknown" || phase === "staged")
        .map((server) => this.#settle(id, server)),
    );
  }

  async #settle(id: string, server: FleetServer): Promise<void> {
    // In this order: a stage that was committed has its receipts by then.
    const stages = await withTimeout(this.#parts.call(server.serverId, "listStages", {}), UNDO_TIMEOUT_MS);
    const maintenance = await withTimeout(this.#parts.call(server.serverId, "listMaintenance", {}), UNDO_TIMEOUT_MS);
    if (stages?.ok !== true || maintenance?.ok !== true) return;
    this.#server(
      id,
      server.serverId,
      settled(this.#of(id), server, stages.value.stages, maintenance.value.maintenance),
    );
  }

  #rest(id: string): void {
    this.#change(id, (operation) => {
      const phase = restingPhase(operation.servers);
      return {
        ...operation,
        phase: operation.phase === "interrupted" && phase === "incomplete" ? "interrupted" : phase,
      };
    });
    this.#save();
  }

  #of(id: string): Operation {
    const operation = this.#operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw new Error(`operation ${id} is gone`);
    return operation;
  }

  #server(id: string, serverId: string, change: Partial<FleetServer>): void {
    this.#change(id, (operation) => withServer(operation, serverId, change));
  }

  #change(id: string, change: (operation: Operation) => Operation): void {
    this.#operations = this.#operations.map((operation) => (operation.id === id ? change(operation) : operation));
    this.#parts.report(this.#operations);
  }

  #save(): void {
    this.#parts.document.save(
      this.#operations.map((operation) => ({ ...operation, servers: operation.servers.map(stored) })),
    );
  }
}

function stored({ failure, ...server }: FleetServer): StoredOperation["servers"][number] {
  return {
    ...server,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
}

function isPending({ phase }: FleetServer): boolean {
  return phase === "staging" || phase === "committing" || phase === "undoing";
}

function unknown() {
  return failed("fleet.unknown", "This operation is no longer kept; look at the servers as they are now.");
}
function busy() {
  return failed("fleet.busy", "This operation is still running.");
}
