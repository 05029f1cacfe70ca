/** A window's own text out of what a server says of it. Pure; `Temporal` must be there. */
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract.ts";
import { wallAt } from "../../server-agent/core/windows/wall-clock.ts";
import type { WindowTerms } from "../ipc-contract.ts";

/** As it was planned. */
export const draftOf = ({
  id: _id,
  revision: _revision,
  createdAt: _createdAt,
  state: _state,
  occurrences: _occurrences,
  ...draft
}: MaintenanceWindow): WindowDraft => draft;

/** To plan it once more: what was skipped ahead stays left out, as a new window knows nothing of it. */
export const draftToRestore = (window: MaintenanceWindow, now: number): WindowDraft => {
  const skipped = window.occurrences.filter(({ state, end }) => state === "skipped" && Date.parse(end) > now);
  const starts = skipped.map(({ start }) => wallAt(Date.parse(start), window.zone).toString({ smallestUnit: "second" }));
  const exdates = [...new Set([...(window.exdates ?? []), ...starts])];
  return exdates.length === 0 ? draftOf(window) : { ...draftOf(window), exdates };
};

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
