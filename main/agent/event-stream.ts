/** Decodes an agent's event stream and notices gaps and lines that no agent sends. */
import type { StreamLine } from "../../server-agent/contract/events.ts";
import { MAX_JSON_BYTES } from "./bounded-json.ts";
import { BoundedLines, LineTooLong } from "./bounded-lines.ts";
import { readStreamLine } from "./stream-line.ts";

export type StreamFault = { fault: "not-an-agent"; message: string } | { fault: "gap"; message: string };
export type Decoded = { lines: StreamLine[]; fault: StreamFault | undefined };

/**
 * Decodes the agent's event stream (NDJSON): first a snapshot, then events whose revisions follow
 * one another without a gap. After a fault nothing more is decoded: the caller resubscribes, as a
 * state with a hole in it must never be shown as live.
 *
 * Holds no more than one line, whatever comes.
 */
export class EventStreamDecoder {
  #revision: number | undefined;
  #fault: StreamFault | undefined;
  /**
   * Characters of the receipts and windows that came since the snapshot, by kind and id: only these
   * make a state grow with every event.
   */
  #added = new Map<string, number>();
  #addedLength = 0;
  readonly #lines: BoundedLines;
  readonly #mostAdded: number;

  /** @param mostAdded characters of receipts and windows that are taken in on one snapshot */
  constructor(longestLine = MAX_JSON_BYTES, mostAdded = MAX_JSON_BYTES) {
    this.#lines = new BoundedLines(longestLine);
    this.#mostAdded = mostAdded;
  }

  /** A line has begun and not ended. */
  get isInLine(): boolean {
    return this.#lines.isInLine;
  }

  push(text: string): Decoded {
    const lines: StreamLine[] = [];
    if (this.#fault !== undefined) return { lines, fault: this.#fault };
    try {
      for (const line of this.#lines.push(text)) {
        const decoded = this.#decode(line);
        if (decoded === undefined) break;
        lines.push(decoded);
      }
    } catch (error) {
      if (!(error instanceof LineTooLong)) throw error;
      this.#refuse(error.message);
    }
    return { lines, fault: this.#fault };
  }

  #decode(text: string): StreamLine | undefined {
    const read = readStreamLine(text);
    if (!read.ok) {
      this.#refuse(read.failure);
      return undefined;
    }
    const line = read.value;
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
