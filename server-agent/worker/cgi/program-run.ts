/**
 * One run of a CGI program (RFC 3875), which carries one call: its standard input is the body, its
 * standard output the response. It has a process group of its own, so that all that it starts ends
 * with it when it is given up.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { MalformedMessage } from "../http/malformed-message.ts";
import { CgiReader } from "../upstream/cgi-reader.ts";
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
  #call: UpstreamCall | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isGivenUp = false;

  /**
   * @param body The whole body; undefined: it follows as it comes.
   * @param onEnd Called once when the program has ended.
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
    let isOver = false;
    const over = (): void => {
      clearTimeout(this.#timer);
      if (!isOver) onEnd();
      isOver = true;
    };
    this.#child
      .on("error", (failure) => {
        // Without a process there are no ends of its streams.
        if (this.#child.pid === undefined) over();
        this.#fail({ kind: "refused", message: `${program}: ${failure.message}` });
      })
      .on("exit", () => {
        // Whoever does not mind the polite order.
        if (this.#isGivenUp) this.#kill("SIGKILL");
        over();
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
    }, GRACE_MS);
    // Nobody wants its output any more; what it says of the reason is still heard.
    this.#child.stdout?.destroy();
    this.#child.stdin?.destroy();
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

  #kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // All of them have ended.
    }
  }
}
