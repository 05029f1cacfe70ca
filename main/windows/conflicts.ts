/** Occurrences that hold the same site at the same time. Pure. */
import type { ScheduledOccurrence, ScheduledPlace } from "../contract/schedule.ts";

/** So many are named of one. */
const MAX_NAMED = 5;
/** What is not, or no longer, going to hold a site. */
const GONE = new Set<ScheduledPlace["state"]>(["ended", "missed", "skipped", "failed"]);

/** @param occurrences in the order of their starts */
export function withConflicts(occurrences: readonly ScheduledOccurrence[]): ScheduledOccurrence[] {
  const found = new Map<string, ScheduledOccurrence["conflicts"]>();
  let open: { occurrence: ScheduledOccurrence; sites: Set<string> }[] = [];
  for (const occurrence of occurrences) {
    const sites = sitesOf(occurrence);
    if (sites.size === 0) continue;
    open = open.filter((other) => other.occurrence.end > occurrence.start);
    for (const other of open) {
      const common = [...sites].filter((site) => other.sites.has(site));
      if (common.length === 0) continue;
      note(found, occurrence, other.occurrence, common);
      note(found, other.occurrence, occurrence, common);
    }
    open.push({ occurrence, sites });
  }
  return occurrences.map((occurrence) => ({ ...occurrence, conflicts: found.get(occurrence.key) ?? [] }));
}

function note(
  found: Map<string, ScheduledOccurrence["conflicts"]>,
  one: ScheduledOccurrence,
  other: ScheduledOccurrence,
  sites: string[],
): void {
  const known = found.get(one.key) ?? [];
  if (known.length >= MAX_NAMED) return;
  const { key, title, start, end } = other;
  found.set(one.key, [
    ...known,
    { key, title, start, end, sites: [...new Set(sites.map((site) => site.slice(site.indexOf("\n") + 1)))] },
  ]);
}

function sitesOf({ places }: ScheduledOccurrence): Set<string> {
  return new Set(
    places
      .filter(({ state }) => !GONE.has(state))
      .flatMap(({ serverId, sites }) => sites.map((site) => `${serverId}\n${site}`)),
  );
}
