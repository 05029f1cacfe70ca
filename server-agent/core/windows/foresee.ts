/**
 * What a window would do, before it is planned: its next occurrences, what the clocks do to them,
 * and which other windows they meet.
 */
import type { MaintenanceWindow, WindowDraft, WindowPlan } from "../../contract/windows.ts";
import { Calendar } from "./occurrences.ts";
import { clockChange, type Instant, isoOf, type Span, wallText } from "./wall-clock.ts";

/** How many occurrences are looked at ahead. */
const MAX_OCCURRENCES = 10;

/** @param others all windows that are planned, without the one that the draft changes */
export function planWindow(
  draft: WindowDraft,
  others: readonly MaintenanceWindow[],
  now: Instant,
): Omit<WindowPlan, "warnings"> {
  const calendar = new Calendar(draft);
  const spans = calendar.during(now, Number.MAX_SAFE_INTEGER, MAX_OCCURRENCES);
  return {
    occurrences: spans.map((span) => {
      const { zone } = draft;
      // By what the rule says, which may be another day than that to which the clocks move it.
      const wall = calendar.wallOf(span.start);
      const note = wall === undefined ? undefined : clockChange(wall, zone);
      return {
        start: isoOf(span.start),
        end: isoOf(span.end),
        startsAt: wallText(span.start, zone),
        endsAt: wallText(span.end, zone),
        ...(note === undefined ? {} : { note }),
      };
    }),
    overlaps: overlapsOf(draft, spans, others),
  };
}

function overlapsOf(
  { sites }: WindowDraft,
  spans: readonly Span[],
  others: readonly MaintenanceWindow[],
): WindowPlan["overlaps"] {
  return others.flatMap((other) => {
    const common = sites.filter(({ site }) => other.sites.some((options) => options.site === site));
    if (common.length === 0) return [];
    const calendar = new Calendar(other);
    return spans.flatMap((span) => {
      const [met] = calendar.during(span.start, span.end - 1, 1);
      if (met === undefined) return [];
      // A long one may meet several of them.
      const last = calendar.previous(span.end - 1)?.end ?? met.end;
      return common.map(({ site }) => ({
        site,
        start: isoOf(Math.max(met.start, span.start)),
        end: isoOf(Math.min(met.end, span.end)),
        window: other.id,
        title: other.title,
        message: `${site} is also in "${other.title}"; it stays closed until ${isoOf(Math.max(met.end, last, span.end))}, when the last of both ends.`,
      }));
    });
  });
}
