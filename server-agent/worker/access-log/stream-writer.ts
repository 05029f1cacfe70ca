/**
 * Writes lines to a stream that is opened when there is something to write, and again when it has
 * closed: a connection, standard output, a program.
 */
import type { Writable } from "node:stream";
import type { LogTrouble } from "./log-trouble.ts";
import { FLUSH_BYTES, type LogWriter, PendingLines } from "./log-writer.ts";

/** A place that was not to be had is left alone for this long (ms). */
const RETRY_PAUSE_MS = 1000;
/** With so much (bytes) on its way, later lines wait here, where they are counted. */
const MAX_ON_ITS_WAY_BYTES = 1024 * 1024;

export class StreamWriter implements LogWriter {
  readonly #open: () => Writable;
  readonly #frame: (line: string, now: number) => string;
  readonly #trouble: LogTrouble;
  readonly #arm: () => void;
  readonly #pending = new PendingLines();
  #stream: Writable | undefined = undefined;
  #closedAt = -Infinity;
  /** Writes that the stream has not taken yet. */
  #onTheirWay = 0;

  /**
   * @param open Its `error`, if it has one, comes before its `close`.
   * @param frame A line as it is sent, with its end.
   * @param arm Asks for a flush soon.
   */
  constructor(
    open: () => Writable,
    frame: (line: string, now: number) => string,
    trouble: LogTrouble,
    arm: () => void,
  ) {
    this.#open = open;
    this.#frame = frame;
    this.#trouble = trouble;
    this.#arm = arm;
  }

  get isDone(): boolean {
    return this.#onTheirWay === 0 && this.#pending.bytes === 0;
  }

  add(line: string, now: number): void {
    if (!this.#pending.add(this.#frame(line, now))) this.#trouble.failed("it is not read fast enough", 1);
    else if (this.#pending.bytes >= FLUSH_BYTES) this.flush();
    this.#arm();
  }

  flush(): void {
    if (this.#pending.bytes === 0) return;
    const stream = this.#stream ?? this.#tryAgain();
    if (stream === undefined || stream.writableLength > MAX_ON_ITS_WAY_BYTES) {
      this.#arm();
      return;
    }
    const { bytes, lines } = this.#pending.take();
    this.#onTheirWay += 1;
    stream.write(bytes, (failure) => {
      this.#onTheirWay -= 1;
      if (failure === null || failure === undefined) this.#trouble.worked();
      else this.#trouble.failed(failure.message, lines);
    });
  }

  reopen(): void {
    this.flush();
  }

  #tryAgain(): Writable | undefined {
    if (performance.now() - this.#closedAt < RETRY_PAUSE_MS) return undefined;
    const stream = this.#open();
    this.#stream = stream;
    stream.on("error", (failure: Error) => {
      this.#trouble.failed(failure.message, 0);
    });
    stream.once("close", () => {
      if (this.#stream === stream) this.#stream = undefined;
      this.#closedAt = performance.now();
    });
    return stream;
  }
}
