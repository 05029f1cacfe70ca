/** One worker process as the supervisor sees it: messages out, acknowledgements in, its end. */
import type { SendHandle } from "node:child_process";
import type { Config } from "../../contract/config.ts";
import type { InFlightRequest } from "../../contract/agent.ts";
import { type ConfigDelta, deltaOf } from "../../core/config/config-delta.ts";
import { matchesFilter, type RequestFilter } from "../../core/request-filter.ts";
import type { Log } from "../../log.ts";
import type { FromWorker, ListenerName, ToWorker } from "../../worker/protocol.ts";
import type { PassKey } from "../../worker/passes/token.ts";
import type { ExpectedChallenge } from "../../worker/tls/tls-challenge.ts";
import type { Service } from "../service.ts";
import { afterRunning } from "./after-running.ts";
import { isPageSource, type OpenListener } from "./listeners.ts";
import type { WorkerChannel } from "./worker-channel.ts";

/**
 * `standby`: serves nobody yet. `draining`: accepts nothing new and ends with its last connection.
 */
export type WorkerPhase = "standby" | "serving" | "draining" | "gone";

/** An answer, or why there is none: the process ended, or it did not answer in time. */
export type Answer<T> = { kind: "answered"; message: T } | { kind: "gone" } | { kind: "stuck" };

export interface ListedRequests {
  /** Oldest first. */
  requests: InFlightRequest[];
  /** How many match, also beyond the limit. */
  total: number;
}

export interface WorkerEvents {
  counters(worker: WorkerProcess, message: Extract<FromWorker, { type: "counters" | "counted" }>): void;
  figures(worker: WorkerProcess, message: Extract<FromWorker, { type: "figures" }>): void;
  accepting(worker: WorkerProcess, message: Extract<FromWorker, { type: "accepting" }>): void;
  passesUsed(message: Extract<FromWorker, { type: "passes-used" }>): void;
  targetFailing(message: Extract<FromWorker, { type: "target-failing" }>): void;
  ended(worker: WorkerProcess, was: WorkerPhase): void;
}

type Awaited = Exclude<
  FromWorker,
  { type: "counters" | "counted" | "accepting" | "figures" | "passes-used" | "target-failing" }
>;
type Preparation = Promise<Answer<Extract<FromWorker, { type: "prepared" | "refused" }>>>;

/** What a process may take longer than a worker, because it asks workers of its own (ms). */
const RELAY_TIMEOUT_MS = 3000;

export class WorkerProcess {
  readonly id: number;
  readonly startedAt = performance.now();
  phase: WorkerPhase = "standby";
  /** Whoever ends it now does so by order: what is in flight on it is cut, and not lost. */
  isToEnd = false;
  /** It accepts nothing, as it has no descriptors left. */
  isFull = false;
  /** Last generation that it was told to commit. */
  generation: number | undefined;
  /** The document of that; an agent that has handed over is always told all of it. */
  #served: Config | undefined;
  readonly #isFormer: boolean;
  readonly #channel: WorkerChannel;
  readonly #slack: number;
  /** By what they wait for, in the order in which they asked: messages are answered in order. */
  readonly #waiting = new Map<string, ((answer: Answer<Awaited>) => void)[]>();
  readonly #prepared = new Set<number>();
  readonly #preparing = new Map<number, Preparation>();
  #asks = 0;
  readonly #ends: Promise<void>;

