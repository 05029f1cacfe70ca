/**
 * Puts the files of an Apache together, as it read them: each `Include` is replaced by what it read
 * there, variables by their values, and what is not for this Apache (`<IfModule>`) is left out.
 * Every directive keeps the file it stands in.
 */
import { type Comment, type Directive, parseDirectives } from "./directives.ts";
import { type Dump, filesOf, type ReadFileNode } from "./dump.ts";
import { hookIn } from "./hook-names.ts";
import { wordsOf } from "./lines.ts";
import { matchesPattern } from "../web-servers/matches-pattern.ts";

export interface Placed {
  readonly file: string;
  readonly directive: Directive;
  /** With the values of variables. */
  readonly args: readonly string[];
  /** What a section consists of, included files too. */
  readonly body: readonly Placed[];
}

export interface Configuration {
  readonly main: string;
  readonly files: ReadonlyMap<string, { text: string; comments: readonly Comment[] }>;
  /** What holds for the whole server, virtual hosts among it. */
  readonly top: readonly Placed[];
  /** Files that could not be read as Apache does, a sentence each. */
  readonly problems: readonly string[];
}

export interface ReadOptions {
  readonly dump: Dump;
  readonly textOf: (path: string) => string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Names given with `-D`. */
  readonly defines: readonly string[];
}

export function readConfiguration({ dump, textOf, environment, defines }: ReadOptions): Configuration {
  const files = new Map<string, { text: string; comments: readonly Comment[] }>();
  const parsed = new Map<string, readonly Directive[]>();
  const problems: string[] = [];
  for (const path of filesOf(dump.main)) {
    const text = textOf(path);
    if (text === undefined) {
      problems.push(`${path} cannot be read, or is not there any more.`);
      continue;
    }
    const file = parseDirectives(text);
    files.set(path, { text, comments: file.ok ? file.comments : [] });
    if (file.ok) parsed.set(path, file.directives);
    else problems.push(`${path}:${String(file.line)}: ${file.message}; what is in this file is not known.`);
  }
  const reader = new Reader(parsed, dump, environment, defines);
  const top = dump.main === undefined ? [] : reader.file(dump.main);
  return { main: dump.main?.path ?? "", files, top, problems };
}

/** Sections whose content holds for what is around them, as far as can be told. */
const TRANSPARENT = new Set(["ifversion", "iffile", "ifdirective", "ifsection"]);

class Reader {
  readonly #parsed: ReadonlyMap<string, readonly Directive[]>;
  readonly #dump: Dump;
  readonly #variables: Map<string, string>;
  readonly #defines: Set<string>;
  /** How many of the files that a file includes were taken by now. */
  readonly #taken = new Map<ReadFileNode, number>();

  constructor(
    parsed: ReadonlyMap<string, readonly Directive[]>,
    dump: Dump,
    environment: Readonly<Record<string, string>>,
    defines: readonly string[],
  ) {
    this.#parsed = parsed;
    this.#dump = dump;
    this.#variables = new Map(Object.entries(environment));
    this.#defines = new Set(defines);
  }

  file(node: ReadFileNode): Placed[] {
    return this.#inside(node, this.#parsed.get(node.path) ?? []);
  }

  #inside(node: ReadFileNode, directives: readonly Directive[]): Placed[] {
    return directives.flatMap((directive) => this.#placed(node, directive));
  }

  #placed(node: ReadFileNode, directive: Directive): Placed[] {
    const { name, section } = directive;
    const args = wordsOf(this.#withValues(directive.rest));
    const [first = ""] = args;
    if (name === "define") this.#define(first, args[1]);
    if (name === "undefine") this.#defines.delete(first);
    if ((name === "include" || name === "includeoptional") && hookIn(directive) === undefined)
      return this.#readAt(node, first).flatMap((file) => this.file(file));
    if (section === undefined) return [{ file: node.path, directive, args, body: [] }];
    // What a macro makes is told by Apache alone.
    if (name === "macro") return [];
    if (name === "ifmodule" && !this.#holds(first, (module) => this.#hasModule(module))) return [];
    if (name === "ifdefine" && !this.#holds(first, (define) => this.#defines.has(define))) return [];
    const body = this.#inside(node, section.directives);
    const isTransparent = TRANSPARENT.has(name) || name === "ifmodule" || name === "ifdefine";
    return isTransparent ? body : [{ file: node.path, directive, args, body }];
  }

  /**
   * The files that an `Include` has read: the next ones that it names. The lines that Apache tells
   * them by are wrong behind a file that includes others.
   */
  #readAt(node: ReadFileNode, pattern: string): ReadFileNode[] {
    const named = absolutePath(pattern, this.#dump.serverRoot);
    const from = this.#taken.get(node) ?? 0;
    const first = node.included.findIndex(({ path }, index) => index >= from && isNamed(named, path));
    if (first < 0) return [];
    const rest = node.included.slice(first);
    const end = rest.findIndex(({ path }) => !isNamed(named, path));
    const found = end < 0 ? rest : rest.slice(0, end);
    this.#taken.set(node, first + found.length);
    return found;
  }

  #define(name: string, value: string | undefined): void {
    this.#defines.add(name);
    if (value !== undefined) this.#variables.set(name, value);
  }

  #withValues(text: string): string {
    return text.replace(/\$\{([^}]+)\}/g, (whole, name: string) => this.#variables.get(name) ?? whole);
  }

  #holds(test: string, is: (name: string) => boolean): boolean {
    return test.startsWith("!") ? !is(test.slice(1)) : is(test);
  }

  /** By its identifier, or by the name of its source. */
  #hasModule(name: string): boolean {
    const source = /^(?:mod_)?(.*)\.c$/.exec(name)?.[1];
    const { modules } = this.#dump;
    return modules.has(name) || (source !== undefined && modules.has(`${source}_module`));
  }
}

/** @param name As a directive has it. */
export function absolutePath(name: string, serverRoot: string): string {
  const parts: string[] = [];
  for (const part of (name.startsWith("/") ? name : `${serverRoot}/${name}`).split("/"))
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  return `/${parts.join("/")}`;
}

/** Of a folder that is named, all files are read. */
function isNamed(pattern: string, path: string): boolean {
  const folders = path.split("/");
  return folders.some((_part, index) => matchesPattern(pattern, folders.slice(0, index + 1).join("/")));
}

/** The last one counts. @param all Directives beside each other. */
export function lastOf(all: readonly Placed[], name: string): Placed | undefined {
  return all.findLast(({ directive }) => directive.name === name);
}
