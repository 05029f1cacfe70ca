/** The process that is to take over from this one, as this one sees it. */
import { type ChildProcess, type SendHandle, spawn } from "node:child_process";
import {
  type FromSuccessor,
  HAND_OVER_PROTOCOL,
  SUCCESSOR_MARK,
  type SuccessorBoot,
  type ToSuccessor,
} from "./protocol.ts";
import { AGENT_VERSION } from "../../contract/agent.ts";
import { messageOf } from "../../log.ts";
import { lastLines } from "./last-lines.ts";
import { commandOf } from "../../program-command.ts";

type Step = "hello" | "ready" | "serving";
export type Stepped<S extends Step> =
  { ok: true; message: Extract<FromSuccessor, { type: S }> } | { ok: false; why: string };

/** What was sent before a process ended is read within this time (ms). */
const LAST_WORDS_MS = 500;
const MAX_KEPT_LINES = 20;

export class Successor {
  readonly #child: ChildProcess;
  readonly #giveUpAt: number;
  readonly #said: string[] = [];
  #arrived: FromSuccessor[] = [];
  #failure: string | undefined;
  #look: () => void = () => undefined;
  #receive: ((message: FromSuccessor) => void) | undefined;
  /** Resolves when the process has ended and all that it has sent was received. */
  readonly ended: Promise<void>;

  /**
   * Starts the program like this process was started. `patienceMs`: how long it may take until it
   * serves.
   */
  constructor(program: string, patienceMs: number) {
    this.#giveUpAt = performance.now() + patienceMs;
    const boot: SuccessorBoot = { protocol: HAND_OVER_PROTOCOL, pid: process.pid, version: AGENT_VERSION };
    const { file, args } = commandOf(program);
    this.#child = spawn(file, [...args, ...process.argv.slice(2)], {
      env: { ...process.env, [SUCCESSOR_MARK]: JSON.stringify(boot) },
      stdio: ["ignore", 1, 2, "ipc"],
      // In a terminal, it must not end with the job that this process is.
      detached: true,
    });
    this.#child.on("message", (message: FromSuccessor) => this.#arrive(message));
    this.ended = new Promise((resolve) => {
      const end = (why: string): void => {
        const last = (): void => {
          this.#fail(why);
          resolve();
        };
        if (!this.#child.connected) last();
        else {
          this.#child.once("disconnect", last);
          setTimeout(last, LAST_WORDS_MS);
        }
      };
      this.#child.once("exit", (code, signal) =>
        end(signal === null ? `it ended with code ${code ?? 0}` : `it was ended by ${signal}`),
      );
      this.#child.on("error", (failure) => {
        this.#fail(messageOf(failure));
        if (this.#child.pid === undefined) end(messageOf(failure));
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits for its next step, as long as its time lasts. */
  async next<S extends Step>(type: S): Promise<Stepped<S>> {
    const timer = setTimeout(
      () => this.#fail("it was not ready in time"),
      Math.max(0, this.#giveUpAt - performance.now()),
    );
    try {
      for (;;) {
        const message = this.#arrived.find((candidate) => candidate.type === type);
        if (message !== undefined) return { ok: true, message: message as Extract<FromSuccessor, { type: S }> };
        if (this.#failure !== undefined)
          return { ok: false, why: `${this.#failure}${lastLines(this.#said.join("\n"))}` };
        await new Promise<void>((resolve) => {
          this.#look = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** An error of sending means that it is ending; its end is what counts. */
  send(message: ToSuccessor, handle?: SendHandle): void {
    if (this.#child.connected) this.#child.send(message, handle, {}, () => undefined);
  }

  /** From now on, gives what it says to this. */
  follow(receive: (message: FromSuccessor) => void): void {
    this.#receive = receive;
    const arrived = this.#arrived;
    this.#arrived = [];
    for (const message of arrived) receive(message);
  }

  /** Ends the process, and resolves when it has ended. */
  async end(why: string): Promise<void> {
    this.#fail(why);
    this.#child.kill("SIGKILL");
    await this.ended;
  }

  /** Lets this process end although the other one lives. */
  release(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.unref();
  }

  #arrive(message: FromSuccessor): void {
    if (this.#receive !== undefined) this.#receive(message);
    else if (message.type === "said") this.#hear(message.line);
    else if (message.type === "failed") this.#fail(message.message);
    else this.#arrived.push(message);
    this.#look();
  }

  #hear(line: string): void {
    this.#said.push(line.trimEnd());
    if (this.#said.length > MAX_KEPT_LINES) this.#said.shift();
  }

  #fail(why: string): void {
    this.#failure ??= why;
    this.#look();
  }
}
