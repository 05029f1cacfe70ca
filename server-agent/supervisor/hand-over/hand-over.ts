/**
 * The running agent gives everything to a fresh process of its program: its listening sockets, its
 * state, its admin socket. Nobody notices: the sockets are never closed, and each of the two agents
 * knows at every moment whether the state is its own.
 *
 * Until the successor says that it serves, all can be undone, whatever becomes of it. From then
 * on this process only drains, and ends with its last connection.
 */
import type { SendHandle } from "node:child_process";
import type { Body, Reply } from "../../contract/routes.ts";
import { HAND_OVER_PROTOCOL } from "./protocol.ts";
import { type Log, messageOf } from "../../log.ts";
import { done, type Result, refuse } from "../../result.ts";
import type { StateDirectory } from "../../store/state-directory.ts";
import { refuseProgram, refuseProgramPath } from "./check-program.ts";
import { elapsedMs } from "../clock.ts";
import type { EventBus } from "../event-bus.ts";
import { Figures } from "./figures.ts";
import { Follower, type FollowParts } from "./follower.ts";
import type { Listeners } from "../../adapters/builtin/listeners.ts";
import { nameMainProcess } from "../systemd/notify-systemd.ts";
import { type Counted, countedSince } from "../../adapters/builtin/counted.ts";
import type { ObservedCounters } from "../../adapters/builtin/observed-counters.ts";
import { startedProgram } from "../../program-command.ts";
import type { ReceiptSaver } from "../switch/receipt-saver.ts";
import type { Stages } from "../maintenance/stages.ts";
import { Successor } from "./successor.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";
import type { WriteQueue } from "../switch/write-queue.ts";

/** The admin socket, as a hand-over needs it. */
export interface AdminSocket {
  /**
   * Takes its path back from a successor that has ended (`from`: its pid). Rejects with the
   * system's error.
   */
  reclaim(from: number): Promise<void>;
}

export interface HandOverParts {
  queue: WriteQueue;
  stages: Stages;
  saver: ReceiptSaver;
  state: StateDirectory;
  listeners: Listeners;
  pool: WorkerPool;
  counters: ObservedCounters;
  proofToken: string;
  admin: AdminSocket;
  events: EventBus;
  log: Log;
}

/** The successor must serve within this time (ms). */
const SUCCESSOR_TIMEOUT_MS = 20_000;
/** How long idle connections may stay (seconds), as at a graceful restart. */
const LINGER_SECONDS = 30;
/** How long what is in flight may take when the successor has ended (ms). */
const ORPHANED_MS = 30_000;

export class HandOver {
  readonly #parts: HandOverParts;
  readonly #markDrained: () => void;
  #isUnderWay = false;
  #successor: Successor | undefined;
  #isStopping = false;
  #isDone = false;
  /**
   * Resolves when this agent has handed over, its last connection has ended, and the process can
   * end.
   */
  readonly drained: Promise<void>;

  constructor(parts: HandOverParts) {
    this.#parts = parts;
    let markDrained = (): void => undefined;
    this.drained = new Promise((resolve) => (markDrained = resolve));
    this.#markDrained = markDrained;
  }

