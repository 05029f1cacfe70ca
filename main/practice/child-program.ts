/** A program that the app starts and that ends with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";

/**
 * A Node program that runs as long as this process: its standard input is a pipe from here, whose
 * end tells it to stop.
 */
export interface ChildProgram {
  /** Resolves with the next line on its standard output; rejects when it ends before. */
  line(): Promise<string>;
  onLine(listener: (line: string) => void): void;
  /** Resolves once it has ended: with what it said last on standard error, if it failed. */
  readonly ended: Promise<string>;
  send(line: string): void;
  /**
   * Closes its input, then asks (SIGTERM), then forces it (SIGKILL) to end; resolves when it has.
   */
  close(graceMs: number): Promise<void>;
}

/** @param node The program that runs `program`; anything that takes it as its first argument. */
export function startProgram(node: string, program: string, args: string[], log: (line: string) => void): ChildProgram {
  const child: ChildProcess = spawn(node, [program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  let last = "";
  const { stdin, stdout, stderr } = child;
  if (stdin === null || stdout === null || stderr === null) throw new Error("a child process without pipes");
  // The child may end while a line is on its way; its end is reported by `ended`.
  stdin.on("error", () => undefined);
  const lines = readline.createInterface({ input: stdout });
  readline.createInterface({ input: stderr }).on("line", (line) => {
    last = line;
    log(line);
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => {
      // What it said before somebody ended it, or before it ended well, is not why.
      const how = `it ended with ${signal ?? `code ${code ?? 0}`}`;
      resolve(signal === null && code !== 0 && last !== "" ? last : how);
    });
  });
  const running = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    async line() {
      const end = ended.then((why) => Promise.reject(new Error(why)));
      // Whoever loses the race must not be reported as unhandled.
      end.catch(() => undefined);
      const [line] = (await Promise.race([once(lines, "line"), end])) as [string];
      return line;
    },
    onLine: (listener) => void lines.on("line", listener),
    ended,
    send: (line) => void stdin.write(`${line}\n`),
    async close(graceMs) {
      if (!running()) return;
      stdin.end();
      child.kill("SIGTERM");
      const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(force);
    },
  };
}
