/**
 * Fleet operations: several servers switched together. What is to be done is decided in decide.ts;
 * here it is carried out, and what comes of it is told there.
 */
import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import { t } from "../language/translate.ts";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { Reply, RouteName } from "../../server-agent/contract/routes.ts";
import { isInProgress } from "../contract/shared/states.ts";
import { FailureError, done, failed, messageOf } from "../failures.ts";
import type { Result } from "../contract/failures.ts";
import type { FleetServer, FleetTarget } from "../contract/fleet.ts";
import type { OpenDocument } from "../stores/document.ts";
import type { StoredOperation } from "../stores/fleet-operations.ts";
import type { AgentCall, AgentReply } from "./agent-call.ts";
import { decide } from "./decide.ts";
import { type Operation, kept, newOperation, resumed } from "./operation.ts";
import { type FleetEffect, type FleetEvent, type Progress, atRest } from "./progress.ts";

export interface FleetParts {
  document: OpenDocument<StoredOperation[]>;
  call: <N extends RouteName>(serverId: string, name: N, given: CallArguments<N>) => Promise<Result<Reply<N>>>;
  /** The name of a server in the list; `undefined` when it is not. */
  nameOf: (serverId: string) => string | undefined;
  author: () => string;
  report: (operations: Operation[]) => void;
  log: (line: string) => void;
  /** Milliseconds, by a clock that never goes back. Default: the system's. */
  now?: () => number;
}

/**
 * Switches several servers together, in two phases: everything that can be refused comes first and
 * on all of them, and only when all have promised does the switch follow. What has been decided is
 * stored before it is carried out, so that an app that ends in between finds it again; how far each
 * server came is asked of the server itself.
 */