  /**
   * Resolves when the successor serves; `handed-over` is published then. Refuses with
   * `options.invalid`, `agent.stopping` or `hand-over.failed`; then everything is as before.
   */
  async run({
    program = startedProgram(),
    author = "unknown",
  }: NonNullable<Body<"handOver">>): Promise<Result<Reply<"handOver">>> {
    const misplaced = await refuseProgramPath(program);
    if (misplaced !== undefined)
      return refuse("options.invalid", `/program: ${misplaced}`, {
        problems: [{ path: "/program", code: "program", message: misplaced }],
      });
    if (this.#isUnderWay)
      return refuse("hand-over.failed", "A hand-over is already in progress; wait until it has finished.");
    this.#isUnderWay = true;
    try {
      const unfit = await refuseProgram(program);
      return unfit === undefined
        ? await this.#parts.queue.run(() => this.#inQueue(program, author))
        : this.#refuse(unfit);
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** A successor has everything; this process only drains. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Ends a hand-over that has not come to its end: everything is undone. */
  async abort(): Promise<void> {
    this.#isStopping = true;
    await this.#successor?.end("the agent is stopping");
  }

  async #inQueue(program: string, author: string): Promise<Result<Reply<"handOver">>> {
    const { log, stages } = this.#parts;
    if (this.#isStopping) return refuse("agent.stopping", "The agent is stopping.");
    stages.endLease();
    const startedAt = performance.now();
    const successor = new Successor(program, SUCCESSOR_TIMEOUT_MS);
    this.#successor = successor;
    log.info("handing over", { program, author, successor: successor.pid });
    const passed = await this.#pass(successor).catch((failure: unknown) => ({
      ok: false as const,
      why: messageOf(failure),
    }));
    this.#successor = undefined;
    if (!passed.ok) {
      await successor.end(passed.why);
      await this.#revert(successor.pid);
      return this.#refuse(passed.why);
    }
    const { version, generation } = passed.message;
    this.#retire(successor, passed.before);
    log.info("handed over; this process exits after its last connection", {
      successor: successor.pid,
      version,
      generation,
      ms: elapsedMs(startedAt),
    });
    this.#parts.events.publish({ type: "handed-over" });
    return done({ version, pid: successor.pid, generation });
  }

  async #pass(successor: Successor) {
    const { listeners, saver, state, counters, proofToken, pool } = this.#parts;
    const hello = await successor.next("hello");
    if (!hello.ok) return hello;
    if (hello.message.protocol !== HAND_OVER_PROTOCOL)
      return { ok: false as const, why: "it speaks another hand-over protocol than this version" };
    for (const { socket, config, port, handle } of listeners.open)
      successor.send({ type: "listener", socket, config, port }, handle as unknown as SendHandle);
    await saver.pause();
    // From here to the lock nothing can be counted in between: what is stored now, and what is
    // counted from now on, are together what was observed.
    saver.saveNow();
    const before = counters.total();
    state.share(successor.pid);
    successor.send({ type: "begin", proofToken, lastWorker: pool.lastWorker, counted: countedSince(before, before) });
    const ready = await successor.next("ready");
    if (!ready.ok) return ready;
    successor.send({ type: "go" });
    const serving = await successor.next("serving");
    return serving.ok ? { ...serving, before } : serving;
  }

  /** The successor has ended. Whatever it did, this agent goes on as before. */
  async #revert(successor: number): Promise<void> {
    const { state, stages, saver, admin, log } = this.#parts;
    state.own();
    stages.storeHeld();
    saver.resume();
    await admin.reclaim(successor).catch((failure: unknown) =>
      log.error("could not reclaim the admin socket; clients cannot reach this agent", {
        why: messageOf(failure),
      }),
    );
  }

  #retire(successor: Successor, before: Counted): void {
    const { queue, stages, listeners, pool, counters, log } = this.#parts;
    successor.send({ type: "alone" });
    this.#isDone = true;
    void queue.close(
      "This agent has handed over to its successor and accepts no changes; try again to reach the successor.",
    );
    stages.leave();
    const figures = new Figures(counters, before, (message) => successor.send(message));
    const reply: FollowParts["reply"] = (message) => {
      figures.flush();
      successor.send(message);
    };
    const follower = new Follower({ pool, listeners, reply, log });
    successor.follow((message) => follower.receive(message));
    void successor.ended.then(() => {
      log.error("successor exited first; closing idle connections", { successor: successor.pid });
      follower.leave();
      setTimeout(() => pool.broadcast({ type: "expire", generation: Number.MAX_SAFE_INTEGER }), ORPHANED_MS).unref();
    });
    const retired = pool.retireAll(LINGER_SECONDS);
    listeners.release();
    const told = nameMainProcess(successor.pid, log);
    void retired.then(async () => {
      figures.flush();
      // As long as systemd takes this process for the main one, its end would be that of the
      // service.
      if (!(await told)) await Promise.race([successor.ended, follower.dismissed]);
      successor.release();
      this.#markDrained();
    });
  }

  #refuse(why: string): ReturnType<typeof refuse> {
    return refuse("hand-over.failed", `Hand-over failed; this agent keeps running: ${why}`);
  }
}
