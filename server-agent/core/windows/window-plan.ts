/**
 * What is to be done for one window at an instant: a pure function of what was planned, what became
 * of it, and what is closed. Every occurrence has one record at most, which says that it was begun;
 * so that nothing starts twice, however often and late this is asked, and wherever the clock was in
 * between.
 */
import type { Occurrence, WindowDraft } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import { isActive } from "./stack.ts";
import { type Instant, isoOf, type Span, spanOf } from "./wall-clock.ts";

export interface PlannedWindow extends WindowDraft {
  id: string;
  seenTo: string;
  records: readonly Occurrence[];
}

export type Act =
  | { kind: "start"; occurrence: Occurrence }
  /** The end has come: what it holds alone comes back. */
  | { kind: "end"; occurrence: Occurrence }
  /** The end has come, and the sites are brought back once they are well. */
  | { kind: "ask"; occurrence: Occurrence }
  /** Begun by a clock that was wrong: what it holds alone comes back, and it is ahead again. */
  | { kind: "undo"; occurrence: Occurrence }
  /** Nothing is switched; it is only known now. */
  | { kind: "record"; occurrence: Occurrence };

/** A start within this time (ms) is not late. */
const TOLERANCE_MS = 5000;
/** A start that is this much ahead (ms) was reached by a clock that was wrong. */
const MISTAKE_MS = 2 * 3_600_000;
/** Of a long absence so many missed occurrences are recorded. */
const MAX_MISSED = 20;

/**
 * @param spans the calendar's occurrences that start at or before `now` and end after `seenTo`
 * @param whyReverted why the agent itself brought back what a receipt tells of
 */
export function actsFor(
  window: PlannedWindow,
  spans: readonly Span[],
  now: Instant,
  isOpen: (receipt: string) => Receipt | undefined,
  whyReverted: (receipt: string) => string | undefined = () => undefined,
): Act[] {
  const known = new Set(window.records.map(({ start }) => Date.parse(start)));
  const fresh = spans.filter(({ start }) => start <= now && !known.has(start));
  const missed = fresh.filter(({ end }) => end <= now).slice(-MAX_MISSED);
  const due = window.atStart === "remind" ? [] : fresh.filter(({ end }) => end > now);
  return [
    ...missed.map((span): Act => ({
      kind: "record",
      occurrence: { ...planned(window.id, span), state: "missed", endedAt: isoOf(now), why: whyMissed(window, span) },
    })),
    ...due.map((span): Act => ({ kind: "start", occurrence: begun(planned(window.id, span), now) })),
    ...window.records.filter(isActive).flatMap((record) => actFor(window, record, now, { isOpen, whyReverted })),
  ];
}

export function planned(window: string, { start, end }: Span): Occurrence {
  return { window, start: isoOf(start), end: isoOf(end), state: "planned", receipts: [] };
}

/**
 * Started before its time it lasts as long as it was planned to; late, it ends when it was planned
 * to.
 */
export function endFrom({ start, end }: Span, now: Instant): Instant {
  return now < start ? now + (end - start) : end;
}

/** The occurrence as it runs from now on. */
export function begun(occurrence: Occurrence, now: Instant): Occurrence {
  const span = spanOf(occurrence);
  const late = now - span.start;
  return {
    ...occurrence,
    end: isoOf(endFrom(span, now)),
    state: "running",
    startedAt: isoOf(now),
    ...(late < TOLERANCE_MS ? {} : { lateBySeconds: Math.floor(late / 1000) }),
  };
}

/**
 * Records of a time that the clock had reached by mistake: what was missed then, or has begun and
 * ended, is ahead again.
 */
export function withoutFuture<W extends PlannedWindow>(window: W, now: Instant): W {
  if (Date.parse(window.seenTo) <= now) return window;
  const records = window.records.filter((record) => {
    if (record.state === "missed") return Date.parse(record.start) <= now;
    return isActive(record) || !isMistaken(window, record, now);
  });
  return { ...window, seenTo: isoOf(now), records };
}

/**
 * Whether the agent began it at its start, which is well ahead. Who starts one by hand does so
 * before its start, or where nobody else does.
 */
export function isMistaken(
  { atStart }: Pick<WindowDraft, "atStart">,
  { start, startedAt, endedAt, state }: Pick<Occurrence, "start" | "startedAt" | "endedAt" | "state">,
  now: Instant,
): boolean {
  const began = startedAt ?? (state === "failed" ? endedAt : undefined);
  return atStart !== "remind" && began !== undefined && began >= start && Date.parse(start) > now + MISTAKE_MS;
}

/**
 * When something of this window is to be done next, if ever. `next`: its first occurrence after
 * now.
 */
export function nextInstant(window: PlannedWindow, next: Span | undefined, now: Instant): Instant | undefined {
  const ends = window.records.filter(isActive).flatMap((record) => {
    const end = Date.parse(record.end);
    // Who is asked whether it is well says so when it is known.
    if (window.atEnd === "reopen-if-healthy")
      return [end, forcedAt(window, record)].filter((instant) => instant > now && instant < Infinity);
    return record.state === "running" ? [end] : [];
  });
  const instants = [...(next === undefined ? [] : [next.start]), ...ends];
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** When sites come back although they are not well. */
function forcedAt({ overrun }: PlannedWindow, { end }: Occurrence): Instant {
  return overrun?.reopenAfterMinutes === undefined ? Infinity : Date.parse(end) + overrun.reopenAfterMinutes * 60_000;
}

function actFor(
  window: PlannedWindow,
  record: Occurrence,
  now: Instant,
  {
    isOpen,
    whyReverted,
  }: {
    isOpen: (receipt: string) => Receipt | undefined;
    whyReverted: (receipt: string) => string | undefined;
  },
): Act[] {
  const { atEnd } = window;
  if (isMistaken(window, record, now)) return [{ kind: "undo", occurrence: record }];
  const open = record.receipts.some((id) => isOpen(id) !== undefined);
  if (!open) {
    const [why = "its sites were brought back before"] = record.receipts.flatMap((id) => whyReverted(id) ?? []);
    return [{ kind: "record", occurrence: { ...record, state: "ended", endedAt: isoOf(now), why } }];
  }
  if (now < Date.parse(record.end)) return [];
  if (atEnd === "reopen-if-healthy") {
    if (now < forcedAt(window, record)) return [{ kind: "ask", occurrence: record }];
    const after = `reopened ${window.overrun?.reopenAfterMinutes ?? 0} min after its end in any case`;
    return [
      {
        kind: "end",
        occurrence: { ...record, why: record.why === undefined ? after : `${after}, although ${record.why}` },
      },
    ];
  }
  if (record.state === "overrun") return [];
  if (atEnd === "stay-closed")
    return [
      {
        kind: "record",
        occurrence: { ...record, state: "overrun", why: "it was planned to stay closed until somebody brings it back" },
      },
    ];
  return [{ kind: "end", occurrence: record }];
}

function whyMissed({ atStart, seenTo }: PlannedWindow, { start }: Span): string {
  if (atStart !== "remind") return "the agent was not running";
  return Date.parse(seenTo) < start ? "nobody could start it: the agent was not running" : "nobody started it";
}
