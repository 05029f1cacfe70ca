/** Reads an Apache configuration with the files that it includes. */
import { type Directive, parseDirectives } from "../../apache/directives.ts";
import { absolutePath } from "../../apache/configuration.ts";
import { wordsOf } from "../../apache/lines.ts";
import { matchesPattern } from "../../web-servers/matches-pattern.ts";
import type { Report } from "../document/report.ts";
import { type Statement, sayOfAll } from "../document/statements.ts";
import type { ImportFault, Surroundings } from "../document/surroundings.ts";

const MAX_INCLUDE_DEPTH = 32;
/** Sections whose content holds for what is around them. */
const TRANSPARENT = new Set(["ifmodule", "ifdefine", "ifversion", "iffile", "ifdirective", "ifsection"]);
const DEBIAN_VARIABLES: readonly [string, string][] = [
  ["APACHE_LOG_DIR", "/var/log/apache2"],
  ["APACHE_RUN_DIR", "/var/run/apache2"],
];

export class ApacheReader {
  #fault: ImportFault | undefined;
  readonly #report: Report;
  readonly #surroundings: Surroundings;
  readonly #variables = new Map(DEBIAN_VARIABLES);
  readonly #defines = new Set<string>();
  readonly #modules = new Set<string>();
  #serverRoot: string;

  constructor(file: string, report: Report, surroundings: Surroundings) {
    this.#report = report;
    this.#surroundings = surroundings;
    this.#serverRoot = file.slice(0, file.lastIndexOf("/")) || "/";
  }

  /** @param file Its path, for the report and for names that are relative to it. */
  text(file: string, text: string, depth = 0): Statement[] {
    const parsed = parseDirectives(text);
    if (parsed.ok) return this.#placed(file, parsed.directives, depth);
    this.#fail(file, parsed.line, parsed.message);
    return [];
  }

  /** Whether it was said which modules there are. */
  hasModules(): boolean {
    return this.#modules.size > 0;
  }

  /** The first thing that Apache would not read either. */
  fault(): ImportFault | undefined {
    return this.#fault;
  }

  #fail(file: string, line: number, message: string): void {
    this.#fault ??= { ok: false, file, line, message };
  }

  #placed(file: string, directives: readonly Directive[], depth: number): Statement[] {
    return directives.flatMap((directive) => this.#statement(file, directive, depth));
  }

  #statement(file: string, { name, rest, line, section }: Directive, depth: number): Statement[] {
    const text = section === undefined ? `${name} ${rest}`.trim() : `<${name} ${rest}>`;
    const entry = this.#report.entry(file, line, text);
    const args = wordsOf(this.#withValues(rest));
    const [first = "", second = ""] = args;
    if (name === "define") this.#define(first, second);
    if (name === "loadmodule") this.#modules.add(first);
    if (name === "serverroot") this.#serverRoot = first;
    if (["define", "undefine", "loadmodule", "serverroot"].includes(name)) entry.left("it concerns Apache itself");
    if (name === "include" || name === "includeoptional") {
      const files = depth < MAX_INCLUDE_DEPTH ? this.#named(first) : [];
      const isNeeded = name === "include" && !/[*?[]/.test(first);
      if (files.length > 0) entry.carried("what it includes");
      else if (isNeeded) this.#fail(file, line, `${first} cannot be read`);
      else entry.left("there is no such file");
      return files.flatMap((path) => this.text(path, this.#surroundings.textOf(path) ?? "", depth + 1));
    }
    if (section === undefined) return [{ name, args, entry, body: undefined }];
    const body = this.#placed(file, section.directives, depth);
    const statement: Statement = { name, args, entry, body };
    if (!TRANSPARENT.has(name)) return [statement];
    if (this.#holds(name, first)) {
      entry.carried("what it holds");
      return body;
    }
    sayOfAll(statement, (each) => {
      each.left("its condition is not met");
    });
    return [];
  }

  #define(name: string, value: string): void {
    this.#defines.add(name);
    this.#variables.set(name, value);
  }

  #withValues(text: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => this.#variables.get(name) ?? whole);
  }

  /** What cannot be told holds: a section that restricts something must not be lost. */
  #holds(name: string, test: string): boolean {
    const wanted = test.replace(/^!/, "");
    const isNot = test.startsWith("!");
    if (name === "ifdefine") return this.#defines.has(wanted) !== isNot;
    if (name !== "ifmodule" || this.#modules.size === 0) return !isNot;
    const source = /^(?:mod_)?(.*)\.c$/.exec(wanted)?.[1];
    return (this.#modules.has(wanted) || this.#modules.has(`${source ?? ""}_module`)) !== isNot;
  }

  /** A folder stands for all files in it. */
  #named(pattern: string): readonly string[] {
    const { filesIn, textOf } = this.#surroundings;
    const absolute = absolutePath(pattern, this.#serverRoot);
    if (/[*?[]/.test(absolute))
      return filesIn(absolute.slice(0, absolute.lastIndexOf("/"))).filter((path) => matchesPattern(absolute, path));
    return textOf(absolute) === undefined ? filesIn(absolute) : [absolute];
  }
}
