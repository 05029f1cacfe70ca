/** A window's own text out of what a server says of it. Pure. */
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import type { WindowTerms } from "../contract/windows.ts";

/** As it was planned. */
export function draftOf({
  id: _id,
  revision: _revision,
  createdAt: _createdAt,
  state: _state,
  occurrences: _occurrences,
  ...draft
}: MaintenanceWindow): WindowDraft {
  return draft;
}

/** Other terms for the same sites. */
export function withTerms(
  { sites, operation }: WindowDraft,
  terms: WindowTerms,
  author: string,
  health?: string,
): WindowDraft {
  return {
    ...terms,
    sites: health === undefined ? sites : sites.map((options) => ({ ...options, health })),
    ...(operation === undefined ? {} : { operation: { ...operation, title: terms.title } }),
    author,
  };
}

/** Whether a server has planned exactly this. */
export function isPlannedAs(window: MaintenanceWindow, draft: WindowDraft): boolean {
  return canonical(draftOf(window)) === canonical(draft);
}

/** The order of fields means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
