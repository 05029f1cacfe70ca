/** One occurrence of a series as a window of its own. `Temporal` must be there. Pure. */
import type { MaintenanceWindow, WindowDraft } from "../../server-agent/contract/windows.ts";
import { Calendar } from "../../server-agent/core/windows/occurrences.ts";
import { wallText } from "../../server-agent/core/windows/wall-clock.ts";
import { draftOf } from "./full-draft.ts";

/** @param start instant of the occurrence */
export function singleOf(window: MaintenanceWindow, start: string): WindowDraft {
  const { rrule: _rrule, exdates: _exdates, ...draft } = draftOf(window);
  const at = Date.parse(start);
  const span = new Calendar(window).during(at, at, Number.MAX_SAFE_INTEGER).find((candidate) => candidate.start === at);
  const end = window.end === undefined || span === undefined ? {} : { end: wallText(span.end, window.zone) };
  return { ...draft, start: wallText(at, window.zone), ...end };
}
