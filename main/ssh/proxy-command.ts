/** The way to a host through a program: `ProxyCommand` of ssh_config(5). */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Duplex } from "node:stream";
import { messageOf } from "../failures.ts";
import { plainText } from "../text/plain-text.ts";
import { t } from "../language/translate.ts";

const MAX_STDERR_LENGTH = 2000;
/** How long a program may take to end when it is told to, before it is killed. */
const END_TIMEOUT_MS = 2000;

/**
 * A command of the person's configuration as a stream: its standard input and output are the
 * socket. It runs in the person's shell, as for ssh, in a process group of its own and without a
 * terminal, and ends with the stream.
 */
export class ProxyCommand extends Duplex {
  readonly #command: string;
  readonly #child: ChildProcessWithoutNullStreams;
  #stderr = "";
  #end: string | undefined;

  /** @param command with its tokens expanded */
  constructor(command: string) {
    super({ allowHalfOpen: false });
    this.#command = command;
    this.#child = spawn(process.env.SHELL ?? "/bin/sh", ["-c", `exec ${command}`], { detached: true });
    const { stdin, stdout, stderr } = this.#child;
    stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) stdout.pause();
    });
    // Read in any case, or the program would wait for it.
    stderr.on("data", (chunk: Buffer) => {
      if (this.#stderr.length < MAX_STDERR_LENGTH) this.#stderr += chunk.toString("utf8");
    });
    // Of a program that is gone; its end says it better.
    stdin.on("error", () => undefined);
    const name = plainText(command, MAX_STDERR_LENGTH);
    this.#child.once("error", (error) =>
      this.#ended(
        t("The ProxyCommand “{command}” cannot be started ({why}).", { command: name, why: messageOf(error) }),
      ),
    );
    this.#child.once("close", (code, signal) =>
      this.#ended(
        signal === null
          ? t("The ProxyCommand “{command}” ended with code {code}.", { command: name, code: code ?? "?" })
          : t("The ProxyCommand “{command}” was ended by {signal}.", { command: name, signal }),
      ),
    );
  }

  /** What became of it and what it said, in words; `undefined` while it runs without a word. */
  get account(): string | undefined {
    const said =
      this.#stderr.trim() === ""
        ? ""
        : ` ${t("It said: {words}", { words: plainText(this.#stderr.trim(), MAX_STDERR_LENGTH) })}`;
    if (this.#end === undefined && said === "") return undefined;
    const runs = () =>
      t("The ProxyCommand “{command}” runs.", { command: plainText(this.#command, MAX_STDERR_LENGTH) });
    return `${this.#end ?? runs()}${said}`;
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    // A program that is gone takes nothing more; `close` follows.
    this.#child.stdin.write(chunk, () => written());
  }

  override _final(ended: () => void): void {
    this.#child.stdin.end();
    ended();
  }

  override _destroy(error: Error | null, destroyed: (error: Error | null) => void): void {
    if (this.#end === undefined) {
      this.#signal("SIGTERM");
      const killed = setTimeout(() => this.#signal("SIGKILL"), END_TIMEOUT_MS);
      this.#child.once("close", () => clearTimeout(killed));
    }
    destroyed(error);
  }

  #ended(how: string): void {
    this.#end ??= how;
    this.push(null);
    this.destroy();
  }

  /** To the whole group: a shell that runs a pipeline does not hand it on. */
  #signal(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // It ended by itself in between.
    }
  }
}
