/**
 * What became of each line of a configuration that is imported. Every directive that is read gets
 * its entry here first, so that none can be lost on the way: one of which nothing was made is
 * reported as not carried over.
 */
import { IMPORT_OUTCOMES, type ImportLine, type ImportOutcome } from "../../../contract/importing/import.ts";

/** One directive. */
export class Entry {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly #notes = new Map<ImportOutcome, Set<string>>();

  constructor(file: string, line: number, text: string) {
    this.file = file;
    this.line = line;
    this.text = text;
  }

  /** @param as What it has become. */
  carried(as: string): void {
    this.#add("carried", as);
  }

  changed(how: string): void {
    this.#add("changed", how);
  }

  left(why: string): void {
    this.#add("left", why);
  }

  closed(why: string): void {
    this.#add("closed", why);
  }

  get outcome(): ImportOutcome | undefined {
    return IMPORT_OUTCOMES.findLast((outcome) => this.#notes.has(outcome));
  }

  reported(): ImportLine {
    const { file, line, text, outcome } = this;
    if (outcome === undefined) return { file, line, text, outcome: "left", notes: [UNKNOWN] };
    return { file, line, text, outcome, notes: [...(this.#notes.get(outcome) ?? [])] };
  }

  #add(outcome: ImportOutcome, note: string): void {
    const notes = this.#notes.get(outcome) ?? new Set();
    this.#notes.set(outcome, notes.add(note));
  }
}

const UNKNOWN = "nothing here is made of it";

export class Report {
  readonly #entries: Entry[] = [];

  /** A directive that was read. */
  entry(file: string, line: number, text: string): Entry {
    const entry = new Entry(file, line, text);
    this.#entries.push(entry);
    return entry;
  }

  /** One for each directive, in the order of reading. */
  lines(): ImportLine[] {
    return this.#entries.map((entry) => entry.reported());
  }
}
