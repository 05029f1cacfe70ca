/** A window that was removed, to be planned once more. `Temporal` must be there. Pure. */
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { draftOf } from "./full-draft.ts";

/** What was skipped ahead stays left out, as a new window knows nothing of it. */
export function draftToRestore(window: MaintenanceWindow, now: number): WindowDraft {
  const skipped = window.occurrences.filter(({ state, end }) => state === "skipped" && Date.parse(end) > now);
  const rule = new Calendar(window);
  const starts = skipped.flatMap(({ start }) => rule.wallTextOf(Date.parse(start)) ?? []);
  const exdates = [...new Set([...(window.exdates ?? []), ...starts])];
  return exdates.length === 0 ? draftOf(window) : { ...draftOf(window), exdates };
}
