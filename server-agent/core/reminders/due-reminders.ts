/**
 * What is to be said now, and when something is to be said next: a pure function of what is
 * planned, what became of it, and what is closed. The id of a reminder follows from what it is
 * about, so that nothing is said twice, however often and late this is asked.
 */
import type { Occurrence } from "../../contract/windows.ts";
import type { Receipt } from "../../contract/maintenance.ts";
import type { Reminder } from "../../contract/reminders.ts";
import { type News, reminderWords } from "./reminder-text.ts";
import type { Draft, Wanted } from "./wanted-reminder.ts";
import { type FailedCertificate, ofCertificate } from "./certificate-reminders.ts";
import { hookChecks, type ObstacleSeen } from "./hook-checks.ts";
import { isActive } from "../windows/stack.ts";
import { type Instant, isoOf, type Span } from "../windows/wall-clock.ts";
import type { PlannedWindow } from "../windows/window-plan.ts";
import { DEFAULT_REMINDERS } from "./default-reminders.ts";

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

export interface DueReminders {
  due: Reminder[];
  /** When the next one is due that is known by now. */
  next: Instant | undefined;
}

const MINUTE_MS = 60_000;
const OVERDUE_INTERVAL_MINUTES = 15;
/** A maintenance without an end is told of this often. */
const OPEN_ENDED_INTERVAL_MS = 4 * 60 * MINUTE_MS;

/**
 * @param receipts those in maintenance, and those that were brought back because of their proof
 * @param since what was due before is not said any more
 * @param isMade whether a reminder of this id was made before
 * @param obstacle why the sites of an occurrence ahead could not be closed
 * @param nameOf what people call the site of this id
 * @param certificates those whose latest order failed
 */
export function remindersAt(
  upcoming: readonly Upcoming[],
  receipts: readonly Receipt[],
  now: Instant,
  since: Instant,
  isMade: (id: string) => boolean,
  obstacle: ObstacleSeen = () => undefined,
  nameOf: (site: string) => string = (site) => site,
  certificates: readonly FailedCertificate[] = [],
): DueReminders {
  const held = new Set(
    upcoming.flatMap(({ window }) => window.records.filter(isActive).flatMap(({ receipts }) => receipts)),
  );
  const wanted = [
    ...upcoming.flatMap((each) => ofWindow(each, now)),
    ...upcoming.flatMap(({ window, spans }) => spans.flatMap((span) => hookGone(window, span, now, obstacle))),
    ...receipts
      .filter(({ id, state }) => state === "in-maintenance" && !held.has(id))
      .map((receipt) => ofReceipt(receipt, now)),
    ...receipts.flatMap((receipt) => afterProofOf(receipt, now)),
    ...certificates.map((certificate) => ofCertificate(certificate, now)),
  ];
  const due: Reminder[] = [];
  let next: Instant | undefined;
  for (const { at, draft } of wanted) {
    const last = Math.max(...at.filter((instant) => instant <= now));
    const following = Math.min(...at.filter((instant) => instant > now));
    if (following !== Infinity) next = Math.min(next ?? following, following);
    if (last <= since) continue;
    const { about, news, ...reminder } = draft(last);
    if (isMade(reminder.id)) continue;
    const said = typeof news === "function" ? news() : news;
    if (said === undefined) continue;
    due.push({ ...reminder, ...reminderWords(reminder.sites, about, said, nameOf), deliveries: [] });
  }
  return { due, next };
}

function ofWindow({ window, spans }: Upcoming, now: Instant): Wanted[] {
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
            now,
            at: before,
            draft: (due: Instant) =>
              draftOf(window, occurrence, "ahead", due, `${(start - due) / MINUTE_MS}`, {
                what: "ahead",
                inMs: start - now,
              }),
          },
        ]),
    ...(waits.length === 0
      ? []
      : [
          {
            now,
            at: waits,
            draft: (due: Instant) => draftOf(window, occurrence, "start", due, "waits", { what: "waits" }),
          },
        ]),
  ];
}

/** Where a web server was seen not to ask the agent, so that the start would fail. */
function hookGone(window: RemindedWindow, span: Span, now: Instant, obstacle: ObstacleSeen): Wanted[] {
  const { start, end } = span;
  if (now >= start) return [];
  const occurrence = { window: window.id, start: isoOf(start), end: isoOf(end), receipts: [] };
  const which = (check: Instant) =>
    check === Date.parse(window.createdAt) ? "planned" : String((start - check) / MINUTE_MS);
  const draft = (due: Instant) =>
    draftOf(window, occurrence, "hook-gone", due, which(due), () => {
      const why = obstacle(window, span, due);
      return why === undefined ? undefined : { what: "hook-gone", why };
    });
  return [{ now, at: hookChecks(window, span), draft }];
}

