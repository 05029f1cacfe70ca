/**
 * What of the alerts is said now, and how: once, several as one, and nothing but a site that should
 * be open in quiet hours. Pure.
 */
import { t } from "../language/translate.ts";
import type { ReminderAction, ReminderTarget } from "../contract/reminders.ts";
import { clock } from "../contract/shared/clock.ts";
import { extendLabel } from "../contract/shared/extension.ts";
import type { Reminded } from "../stores/reminded.ts";
import type { Alert, Note } from "./alert.ts";

/** What came due longer ago than this was not said at its time. */
const LATE_MS = 2 * 60_000;

/** A summary is read at one glance. */
const MAX_LISTED = 6;

/** Longer than any alert lives. */
const MAX_AGE_MS = 30 * 24 * 3_600_000;

/** Nobody has ever had so many; it bounds what strangers can have stored. */
const MAX_REMEMBERED = 5000;

export interface Situation {
  alerts: readonly Alert[];
  reminded: Reminded;
  /** Servers whose reminders are known by now. */
  heard: readonly string[];
  now: number;
  quiet: boolean;
  /** `false`: the person wants no notifications. What comes due then is not made up for later. */
  wanted: boolean;
}

export interface NextNote {
  note: Note | undefined;
  /** Those that the note says. */
  told: readonly Alert[];
  reminded: Reminded;
}

function isLate({ due }: Pick<Alert, "due">, now: number): boolean {
  return now - Date.parse(due) > LATE_MS;
}

/** `Bring back`; `Bring back 3 sites` where one press does more than the title says. */
function labelOf(action: ReminderAction, targets: readonly ReminderTarget[]): string {
  const count = targets.reduce(
    (sum, { sites, receipts }) => sum + (action === "bring-back" ? receipts.length : sites.length),
    0,
  );
  switch (action) {
    case "start":
      return count > 1 ? t("Start {count} sites", { count }) : t("Start");
    case "extend":
      return count > 1 ? t("{extend} ({count} sites)", { extend: extendLabel(), count }) : extendLabel();
    case "bring-back":
      return count > 1 ? t("Bring back {count} sites", { count }) : t("Bring back");
  }
}

function offered(alerts: readonly Alert[]): Note["actions"] {
  const [first, ...others] = alerts;
  const shared = (first?.actions ?? []).filter((action) => others.every(({ actions }) => actions.includes(action)));
  const targets = alerts.flatMap((alert) => alert.targets);
  return shared.map((action) => ({ action, label: labelOf(action, targets) }));
}

/** One alert as it is; several as one, those first that wait for somebody. */
function noteOf(alerts: readonly [Alert, ...Alert[]], now: number): Note {
  const [only, ...others] = alerts;
  const ids = alerts.map(({ id }) => id);
  const line = ({ due, title }: Alert) => (isLate({ due }, now) ? `${clock(due, now)}: ${title}` : title);
  if (others.length === 0) {
    const body = isLate(only, now) ? `${clock(only.due, now)}: ${only.text}` : only.text;
    return { about: only.about, alerts: ids, title: only.title, body, urgent: only.urgent, actions: offered(alerts) };
  }
  const urgent = alerts.filter((alert) => alert.urgent);
  const inOrder = [...urgent, ...alerts.filter((alert) => !alert.urgent)].toSorted(
    (one, other) => Number(other.urgent) - Number(one.urgent) || Date.parse(one.due) - Date.parse(other.due),
  );
  const lines = inOrder.slice(0, MAX_LISTED).map(line);
  if (inOrder.length > MAX_LISTED) lines.push(t("and {count} more", { count: inOrder.length - MAX_LISTED }));
  const closed = urgent.flatMap(({ targets }) => targets).reduce((sum, { receipts }) => sum + receipts.length, 0);
  const count =
    urgent.length === alerts.length && urgent.every(({ kind }) => kind !== "not-closed")
      ? t("{count} sites are still in maintenance", { count: closed })
      : t("{count} reminders", { count: alerts.length });
  const away = urgent.length < alerts.length && alerts.every((alert) => isLate(alert, now));
  return {
    about: `several:${ids.join("\n")}`,
    alerts: ids,
    title: away ? t("While you were away: {what}", { what: count }) : count,
    body: lines.join("\n"),
    urgent: urgent.length > 0,
    // A press must not do what only one of the lines speaks of, but for those that the note is
    // urgent for.
    actions: offered(urgent.length > 0 ? urgent : alerts),
  };
}

/** Clocks of servers differ by less than this. */
const CLOCKS_MS = 5 * 60_000;

/** What was said long before its time, by a clock that was wrong, is said again at its time. */
function isSaid({ id, due }: Alert, { said }: Reminded, now: number): boolean {
  const before = Object.hasOwn(said, id) ? said[id] : undefined;
  if (before === undefined) return false;
  return now < Date.parse(due) || Date.parse(before.at) >= Date.parse(due) - CLOCKS_MS;
}

function remember(reminded: Reminded, { alerts, heard, now }: Situation, told: readonly Alert[]): Reminded {
  const at = new Date(now).toISOString();
  const servers = [...new Set([...reminded.servers, ...heard])];
  if (told.length === 0 && servers.length === reminded.servers.length) return reminded;
  const present = new Set(alerts.map(({ id }) => id));
  const again = new Set(told.map(({ id }) => id));
  const kept = Object.entries(reminded.said).filter(
    ([id, before]) => !again.has(id) && (present.has(id) || now - Date.parse(before.at) < MAX_AGE_MS),
  );
  const fresh = told.map((alert) => [alert.id, { at, late: isLate(alert, now), dismissed: false }] as const);
  const newest = [...kept, ...fresh]
    .toSorted(([, one], [, other]) => other.at.localeCompare(one.at))
    .slice(0, MAX_REMEMBERED);
  return { said: Object.fromEntries(newest), servers };
}

/** What to say now, and what is said then. */
export function nextNote(situation: Situation): NextNote {
  const { alerts, reminded, now, quiet, wanted } = situation;
  const unsaid = alerts.filter((alert) => !isSaid(alert, reminded, now));
  // What a server tells of the time before it was added happened to somebody else.
  const isHistory = (alert: Alert) =>
    alert.news && isLate(alert, now) && alert.targets.every(({ serverId }) => !reminded.servers.includes(serverId));
  const old = unsaid.filter(isHistory);
  const fresh = unsaid.filter((alert) => !isHistory(alert));
  const due = wanted && quiet ? fresh.filter(({ urgent }) => urgent) : fresh;
  const [first, ...others] = due;
  const passed = remember(reminded, situation, [...old, ...due]);
  return first === undefined || !wanted
    ? { note: undefined, told: [], reminded: passed }
    : { note: noteOf([first, ...others], now), told: due, reminded: passed };
}
