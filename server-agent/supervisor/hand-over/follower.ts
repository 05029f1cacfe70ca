/**
 * What an agent that has handed over still does: its connections end by themselves, and until then
 * they follow the successor's switches, so that a reply of the successor is true for them too
 * (promise 2).
 */
import { validateConfig } from "../../core/config/validate-config.ts";
import type { FromSuccessor } from "./protocol.ts";
import { type Log, messageOf } from "../../log.ts";
import type { FromWorker } from "../../worker/protocol.ts";
import type { Listeners } from "../../adapters/builtin/listeners.ts";
import type { Service } from "../../adapters/service.ts";
import type { WorkerPool } from "../../adapters/builtin/worker-pool.ts";

export interface FollowParts {
  pool: WorkerPool;
  listeners: Listeners;
  reply: (message: Extract<FromWorker, { type: "prepared" | "committed" | "requests" | "cut" }>) => void;
  log: Log;
}

export class Follower {
  readonly #parts: FollowParts;
  readonly #services = new Map<number, Service>();
  #turn: Promise<void> = Promise.resolve();
  #hasLeft = false;
  #dismiss: () => void = () => undefined;
  /** Resolves when the successor stops, and waits for this process. */
  readonly dismissed: Promise<void>;

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.dismissed = new Promise((resolve) => (this.#dismiss = resolve));
  }

  /** Does what the successor says; switches one after the other. */
  receive(message: FromSuccessor): void {
    const { pool, reply } = this.#parts;
    switch (message.type) {
      case "prepare":
        this.#inTurn(
          () => this.#prepare(message.generation, message.config),
          () => reply({ type: "prepared", generation: message.generation }),
        );
        break;
      case "commit":
        this.#inTurn(
          async () => {
            this.#parts.listeners.rename(message.listeners);
            const service = this.#services.get(message.generation);
            this.#services.delete(message.generation);
            if (service !== undefined) await pool.commit(service);
          },
          () => reply({ type: "committed", generation: message.generation }),
        );
        break;
      case "abort":
        this.#inTurn(() => {
          this.#services.delete(message.generation);
          pool.abort(message.generation);
        });
        break;
      case "list-requests":
        void pool
          .requests(message.filter ?? {}, message.limit)
          .then(({ requests, total }) => reply({ type: "requests", ask: message.ask, requests, total }));
        break;
      case "cut-request":
        void pool.cut(message.id).then((request) => reply({ type: "cut", ask: message.ask, request }));
        break;
      case "cut-all":
        this.#dismiss();
        void pool.stop(0);
        break;
      case "leave":
        this.leave();
        break;
      case "retire":
        this.#dismiss();
        pool.broadcast(message);
        break;
      case "expire":
      case "reopen-logs":
        pool.broadcast(message);
        break;
      // These belong to the hand-over itself, which is over.
      case "hello":
      case "said":
      case "ready":
      case "serving":
      case "failed":
    }
  }

  /**
   * Closes every connection as soon as nothing is in flight on it. What is in flight runs to its
   * end.
   */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#services.clear();
    this.#parts.pool.broadcast({ type: "leave" });
  }

  /**
   * A document that only the successor's build understands is no reason to refuse it there:
   * connections here end instead of following.
   */
  async #prepare(generation: number, config: Service["config"]): Promise<void> {
    const startedAt = performance.now();
    const checked = validateConfig(config);
    const service = { generation, config, compileMs: performance.now() - startedAt };
    const problems = checked.ok ? await this.#parts.pool.prepare(service) : checked.problems;
    if (problems.length === 0) {
      this.#services.set(generation, service);
      return;
    }
    const [{ path, message } = { path: "", message: "" }] = problems;
    this.#parts.log.warn("cannot serve the successor's configuration; closing idle connections", {
      generation,
      path,
      why: message,
    });
    this.leave();
  }

  /** Once everything ends, every switch is followed by doing nothing. */
  #inTurn(step: () => Promise<void> | void, reply: () => void = () => undefined): void {
    const take = async (): Promise<void> => {
      try {
        if (!this.#hasLeft) await step();
      } catch (failure) {
        this.#parts.log.error("could not follow the successor's switch; closing idle connections", {
          why: messageOf(failure),
        });
        this.leave();
      }
      reply();
    };
    this.#turn = this.#turn.then(take);
  }
}
