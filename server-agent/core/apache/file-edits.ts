/** The lines of the hook in the files of an Apache: put in and taken out at offsets. */
import type { FileChange } from "../../contract/web-servers.ts";
import { type Edit, edited } from "../web-servers/edited-text.ts";
import type { Configuration, Placed } from "./configuration.ts";
import { type Directive, parseDirectives } from "./directives.ts";
import { hookIn, hookLines, MAIN_COMMENT, MAIN_HOOK, SITE_COMMENT } from "./hook-names.ts";

export class FileEdits {
  readonly #configuration: Configuration;
  readonly #edits = new Map<string, Edit[]>();

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** Directly behind the tag of a section, indented like what follows. */
  insertBehind({ file, directive: { section } }: Placed, name: string): void {
    if (section === undefined) return;
    const text = this.#textOf(file);
    const indent = /^[ \t]*(?=[^\s<])/.exec(text.slice(section.start))?.[0] ?? "    ";
    const end = lineEnd(text);
    const lines = hookLines(this.#configuration.main, name).map((line) => indent + line + end);
    this.#add(file, { start: section.start, end: section.start, text: lines.join("") });
  }

  /** At the end of a file. */
  append(file: string, name: string): void {
    const text = this.#textOf(file);
    const lines = hookLines(this.#configuration.main, name);
    const end = lineEnd(text);
    const isEnded = text === "" || text.endsWith("\n");
    const put = isEnded ? lines.map((line) => line + end).join("") : lines.map((line) => end + line).join("");
    this.#add(file, { start: text.length, end: text.length, text: put });
  }

  /** Our lines that stand directly in a section. */
  removeHooks({ file, directive: { section } }: Placed, isOurs: (name: string) => boolean): void {
    for (const directive of section?.directives ?? []) {
      const hook = hookIn(directive);
      if (hook !== undefined && isOurs(hook)) this.#remove(file, directive, SITE_COMMENT);
    }
  }

  /** Those for all sites, in whichever file they stand. */
  removeMain(): void {
    for (const [file, { text }] of this.#configuration.files) {
      const parsed = parseDirectives(text);
      for (const directive of parsed.ok ? parsed.directives : [])
        if (hookIn(directive) === MAIN_HOOK) this.#remove(file, directive, MAIN_COMMENT);
    }
  }

  /** The main file comes first. */
  changes(): FileChange[] {
    const { main } = this.#configuration;
    return [...this.#edits.entries()]
      .sort(([a], [b]) => Number(b === main) - Number(a === main))
      .map(([path, edits]) => {
        const before = this.#textOf(path);
        return { path, before, after: edited(before, edits) };
      });
  }

  /** With the comment in front; what somebody has put between them stays. */
  #remove(file: string, { start, end }: Directive, comment: string): void {
    const text = this.#textOf(file);
    const above = text.lastIndexOf("\n", start - 2) + 1;
    const from = start > 0 && text.slice(above, start).trim() === comment ? above : start;
    // The last line of a file that ended without one.
    const isUnended = end === text.length && !text.endsWith("\n") && from > 0;
    const first = isUnended ? from - (text[from - 2] === "\r" ? 2 : 1) : from;
    this.#add(file, { start: first, end, text: "" });
  }

  #textOf(file: string): string {
    return this.#configuration.files.get(file)?.text ?? "";
  }

  #add(file: string, edit: Edit): void {
    this.#edits.set(file, [...(this.#edits.get(file) ?? []), edit]);
  }
}

function lineEnd(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
