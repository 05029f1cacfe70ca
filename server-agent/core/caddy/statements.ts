/**
 * Groups the words of a Caddyfile as Caddy's parser does (caddyfile/parse.go): a statement goes to
 * the end of its line, or to the end of the block that it opens.
 */
import type { Token } from "./tokens.ts";

export interface Statement {
  /** With the file that it stands in, as files import each other. */
  readonly file: string;
  readonly words: readonly Token[];
  readonly block?: Block;
}

interface Block {
  readonly open: Token;
  readonly close: Token;
  /** What stands between, to be read as statements or, in a snippet, as whatever it is used for. */
  readonly tokens: readonly Token[];
}

export type Parsed = { ok: true; statements: readonly Statement[] } | { ok: false; line: number; message: string };

/** Of a site block, a snippet, or a nested block. */
export function innerStatements(file: string, tokens: readonly Token[]): Parsed {
  return statementsOf(file, tokens, false);
}

/** Of a whole file: blocks with their addresses, and imports. */
export function topStatements(file: string, tokens: readonly Token[]): Parsed {
  return statementsOf(file, tokens, true);
}

function statementsOf(file: string, tokens: readonly Token[], isTop: boolean): Parsed {
  const statements: Statement[] = [];
  let at = 0;
  while (at < tokens.length) {
    const words: Token[] = [];
    for (let token = tokens[at]; token !== undefined && token.brace !== "{"; token = tokens[(at += 1)]) {
      if (token.brace === "}") return { ok: false, line: token.line, message: "unexpected }" };
      // Addresses go on behind a comma at the end of a line.
      const goesOn = isTop && words.at(-1)?.text.endsWith(",") === true;
      if (words.length > 0 && token.startsLine && !goesOn) break;
      words.push(token);
    }
    const open = tokens[at]?.brace === "{" ? tokens[at] : undefined;
    if (open === undefined) {
      statements.push({ file, words });
      continue;
    }
    const end = endOfBlock(tokens, at);
    const close = end === undefined ? undefined : tokens[end];
    if (end === undefined || close === undefined) return { ok: false, line: open.line, message: "the { has no end" };
    statements.push({ file, words, block: { open, close, tokens: tokens.slice(at + 1, end) } });
    at = end + 1;
  }
  return { ok: true, statements };
}

function endOfBlock(tokens: readonly Token[], start: number): number | undefined {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    if (tokens[at]?.brace === "{") depth += 1;
    else if (tokens[at]?.brace === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}
