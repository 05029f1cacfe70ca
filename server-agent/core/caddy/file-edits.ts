/** The lines of the hook in the files of a Caddyfile: put in and taken out at offsets. */
import type { FileChange } from "../../contract/web-servers.ts";
import { type Edit, edited } from "../web-servers/edited-text.ts";
import { ORDER_LINE, OPTIONS_LINE, hookIn, isOrder } from "./hook-names.ts";
import type { ConfigurationTree } from "./include-tree.ts";
import { type Statement, innerStatements } from "./statements.ts";

const BYTE_ORDER_MARK = "\ufeff";
const OURS = "# Backsoon: ";

export class FileEdits {
  readonly #tree: ConfigurationTree;
  readonly #edits = new Map<string, Edit[]>();

  constructor(tree: ConfigurationTree) {
    this.#tree = tree;
  }

  /** As the last of the global options, as the last word about the order holds. */
  insertOrder(): void {
    const { options, main } = this.#tree;
    const close = options?.statement.block?.close;
    if (options === undefined || close === undefined) {
      const text = this.#textOf(main);
      const at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
      this.#put(main, at, [OPTIONS_LINE, `\t${ORDER_LINE}`, "}", ""].join(lineEnd(text)));
      return;
    }
    const { file } = options.statement;
    const text = this.#textOf(file);
    this.#put(file, text.lastIndexOf("\n", close.start - 1) + 1, `\t${ORDER_LINE}${lineEnd(text)}`);
  }

  removeOrder(): void {
    const { options } = this.#tree;
    const block = options?.statement.block;
    if (options === undefined || block === undefined) return;
    const { file } = options.statement;
    const text = this.#textOf(file);
    const ours = this.#inside(options.statement).filter(
      (statement) => isOrder(statement) && lineAt(text, statement.words[0]?.start ?? 0).includes(OURS),
    );
    const isAllOurs = text.startsWith(OPTIONS_LINE, block.open.start) && ours.length === 1 && options.body.length === 1;
    if (isAllOurs) {
      const end = endOfLine(text, block.close.end);
      this.#add(file, { start: block.open.start, end, text: "" });
    } else for (const statement of ours) this.remove(statement);
  }

  /** Directly behind the brace of a block, as a line of its own. */
  insertBehind({ file, block }: Statement, line: string): void {
    if (block === undefined) return;
    const text = this.#textOf(file);
    const { end } = block.open;
    // What stands on the same line is a comment, as a rule.
    const rest = /^[ \t]*(?:#[^\n]*)?\r?\n/.exec(text.slice(end));
    if (rest === null) this.#put(file, end, ` ${line}${lineEnd(text)}`);
    else this.#put(file, end + rest[0].length, `\t${line}${lineEnd(text)}`);
  }

  /** At the end of a file. */
  append(file: string, line: string): void {
    const text = this.#textOf(file);
    this.#put(file, text.length, text.endsWith("\n") ? line + lineEnd(text) : lineEnd(text) + line);
  }

  /** Our lines that stand directly in a block. */
  removeHooks(statement: Statement, isOurs: (name: string) => boolean): void {
    for (const inner of this.#inside(statement)) {
      const hook = hookIn(inner);
      if (hook !== undefined && isOurs(hook)) this.remove(inner);
    }
  }

  /** Exactly what was put in: the line, or what stands behind the brace on the same one. */
  remove({ file, words }: Statement): void {
    const text = this.#textOf(file);
    const start = words[0]?.start ?? 0;
    const last = words.at(-1)?.end ?? start;
    const behind = /^[ \t]*(?:#[^\n]*?)?(?=\r?\n|$)/.exec(text.slice(last));
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const isOwnLine = text.slice(lineStart, start).trim() === "";
    if (behind === null) this.#add(file, { start, end: last, text: "" });
    else if (!isOwnLine) {
      const from = text[start - 1] === " " ? start - 1 : start;
      this.#add(file, { start: from, end: endOfLine(text, last), text: "" });
    } else if (last + behind[0].length < text.length || lineStart === 0) {
      this.#add(file, { start: lineStart, end: endOfLine(text, last), text: "" });
    } else {
      // The last line of a file that ended without one.
      const from = text[lineStart - 2] === "\r" ? lineStart - 2 : lineStart - 1;
      this.#add(file, { start: from, end: text.length, text: "" });
    }
  }

  /** The main file, and the one with the options, come first. */
  changes(): FileChange[] {
    const { main, options } = this.#tree;
    const first = [main, options?.statement.file];
    return [...this.#edits.entries()]
      .sort(([a], [b]) => Number(first.includes(b)) - Number(first.includes(a)))
      .map(([path, edits]) => {
        const before = this.#textOf(path);
        return { path, before, after: edited(before, edits) };
      });
  }

  #inside({ file, block }: Statement): readonly Statement[] {
    const parsed = innerStatements(file, block?.tokens ?? []);
    return parsed.ok ? parsed.statements : [];
  }

  #textOf(file: string): string {
    return this.#tree.files.get(file)?.text ?? "";
  }

  #put(file: string, at: number, text: string): void {
    this.#add(file, { start: at, end: at, text });
  }

  #add(file: string, edit: Edit): void {
    this.#edits.set(file, [...(this.#edits.get(file) ?? []), edit]);
  }
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function lineAt(text: string, at: number): string {
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, endOfLine(text, at));
}

/** Behind the end of the line. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}
