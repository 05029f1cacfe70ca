import { type HostPattern, matchesHost, parseHostPattern } from "../routing/host-pattern.ts";

/** A part of a configuration, and one host that it answers for, as a virtual host has it. */
export interface Claim<Part> {
  readonly part: Part;
  readonly host: string;
}

/**
 * Whom a web server takes for a name: who has exactly it, the longest wildcard, the first
 * expression, then who has all names.
 */
export function mostExact<Part>(claims: readonly Claim<Part>[], name: string): Part | undefined {
  let best: { part: Part; rank: number } | undefined;
  for (const { part, host } of claims) {
    const parsed = parseHostPattern(host);
    if (!parsed.ok || !matchesHost(parsed.pattern, name)) continue;
    const rank = rankOf(parsed.pattern);
    if (best === undefined || rank > best.rank) best = { part, rank };
  }
  return best?.part;
}

const EXACT_RANK = 1000;

function rankOf(pattern: HostPattern): number {
  if (pattern.kind === "exact") return EXACT_RANK;
  if (pattern.kind === "wildcard") return pattern.suffix.length;
  return pattern.kind === "regex" ? 0 : -1;
}
