import type { StreamLine } from "../../server-agent/contract/events.ts";
import { MAX_JSON_BYTES } from "./bounded-json.ts";
import { readStreamLine } from "./stream-line.ts";

export type StreamFault = { fault: "not-an-agent"; message: string } | { fault: "gap"; message: string };
export type Decoded = { lines: StreamLine[]; fault: StreamFault | undefined };

/**
 * So many pieces of a line are joined before more are gathered: an agent may send it in pieces of
 * one character.
 */
const MAX_PIECES = 4096;

/**
 * Decodes the agent's event stream (NDJSON): first a snapshot, then events whose revisions follow
 * one another without a gap. After a fault nothing more is decoded: the caller resubscribes, as a
 * state with a hole in it must never be shown as live.
 *
 * Holds no more than one line, whatever comes.
 */
export class EventStreamDecoder {
  #blocks: string[] = [];
  #pieces: string[] = [];
  #restLength = 0;
  #revision: number | undefined;
  #fault: StreamFault | undefined;
  /**
   * Characters of the receipts and windows that came since the snapshot, by kind and id: only these
   * make a state grow with every event.
   */
  #added = new Map<string, number>();
  #addedLength = 0;
  readonly #longestLine: number;
  readonly #mostAdded: number;

  /** @param mostAdded characters of receipts and windows that are taken in on one snapshot */
  constructor(longestLine = MAX_JSON_BYTES, mostAdded = MAX_JSON_BYTES) {
    this.#longestLine = longestLine;
    this.#mostAdded = mostAdded;
  }

  /** A line has begun and not ended. */
  get isInLine(): boolean {
    return this.#restLength > 0;
  }

  push(text: string): Decoded {
    const lines: StreamLine[] = [];
    let from = 0;
    while (this.#fault === undefined) {
      const end = text.indexOf("\n", from);
      const piece = end === -1 ? text.slice(from) : text.slice(from, end);
      if (!this.#gather(piece) || end === -1) break;
      from = end + 1;
      const line = this.#takeLine();
      if (line === "") continue;
      const decoded = this.#decode(line);
      if (decoded !== undefined) lines.push(decoded);
    }
    return { lines, fault: this.#fault };
  }

  #gather(piece: string): boolean {
    this.#restLength += piece.length;
    if (this.#restLength > this.#longestLine) {
      this.#refuse(`a line of the event stream is longer than ${this.#longestLine} characters`);
      this.#takeLine();
      return false;
    }
    this.#pieces.push(piece);
    if (this.#pieces.length >= MAX_PIECES) {
      this.#blocks.push(this.#pieces.join(""));
      this.#pieces = [];
    }
    return true;
  }

  #takeLine(): string {
    const line = [...this.#blocks, ...this.#pieces].join("");
    this.#blocks = [];
    this.#pieces = [];
    this.#restLength = 0;
    return line;
  }

  #decode(text: string): StreamLine | undefined {
    const read = readStreamLine(text);
    if (!read.ok) {
      this.#refuse(read.why);
      return undefined;
    }
    const { line } = read;
    if (
      this.#revision === undefined
        ? line.type !== "snapshot"
        : line.type !== "snapshot" && line.revision !== this.#revision + 1
    ) {
      const message =
        this.#revision === undefined
          ? `the event stream starts with ${line.type} instead of a snapshot`
          : `revision ${line.revision} came after ${this.#revision}`;
      this.#fault = { fault: "gap", message };
      return undefined;
    }
    if (!this.#hasRoomFor(line, text.length)) {
      // An agent that runs for months may well get here; its next snapshot has only what counts.
      this.#fault = { fault: "gap", message: `more than ${this.#mostAdded} characters of receipts and windows came` };
      return undefined;
    }
    this.#revision = line.revision;
    return line;
  }

  #hasRoomFor(line: StreamLine, length: number): boolean {
    if (line.type === "snapshot") {
      this.#added.clear();
      this.#addedLength = 0;
    } else if (line.type === "maintenance") this.#add(`receipt ${line.receipt.id}`, length);
    else if (line.type === "windows")
      for (const { id } of line.changed) this.#add(`window ${id}`, Math.ceil(length / line.changed.length));
    return this.#addedLength <= this.#mostAdded;
  }

  #add(name: string, length: number): void {
    this.#addedLength += length - (this.#added.get(name) ?? 0);
    this.#added.set(name, length);
  }

  #refuse(message: string): void {
    this.#fault = { fault: "not-an-agent", message };
  }
}
