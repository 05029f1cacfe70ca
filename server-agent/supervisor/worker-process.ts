/** One worker process as the supervisor sees it: messages out, acknowledgements in, its end. */
import { fork } from "node:child_process";
import type { ChildProcess, SendHandle } from "node:child_process";
import type { Config, InFlightRequest } from "../contract.ts";
import { messageOf } from "../log.ts";
import type { Log } from "../log.ts";
import type { FromWorker, ListenerName, ToWorker, WorkerBoot } from "../worker-protocol.ts";
import type { OpenListener } from "./listeners.ts";

/** `standby`: serves nobody yet. `draining`: accepts nothing new and ends with its last connection. */
export type WorkerPhase = "standby" | "serving" | "draining" | "gone";

/** An answer, or why there is none: the process ended, or it did not answer in time. */
export type Answer<T> = { kind: "answered"; message: T } | { kind: "gone" } | { kind: "stuck" };

export interface WorkerEvents {
  counters(worker: WorkerProcess, message: Extract<FromWorker, { type: "counters" }>): void;
  ended(worker: WorkerProcess, was: WorkerPhase): void;
}

type Awaited = Exclude<FromWorker, { type: "counters" }>;
type Preparation = Promise<Answer<Extract<FromWorker, { type: "prepared" | "refused" }>>>;

/** What it costs to hand a worker one more megabyte of young objects is memory at rest; what it saves is garbage collection under load. */
const WORKER_FLAGS: readonly string[] = [];

export class WorkerProcess {
  readonly id: number;
  readonly startedAt = performance.now();
  phase: WorkerPhase = "standby";
  /** Last generation that it was told to commit. */
  generation: number | undefined;
  readonly #child: ChildProcess;
  readonly #log: Log;
  /** By what they wait for, in the order in which they asked: messages are answered in order. */
  readonly #waiting = new Map<string, ((answer: Answer<Awaited>) => void)[]>();
  readonly #prepared = new Set<number>();
  readonly #preparing = new Map<number, Preparation>();
  #asks = 0;
  readonly #ends: Promise<void>;

