/**
 * Conditions of another server, as far as they can be said here. One that cannot be said exactly is
 * widened: it matches every request that the original matches, and more. Whoever uses it answers
 * with 403 then, so that nothing is open that was not.
 */
import type { Condition } from "../../../contract/condition.ts";
import { compileRegex } from "../../routing/regex.ts";
import { reword } from "./lookahead.ts";

export interface Match {
  /** Undefined: every request. */
  readonly when: Condition | undefined;
  /** It matches what the original matches, and nothing else. */
  readonly isExact: boolean;
}

export const ALWAYS: Match = { when: undefined, isExact: true };
/** What nothing can be said about. */
export const UNKNOWN: Match = { when: undefined, isExact: false };

export function exactly(when: Condition): Match {
  return { when, isExact: true };
}

/** Requests that all of them match. */
export function both(...matches: readonly Match[]): Match {
  return { when: allOf(matches.map(({ when }) => when)), isExact: matches.every(({ isExact }) => isExact) };
}

/** Requests that at least one of them matches. */
export function either(...matches: readonly Match[]): Match {
  const conditions = matches.map(({ when }) => when);
  const isExact = matches.every((match) => match.isExact);
  const known = conditions.filter((when) => when !== undefined);
  const [only] = known;
  if (known.length < conditions.length) return { when: undefined, isExact };
  return { when: known.length === 1 ? only : { any: known }, isExact };
}

/** What is widened would be narrowed by it, so all that can be said then is: every request. */
export function neither(match: Match): Match {
  if (!match.isExact) return UNKNOWN;
  return match.when === undefined ? exactly(NEVER) : exactly({ not: match.when });
}

/** Every path begins with a slash. */
const NEVER: Condition = { not: { path: "/*" } };

/** Undefined: every request. */
export function allOf(conditions: readonly (Condition | undefined)[]): Condition | undefined {
  const known = conditions.filter((when) => when !== undefined).flatMap(parts);
  const unique = known.filter((when, index) => known.findIndex((each) => same(each, when)) === index);
  return unique.length > 1 ? { all: unique } : unique[0];
}

/** What must be met together is one list, however it was put together. */
function parts(when: Condition): Condition[] {
  return when.all !== undefined && Object.keys(when).length === 1 ? when.all : [when];
}

function same(a: Condition, b: Condition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A folder and everything below it. @param path Decoded, with or without a slash at its end. */
export function folderMatch(path: string): Match {
  const folder = path.replace(/\/+$/, "");
  if (folder === "") return ALWAYS;
  return isPlainPath(folder)
    ? exactly({ path: [folder, `${folder}/*`] })
    : regexMatch(`^${escapeRegex(folder)}(?:/|$)`);
}

/** Exactly this path. */
export function pathMatch(path: string): Match {
  return isPlainPath(path) ? exactly({ path }) : regexMatch(`^${escapeRegex(path)}$`);
}

/** Everything that begins so, within a segment too. */
export function prefixMatch(prefix: string): Match {
  if (prefix === "/") return ALWAYS;
  return prefix.endsWith("/") && isPlainPath(prefix)
    ? exactly({ path: `${prefix}*` })
    : regexMatch(`^${escapeRegex(prefix)}`);
}

/** What the condition `path` takes as it is. */
function isPlainPath(path: string): boolean {
  return path.startsWith("/") && !/[*?%\\]|\/\/|\/\.{1,2}(?:\/|$)/.test(path);
}

/**
 * The decoded path fits; `UNKNOWN` where RE2 does not know what the expression says.
 *
 * @param subject `urlRegex` for the path with its query.
 */
export function regexMatch(pattern: string, subject: "pathRegex" | "urlRegex" = "pathRegex"): Match {
  if (compileRegex(pattern).ok) return exactly({ [subject]: pattern });
  for (const { pattern: wide, not, isExact } of reword(pattern)) {
    if (!compileRegex(wide).ok || (not !== undefined && !compileRegex(not).ok)) continue;
    const matching = exactly({ [subject]: wide });
    return { ...(not === undefined ? matching : both(matching, neither(exactly({ [subject]: not })))), isExact };
  }
  return UNKNOWN;
}

/** The host that is asked for, whatever its port. @param names With a star in front, or none. */
export function hostMatch(names: readonly string[], star = "[^.]+"): Match {
  const each = names.map((name) => escapeRegex(name).replace(/^\\\*/, star));
  return hostRegex(`^(?:${each.join("|")})$`);
}

/** @param pattern For the name without a port. */
export function hostRegex(pattern: string): Match {
  const withPort = `~(?i)${pattern.replace(/(?<!\\)\$/g, "\\.?(?::\\d+)?$")}`;
  return compileRegex(withPort.slice(1)).ok ? exactly({ header: { host: withPort } }) : UNKNOWN;
}

export function escapeRegex(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, (char) => (char === "/" ? char : `\\${char}`));
}
