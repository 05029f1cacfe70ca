/** How entries of `hosts` relate to one another. */
import { matchesHost, parseHostPattern, type HostPattern } from "../routing/host-pattern.ts";

function parse(text: string): HostPattern | undefined {
  const parsed = parseHostPattern(text);
  return parsed.ok ? parsed.pattern : undefined;
}

/**
 * The same text for every spelling of one entry: letter case, a trailing dot, the forms of an IPv6
 * address.
 */
export function hostKey(text: string): string {
  const pattern = parse(text);
  if (pattern?.kind === "exact") return pattern.name;
  return pattern?.kind === "wildcard" ? `*.${pattern.suffix}` : text;
}

/**
 * Whether everything that the entry `inner` matches is matched by the entry `outer`, too. Regular
 * expressions are covered only by themselves and by what matches all.
 */
export function coversHost(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const [wide, narrow] = [parse(outer), parse(inner)];
  if (wide === undefined || narrow === undefined) return false;
  if (wide.kind === "any" || EVERYTHING.has(outer)) return true;
  switch (narrow.kind) {
    case "exact":
      return matchesHost(wide, narrow.name);
    case "wildcard":
      return wide.kind === "wildcard" && (narrow.suffix === wide.suffix || narrow.suffix.endsWith(`.${wide.suffix}`));
    case "regex":
    case "any":
      return false;
  }
}

/**
 * Whether some name is matched by both entries, as far as that can be told: two different regular
 * expressions are taken to be apart.
 */
export function hostsOverlap(first: string, second: string): boolean {
  return coversHost(first, second) || coversHost(second, first);
}

/** Stands for "every host" where `*` may not: the catch-all alone is `["*"]`. */
export const EVERY_HOST = "~.*";

const EVERYTHING: ReadonlySet<string> = new Set([EVERY_HOST, "~^.*$", "~^.*", "~.*$", "~^"]);
