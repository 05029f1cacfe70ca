/**
 * What is to be said now, and when something is to be said next: a pure function of what is
 * planned, what became of it, and what is closed. The id of a reminder follows from what it is
 * about, so that nothing is said twice, however often and late this is asked.
 */
import type { Receipt } from "../../contract/maintenance.ts";
import type { Reminder } from "../../contract/reminders.ts";
import { isActive } from "../windows/stack.ts";
import type { Instant } from "../windows/wall-clock.ts";
import { type FailedCertificate, ofCertificate } from "./certificate-reminders.ts";
import type { ObstacleSeen } from "./hook-checks.ts";
import { afterProofOf, ofReceipt } from "./maintenance-reminders.ts";
import { reminderWords } from "./reminder-text.ts";
import type { Wanted } from "./wanted-reminder.ts";
import { hookGone, ofWindow, type Upcoming } from "./window-reminders.ts";

/** What reminders can be about. */
export interface Subjects {
  readonly upcoming?: readonly Upcoming[];
  /** Those in maintenance, and those that were brought back because of their proof. */
  readonly receipts?: readonly Receipt[];
  /** Those whose latest order failed. */
  readonly certificates?: readonly FailedCertificate[];
  /** Why the sites of an occurrence ahead could not be closed. */
  readonly obstacle?: ObstacleSeen;
}

export interface Telling {
  /** What was due before is not said any more. */
  readonly since: Instant;
  /** Whether a reminder of this id was made before. */
  readonly isMade: (id: string) => boolean;
  /** What people call the site of this id. */
  readonly nameOf?: (site: string) => string;
}

export interface DueReminders {
  due: Reminder[];
  /** When the next one is due that is known by now. */
  next: Instant | undefined;
}

export function remindersAt(now: Instant, subjects: Subjects, telling: Telling): DueReminders {
  const { since, isMade, nameOf = (site: string) => site } = telling;
  const due: Reminder[] = [];
  let next: Instant | undefined;
  for (const { at, draft } of wantedOf(subjects, now)) {
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

function wantedOf(subjects: Subjects, now: Instant): Wanted[] {
  const { upcoming = [], receipts = [], certificates = [], obstacle = () => undefined } = subjects;
  const records = upcoming.flatMap(({ window }) => window.records);
  const held = new Set(records.filter(isActive).flatMap((record) => record.receipts));
  const free = receipts.filter(({ id, state }) => state === "in-maintenance" && !held.has(id));
  return [
    ...upcoming.flatMap((each) => ofWindow(each, now)),
    ...upcoming.flatMap(({ window, spans }) => spans.flatMap((span) => hookGone(window, span, now, obstacle))),
    ...free.map((receipt) => ofReceipt(receipt, now)),
    ...receipts.flatMap(afterProofOf),
    ...certificates.map(ofCertificate),
  ];
}
