/** How entries of `hosts` relate to one another. */
import { matchesHost, parseHostPattern, type HostPattern } from "../routing/host-pattern.ts";

/** An entry of `hosts`; without a pattern where it is malformed. */
interface Entry {
  readonly text: string;
  readonly pattern: HostPattern | undefined;
}

/**
 * Lists of documents that were read before. From one switch to the next most virtual hosts, and
 * their lists, stay the same objects.
 */
const READ = new WeakMap<readonly string[], readonly Entry[]>();

function entriesOf(hosts: readonly string[]): readonly Entry[] {
  let entries = READ.get(hosts);
  if (entries === undefined) READ.set(hosts, (entries = hosts.map(entryOf)));
  return entries;
}

function entryOf(text: string): Entry {
  const parsed = parseHostPattern(text);
  return { text, pattern: parsed.ok ? parsed.pattern : undefined };
}

/**
 * The same text for every spelling of one entry: letter case, a trailing dot, the forms of an IPv6
 * address.
 */
export function hostKey(text: string): string {
  const { pattern } = entryOf(text);
  if (pattern?.kind === "exact") return pattern.name;
  return pattern?.kind === "wildcard" ? `*.${pattern.suffix}` : text;
}

/**
 * Whether everything that the entry `inner` matches is matched by the entry `outer`, too. Regular
 * expressions are covered only by themselves and by what matches all.
 */
export function coversHost(outer: string, inner: string): boolean {
  return outer === inner || covers(entryOf(outer), entryOf(inner));
}

function covers(outer: Entry, inner: Entry): boolean {
  if (outer.text === inner.text) return true;
  const [wide, narrow] = [outer.pattern, inner.pattern];
  if (wide === undefined || narrow === undefined) return false;
  if (wide.kind === "any" || EVERYTHING.has(outer.text)) return true;
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

/** Whether some entry of the list covers this one. */
export function listCovers(hosts: readonly string[], inner: string): boolean {
  const narrow = entryOf(inner);
  return entriesOf(hosts).some((wide) => covers(wide, narrow));
}

/** Whether some name is matched by both lists, as far as that can be told. */
export function shareHosts(first: readonly string[], second: readonly string[]): boolean {
  const theirs = entriesOf(second);
  return entriesOf(first).some((mine) => theirs.some((other) => covers(other, mine) || covers(mine, other)));
}

/**
 * Names that both lists match, as far as that can be told: of each two entries that overlap the
 * narrower one. Two different regular expressions are taken to be apart.
 */
export function sharedHosts(first: readonly string[], second: readonly string[]): string[] {
  const shared = new Set<string>();
  for (const mine of entriesOf(first))
    for (const theirs of entriesOf(second)) {
      if (covers(theirs, mine)) shared.add(mine.text);
      else if (covers(mine, theirs)) shared.add(theirs.text);
    }
  return [...shared];
}

/** Stands for "every host" where `*` may not: the catch-all alone is `["*"]`. */
export const EVERY_HOST = "~.*";

const EVERYTHING: ReadonlySet<string> = new Set([EVERY_HOST, "~^.*$", "~^.*", "~.*$", "~^"]);