export class Fleet {
  readonly #parts: FleetParts;
  /** Newest first. */
  #all: Progress[];
  /** How storing ended the last time. */
  #storing: Result<null> = done(null);
  /** By operation, then by the token of what they are for. */
  readonly #timers = new Map<string, Map<number, NodeJS.Timeout>>();

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.#all = parts.document.value.map((stored) => atRest(resumed(stored as Operation)));
    this.#report();
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
    const remaining = new Set(kept([operation, ...this.#operations()]));
    const before = this.#all;
    this.#all = [atRest(operation), ...before].filter((progress) => remaining.has(progress.operation));
    const begun = this.#begin(operation.id, "switch");
    if (begun.ok) return done({ operationId: operation.id });
    this.#all = before;
    this.#report();
    return begun;
  }

  /** Switches where it has not been switched yet. */
  finish(id: string): Result<null> {
    const operation = this.#find(id)?.operation;
    if (operation === undefined) return unknown();
    return isInProgress(operation) ? busy() : this.#begin(id, "switch");
  }

  /**
   * Takes back what was switched, and aborts what is staged. In the first phase of an operation,
   * where nothing has changed yet, it ends it.
   */
  undo(id: string): Result<null> {
    const operation = this.#find(id)?.operation;
    if (operation === undefined) return unknown();
    return operation.phase === "committing" || operation.phase === "undoing" ? busy() : this.#begin(id, "undo");
  }

  forget(id: string): Result<null> {
    const operation = this.#find(id)?.operation;
    if (operation === undefined) return unknown();
    if (isInProgress(operation)) return busy();
    const others = this.#all.filter((candidate) => candidate.operation.id !== id);
    this.#save(others);
    this.#all = others;
    this.#clear(id);
    this.#report();
    return done(null);
  }

  /** A server has answered: what was not known of it may be known now. */
  observe(serverId: string): void {
    for (const { id, servers } of this.#operations())
      if (servers.some((server) => server.serverId === serverId)) this.#happen(id, { type: "answered", serverId });
  }

  #problemOf(targets: readonly FleetTarget[]): ReturnType<typeof failed> | undefined {
    const ids = targets.map(({ serverId }) => serverId);
    if (new Set(ids).size < ids.length)
      return failed("ipc.input", t("Each server may take part once; put its sites together."));
    const missing = ids.find((id) => this.#parts.nameOf(id) === undefined);
    if (missing !== undefined)
      return failed("server.unknown", t("There is no server {server}; it may have been removed.", { server: missing }));
    const kinds = new Set(targets.flatMap(({ changes }) => changes.map(({ kind }) => kind)));
    return kinds.size > 1
      ? failed("ipc.input", t("Sites are put in maintenance or brought back, not both at once."))
      : undefined;
  }

  /** Fails when it cannot be stored; then nothing has begun. */
  #begin(id: string, type: "switch" | "undo"): Result<null> {
    this.#storing = done(null);
    this.#happen(id, { type });
    const operation = this.#find(id)?.operation;
    return operation === undefined || isInProgress(operation) ? done(null) : this.#storing;
  }

  #happen(id: string, event: FleetEvent): void {
    const progress = this.#find(id);
    // Forgotten meanwhile.
    if (progress === undefined) return;
    const { state, effects } = decide(progress, event, this.#parts.now?.() ?? performance.now());
    this.#all = this.#all.map((candidate) => (candidate === progress ? state : candidate));
    if (state.operation !== progress.operation) this.#report();
    for (const effect of effects) this.#carryOut(id, effect);
    if (this.#find(id)?.run === undefined) this.#clear(id);
  }

  #carryOut(id: string, effect: FleetEffect): void {
    switch (effect.type) {
      case "call":
        void this.#call(id, effect);
        return;
      case "timer": {
        const { serverId, token, afterMs } = effect;
        const timers = this.#timers.get(id) ?? new Map<number, NodeJS.Timeout>();
        this.#timers.set(id, timers);
        timers.set(
          token,
          setTimeout(() => this.#happen(id, { type: "time", serverId, token }), afterMs),
        );
        return;
      }
      case "store":
        this.#storing = this.#store(id);
        this.#happen(id, { type: "stored", result: this.#storing });
        return;
      case "log":
        this.#parts.log(effect.line);
    }
  }

  async #call(id: string, { serverId, token, call }: Extract<FleetEffect, { type: "call" }>): Promise<void> {
    const result = await this.#ask(id, serverId, call);
    const timers = this.#timers.get(id);
    clearTimeout(timers?.get(token));
    timers?.delete(token);
    const reply = { name: call.name, result } as AgentReply;
    this.#happen(id, { type: "reply", serverId, token, reply });
  }

  async #ask(id: string, serverId: string, { name, given }: AgentCall): Promise<Result<unknown>> {
    try {
      return await this.#parts.call(serverId, name, given);
    } catch (error) {
      this.#parts.log(`operation ${id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return failed("internal", messageOf(error));
    }
  }

  #store(id: string): Result<null> {
    try {
      this.#save(this.#all);
      return done(null);
    } catch (error) {
      if (!(error instanceof FailureError)) throw error;
      this.#parts.log(`operation ${id}: ${error.message}`);
      return { ok: false, failure: error.failure };
    }
  }

  #save(all: readonly Progress[]): void {
    this.#parts.document.save(
      all.map(({ operation }) => ({ ...operation, servers: operation.servers.map(storedServer) })),
    );
  }

  #find(id: string): Progress | undefined {
    return this.#all.find(({ operation }) => operation.id === id);
  }

  #operations(): Operation[] {
    return this.#all.map(({ operation }) => operation);
  }

  #report(): void {
    this.#parts.report(this.#operations());
  }

  #clear(id: string): void {
    for (const timer of this.#timers.get(id)?.values() ?? []) clearTimeout(timer);
    this.#timers.delete(id);
  }
}

function storedServer({ failure, ...server }: FleetServer): StoredOperation["servers"][number] {
  return {
    ...server,
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
}

function unknown() {
  return failed("fleet.unknown", t("This operation is no longer kept; look at the servers as they are now."));
}
function busy() {
  return failed("fleet.busy", t("This operation is still running."));
}
