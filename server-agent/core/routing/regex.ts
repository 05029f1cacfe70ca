/**
 * Regular expressions that operators write. They run on re2js, whose time grows with (size of the
 * pattern × length of the text) and never with anything worse, so no visitor can hang a worker by
 * what he sends. The size is bounded as well, because a large factor is a hang too.
 */
import { RE2JS } from "re2js";

export const MAX_PATTERN_LENGTH = 1000;
/**
 * Instructions of the compiled pattern: `(?:.{0,99}x){50}` is short to write and thousands of steps
 * for each character.
 */
export const MAX_PROGRAM_SIZE = 1000;

/** Groups take some 40 µs for each character of a text and the costliest pattern. */
export const MAX_GROUP_TEXT_CHARS = 4096;

/** Offsets in a text, the end exclusive. */
interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Regex {
  /** Found anywhere in the text. */
  readonly test: (text: string) => boolean;
  /**
   * Where in the text the first match and its groups are, the whole match at 0; a group that took
   * no part is undefined. A longer text than `MAX_GROUP_TEXT_CHARS` has no match.
   */
  readonly groups: (text: string) => readonly (Span | undefined)[] | undefined;
  /** Without the whole match. */
  readonly groupCount: number;
}

export type CompiledRegex = { ok: true; regex: Regex } | { ok: false; message: string };

/**
 * Compiles RE2 syntax (https://github.com/google/re2/wiki/Syntax). The message of a refusal says
 * what to write instead.
 */
export function compileRegex(pattern: string, options: { ignoreCase?: boolean } = {}): CompiledRegex {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return {
      ok: false,
      message: `the regular expression has ${String(pattern.length)} characters; ${String(MAX_PATTERN_LENGTH)} are allowed: split it into a list of shorter ones`,
    };
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, options.ignoreCase === true ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    return { ok: false, message: refusal(pattern, error) };
  }
  if (compiled.programSize() > MAX_PROGRAM_SIZE) {
    return {
      ok: false,
      message: `the regular expression is too costly (${String(compiled.programSize())} steps, ${String(MAX_PROGRAM_SIZE)} are allowed): use smaller repeat counts such as {0,20}, or * and +`,
    };
  }
  return { ok: true, regex: wrap(compiled) };
}

function wrap(compiled: RE2JS): Regex {
  const groupCount = compiled.groupCount();
  return {
    groupCount,
    test: (text) => compiled.test(text),
    groups(text) {
      // Whether it matches is told without groups, and some thirty times faster: what visitors send
      // in order to be slow rarely does.
      if (text.length > MAX_GROUP_TEXT_CHARS || !compiled.test(text)) return undefined;
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from({ length: groupCount + 1 }, (_, index): Span | undefined => {
        const start = matcher.start(index);
        return start < 0 ? undefined : { start, end: matcher.end(index) };
      });
    },
  };
}

function refusal(pattern: string, error: unknown): string {
  const reason =
    error instanceof Error ? error.message.replace(/^error parsing regexp: /, "").replace("`(?i)", "`") : String(error);
  const foreign = /\(\?(?:[=!]|<[=!])|\\[1-9]|\(\?>|[*+?}]\+/.test(pattern);
  const hint = foreign
    ? "; RE2 has no look-ahead, look-behind, back-references or possessive repeats: combine conditions with `all`, `any` and `not` instead"
    : "";
  return `the regular expression does not compile: ${reason}${hint}`;
}
