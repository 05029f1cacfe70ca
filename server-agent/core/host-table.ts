import type { HostPattern } from "./host-pattern.ts";
import type { Regex } from "./regex.ts";
import type { RequestFacts } from "./request-facts.ts";

/** Something with a priority that answers for hosts, if it also accepts the request. */
export interface Candidate {
  /** Priority: the smallest wins. */
  readonly index: number;
  /** Undefined: every request. */
  readonly when: { test(facts: RequestFacts): boolean } | undefined;
}

/**
 * Hosts → candidates. Priority alone decides, never the kind of pattern. Exact and wildcard names cost one look-up for the name and one for each label of the deepest wildcard, however
 * many candidates there are; regular expressions are asked one after the other, and only those of a higher priority than what is found already.
 */
export interface HostTable<C extends Candidate> {
  readonly exact: ReadonlyMap<string, readonly C[]>;
  readonly wildcard: ReadonlyMap<string, readonly C[]>;
  /** Most labels of a wildcard's suffix. */
  readonly wildcardDepth: number;
  readonly regex: readonly { readonly candidate: C; readonly regex: Regex }[];
  readonly any: readonly C[];
}

/** @param entries Candidates with their patterns, by ascending index. */
export function compileHostTable<C extends Candidate>(entries: Iterable<{ candidate: C; patterns: readonly HostPattern[] }>): HostTable<C> {
  const exact = new Map<string, C[]>();
  const wildcard = new Map<string, C[]>();
  const regex: { candidate: C; regex: Regex }[] = [];
  const any: C[] = [];
  let wildcardDepth = 0;
  for (const { candidate, patterns } of entries) {
    for (const pattern of patterns) {
      if (pattern.kind === "exact") append(exact, pattern.name, candidate);
      else if (pattern.kind === "wildcard") {
        append(wildcard, pattern.suffix, candidate);
        wildcardDepth = Math.max(wildcardDepth, pattern.suffix.split(".").length);
      } else if (pattern.kind === "regex") regex.push({ candidate, regex: pattern.regex });
      else if (any.at(-1) !== candidate) any.push(candidate);
    }
  }
  return { exact, wildcard, wildcardDepth, regex, any };
}

function append<C>(map: Map<string, C[]>, name: string, candidate: C): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [candidate]);
  else if (list.at(-1) !== candidate) list.push(candidate);
}

/**
 * The candidate of highest priority whose hosts include the request's and that accepts it. Runs once for each request and allocates nothing unless there are wildcards: instead of merging
 * the lists, it takes the best of each and stops in the others where they cannot be better.
 */
export function findCandidate<C extends Candidate>(table: HostTable<C>, facts: RequestFacts): C | undefined {
  const { host } = facts;
  const named = table.exact.get(host);
  let best = named === undefined ? undefined : firstBefore(named, undefined, facts);
  if (table.wildcardDepth > 0) best = findWildcard(table, host, best, facts);
  for (const { candidate, regex } of table.regex) {
    if (best !== undefined && candidate.index >= best.index) break;
    if (regex.test(host) && (candidate.when === undefined || candidate.when.test(facts))) {
      best = candidate;
      break;
    }
  }
  return firstBefore(table.any, best, facts);
}

function findWildcard<C extends Candidate>(table: HostTable<C>, host: string, found: C | undefined, facts: RequestFacts): C | undefined {
  let best = found;
  let dot = host.length;
  for (let labels = 0; labels < table.wildcardDepth; labels += 1) {
    dot = host.lastIndexOf(".", dot - 1);
    // A dot in front of everything leaves no label for the star.
    if (dot <= 0) break;
    const candidates = table.wildcard.get(host.slice(dot + 1));
    if (candidates !== undefined) best = firstBefore(candidates, best, facts);
  }
  return best;
}

/** The first of the list that accepts the request and stands above `best`; else `best`. */
function firstBefore<C extends Candidate>(candidates: readonly C[], best: C | undefined, facts: RequestFacts): C | undefined {
  for (const candidate of candidates) {
    if (best !== undefined && candidate.index >= best.index) return best;
    if (candidate.when === undefined || candidate.when.test(facts)) return candidate;
  }
  return best;
}
