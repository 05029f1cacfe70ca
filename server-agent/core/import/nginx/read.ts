/** Reads what `nginx -T` prints, or an nginx.conf with the files that it includes. */
import { type Directive, parseDirectives } from "../../nginx/directives.ts";
import { type DumpedFile, splitDump } from "../../nginx/dump.ts";
import { matchesPattern } from "../../web-servers/matches-pattern.ts";
import type { Entry, Report } from "../document/report.ts";
import type { Statement } from "../document/statements.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";

const MAX_INCLUDE_DEPTH = 64;

const DUMP_MARKER = /^# configuration file \/[^\n]*:$/m;

/** @returns what stands at the top, with every file in the place where it is included. */
export function readNginx(
  file: string,
  text: string,
  report: Report,
  surroundings: Surroundings,
): { ok: true; statements: Statement[] } | ImportFault {
  const dumped = DUMP_MARKER.test(text) ? splitDump(text, surroundings.textOf).files : [{ path: file, text }];
  const [main] = dumped;
  if (main === undefined) return { ok: true, statements: [] };
  const reader = new Reader(dumped, main.path, report, surroundings);
  const statements = reader.file(main.path, 0);
  return reader.fault ?? { ok: true, statements };
}

class Reader {
  fault: ImportFault | undefined;
  readonly #texts: Map<string, string>;
  readonly #isDump: boolean;
  readonly #folder: string;
  readonly #report: Report;
  readonly #surroundings: Surroundings;
  readonly #entries = new Map<string, Entry>();

  constructor(dumped: readonly DumpedFile[], main: string, report: Report, surroundings: Surroundings) {
    this.#texts = new Map(dumped.map(({ path, text }) => [path, text]));
    this.#isDump = dumped.length > 1;
    this.#folder = main.slice(0, main.lastIndexOf("/") + 1);
    this.#report = report;
    this.#surroundings = surroundings;
  }

  file(path: string, depth: number): Statement[] {
    const text = this.#texts.get(path) ?? this.#surroundings.textOf(path);
    if (text === undefined) return [];
    const parsed = parseDirectives(text);
    if (!parsed.ok) {
      this.fault ??= { ok: false, file: path, line: parsed.line, message: parsed.message };
      return [];
    }
    return this.#placed(path, parsed.directives, depth);
  }

  #placed(file: string, directives: readonly Directive[], depth: number): Statement[] {
    return directives.flatMap((directive): Statement[] => {
      const entry = this.#entryOf(file, directive);
      const { name, args, block } = directive;
      if (name !== "include") {
        const body = block === undefined ? undefined : this.#placed(file, block.directives, depth);
        return [{ name, args, entry, body }];
      }
      const paths = depth < MAX_INCLUDE_DEPTH ? this.#named(args[0] ?? "") : [];
      const isNeeded = !/[*?[]/.test(args[0] ?? "");
      if (paths.length > 0) entry.carried("what it includes");
      else if (isNeeded) this.#fail(entry, `${args[0] ?? ""} cannot be read; take what \`nginx -T\` prints`);
      else entry.left("there is no such file");
      return paths.flatMap((path) => this.file(path, depth + 1));
    });
  }

  #fail({ file, line }: Entry, message: string): void {
    this.fault ??= { ok: false, file, line, message };
  }

  /** A file that is read twice is reported once. */
  #entryOf(file: string, { name, args, line, start, block }: Directive): Entry {
    const place = `${file}:${String(start)}`;
    const known = this.#entries.get(place);
    if (known !== undefined) return known;
    const entry = this.#report.entry(file, line, `${[name, ...args].join(" ")}${block === undefined ? ";" : " {"}`);
    this.#entries.set(place, entry);
    return entry;
  }

  /** The files that an `include` names, in the order in which nginx reads them. */
  #named(pattern: string): readonly string[] {
    const absolute = pattern.startsWith("/") ? pattern : this.#folder + pattern;
    const folder = absolute.slice(0, absolute.lastIndexOf("/"));
    const isGlob = /[*?[]/.test(absolute);
    if (this.#isDump)
      return [...this.#texts.keys()]
        .filter((path) => (isGlob ? matchesPattern(absolute, path) : path === absolute))
        .sort();
    if (isGlob) return this.#surroundings.filesIn(folder).filter((path) => matchesPattern(absolute, path));
    return this.#surroundings.textOf(absolute) === undefined ? [] : [absolute];
  }
}
