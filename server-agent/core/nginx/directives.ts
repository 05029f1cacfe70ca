/**
 * Reads a configuration file of nginx into directives that know where they stand in the text. It
 * follows nginx's own reader (ngx_conf_read_token) character by character, so that a brace in a
 * comment, in quotes or in `${name}` is what nginx takes it for; nothing is ever written back from
 * here, changes are made at offsets.
 */
import { lineIndex } from "../web-servers/line-index.ts";
import { endOfLua } from "./lua-block.ts";

export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its `;` or `}`. */
  readonly end: number;
  readonly line: number;
  readonly block?: {
    /** Offset behind the `{`. */
    readonly start: number;
    readonly directives: readonly Directive[];
  };
}

/** What stands on a line of its own behind `#`. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

export type ParsedFile =
  | { ok: true; directives: readonly Directive[]; comments: readonly Comment[] }
  | { ok: false; line: number; message: string };

interface Word {
  readonly text: string;
  readonly start: number;
}

interface Open {
  readonly words: readonly Word[];
  readonly line: number;
  readonly blockStart: number;
  readonly into: Directive[];
}

/** A file as nginx reads it; braces have to be balanced within one file. */
export function parseDirectives(text: string): ParsedFile {
  const lines = lineIndex(text);
  const comments: Comment[] = [];
  const top: Directive[] = [];
  const open: Open[] = [];
  let into = top;
  let words: Word[] = [];
  let at = 0;
  const fail = (offset: number, message: string): ParsedFile => ({ ok: false, line: lines(offset), message });
  while (at < text.length) {
    const char = text[at] ?? "";
    if (isBlank(char)) {
      at += 1;
    } else if (char === "#") {
      const end = endOfLine(text, at);
      if (standsAlone(text, at)) comments.push({ text: text.slice(at + 1, end).trim(), line: lines(at) });
      at = end;
    } else if (char === ";" || char === "{") {
      const [name] = words;
      if (name === undefined) return fail(at, `unexpected ${char}`);
      const line = lines(name.start);
      if (char === ";") into.push(directive(words, line, at + 1));
      else if (name.text.endsWith("_by_lua_block")) {
        const end = endOfLua(text, at + 1);
        if (end === undefined) return fail(at, "the Lua block has no end");
        into.push({ ...directive(words, line, end), block: { start: at + 1, directives: [] } });
        at = end - 1;
      } else {
        open.push({ words, line, blockStart: at + 1, into });
        into = [];
      }
      words = [];
      at += 1;
    } else if (char === "}") {
      const opened = open.pop();
      if (opened === undefined || words.length > 0) return fail(at, "unexpected }");
      const block = { start: opened.blockStart, directives: into };
      into = opened.into;
      into.push({ ...directive(opened.words, opened.line, at + 1), block });
      at += 1;
    } else {
      const end = endOfWord(text, at);
      if (end === undefined) return fail(at, "the quote has no end");
      words.push({ text: valueOf(text.slice(at, end)), start: at });
      at = end;
    }
  }
  if (open.length > 0 || words.length > 0) return fail(text.length, "unexpected end of the file");
  return { ok: true, directives: top, comments };
}

function directive(words: readonly Word[], line: number, end: number): Directive {
  const [name, ...args] = words.map(({ text }) => text);
  return { name: name ?? "", args, start: words[0]?.start ?? 0, end, line };
}

function isBlank(char: string): boolean {
  return char === " " || char === "\t" || char === "\r" || char === "\n";
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function standsAlone(text: string, at: number): boolean {
  return text.slice(text.lastIndexOf("\n", at - 1) + 1, at).trim() === "";
}

function endOfWord(text: string, start: number): number | undefined {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < text.length; at += 1) {
      if (text[at] === "\\") at += 1;
      else if (text[at] === quote) return at + 1;
    }
    return undefined;
  }
  let variable = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? "";
    if (char === "{" && variable) continue;
    variable = char === "$";
    if (char === "\\") at += 1;
    else if (isBlank(char) || char === ";" || char === "{") return at;
  }
  return text.length;
}

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", r: "\r", n: "\n", '"': '"', "'": "'", "\\": "\\" };

/** Other escapes stay as they are: they are for regular expressions. */
function valueOf(word: string): string {
  const inner = word.startsWith('"') || word.startsWith("'") ? word.slice(1, -1) : word;
  return inner.replace(/\\([\s\S])/g, (whole, char: string) => ESCAPES[char] ?? whole);
}
