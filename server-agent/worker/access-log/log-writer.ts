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
  /** The latest, which are parts of the heads of their requests, and keep these in memory. */
  #text = "";
  /** Those before. */
  #packed: Buffer[] = [];
  #packedBytes = 0;
  #count = 0;

  get bytes(): number {
    return this.#packedBytes + this.#text.length;
  }

  /** False: there is no room, and the line is lost. */
  add(line: string): boolean {
    if (this.bytes > MAX_PENDING_BYTES) return false;
    this.#text += line;
    this.#count += 1;
    if (this.#text.length >= FLUSH_BYTES) this.#pack();
    return true;
  }

  /** Takes all. */
  take(): { bytes: Buffer; lines: number } {
    this.#pack();
    const [first] = this.#packed;
    const bytes = first !== undefined && this.#packed.length === 1 ? first : Buffer.concat(this.#packed);
    const taken = { bytes, lines: this.#count };
    this.#packed = [];
    this.#packedBytes = 0;
    this.#count = 0;
    return taken;
  }

  #pack(): void {
    const bytes = Buffer.from(this.#text, "latin1");
    this.#text = "";
    this.#packed.push(bytes);
    this.#packedBytes += bytes.length;
  }
}
