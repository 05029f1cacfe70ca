/** A window's own text out of what a server says of it. Pure. */
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import type { WindowTerms } from "../contract/windows.ts";

/** As it was planned. */
export const draftOf = ({
  id: _id,
  revision: _revision,
  createdAt: _createdAt,
  state: _state,
  occurrences: _occurrences,
  ...draft
}: MaintenanceWindow): WindowDraft => draft;

/** Other terms for the same sites. */
export const withTerms = ({ sites, operation }: WindowDraft, terms: WindowTerms, author: string, health?: string): WindowDraft => ({
  ...terms,
  sites: health === undefined ? sites : sites.map((options) => ({ ...options, health })),
  ...(operation === undefined ? {} : { operation: { ...operation, title: terms.title } }),
  author,
});

/** Whether a server has planned exactly this. */
export const isPlannedAs = (window: MaintenanceWindow, draft: WindowDraft): boolean => canonical(draftOf(window)) === canonical(draft);

/** The order of fields means nothing. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
