/**
 * One real worker process and the least of a supervisor that it needs: a bound socket, and messages
 * in order.
 */
import { fork, type SendHandle } from "node:child_process";
import { Readable } from "node:stream";
import type { Config } from "../../../server-agent/contract/config.ts";
import type { InFlightRequest } from "../../../server-agent/contract/agent.ts";
import type { Problem } from "../../../server-agent/contract/errors.ts";
import { bindSocket } from "../../../server-agent/adapters/builtin/bind-socket.ts";
import type { Counted } from "../../../server-agent/adapters/builtin/counted.ts";
import { ObservedCounters } from "../../../server-agent/adapters/builtin/observed-counters.ts";
import { deltaOf } from "../../../server-agent/core/config/config-delta.ts";
import type { FromWorker, ToWorker, WorkerBoot } from "../../../server-agent/worker/protocol.ts";

export const PROOF_TOKEN = "token-of-the-proof-in-tests";
const LISTENER = { name: "http", address: "127.0.0.1", port: 0 };

type Message<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

export interface WorkerHarness extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** Standard error of the process so far: the agent's log. */
  readonly log: string;
  /** What it has written to the agent's standard output so far. */
  readonly output: string;
  /** Nobody reads it any more. */
  closeOutput(): void;
  /** What the worker has counted, as it has told so far. */
  readonly counted: Counted | undefined;
  send(message: ToWorker): void;
  /** Resolves with the next message of this type, or the first after now that fits. */
  next<T extends FromWorker["type"]>(type: T, fits?: (message: Message<T>) => boolean): Promise<Message<T>>;
  /** Prepares and commits; resolves to the generation when the worker has switched. */
  serve(config: Config): Promise<number>;
  /** What the worker says about a document that it is not to serve. */
  prepare(config: Config): Promise<Problem[]>;
  requests(): Promise<InFlightRequest[]>;
  /** Resolves when something in flight fits. */
  inFlight(fits: (request: InFlightRequest) => boolean): Promise<InFlightRequest>;
  /** Orders to accept (again) on the socket. */
  listen(): Promise<void>;
  /** Closes the supervisor's copy of the listening socket. */
  closeSocket(): void;
  /** Whether another process could have the port now. */
  canBind(): boolean;
  /** Closes the channel, as a supervisor that dies. */
  disconnect(): void;
  /** Resolves to the exit code; the signal's name when it was killed. */
  readonly exited: Promise<number | string>;
  close(): Promise<void>;
}

/**
 * Starts a worker that serves this document on a free port of 127.0.0.1.
 *
 * @param output The agent's standard output, if it is not to be read here: a descriptor.
 */
export async function startWorker(config: Config, output: number | "pipe" = "pipe"): Promise<WorkerHarness> {
  const bound = bindSocket("127.0.0.1", 0);
  if (!bound.ok) throw new Error(bound.message);
  const boot: WorkerBoot = { worker: 1, proofToken: PROOF_TOKEN, certificateFolder: "/nowhere" };
  const child = fork(new URL("worker-entry.ts", import.meta.url).pathname, {
    env: { ...process.env, BACKSOON_WORKER: JSON.stringify(boot) },
    execArgv: [],
    stdio: ["ignore", "inherit", "pipe", "ipc", output],
  });
  child.setMaxListeners(0);
  let log = "";
  let written = "";
  const [, , , , pipe] = child.stdio;
  if (pipe instanceof Readable) pipe.setEncoding("utf8").on("data", (text: string) => (written += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
  const counters = new ObservedCounters();
  child.on("message", (message: FromWorker) => {
    if (message.type === "counted") counters.take(1, message);
  });
  const exited = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(code ?? signal ?? "?");
    });
  });

  const send = (message: ToWorker, handle?: SendHandle): void => {
    child.send(message, handle);
  };
  const next = <T extends FromWorker["type"]>(
    type: T,
    fits: (message: Message<T>) => boolean = () => true,
  ): Promise<Message<T>> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        child.off("message", look);
        child.off("exit", ended);
        act();
      };
      const look = (message: FromWorker): void => {
        if (message.type === type && fits(message as Message<T>)) settle(() => resolve(message as Message<T>));
      };
      const ended = (): void => settle(() => reject(new Error(`the worker ended before ${type}: ${log}`)));
      child.on("message", look);
      child.once("exit", ended);
    });
  let generation = 0;
  let served: { generation: number; config: Config } | undefined;
  const prepare = async (document: Config): Promise<Problem[]> => {
    const number = ++generation;
    const answer = Promise.race([
      next("prepared", (message) => message.generation === number),
      next("refused", (message) => message.generation === number),
    ]);
    if (served === undefined) send({ type: "prepare", generation: number, config: document });
    else
      send({
        type: "prepare-from",
        generation: number,
        base: served.generation,
        delta: deltaOf(served.config, document),
      });
    const message = await answer;
    return message.type === "refused" ? message.problems : [];
  };
  const serve = async (document: Config): Promise<number> => {
    const problems = await prepare(document);
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
    const committed = next("committed");
    send({ type: "commit", generation, listeners: [] });
    await committed;
    served = { generation, config: document };
    return generation;
  };
  let asks = 0;
  const requests = async (): Promise<InFlightRequest[]> => {
    const ask = ++asks;
    const answer = next("requests", (message) => message.ask === ask);
    send({ type: "list-requests", ask, filter: {} });
    return (await answer).requests;
  };
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
    closeSocket();
  };
  let open = true;
  const closeSocket = (): void => {
    if (open) bound.handle.close();
    open = false;
  };
  const listen = async (): Promise<void> => {
    const listening = next("listening");
    const { tls, http2, proxyProtocol = false } = config.listeners[0] ?? {};
    const listener = {
      socket: 1,
      name: LISTENER.name,
      proxyProtocol,
      ...(typeof tls === "object" ? { tls } : {}),
      ...(http2 === undefined ? {} : { http2 }),
    };
    send({ type: "listen", listener }, bound.handle as unknown as SendHandle);
    await listening;
  };

  await next("ready");
  await serve(config);
  await listen();
  return {
    port: bound.port,
    pid: child.pid ?? 0,
    get log() {
      return log;
    },
    get output() {
      return written;
    },
    closeOutput() {
      pipe?.destroy();
    },
    get counted() {
      return counters.of(1);
    },
    send,
    next,
    serve,
    prepare,
    requests,
    async inFlight(fits) {
      for (;;) {
        const found = (await requests()).find(fits);
        if (found !== undefined) return found;
      }
    },
    listen,
    closeSocket,
    canBind() {
      const probe = bindSocket("127.0.0.1", bound.port);
      if (probe.ok) probe.handle.close();
      return probe.ok;
    },
    disconnect() {
      child.disconnect();
    },
    exited,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The document with one listener, these virtual hosts and a catch-all that answers 404. */
export function configWith(virtualHosts: Config["virtualHosts"], rest: Partial<Config> = {}): Config {
  return {
    listeners: [LISTENER],
    ...rest,
    virtualHosts: [
      ...virtualHosts,
      { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] },
    ],
  };
}
