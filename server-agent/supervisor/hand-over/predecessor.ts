/** The agent that hands over to this process, as this process sees it. */
import type { SendHandle } from "node:child_process";
import {
  type FromSuccessor,
  HAND_OVER_PROTOCOL,
  SUCCESSOR_MARK,
  type SuccessorBoot,
  type ToSuccessor,
} from "./protocol.ts";
import { AGENT_VERSION } from "../../contract/agent.ts";
import type { SocketHandle } from "../../adapters/builtin/bind-socket.ts";
import { EXIT } from "../../exit-codes.ts";
import type { OpenListener } from "../../adapters/builtin/listeners.ts";
import type { ChannelEvents, WorkerChannel } from "../../adapters/builtin/worker-channel.ts";

type Begin = Extract<ToSuccessor, { type: "begin" }>;
export interface Inheritance extends Omit<Begin, "type"> {
  listeners: OpenListener[];
}

/** A former agent that is told to cut everything has this long to do it (ms). */
const CUT_MS = 1000;

export class Predecessor {
  readonly pid: number;
  readonly version: string;
  /** Resolves with what it leaves to this process. */
  readonly inheritance: Promise<Inheritance>;
  /** Resolves when this process is to serve. */
  readonly go: Promise<void>;
  /**
   * Resolves when the state is this process' alone: there is no way back, or the former agent has
   * ended.
   */
  readonly alone: Promise<void>;
  #isTold = false;
  #hasFailed = false;
  #events: ChannelEvents | undefined;

  private constructor(boot: SuccessorBoot) {
    this.pid = boot.pid;
    this.version = boot.version;
    let inherit = (_inheritance: Inheritance): void => undefined;
    let serve = (): void => undefined;
    let markAlone = (): void => undefined;
    this.inheritance = new Promise((resolve) => (inherit = resolve));
    this.go = new Promise((resolve) => (serve = resolve));
    this.alone = new Promise((resolve) => (markAlone = resolve));
    const listeners: OpenListener[] = [];
    process.on("message", (message: ToSuccessor, handle: unknown) => {
      switch (message.type) {
        case "listener":
          listeners.push({
            socket: message.socket,
            config: message.config,
            port: message.port,
            handle: handle as SocketHandle,
          });
          break;
        case "begin":
          inherit({ ...message, listeners });
          break;
        case "go":
          this.#isTold = true;
          serve();
          break;
        case "alone":
          markAlone();
          break;
        default:
          this.#events?.message(message);
      }
    });
    process.once("disconnect", () => {
      if (this.#hasFailed) return;
      // It was killed, or has given up on this process: whoever starts next must find nobody here.
      if (!this.#isTold) process.exit(EXIT.failed);
      markAlone();
      this.#events?.ended(null, null);
    });
    this.#send({ type: "hello", protocol: HAND_OVER_PROTOCOL });
  }

  /**
   * `undefined` when this process is an agent of its own. @throws {Error} when it was marked as a
   * successor by something else than an agent.
   */
  static join(): Predecessor | undefined {
    const mark = process.env[SUCCESSOR_MARK];
    if (mark === undefined) return undefined;
    // Its own workers and successors are none.
    Reflect.deleteProperty(process.env, SUCCESSOR_MARK);
    const boot = JSON.parse(mark) as SuccessorBoot;
    if (process.send === undefined || boot.pid !== process.ppid)
      throw new Error(`${SUCCESSOR_MARK} is set by an agent that hands over only`);
    if (boot.protocol !== HAND_OVER_PROTOCOL)
      throw new Error(
        `agent ${boot.version} hands over in another way than ${AGENT_VERSION} understands; stop it and start this one`,
      );
    return new Predecessor(boot);
  }

  /** This process was told to serve: if it ends, it may be that nobody does. */
  get mustServe(): boolean {
    return this.#isTold;
  }

  /** Passes on a line of the log, for the reply in case this process fails. */
  say(line: string): void {
    if (!this.#isTold) this.#send({ type: "said", line });
  }

  ready(): void {
    this.#send({ type: "ready" });
  }

  serving(generation: number): void {
    this.#send({ type: "serving", version: AGENT_VERSION, generation });
  }

  /** Says why this process cannot take over; resolves when that was sent. It must end then. */
  async fail(message: string): Promise<void> {
    if (!process.connected) return;
    const failed: FromSuccessor = { type: "failed", message };
    await new Promise<void>((resolve) => process.send?.(failed, undefined, {}, () => resolve()));
    this.#hasFailed = true;
    process.disconnect?.();
  }

  /** The way to it while it drains. */
  channel(): WorkerChannel {
    const kill = (): void => {
      // Once it has ended, its number may be another program's.
      if (process.ppid === this.pid) process.kill(this.pid, "SIGKILL");
    };
    return {
      pid: this.pid,
      open: (events) => {
        this.#events = events;
        if (!process.connected) setImmediate(() => events.ended(null, null));
      },
      send: (message) => {
        if (
          message.type !== "listen" &&
          message.type !== "unlisten" &&
          message.type !== "prepare-from" &&
          message.type !== "passes" &&
          message.type !== "ticket-key" &&
          message.type !== "acme-accounts" &&
          message.type !== "tls-challenge" &&
          message.type !== "down-targets" &&
          message.type !== "refresh-certificates"
        )
          this.#send(message);
      },
      kill,
      cut: () => {
        this.#send({ type: "cut-all" });
        setTimeout(kill, CUT_MS).unref();
      },
    };
  }

  #send(message: FromSuccessor, handle?: SendHandle): void {
    if (process.connected) process.send?.(message, handle, {}, () => undefined);
  }
}
