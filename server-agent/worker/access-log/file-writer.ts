/**
 * Appends lines to a file. Several workers append to one; each write is a run of whole lines and
 * `O_APPEND` keeps it together. A file that cannot be written costs its lines, never a request.
 */
import { close, constants, open, write } from "node:fs";
import type { LogTrouble } from "./log-trouble.ts";
import { FLUSH_BYTES, type LogWriter, PendingLines } from "./log-writer.ts";

/**
 * A pipe that nobody reads fails at once; without the last flag it would hold one of the few
 * threads that files are read with.
 */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
const MODE = 0o640;

export class FileWriter implements LogWriter {
  readonly #path: string;
  readonly #trouble: LogTrouble;
  readonly #arm: () => void;
  readonly #pending = new PendingLines();
  #descriptor: number | undefined = undefined;
  #isWriting = false;
  #isToReopen = false;
  /** The file ends in the middle of a line: there was no room for the rest. */
  #isTorn = false;

  /** @param arm Asks for a flush soon. */
  constructor(path: string, trouble: LogTrouble, arm: () => void) {
    this.#path = path;
    this.#trouble = trouble;
    this.#arm = arm;
  }

  get isDone(): boolean {
    return !this.#isWriting && this.#pending.bytes === 0;
  }

  add(line: string): void {
    const begin = this.#isTorn ? "\n" : "";
    this.#isTorn = false;
    if (!this.#pending.add(`${begin}${line}\n`)) this.#trouble.failed("the disk does not keep up", 1);
    else if (this.#pending.bytes >= FLUSH_BYTES) this.flush();
    else this.#arm();
  }

  flush(): void {
    if (this.#isWriting || this.#pending.bytes === 0) return;
    this.#isWriting = true;
    const { bytes, lines } = this.#pending.take();
    if (this.#descriptor !== undefined) {
      this.#write(this.#descriptor, bytes, lines);
      return;
    }
    open(this.#path, APPEND, MODE, (failure, descriptor) => {
      if (failure === null) {
        this.#descriptor = descriptor;
        this.#write(descriptor, bytes, lines);
      } else {
        this.#done(failure, lines);
      }
    });
  }

  /**
   * What is pending goes to the file that is open (the one that was moved away), later lines to a
   * new one at the path.
   */
  reopen(): void {
    this.#isToReopen = true;
    this.flush();
    if (!this.#isWriting) this.#done(null, 0);
  }

  #write(descriptor: number, bytes: Buffer, lines: number): void {
    write(descriptor, bytes, (failure, written) => {
      if (failure === null && written < bytes.length) {
        this.#isTorn = true;
        this.#write(descriptor, bytes.subarray(written), lines);
        return;
      }
      if (failure === null) this.#isTorn = false;
      this.#done(failure, lines);
    });
  }

  #done(failure: Error | null, lines: number): void {
    this.#isWriting = false;
    if (failure !== null) this.#trouble.failed(failure.message, lines);
    else if (lines > 0) this.#trouble.worked();
    if ((this.#isToReopen || failure !== null) && this.#descriptor !== undefined) {
      close(this.#descriptor, () => undefined);
      this.#descriptor = undefined;
    }
    this.#isToReopen = false;
    if (this.#pending.bytes >= FLUSH_BYTES) this.flush();
    else if (this.#pending.bytes > 0) this.#arm();
  }
}
