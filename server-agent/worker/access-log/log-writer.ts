/** Writes the lines of access logs to one place; never fails and never waits. */
export interface LogWriter {
  /** One line, without its end. */
  add(line: string, now: number): void;
  /** Begins to write what is pending. */
  flush(): void;
  /** Later lines go to a new file where this is one. */
  reopen(): void;
  /** Nothing is pending or on its way. */
  readonly isDone: boolean;
}

/** Pending bytes with which a writer does not wait for its turn. */
export const FLUSH_BYTES = 64 * 1024;
/** More than this (bytes) is not kept for a place that does not take it. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;

/** Lines that wait to be written, one character per byte. */
export class PendingLines {
  #text = "";
  #count = 0;

  get bytes(): number {
    return this.#text.length;
  }

  /** False: there is no room, and the line is lost. */
  add(line: string): boolean {
    if (this.#text.length > MAX_PENDING_BYTES) return false;
    this.#text += line;
    this.#count += 1;
    return true;
  }

  /** Takes all. */
  take(): { bytes: Buffer; lines: number } {
    const taken = { bytes: Buffer.from(this.#text, "latin1"), lines: this.#count };
    this.#text = "";
    this.#count = 0;
    return taken;
  }
}
