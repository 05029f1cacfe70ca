import type { Occurrence } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Calendar } from "./occurrences.ts";
import { isActive } from "./stack.ts";
import { endFrom, isMistaken, type PlannedWindow } from "./window-plan.ts";
import { type Instant, isoOf, type Span } from "./wall-clock.ts";

/**
 * The window with a record of everything that its receipts say it has begun: an agent that was
 * killed between the switch and the record knows it from the generations.
 *
 * @param spanAt the calendar's occurrence that starts at this instant
 * @param openOn the maintenance that a site is in: what the window found closed at its start, it
 *   has joined
 * @param now what a clock that was wrong had begun after it, and that was brought back, is ahead
 */
export function withBegun<W extends PlannedWindow>(
  window: W,
  receipts: readonly Receipt[],
  spanAt: (start: Instant) => Span | undefined,
  openOn: (site: string) => string | undefined,
  now: Instant = Infinity,
): W {
  const records = [...window.records];
  for (const receipt of receipts) {
    const start = receipt.window?.id === window.id ? receipt.window.start : undefined;
    if (start === undefined || records.some((record) => record.receipts.includes(receipt.id))) continue;
    const { startedAt, revert } = receipt;
    if (revert !== undefined && isMistaken(window, { start, startedAt, state: "ended" }, now)) continue;
    const index = records.findIndex((record) => record.start === start);
    const record = begunBy(records[index] ?? recordOf(window.id, start, receipt, spanAt(Date.parse(start))), receipt);
    const joined = isActive(record) ? window.sites.flatMap(({ site }) => openOn(site) ?? []) : [];
    const whole = { ...record, receipts: [...new Set([...record.receipts, receipt.id, ...joined])] };
    if (index === -1) records.push(whole);
    else records[index] = whole;
  }
  if (records.length === window.records.length && records.every((record, index) => record === window.records[index]))
    return window;
  return { ...window, records: records.sort(byStart) };
}

/**
 * Records of what is not over yet, after the window was changed: what was skipped, or has ended
 * before its time, stays so where its occurrence moved along with the series.
 *
 * @param moved the instant to which an occurrence has moved; `undefined` where the window has none
 *   there
 */
export function movedAlong(
  records: readonly Occurrence[],
  now: Instant,
  moved: (start: Instant) => Span | undefined,
): Occurrence[] {
  return records
    .map((record) => {
      if (Math.max(Date.parse(record.start), Date.parse(record.end)) <= now) return record;
      const span = moved(Date.parse(record.start));
      if (span === undefined) return record;
      return { ...record, start: isoOf(span.start), ...(record.state === "skipped" ? { end: isoOf(span.end) } : {}) };
    })
    .sort(byStart);
}

/** New time zone data move a start by this much at most (ms); occurrences are a day apart. */
const MAX_SHIFT_MS = 3 * 3_600_000;

/**
 * The occurrence that was meant by a start that older time zone data gave: what was skipped stays
 * so, and what runs is not started again.
 */
export function spanNear(calendar: Pick<Calendar, "during">, start: Instant): Span | undefined {
  const shift = (span: Span) => Math.abs(span.start - start);
  return calendar
    .during(start - MAX_SHIFT_MS, start + MAX_SHIFT_MS, Number.MAX_SAFE_INTEGER)
    .filter((span) => shift(span) <= MAX_SHIFT_MS)
    .sort((a, b) => shift(a) - shift(b))[0];
}

function byStart(a: Occurrence, b: Occurrence): number {
  return a.start < b.start ? -1 : 1;
}

function recordOf(window: string, start: string, receipt: Receipt, span: Span | undefined): Occurrence {
  const end =
    span === undefined ? (receipt.until ?? receipt.startedAt) : isoOf(endFrom(span, Date.parse(receipt.startedAt)));
  return { window, start, end, state: "running", receipts: [] };
}

function begunBy(record: Occurrence, { startedAt, revert }: Receipt): Occurrence {
  if (record.state === "ended" || record.state === "overrun") return record;
  if (revert !== undefined)
    return { ...record, state: "ended", startedAt: record.startedAt ?? startedAt, endedAt: revert.at };
  return { ...record, state: "running", startedAt: record.startedAt ?? startedAt };
}