function ofRecord(window: RemindedWindow, record: Occurrence, now: Instant): Wanted[] {
  const says = (word: string) => (window.reminders ?? DEFAULT_REMINDERS).includes(word);
  const { state, why } = record;
  const end = Date.parse(record.end);
  // What has ended is told with when it really did.
  const whole = state === "ended" ? { ...record, end: record.endedAt ?? record.end } : record;
  const once = (at: string | undefined, kind: Reminder["kind"], news: News): Wanted[] =>
    at === undefined
      ? []
      : [{ now, at: [Date.parse(at)], draft: (due) => draftOf(window, whole, kind, due, "", news) }];
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
                now,
                at: before,
                // An end that was moved is told of anew.
                draft: (due: Instant) =>
                  draftOf(window, record, "end-ahead", due, compact(end), {
                    what: "end-ahead",
                    inMs: end - now,
                    stays: window.atEnd === "stay-closed",
                  }),
              },
            ]),
      ];
    }
    case "overrun": {
      const every = (window.overrun?.remindEveryMinutes ?? OVERDUE_INTERVAL_MINUTES) * MINUTE_MS;
      return [
        {
          now,
          at: repeated(end, every, now),
          draft: (due) =>
            draftOf(window, record, "overrun", due, `${compact(end)}-${(due - end) / MINUTE_MS}`, {
              what: "overrun",
              afterMs: due - end,
              why,
            }),
        },
      ];
    }
  }
}

/** Of a maintenance that no window holds. */
function ofReceipt(receipt: Receipt, now: Instant): Wanted {
  const { id, site, operation, until, startedAt } = receipt;
  const base = { sites: [site], receipts: [id], ...(operation === undefined ? {} : { operation }) };
  const about = { from: startedAt, to: until, title: receipt.reason, zone: "UTC", author: receipt.author };
  if (until !== undefined) {
    const end = Date.parse(until);
    return {
      now,
      at: repeated(end, OVERDUE_INTERVAL_MINUTES * MINUTE_MS, now),
      draft: (due) => ({
        ...base,
        id: `${id}-${compact(end)}-overrun-${(due - end) / MINUTE_MS}`,
        kind: "overrun",
        due: isoOf(due),
        about,
        news: { what: "overrun", afterMs: due - end, why: undefined },
      }),
    };
  }
  const start = Date.parse(startedAt);
  return {
    now,
    at: repeated(start + OPEN_ENDED_INTERVAL_MS, OPEN_ENDED_INTERVAL_MS, now),
    draft: (due) => ({
      ...base,
      id: `${id}-open-ended-${Math.round((due - start) / MINUTE_MS)}`,
      kind: "open-ended",
      due: isoOf(due),
      about,
      news: { what: "open-ended", forMs: due - start },
    }),
  };
}

/** What the agent did by itself, or could not do, because a proof failed. */
function afterProofOf({ id, site, afterProof, operation, ...receipt }: Receipt, now: Instant): Wanted[] {
  if (afterProof === undefined || afterProof.outcome === "kept") return [];
  const { outcome, at, why } = afterProof;
  const about = {
    from: receipt.startedAt,
    to: receipt.revert?.at ?? receipt.until,
    title: receipt.reason,
    zone: "UTC",
    author: receipt.author,
  };
  return [
    {
      now,
      at: [Date.parse(at)],
      draft: (due) => ({
        id: `${id}-${outcome}`,
        kind: "failed",
        due: isoOf(due),
        sites: [site],
        receipts: [id],
        ...(operation === undefined ? {} : { operation }),
        about,
        news: { what: outcome, why },
      }),
    },
  ];
}

/** The last one that has come, and the next. */
function repeated(first: Instant, everyMs: number, now: Instant): Instant[] {
  if (now < first) return [first];
  const last = first + Math.floor((now - first) / everyMs) * everyMs;
  return [last, last + everyMs];
}

function draftOf(
  window: RemindedWindow,
  { start, startedAt = start, end, receipts }: Pick<Occurrence, "start" | "startedAt" | "end" | "receipts">,
  kind: Reminder["kind"],
  due: Instant,
  which: string,
  news: Draft["news"],
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

/** `20300106T010000Z`, as part of an id. */
function compact(instant: Instant): string {
  return isoOf(instant).replaceAll(/[-:]|\.\d+/g, "");
}