  /**
   * `former`: the generation of an agent that has handed over: it drains, like a worker that was
   * told to retire.
   */
  constructor(id: number, channel: WorkerChannel, events: WorkerEvents, log: Log, former?: number) {
    this.id = id;
    this.#channel = channel;
    this.#isFormer = former !== undefined;
    this.#slack = this.#isFormer ? RELAY_TIMEOUT_MS : 0;
    if (former !== undefined) {
      this.phase = "draining";
      this.generation = former;
    }
    const own = log.with({ worker: id, pid: channel.pid });
    let markGone: () => void;
    this.#ends = new Promise((resolve) => {
      markGone = resolve;
    });
    channel.open(
      {
        message: (message) => {
          if (message.type === "counters" || message.type === "counted") events.counters(this, message);
          else if (message.type === "accepting") events.accepting(this, message);
          else if (message.type === "figures") events.figures(this, message);
          else if (message.type === "passes-used") events.passesUsed(message);
          else if (message.type === "target-failing") events.targetFailing(message);
          else this.#settle(keyOf(message), { kind: "answered", message });
        },
        ended: (code, signal) => {
          const was = this.phase;
          this.phase = "gone";
          own.info(former === undefined ? "worker ended" : "previous agent exited", {
            was,
            code: code ?? undefined,
            signal: signal ?? undefined,
          });
          events.ended(this, was);
          for (const [key, waiting] of this.#waiting)
            for (let left = waiting.length; left > 0; left--) this.#settle(key, { kind: "gone" });
          markGone();
        },
        // A worker without a channel can neither be switched nor counted.
        disconnected: () => {
          if (this.phase !== "draining") this.kill();
        },
      },
      own,
    );
  }

  get pid(): number {
    return this.#channel.pid;
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
  prepare({ generation, config }: Service, timeoutMs: number): Preparation {
    const underWay = this.#preparing.get(generation);
    if (underWay !== undefined) return underWay;
    this.#sendDocument(generation, config);
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
  async commit(
    { generation, config }: Service,
    listeners: readonly OpenListener[],
    timeoutMs: number,
  ): Promise<Answer<Awaited>> {
    const isOnItsWay = this.#preparing.delete(generation);
    if (!this.#prepared.delete(generation) && !isOnItsWay) this.#sendDocument(generation, config);
    this.generation = generation;
    if (!this.#isFormer) this.#served = config;
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

  /** What is in flight on it and matches; `undefined` when it does not answer in time. */
  async requests(filter: RequestFilter, limit: number, timeoutMs: number): Promise<ListedRequests | undefined> {
    const ask = this.#asks++;
    this.send({ type: "list-requests", ask, filter, ...(Number.isFinite(limit) ? { limit } : {}) });
    const answer = await this.#wait(`ask ${ask}`, timeoutMs);
    if (answer.kind === "stuck") return undefined;
    if (answer.kind === "gone" || answer.message.type !== "requests") return { requests: [], total: 0 };
    const { requests, total } = answer.message;
    if (total !== undefined) return { requests, total };
    const matching = requests.filter((request) => matchesFilter(request, filter));
    return { requests: matching.slice(0, limit), total: matching.length };
  }

  async cut(id: string, timeoutMs: number): Promise<InFlightRequest | undefined> {
    const ask = this.#asks++;
    this.send({ type: "cut-request", ask, id });
    const answer = await this.#wait(`ask ${ask}`, timeoutMs);
    return answer.kind === "answered" && answer.message.type === "cut" ? answer.message.request : undefined;
  }

  /** Lets in by these passes alone. */
  usePasses(passes: readonly PassKey[], timeoutMs: number): Promise<Answer<Awaited> | undefined> {
    return this.#tell((ask) => ({ type: "passes", ask, passes }), timeoutMs);
  }

  /** Answers this challenge by TLS alone; undefined: none. */
  useChallenge(challenge: ExpectedChallenge | undefined, timeoutMs: number): Promise<Answer<Awaited> | undefined> {
    return this.#tell((ask) => ({ type: "tls-challenge", ask, challenge }), timeoutMs);
  }

  /** Uses certificates as they are on disk now. */
  refreshCertificates(timeoutMs: number): Promise<Answer<Awaited> | undefined> {
    return this.#tell((ask) => ({ type: "refresh-certificates", ask }), timeoutMs);
  }

  /** An agent that has handed over answers nothing that comes later. */
  async #tell(messageOf: (ask: number) => ToWorker, timeoutMs: number): Promise<Answer<Awaited> | undefined> {
    if (this.#isFormer) return undefined;
    const ask = this.#asks++;
    this.send(messageOf(ask));
    return this.#wait(`ask ${ask}`, timeoutMs);
  }

  send(message: ToWorker, handle?: SendHandle): void {
    this.#channel.send(message, handle);
  }

  /** Ends the process, which does not answer. */
  kill(): void {
    this.#channel.kill();
  }

  /** Ends the process with all that is in flight on it. */
  cutOff(): void {
    this.isToEnd = true;
    this.#channel.cut();
  }

  /** A worker has the document that it serves, and is told the difference only. */
  #sendDocument(generation: number, config: Config): void {
    if (this.generation === undefined || this.#served === undefined) this.send({ type: "prepare", generation, config });
    else
      this.send({ type: "prepare-from", generation, base: this.generation, delta: deltaBetween(this.#served, config) });
  }

  #wait(key: string, timeoutMs: number): Promise<Answer<Awaited>> {
    if (this.phase === "gone") return Promise.resolve({ kind: "gone" });
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, waiting);
      const settle = (answer: Answer<Awaited>): void => {
        callOff();
        resolve(answer);
      };
      const callOff = afterRunning(timeoutMs + this.#slack, () => {
        waiting.splice(waiting.indexOf(settle), 1);
        if (waiting.length === 0) this.#waiting.delete(key);
        resolve({ kind: "stuck" });
      });
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

/**
 * Of documents after which all workers ask, one by one. Weak on both sides: else the document in
 * service would keep the one before, that the one before it, and so on.
 */
const deltas = new WeakMap<Config, { readonly before: WeakRef<Config>; readonly delta: ConfigDelta }>();

function deltaBetween(before: Config, after: Config): ConfigDelta {
  const known = deltas.get(after);
  if (known?.before.deref() === before) return known.delta;
  const delta = deltaOf(before, after);
  deltas.set(after, { before: new WeakRef(before), delta });
  return delta;
}

function nameOf({ socket, config }: OpenListener): ListenerName {
  const { name, tls, http2, proxyProtocol } = config;
  return {
    socket,
    name,
    isPageSource: isPageSource(config),
    ...(http2 === undefined ? {} : { http2 }),
    ...(tls === undefined || tls === false ? {} : { tls: tls === true ? {} : tls }),
    ...(proxyProtocol === true ? { proxyProtocol } : {}),
  };
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
    case "passes-known":
    case "tls-challenge-known":
    case "certificates-refreshed":
      return `ask ${message.ask}`;
  }
}