  constructor(boot: WorkerBoot, events: WorkerEvents, log: Log) {
    this.id = boot.worker;
    this.#child = fork(process.argv[1] ?? "", ["worker"], {
      env: { ...process.env, BACKSOON_WORKER: JSON.stringify(boot) },
      execArgv: [...process.execArgv, ...WORKER_FLAGS],
      // Standard output belongs to the `ready` line alone.
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#log = log.with({ worker: this.id, pid: this.#child.pid });
    this.#child.on("message", (message: FromWorker) => {
      if (message.type === "counters") events.counters(this, message);
      else this.#settle(keyOf(message), { kind: "answered", message });
    });
    let markGone: () => void;
    this.#ends = new Promise((resolve) => {
      markGone = resolve;
    });
    const ended = (code: number | null, signal: string | null): void => {
      if (this.phase === "gone") return;
      const was = this.phase;
      this.phase = "gone";
      this.#log.info("worker ended", { was, code: code ?? undefined, signal: signal ?? undefined });
      events.ended(this, was);
      for (const [key, waiting] of this.#waiting) for (let left = waiting.length; left > 0; left--) this.#settle(key, { kind: "gone" });
      markGone();
    };
    this.#child.once("exit", ended);
    this.#child.on("error", (failure) => {
      this.#log.error("worker process failed", { why: messageOf(failure) });
      if (this.#child.pid === undefined) ended(null, null);
    });
    // A worker without a channel can neither be switched nor counted.
    this.#child.once("disconnect", () => {
      if (this.phase !== "draining") this.kill();
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when the process has ended. */
  get gone(): Promise<void> {
    return this.#ends;
  }

  hasPrepared(generation: number): boolean {
    return this.#prepared.has(generation);
  }

  ready(timeoutMs: number): Promise<Answer<Awaited>> {
    return this.#wait("ready", timeoutMs);
  }

  /** Whoever asks while it is under way gets the same answer. */
  prepare(generation: number, config: Config, timeoutMs: number): Preparation {
    const underWay = this.#preparing.get(generation);
    if (underWay !== undefined) return underWay;
    this.send({ type: "prepare", generation, config });
    const preparation = (this.#wait(`prepared ${generation}`, timeoutMs) as Preparation).then((answer) => {
      // Otherwise it was told to forget it meanwhile.
      const isWanted = this.#preparing.get(generation) === preparation;
      if (isWanted) this.#preparing.delete(generation);
      if (isWanted && answer.kind === "answered" && answer.message.type === "prepared") this.#prepared.add(generation);
      return answer;
    });
    this.#preparing.set(generation, preparation);
    return preparation;
  }

  /** Sends `prepare` first if the worker came too late for it: messages arrive in order. */
  async commit(generation: number, config: Config, listeners: readonly OpenListener[], timeoutMs: number): Promise<Answer<Awaited>> {
    const isOnItsWay = this.#preparing.delete(generation);
    if (!this.#prepared.delete(generation) && !isOnItsWay) this.send({ type: "prepare", generation, config });
    this.generation = generation;
    this.send({ type: "commit", generation, listeners: listeners.map(nameOf) });
    return this.#wait(`committed ${generation}`, timeoutMs);
  }

  abort(generation: number): void {
    const isOnItsWay = this.#preparing.delete(generation);
    if (this.#prepared.delete(generation) || isOnItsWay) this.send({ type: "abort", generation });
  }

  async listen(listener: OpenListener, timeoutMs: number): Promise<Answer<Awaited>> {
    this.send({ type: "listen", listener: nameOf(listener) }, listener.handle as unknown as SendHandle);
    return this.#wait(`listening ${listener.socket}`, timeoutMs);
  }

  async requests(timeoutMs: number): Promise<InFlightRequest[]> {
    const ask = this.#asks++;
    this.send({ type: "list-requests", ask });
    const answer = await this.#wait(`ask ${ask}`, timeoutMs);
    return answer.kind === "answered" && answer.message.type === "requests" ? answer.message.requests : [];
  }

  async cut(id: string, timeoutMs: number): Promise<InFlightRequest | undefined> {
    const ask = this.#asks++;
    this.send({ type: "cut-request", ask, id });
    const answer = await this.#wait(`ask ${ask}`, timeoutMs);
    return answer.kind === "answered" && answer.message.type === "cut" ? answer.message.request : undefined;
  }

  send(message: ToWorker, handle?: SendHandle): void {
    if (!this.#child.connected) return;
    // An error here means that the process is ending; its `exit` is what counts.
    this.#child.send(message, handle, {}, () => undefined);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #wait(key: string, timeoutMs: number): Promise<Answer<Awaited>> {
    if (this.phase === "gone") return Promise.resolve({ kind: "gone" });
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, waiting);
      const settle = (answer: Answer<Awaited>): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(settle), 1);
        if (waiting.length === 0) this.#waiting.delete(key);
        resolve({ kind: "stuck" });
      }, timeoutMs);
      waiting.push(settle);
    });
  }

  #settle(key: string, answer: Answer<Awaited>): void {
    const waiting = this.#waiting.get(key);
    const settle = waiting?.shift();
    if (waiting?.length === 0) this.#waiting.delete(key);
    settle?.(answer);
  }
}

function nameOf({ socket, config }: OpenListener): ListenerName {
  return { socket, name: config.name };
}

function keyOf(message: Awaited): string {
  switch (message.type) {
    case "ready":
      return "ready";
    case "prepared":
    case "refused":
      return `prepared ${message.generation}`;
    case "committed":
      return `committed ${message.generation}`;
    case "listening":
      return `listening ${message.socket}`;
    case "requests":
    case "cut":
      return `ask ${message.ask}`;
  }
}
