import type { InFlightRequest } from "../contract/agent.ts";

/** Which of the requests in flight are meant; without fields all of them. */
export interface RequestFilter {
  /** A virtual host; for a copycat its original. */
  readonly site?: string | undefined;
  readonly generation?: number | undefined;
  /** Only those on generations below this one: what still drains. */
  readonly before?: number | undefined;
}

export function matchesFilter(
  request: Pick<InFlightRequest, "site" | "generation">,
  { site, generation, before }: RequestFilter,
): boolean {
  return (
    (site === undefined || request.site === site) &&
    (generation === undefined || request.generation === generation) &&
    (before === undefined || request.generation < before)
  );
}

/** For sorting: oldest first. */
export function oldestFirst(a: InFlightRequest, b: InFlightRequest): number {
  return a.startedAt === b.startedAt ? (a.id < b.id ? -1 : 1) : a.startedAt < b.startedAt ? -1 : 1;
}
