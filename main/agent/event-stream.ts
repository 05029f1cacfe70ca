import { StreamLine } from "../../server-agent/contract.ts";
import { guardDocument } from "../../server-agent/core/document-guard.ts";
import { ambiguityIn } from "./ambiguity.ts";

export type StreamFault = { fault: "not-an-agent"; message: string } | { fault: "gap"; message: string };
export type Decoded = { lines: StreamLine[]; fault: StreamFault | undefined };

/** Longest line that is accepted, in characters: a snapshot with 10,000 sites is well below. More than this is no agent. */
export const LONGEST_LINE = 32 * 1024 * 1024;
/** So many characters of events are taken in on one snapshot; then another one is asked for, so that nothing grows without end. */
const MOST_SINCE_SNAPSHOT = 256 * 1024 * 1024;

/**
 * Decodes the agent's event stream (NDJSON): first a snapshot, then events whose revisions follow one another without a gap. After a fault nothing more is decoded:
 * the caller resubscribes, as a state with a hole in it must never be shown as live.
 */
export class EventStreamDecoder {
  #rest: string[] = [];
  #restLength = 0;
  #revision: number | undefined;
  #fault: StreamFault | undefined;
  #sinceSnapshot = 0;
  readonly #longestLine: number;
  readonly #mostSinceSnapshot: number;

  constructor(longestLine = LONGEST_LINE, mostSinceSnapshot = MOST_SINCE_SNAPSHOT) {
    this.#longestLine = longestLine;
    this.#mostSinceSnapshot = mostSinceSnapshot;
  }

  push(text: string): Decoded {
    const lines: StreamLine[] = [];
    let from = 0;
    while (this.#fault === undefined) {
      const end = text.indexOf("\n", from);
      const piece = end === -1 ? text.slice(from) : text.slice(from, end);
      this.#restLength += piece.length;
      if (this.#restLength > this.#longestLine) {
        this.#fault = { fault: "not-an-agent", message: `a line of the event stream is longer than ${this.#longestLine} characters` };
        break;
      }
      this.#rest.push(piece);
      if (end === -1) break;
      from = end + 1;
      const line = this.#rest.join("");
      this.#rest = [];
      this.#restLength = 0;
      if (line === "") continue;
      const decoded = this.#decode(line);
      if (decoded !== undefined) lines.push(decoded);
    }
    return { lines, fault: this.#fault };
  }

  #decode(text: string): StreamLine | undefined {
    const line = parseLine(text);
    if (typeof line === "string") {
      this.#fault = { fault: "not-an-agent", message: `the event stream has a line that is no event (${line}): ${text.slice(0, 120)}` };
      return undefined;
    }
    this.#sinceSnapshot = line.type === "snapshot" ? 0 : this.#sinceSnapshot + text.length;
    if (this.#sinceSnapshot > this.#mostSinceSnapshot) {
      this.#fault = { fault: "gap", message: `there were ${this.#sinceSnapshot} characters of events since the snapshot` };
      return undefined;
    }
    if (this.#revision === undefined ? line.type !== "snapshot" : line.type !== "snapshot" && line.revision !== this.#revision + 1) {
      const message =
        this.#revision === undefined
          ? `the event stream starts with ${line.type} instead of a snapshot`
          : `revision ${line.revision} came after ${this.#revision}`;
      this.#fault = { fault: "gap", message };
      return undefined;
    }
    this.#revision = line.revision;
    return line;
  }
}

/** The line, or what is wrong with it. */
const parseLine = (text: string): StreamLine | string => {
  try {
    const json: unknown = JSON.parse(text);
    const [problem] = guardDocument(json);
    if (problem !== undefined) return problem.message;
    const parsed = StreamLine.safeParse(json);
    if (!parsed.success) return "it has another shape";
    return ambiguityIn(parsed.data) ?? parsed.data;
  } catch {
    return "it is not JSON";
  }
};
