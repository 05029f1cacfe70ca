/**
 * What a window would do, before it is planned: its next occurrences, what the clocks do to them,
 * and which other windows they meet.
 */
import type { MaintenanceWindow, WindowDraft, WindowPlan } from "../../contract/windows.ts";
import { Calendar } from "./occurrences.ts";
import { clockChange, type Instant, isoOf, type Span, wallAt, wallText } from "./wall-clock.ts";

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
      const note = noteFor(draft, span);
      const { zone } = draft;
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
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [];
  return others.flatMap((other) => {
    const common = sites.filter(({ site }) => other.sites.some((options) => options.site === site));
    if (common.length === 0) return [];
    const taken = new Calendar(other).during(first.start, last.end, MAX_OCCURRENCES * 10);
    return spans.flatMap((span) => {
      const met = taken.find(({ start, end }) => start < span.end && span.start < end);
      if (met === undefined) return [];
      return common.map(({ site }) => ({
        site,
        start: isoOf(Math.max(met.start, span.start)),
        end: isoOf(Math.min(met.end, span.end)),
        window: other.id,
        title: other.title,
        message: `${site} is also in "${other.title}"; it stays closed until ${isoOf(Math.max(met.end, span.end))}, when the last of both ends.`,
      }));
    });
  });
}

/** The wall-clock time that was meant is that of the first occurrence, on each day. */
function noteFor({ start, zone }: WindowDraft, span: Span): string | undefined {
  const day = wallAt(span.start, zone).toPlainDate();
  return clockChange(day.toPlainDateTime(Temporal.PlainDateTime.from(start).toPlainTime()), zone);
}
