/**
 * What became of each line of a configuration that is imported. Every directive that is read gets
 * its entry here first, so that none can be lost on the way: one of which nothing was made is
 * reported as not carried over.
 */

/** In the order of weight: the heaviest of a directive counts. */
const OUTCOMES = ["carried", "changed", "left", "closed"] as const;
/**
 * `carried`: means the same. `changed`: means something else, or not all of it. `left`: not carried
 * over. `closed`: not carried over, and what it was about is closed, so that nothing is open that
 * was not.
 */
export type Outcome = (typeof OUTCOMES)[number];

export interface ReportLine {
  readonly file: string;
  readonly line: number;
  /** The directive, as it is written. */
  readonly text: string;
  readonly outcome: Outcome;
  /** As what it is carried over, how that differs, or why not and what to do. */
  readonly notes: readonly string[];
}

/** One directive. */
export class Entry {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly #notes = new Map<Outcome, Set<string>>();

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

  get outcome(): Outcome | undefined {
    return OUTCOMES.findLast((outcome) => this.#notes.has(outcome));
  }

  reported(): ReportLine {
    const { file, line, text, outcome } = this;
    if (outcome === undefined) return { file, line, text, outcome: "left", notes: [UNKNOWN] };
    return { file, line, text, outcome, notes: [...(this.#notes.get(outcome) ?? [])] };
  }

  #add(outcome: Outcome, note: string): void {
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
  lines(): ReportLine[] {
    return this.#entries.map((entry) => entry.reported());
  }
}
