/**
 * Reads a Caddyfile into words that know where they stand in the text. It follows Caddy's own lexer
 * (caddyfile/lexer.go): quotes, backticks, heredocs, comments, escaped ends of lines, and variables
 * of the environment, which Caddy puts in before it reads; nothing is ever written back from here.
 */
import { lineIndex } from "../web-servers/line-index.ts";

export interface Token {
  readonly text: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind its last character. */
  readonly end: number;
  /** From 1, as an editor counts. */
  readonly line: number;
  /** It is the first one of a line, as Caddy sees it. */
  readonly startsLine: boolean;
  /**
   * It opens or closes a block. In quotes it does not: older versions refuse that, as a rule, and
   * later ones take it as a word.
   */
  readonly brace?: "{" | "}";
}

export interface Comment {
  readonly text: string;
  readonly line: number;
}

export type Lexed =
  { ok: true; tokens: readonly Token[]; comments: readonly Comment[] } | { ok: false; line: number; message: string };

export interface Reading {
  readonly environment: Readonly<Record<string, string>>;
  /** Since version 2.7 `<<WORD` begins a text of several lines. */
  readonly heredocs: boolean;
}

const BYTE_ORDER_MARK = "\ufeff";

export function readTokens(raw: string, { environment, heredocs }: Reading): Lexed {
  const { text, starts, ends } = withVariables(raw, environment);
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const lineOf = lineIndex(raw);
  let isNewLine = true;
  const add = (value: string, from: number, to: number) => {
    const start = starts[from] ?? raw.length;
    const end = ends[to - 1] ?? raw.length;
    const isBrace = text.slice(from, to) === value && (value === "{" || value === "}");
    tokens.push({
      text: value,
      start,
      end,
      line: lineOf(start),
      startsLine: isNewLine,
      ...(isBrace ? { brace: value } : {}),
    });
    isNewLine = false;
  };
  let at = text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  while (at < text.length) {
    const char = text[at] ?? "";
    const continued = /^\\\r?\n/.exec(text.slice(at, at + 3));
    if (continued !== null) at += continued[0].length;
    else if (/\s/.test(char)) {
      if (char === "\n") isNewLine = true;
      at += 1;
    } else if (char === "#") {
      const end = endOfLine(text, at);
      comments.push({ text: text.slice(at + 1, end).trim(), line: lineOf(starts[at] ?? 0) });
      at = end;
    } else if (char === '"' || char === "`") {
      const end = endOfQuote(text, at);
      if (end === undefined) return { ok: false, line: lineOf(starts[at] ?? 0), message: "the quote has no end" };
      const inner = text.slice(at + 1, end - 1);
      add(char === "`" ? inner : inner.replaceAll('\\"', '"'), at, end);
      at = end;
    } else {
      const heredoc = heredocs ? /^<<([^\s<]+)\r?\n/.exec(text.slice(at)) : null;
      const end = heredoc === null ? endOfWord(text, at) : endOfHeredoc(text, at, heredoc[1] ?? "");
      if (end === undefined) return { ok: false, line: lineOf(starts[at] ?? 0), message: "the heredoc has no end" };
      add(heredoc === null ? text.slice(at, end).replace(/\\\r?\n$/, "") : text.slice(at, end), at, end);
      at = end;
    }
  }
  return { ok: true, tokens, comments };
}

interface Replaced {
  readonly text: string;
  /** Where each character of the text comes from, in the raw one. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** `{$NAME}` and `{$NAME:default}`, before anything else is read. */
function withVariables(raw: string, environment: Readonly<Record<string, string>>): Replaced {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  const put = (value: string, start: number, end?: number) => {
    for (let index = 0; index < value.length; index += 1) {
      starts.push(end === undefined ? start + index : start);
      ends.push(end ?? start + index + 1);
    }
    text += value;
  };
  let at = 0;
  for (const variable of raw.matchAll(/\{\$([^}]+)\}/g)) {
    const [whole, inner = ""] = variable;
    put(raw.slice(at, variable.index), at);
    const colon = inner.indexOf(":");
    const name = colon < 0 ? inner : inner.slice(0, colon);
    const known = Object.hasOwn(environment, name) ? environment[name] : undefined;
    put(known ?? (colon < 0 ? "" : inner.slice(colon + 1)), variable.index, variable.index + whole.length);
    at = variable.index + whole.length;
  }
  put(raw.slice(at), at);
  return { text, starts, ends };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function endOfQuote(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return undefined;
}

function endOfWord(text: string, start: number): number {
  const found = /\s/g;
  found.lastIndex = start;
  for (let blank = found.exec(text); blank !== null; blank = found.exec(text)) {
    // A line that ends in a backslash goes on; Caddy takes both for one blank.
    const isContinued =
      text[blank.index] === "\n" && /\\\r?$/.test(text.slice(Math.max(start, blank.index - 2), blank.index));
    return isContinued ? blank.index + 1 : blank.index;
  }
  return text.length;
}

function endOfHeredoc(text: string, start: number, marker: string): number | undefined {
  const from = endOfLine(text, start);
  const end = text.indexOf(marker, from);
  return end < 0 ? undefined : end + marker.length;
}
