/**
 * One run of a CGI program (RFC 3875), which carries one call: its standard input is the body, its
 * standard output the response. It has a process group of its own, so that all that it starts ends
 * with it when it is given up.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { MalformedMessage } from "../http/malformed-message.ts";
import { CgiReader } from "../upstream-protocols/cgi-reader.ts";
import type { CallConnection, UpstreamCall } from "../upstream/upstream-call.ts";
import type { UpstreamFailure } from "../upstream/upstream-failure.ts";

/** Between the polite order to end and the kill (ms). */
const GRACE_MS = 2000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** All of its environment: nothing of the agent's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Undefined: the agent's own. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
  readonly timeoutMs: number;
}

export class ProgramRun implements CallConnection {
  readonly #child: ChildProcess;
  readonly #reader: CgiReader;
  readonly #onEnd: () => void;
  #call: UpstreamCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isGivenUp = false;
  #hasExited = false;
  /** All that it has started have ended, too: its number may be another's by now. */
  #isGone = false;
  #isOver = false;

  /**
   * @param body The whole body; undefined: it follows as it comes.
   * @param onEnd Called once when the program has ended, and whatever still writes for it.
   */
  constructor(
    { program, args, folder, environment, account, timeoutMs }: Command,
    call: UpstreamCall,
    body: Buffer | undefined,
    onEnd: () => void,
  ) {
    this.#call = call;
    this.#reader = new CgiReader({
      onInformation: () => undefined,
      onHead: (head) => this.#call?.onHead(head),
      onBody: (bytes) => this.#call?.onBody(bytes),
    });
    this.#reader.begin(call.method);
    this.#child = spawn(program, args, { cwd: folder, env: environment, detached: true, stdio: "pipe", ...account });
    this.#timer = setTimeout(() => {
      this.#fail({ kind: "response-timeout", message: `${program} has not ended in time` });
    }, timeoutMs);
    this.#onEnd = onEnd;
    this.#child
      .on("error", (failure) => {
        const isStarted = this.#child.pid !== undefined;
        this.#fail({ kind: "refused", message: `${program}: ${failure.message}` });
        // Without a process there are no ends of its streams.
        if (!isStarted) this.#end();
      })
      .on("exit", () => {
        // Whoever does not mind the polite order.
        if (this.#isGivenUp) this.#kill("SIGKILL");
        this.#isGone = !this.#kill(0);
        this.#hasExited = true;
        if (this.#isGivenUp || this.#isGone) this.#end();
      })
      // What it has started may write for it: that takes its time and its place.
      .on("close", () => {
        this.#end();
      });
    this.#child.stdout
      ?.on("data", (bytes: Buffer) => {
        this.#onOutput(bytes);
      })
      .on("end", () => {
        this.#onOutputEnd(program);
      });
    this.#child.stderr?.on("data", (bytes: Buffer) => {
      call.onErrorOutput?.(bytes);
    });
    this.#child.stdin
      ?.on("drain", () => {
        this.#call?.onDrain();
      })
      // It need not read what it is sent.
      .on("error", () => undefined);
    call.attach(this);
    if (body !== undefined) this.#child.stdin?.end(body);
    call.onReady();
  }

  write(bytes: Buffer | string): boolean {
    const { stdin } = this.#child;
    return stdin === null || stdin.destroyed || stdin.write(bytes, "latin1");
  }

  cork(): void {
    this.#child.stdin?.cork();
  }

  uncork(): void {
    this.#child.stdin?.uncork();
  }

  finishRequest(): void {
    this.#child.stdin?.end();
  }

  pause(): void {
    this.#child.stdout?.pause();
  }

  resume(): void {
    this.#child.stdout?.resume();
  }

  abort(): void {
    this.#call = undefined;
    this.#isGivenUp = true;
    this.#kill("SIGTERM");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#kill("SIGKILL");
      if (this.#hasExited) this.#end();
    }, GRACE_MS);
    // Nobody wants its output any more; what it says of the reason is still heard.
    this.#child.stdout?.destroy();
    this.#child.stdin?.destroy();
  }

  /** Within its time. What it still writes is nobody's. */
  leave(): void {
    this.#call = undefined;
    this.#child.stdin?.end();
    this.#child.stdout?.resume();
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#onEnd();
    this.#isOver = true;
  }

  #onOutput(bytes: Buffer): void {
    const call = this.#call;
    if (call === undefined) return;
    try {
      this.#reader.feed(bytes);
      if (this.#call === call) this.#onRead(call);
    } catch (failure) {
      this.#onThrown(failure);
    }
  }

  #onOutputEnd(program: string): void {
    const call = this.#call;
    if (call === undefined) return;
    try {
      this.#reader.finish();
      this.#onRead(call);
    } catch (failure) {
      this.#onThrown(failure, `${program}: `);
    }
  }

  #onRead(call: UpstreamCall): void {
    if (this.#reader.complete) this.#call = undefined;
    call.onReadEnd(this.#reader.complete);
  }

  #onThrown(failure: unknown, where = ""): void {
    if (!(failure instanceof MalformedMessage)) throw failure;
    this.#fail({ kind: "invalid", message: where + failure.message });
  }

  #fail(failure: UpstreamFailure): void {
    const call = this.#call;
    this.abort();
    call?.onFailure(failure);
  }

  /** False when all of them have ended. */
  #kill(signal: NodeJS.Signals | 0): boolean {
    const { pid } = this.#child;
    if (pid === undefined || this.#isGone) return false;
    try {
      return process.kill(-pid, signal);
    } catch {
      return false;
    }
  }
}
