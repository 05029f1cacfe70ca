/**
 * Reads a configuration file of Apache into directives that know where they stand in the text.
 * Nothing is ever written back from here, changes are made at offsets.
 */
import { readLines } from "./lines.ts";

export interface Directive {
  /** In lower case; that of a section without its bracket. */
  readonly name: string;
  /** What stands behind it, as written. */
  readonly rest: string;
  /** Offset of its first line. */
  readonly start: number;
  /** Offset behind its last line. */
  readonly end: number;
  /** The line of which Apache speaks: the last one, for a section that of its opening. */
  readonly line: number;
  readonly section?: {
    /** Offset behind the line that opens it. */
    readonly start: number;
    readonly directives: readonly Directive[];
  };
}

/** A line that begins with `#`. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

export type ParsedFile =
  | { ok: true; directives: readonly Directive[]; comments: readonly Comment[] }
  | { ok: false; line: number; message: string };

interface Open {
  readonly directive: Omit<Directive, "end">;
  readonly start: number;
  readonly into: Directive[];
}

/** A file as Apache reads it; sections end in the file in which they begin. */
export function parseDirectives(text: string): ParsedFile {
  const comments: Comment[] = [];
  const open: Open[] = [];
  const top: Directive[] = [];
  let into = top;
  const bare = text.startsWith(BYTE_ORDER_MARK) ? ` ${text.slice(1)}` : text;
  for (const { text: line, start, end, number } of readLines(bare)) {
    if (line === "") continue;
    if (line.startsWith("#")) {
      comments.push({ text: line.slice(1).trim(), line: number });
      continue;
    }
    const closed = /^<\/\s*(\S+?)\s*>/.exec(line)?.[1]?.toLowerCase();
    if (closed !== undefined) {
      const opened = open.pop();
      if (opened?.directive.name !== closed) return { ok: false, line: number, message: `unexpected ${line}` };
      const section = { start: opened.start, directives: into };
      into = opened.into;
      into.push({ ...opened.directive, end, section });
      continue;
    }
    const [, bracket = "", name = "", rest = ""] = /^(<?)([^\s>]+)\s*(.*)$/s.exec(line) ?? [];
    const directive = { name: name.toLowerCase(), start, line: number };
    if (bracket === "") into.push({ ...directive, rest, end });
    else {
      open.push({ directive: { ...directive, rest: rest.replace(/>[^>]*$/, "").trim() }, start: end, into });
      into = [];
    }
  }
  const [unended] = open;
  if (unended !== undefined)
    return { ok: false, line: unended.directive.line, message: `<${unended.directive.name}> has no end` };
  return { ok: true, directives: top, comments };
}

const BYTE_ORDER_MARK = "\ufeff";
