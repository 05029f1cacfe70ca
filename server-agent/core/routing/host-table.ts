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
 * Hosts → candidates. Priority alone decides, never the kind of pattern. Exact and wildcard names
 * cost one look-up for the name and one for each label of the deepest wildcard, however many
 * candidates there are; regular expressions are asked one after the other, but only once for a host
 * that is asked for again and again.
 */
export interface HostTable<C extends Candidate> {
  readonly exact: ReadonlyMap<string, readonly C[]>;
  readonly wildcard: ReadonlyMap<string, readonly C[]>;
  /** `[n]`: some wildcard's suffix has n + 1 labels. */
  readonly wildcardDepths: readonly boolean[];
  /** Priority of the first regular expression; Infinity when there is none. */
  readonly firstRegex: number;
  /** Those whose regular expression matches. */
  readonly regex: (host: string) => readonly C[];
  readonly any: readonly C[];
}

/** Makes a table of candidates that are added by ascending index. */
export class HostTableBuilder<C extends Candidate> {
  readonly #exact = new Map<string, C[]>();
  readonly #wildcard = new Map<string, C[]>();
  readonly #wildcardDepths: boolean[] = [];
  readonly #regexes: RegexEntry<C>[] = [];
  readonly #any: C[] = [];

  add(candidate: C, patterns: readonly HostPattern[]): void {
    for (const pattern of patterns) {
      if (pattern.kind === "exact") append(this.#exact, pattern.name, candidate);
      else if (pattern.kind === "wildcard") {
        append(this.#wildcard, pattern.suffix, candidate);
        this.#wildcardDepths[pattern.suffix.split(".").length - 1] = true;
      } else if (pattern.kind === "regex") this.#regexes.push({ candidate, regex: pattern.regex });
      else if (this.#any.at(-1) !== candidate) this.#any.push(candidate);
    }
  }

  finish(): HostTable<C> {
    return {
      exact: this.#exact,
      wildcard: this.#wildcard,
      wildcardDepths: this.#wildcardDepths,
      firstRegex: this.#regexes[0]?.candidate.index ?? Infinity,
      regex: rememberMatches(this.#regexes),
      any: this.#any,
    };
  }
}

interface RegexEntry<C> {
  readonly candidate: C;
  readonly regex: Regex;
}

/**
 * A regular expression takes some 300 ns, ten times as long as everything else; visitors ask for
 * the same few hosts.
 */
const MAX_CACHED_HOSTS = 1000;
/** No name is longer (RFC 1035, 2.3.4); what is sent in its place is not worth the memory. */
const MAX_CACHED_HOST_LENGTH = 253;

function rememberMatches<C>(entries: readonly RegexEntry<C>[]): (host: string) => readonly C[] {
  const remembered = new Map<string, readonly C[]>();
  return (host) => {
    const known = remembered.get(host);
    if (known !== undefined) return known;
    const matching = entries.filter(({ regex }) => regex.test(host)).map(({ candidate }) => candidate);
    if (host.length > MAX_CACHED_HOST_LENGTH) return matching;
    if (remembered.size >= MAX_CACHED_HOSTS) remembered.clear();
    remembered.set(host, matching);
    return matching;
  };
}

function append<C>(map: Map<string, C[]>, name: string, candidate: C): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [candidate]);
  else if (list.at(-1) !== candidate) list.push(candidate);
}

/**
 * The candidate of highest priority whose hosts include the request's and that accepts it. Runs
 * once for each request and allocates nothing unless there are wildcards: instead of merging the
 * lists, it takes the best of each and stops in the others where they cannot be better.
 */
export function findCandidate<C extends Candidate>(table: HostTable<C>, facts: RequestFacts): C | undefined {
  const { host } = facts;
  const named = table.exact.get(host);
  let best = named === undefined ? undefined : firstBefore(named, undefined, facts);
  if (table.wildcardDepths.length > 0) best = findWildcard(table, host, best, facts);
  if (table.firstRegex < (best?.index ?? Infinity)) best = firstBefore(table.regex(host), best, facts);
  return firstBefore(table.any, best, facts);
}

function findWildcard<C extends Candidate>(
  table: HostTable<C>,
  host: string,
  found: C | undefined,
  facts: RequestFacts,
): C | undefined {
  let best = found;
  let dot = host.length;
  for (const inUse of table.wildcardDepths) {
    dot = host.lastIndexOf(".", dot - 1);
    // A dot in front of everything leaves no label for the star.
    if (dot <= 0) break;
    if (!inUse) continue;
    const candidates = table.wildcard.get(host.slice(dot + 1));
    if (candidates !== undefined) best = firstBefore(candidates, best, facts);
  }
  return best;
}

/** The first of the list that accepts the request and stands above `best`; else `best`. */
function firstBefore<C extends Candidate>(
  candidates: readonly C[],
  best: C | undefined,
  facts: RequestFacts,
): C | undefined {
  for (const candidate of candidates) {
    if (best !== undefined && candidate.index >= best.index) return best;
    if (candidate.when === undefined || candidate.when.test(facts)) return candidate;
  }
  return best;
}
