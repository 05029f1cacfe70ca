/** What is said of a window: before its occurrences, while they run, and when they are over. */
import type { Reminder } from "../../contract/reminders.ts";
import type { Occurrence } from "../../contract/windows.ts";
import { type Instant, isoOf, type Span } from "../windows/wall-clock.ts";
import type { PlannedWindow } from "../windows/window-plan.ts";
import { DEFAULT_REMINDERS } from "./default-reminders.ts";
import { hookChecks, type ObstacleSeen } from "./hook-checks.ts";
import type { News } from "./reminder-text.ts";
import { compact, type Draft, OVERDUE_INTERVAL_MINUTES, repeated, type Wanted } from "./wanted-reminder.ts";

export interface RemindedWindow extends PlannedWindow {
  createdAt: string;
}

/**
 * A window with its occurrences that have no record yet: those that wait for somebody to start
 * them, and the next one.
 */
export interface Upcoming {
  window: RemindedWindow;
  spans: readonly Span[];
}

const MINUTE_MS = 60_000;

/** Of its occurrences, planned and recorded. */
export function ofWindow({ window, spans }: Upcoming, now: Instant): Wanted[] {
  return [
    ...spans.flatMap((span) => ahead(window, span, now)),
    ...window.records
      .filter((record) => !isOneOfMany(record, window.records))
      .flatMap((record) => ofRecord(window, record, now)),
  ];
}

/** Of those that were found to be missed at once, after an absence, the last one stands for all. */
function isOneOfMany({ state, start, endedAt }: Occurrence, records: readonly Occurrence[]): boolean {
  return (
    state === "missed" &&
    records.some((other) => other.state === "missed" && other.endedAt === endedAt && other.start > start)
  );
}

/** So many were missed with it. */
function missedWith({ endedAt }: Occurrence, records: readonly Occurrence[]): number {
  return records.filter((other) => other.state === "missed" && other.endedAt === endedAt).length - 1;
}

/** Before an occurrence, and at its start where somebody has to start it. */
function ahead(window: RemindedWindow, { start, end }: Span, now: Instant): Wanted[] {
  const occurrence = { window: window.id, start: isoOf(start), end: isoOf(end), receipts: [] };
  const offsets = offsetsOf(window, "start");
  const before =
    now >= start ? [] : offsets.map((offset) => start - offset).filter((due) => due >= Date.parse(window.createdAt));
  const waits = window.atStart === "remind" ? [start] : [];
  return [
    ...(before.length === 0
      ? []
      : [
          {
            at: before,
            draft: (due: Instant) =>
              draftOf(window, occurrence, {
                kind: "ahead",
                due,
                which: `${(start - due) / MINUTE_MS}`,
                news: { what: "ahead", inMs: start - now },
              }),
          },
        ]),
    ...(waits.length === 0
      ? []
      : [
          {
            at: waits,
            draft: (due: Instant) =>
              draftOf(window, occurrence, { kind: "start", due, which: "waits", news: { what: "waits" } }),
          },
        ]),
  ];
}

/** Where a web server was seen not to ask the agent, so that the start would fail. */
export function hookGone(window: RemindedWindow, span: Span, now: Instant, obstacle: ObstacleSeen): Wanted[] {
  const { start, end } = span;
  if (now >= start) return [];
  const occurrence = { window: window.id, start: isoOf(start), end: isoOf(end), receipts: [] };
  const which = (check: Instant) =>
    check === Date.parse(window.createdAt) ? "planned" : String((start - check) / MINUTE_MS);
  const draft = (due: Instant) =>
    draftOf(window, occurrence, {
      kind: "hook-gone",
      due,
      which: which(due),
      news: () => {
        const why = obstacle(window, span, due);
        return why === undefined ? undefined : { what: "hook-gone", why };
      },
    });
  return [{ at: hookChecks(window, span), draft }];
}

function ofRecord(window: RemindedWindow, record: Occurrence, now: Instant): Wanted[] {
  const says = (word: string) => (window.reminders ?? DEFAULT_REMINDERS).includes(word);
  const { state, why } = record;
  const end = Date.parse(record.end);
  // What has ended is told with when it really did.
  const whole = state === "ended" ? { ...record, end: record.endedAt ?? record.end } : record;
  const once = (at: string | undefined, kind: Reminder["kind"], news: News): Wanted[] =>
    at === undefined ? [] : [{ at: [Date.parse(at)], draft: (due) => draftOf(window, whole, { kind, due, news }) }];
  switch (state) {
    case "planned":
    case "skipped":
      return [];
    case "missed":
      // By its own end: what is found out after an absence may be old.
      return once(record.end, "missed", { what: "missed", why, others: missedWith(record, window.records) });
    case "failed":
      return once(record.endedAt, "failed", { what: "failed", why });
    case "ended":
      return says("end") ? once(record.endedAt, "end", { what: "ended", why }) : [];
    case "running": {
      const before = offsetsOf(window, "end")
        .map((offset) => end - offset)
        .filter((due) => due >= Date.parse(record.startedAt ?? record.start));
      return [
        ...(says("start")
          ? once(record.startedAt, "start", { what: "started", lateBySeconds: record.lateBySeconds, why })
          : []),
        ...(before.length === 0 || now >= end
          ? []
          : [
              {
                at: before,
                // An end that was moved is told of anew.
                draft: (due: Instant) =>
                  draftOf(window, record, {
                    kind: "end-ahead",
                    due,
                    which: compact(end),
                    news: { what: "end-ahead", inMs: end - now, stays: window.atEnd === "stay-closed" },
                  }),
              },
            ]),
      ];
    }
    case "overrun": {
      const every = (window.overrun?.remindEveryMinutes ?? OVERDUE_INTERVAL_MINUTES) * MINUTE_MS;
      return [
        {
          at: repeated(end, every, now),
          draft: (due) =>
            draftOf(window, record, {
              kind: "overrun",
              due,
              which: `${compact(end)}-${(due - end) / MINUTE_MS}`,
              news: { what: "overrun", afterMs: due - end, why },
            }),
        },
      ];
    }
  }
}

/** What is said of an occurrence. `which`: tells reminders of one kind about it apart. */
interface Said {
  kind: Reminder["kind"];
  due: Instant;
  which?: string;
  news: Draft["news"];
}

function draftOf(
  window: RemindedWindow,
  { start, startedAt = start, end, receipts }: Pick<Occurrence, "start" | "startedAt" | "end" | "receipts">,
  { kind, due, which = "", news }: Said,
): Draft {
  return {
    id: [window.id, compact(Date.parse(start)), kind, which].filter((part) => part !== "").join("-"),
    kind,
    due: isoOf(due),
    sites: window.sites.map(({ site }) => site),
    occurrence: { id: window.id, start },
    receipts: [...receipts],
    ...(window.operation === undefined ? {} : { operation: window.operation }),
    about: { from: startedAt < start ? startedAt : start, to: end, title: window.title, zone: window.zone },
    news,
  };
}

/** Milliseconds before the start or the end, for `-PT10M` or `end-PT10M`. */
function offsetsOf({ reminders = DEFAULT_REMINDERS }: RemindedWindow, from: "start" | "end"): Instant[] {
  return reminders.flatMap((text) => {
    const [, side = "", days = "0", hours = "0", minutes = "0"] =
      /^(end)?-P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text) ?? [];
    if (!text.includes("-P") || (side === "end") !== (from === "end")) return [];
    return [((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE_MS];
  });
}
