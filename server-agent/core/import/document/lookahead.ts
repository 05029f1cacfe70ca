/**
 * Expressions that look ahead for what must not follow, as `/\.(?!well-known)`. RE2 has no such
 * thing, but the usual ones can be said without it.
 */

import { alternativesOf, endOfGroup } from "./regex-parts.ts";

export interface Reworded {
  readonly pattern: string;
  /** Undefined: nothing else. */
  readonly not?: string;
  /** It matches what the original matches, and nothing else; otherwise more. */
  readonly isExact: boolean;
}

const LOOKS_AHEAD = /^((?:\(\?i\))?)([\s\S]*?)\(\?!/;
/** Letters that mean themselves, and what is escaped to do so. */
const LITERAL = /^(?:[\w/ -]|\\[^\w\s])*$/;
const MAX_WORDS_LENGTH = 500;
const AT_THE_END = /\(\?!(?:\((?:\?:)?([^()]*)\)|([^()]*))\)((?:\.\*\$?)?)$/;

/** In the order of exactness. */
export function reword(pattern: string): Reworded[] {
  return [...fromTheStart(pattern), ...withoutWords(pattern), ...widened(pattern)];
}

/** `(?!a|b)` with nothing behind it that could fail: some letter differs from `a` and from `b`. */
function withoutWords(pattern: string): Reworded[] {
  const reworded = alternativesOf(pattern)
    .map((part) =>
      part.replace(AT_THE_END, (whole, grouped: string | undefined, bare: string | undefined, end: string) => {
        const words = (grouped ?? bare ?? "").split("|");
        const isKnown = words.every((word) => word !== "" && LITERAL.test(word)) && whole.length <= MAX_WORDS_LENGTH;
        return isKnown ? notBeginningWith(words.map(lettersOf)) + end : whole;
      }),
    )
    .join("|");
  return reworded === pattern || reworded.includes("(?!") ? [] : [{ pattern: reworded, isExact: true }];
}

function lettersOf(word: string): string[] {
  return Array.from(word.matchAll(/\\(.)|(.)/gs), ([, escaped, plain]) => escaped ?? plain ?? "");
}

function notBeginningWith(words: readonly (readonly string[])[]): string {
  const first = [...new Set(words.map(([letter = ""]) => letter))];
  const goOn = first.flatMap((letter) => {
    const rests = words.filter(([own]) => own === letter).map((word) => word.slice(1));
    return rests.some((rest) => rest.length === 0) ? [] : [`${escaped(letter)}${notBeginningWith(rests)}`];
  });
  return `(?:$|[^${first.map(escaped).join("")}]${goOn.map((each) => `|${each}`).join("")})`;
}

function escaped(letter: string): string {
  return /[\w/ ]/.test(letter) ? letter : `\\${letter}`;
}

/** `^/(?!api)…`: where it looks from is known, so it is a condition of its own. */
function fromTheStart(pattern: string): Reworded[] {
  const [whole = "", flags = "", before = ""] = LOOKS_AHEAD.exec(pattern) ?? [];
  if (!before.startsWith("^") || !LITERAL.test(before.slice(1))) return [];
  const end = endOfGroup(pattern, whole.length);
  const unwanted = pattern.slice(whole.length, end);
  const rest = pattern.slice(end + 1);
  // A bar outside of groups would be about more than what begins so.
  if (alternativesOf(rest).length > 1) return [];
  return [{ pattern: `${flags}${before}${rest}`, not: `${flags}${before}(?:${unwanted})`, isExact: true }];
}

/** Without what looks around, it matches more. */
function widened(pattern: string): Reworded[] {
  let wide = pattern;
  for (let found = /\(\?<?[!=]/.exec(wide); found !== null; found = /\(\?<?[!=]/.exec(wide)) {
    const end = endOfGroup(wide, found.index + found[0].length);
    wide = wide.slice(0, found.index) + wide.slice(end + 1);
  }
  return wide === pattern ? [] : [{ pattern: wide, isExact: false }];
}
