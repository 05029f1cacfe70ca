/** Alerts of what the agents remind of: several servers that say the same are one alert. */
import { t } from "../language/translate.ts";
import { agentSays } from "../language/agent-says.ts";
import { foreignOf } from "../contract/shared/foreign.ts";
import { isOpen, isRunning } from "../contract/shared/states.ts";
import type { AppState } from "../contract/state.ts";
import type { ReminderAction, ReminderTarget } from "../contract/reminders.ts";
import type { MaintenanceWindow, Occurrence } from "../../server-agent/contract/windows.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import type { Reminder } from "../../server-agent/contract/reminders.ts";
import type { ServerState } from "../contract/servers.ts";
import { detailsText } from "../../server-agent/core/reminders/reminder-text.ts";
import { spanText } from "../../server-agent/core/reminders/span-text.ts";
import { nativeText } from "../text/native-text.ts";
import { type Alert, MAX_TEXT_LENGTH } from "./alert.ts";

/** More servers than these are counted, not named. */
const MAX_NAMES = 3;

/** What has happened is news for so long. */
const NEWS_MS = 7 * 24 * 3_600_000;

interface Said {
  server: ServerState;
  reminder: Reminder;
  occurrence: Occurrence | undefined;
  window: MaintenanceWindow | undefined;
  /** Those of its sites that are closed now. */
  closed: Receipt[];
}

function closedOf(server: ServerState, ids: readonly string[]): Receipt[] {
  return (server.snapshot?.maintenance ?? []).filter((receipt) => isOpen(receipt) && ids.includes(receipt.id));
}

/**
 * What a window that is over has left closed: not what another one holds, and not what somebody
 * else has closed.
 */
function leftBy(server: ServerState, window: string | undefined, receipts: Receipt[]): Receipt[] {
  const held = new Set(
    (server.snapshot?.windows ?? [])
      .flatMap(({ occurrences }) => occurrences.filter(isRunning))
      .flatMap((each) => each.receipts),
  );
  return receipts.filter((receipt) => receipt.window?.id === window && !held.has(receipt.id));
}

function withFacts(server: ServerState, reminder: Reminder): Said {
  const window = server.snapshot?.windows.find(({ id }) => id === reminder.occurrence?.id);
  const occurrence = window?.occurrences.find(({ start }) => start === reminder.occurrence?.start);
  const closed = closedOf(server, [...reminder.receipts, ...(occurrence?.receipts ?? [])]);
  const isOver = reminder.occurrence !== undefined && (occurrence === undefined || !isRunning(occurrence));
  return {
    server,
    reminder,
    window,
    occurrence,
    closed: isOver ? leftBy(server, reminder.occurrence?.id, closed) : closed,
  };
}

/** Of what is ahead, an agent shows the next occurrence only. */
function isAhead({ window, occurrence }: Said): boolean {
  return window !== undefined && (occurrence === undefined || occurrence.state === "planned");
}

function waitsForStart(said: Said): boolean {
  return said.reminder.kind === "start" && said.window?.atStart === "remind" && isAhead(said);
}

function isUnderWay({ occurrence }: Said): boolean {
  return occurrence !== undefined && isRunning(occurrence);
}

/** Nobody has done anything about it yet, and there still is something to do or to know. */
function stillTrue(said: Said, now: number): boolean {
  const { reminder, closed } = said;
  if (reminder.acted !== undefined) return false;
  switch (reminder.kind) {
    case "ahead":
      return isAhead(said) && reminder.occurrence !== undefined && Date.parse(reminder.occurrence.start) > now;
    case "start":
      return waitsForStart(said) || isUnderWay(said);
    case "hook-gone":
      return (
        isAhead(said) &&
        reminder.occurrence !== undefined &&
        Date.parse(reminder.occurrence.start) > now &&
        !isReady(said)
      );
    case "end-ahead":
      return isUnderWay(said);
    case "overrun":
    case "open-ended":
      return closed.length > 0;
    case "end":
    case "missed":
    case "failed":
    case "certificate":
      return now - Date.parse(reminder.due) < NEWS_MS;
  }
}

/** Since then, the web servers of all its sites were seen to ask the agent. */
function isReady({ server: { snapshot }, reminder: { sites, due } }: Said): boolean {
  const { config, webServers } = snapshot ?? {};
  return sites.every((site) => {
    const original = config?.virtualHosts.find(({ id }) => id === site);
    const foreign = original === undefined ? undefined : foreignOf(original, webServers);
    if (foreign === undefined) return true;
    const checkedAt = foreign.found?.checkedAt;
    return foreign.obstacle === undefined && checkedAt !== undefined && Date.parse(checkedAt) > Date.parse(due);
  });
}

/** A site that is closed although its end is over. Quiet hours never hide that. */
function isUrgent({ reminder: { kind }, closed }: Said): boolean {
  return kind === "overrun" || kind === "open-ended" || (kind === "end" && closed.length > 0);
}

function actionsOf(said: Said): ReminderAction[] {
  const { kind } = said.reminder;
  if (waitsForStart(said)) return ["start"];
  if (said.closed.length === 0) return [];
  if (kind === "ahead" || kind === "start" || kind === "missed" || kind === "failed") return [];
  // One without an end goes on as it is.
  const hasEnd = isUnderWay(said) || said.closed.some(({ until }) => until !== undefined);
  return hasEnd ? ["bring-back", "extend"] : ["bring-back"];
}

function aboutOf({ server, reminder: { id, kind, occurrence, operation, receipts } }: Said): string {
  // Beside what else is said of the same window at the same time.
  if (kind === "hook-gone") return `hook:${server.profile.id}:${occurrence?.id ?? id}:${occurrence?.start ?? ""}`;
  if (operation !== undefined) return `operation:${operation.id}:${occurrence?.start ?? ""}`;
  if (occurrence !== undefined) return `window:${server.profile.id}:${occurrence.id}:${occurrence.start}`;
  return receipts.length > 0
    ? `receipts:${server.profile.id}:${receipts.join()}`
    : `reminder:${server.profile.id}:${id}`;
}

function targetOf(said: Said): ReminderTarget {
  const { server, reminder, closed } = said;
  const { occurrence } = reminder;
  return {
    serverId: server.profile.id,
    sites: reminder.sites,
    receipts: closed.map(({ id }) => id),
    ...(occurrence === undefined
      ? {}
      : { window: occurrence.id, start: occurrence.start, ...(isUnderWay(said) ? { runs: true } : {}) }),
  };
}

/** Whose word it is: of which window or maintenance. */
function subjectOf({ occurrence, receipts, id }: Reminder): string {
  return occurrence?.id ?? receipts[0] ?? id;
}

/**
 * Which of the words about a thing: the part of the id that is the same on all servers of an
 * operation.
 */
function wordOf(reminder: Reminder): string {
  const subject = subjectOf(reminder);
  return reminder.id.startsWith(`${subject}-`) ? reminder.id.slice(subject.length + 1) : reminder.id;
}

/** With times as the clocks here show them. */
function textHere({ text, details }: Reminder): string {
  return details === undefined ? text : detailsText(details, spanText);
}

function namesOf(servers: readonly ServerState[]): string {
  const names = servers.slice(0, MAX_NAMES).map(({ profile }) => nativeText(profile.name));
  return servers.length > MAX_NAMES
    ? t("{names} and {count} more", { names: names.join(", "), count: servers.length - MAX_NAMES })
    : names.join(", ");
}

/**
 * The same word of one or several servers. @param thing what it is about @param isAlone whether
 * nothing else is said about it now
 */
function alertFrom(thing: string, isAlone: boolean, parts: readonly [Said, ...Said[]]): Alert {
  const [first] = parts;
  const { kind, operation, id } = first.reminder;
  const due = parts
    .map(({ reminder }) => reminder.due)
    .reduce((earliest, other) => (Date.parse(other) < Date.parse(earliest) ? other : earliest));
  const actions = actionsOf(parts.find((part) => actionsOf(part).length > 0) ?? first);
  const [closed] = first.closed;
  const title = nativeText(agentSays(first.reminder.title));
  const servers = [...new Set(parts.map(({ server }) => server))];
  const more = new Set(parts.flatMap(({ reminder }) => reminder.sites)).size - first.reminder.sites.length;
  return {
    id: operation === undefined ? `reminder:${first.server.profile.id}:${id}` : `${thing}:${wordOf(first.reminder)}`,
    about: isAlone ? thing : `${thing}:${wordOf(first.reminder)}`,
    kind,
    due,
    title: more > 0 ? t("{words}, and {count} more", { words: title, count: more }) : title,
    text: `${nativeText(textHere(first.reminder), MAX_TEXT_LENGTH)} (${namesOf(servers)})`,
    urgent: parts.some(isUrgent),
    news: actions.length === 0 && (kind === "end" || kind === "missed" || kind === "failed" || kind === "certificate"),
    actions,
    targets: parts.map(targetOf),
    destination:
      parts.length > 1
        ? { screen: "overview" }
        : closed !== undefined
          ? { screen: "progress", serverId: first.server.profile.id, receiptId: closed.id }
          : kind === "hook-gone" || kind === "certificate"
            ? {
                screen: "server",
                serverId: first.server.profile.id,
                ...(kind === "certificate" ? { at: "certificates" } : {}),
              }
            : kind === "failed" && first.reminder.occurrence === undefined && first.reminder.receipts[0] !== undefined
              ? { screen: "progress", serverId: first.server.profile.id, receiptId: first.reminder.receipts[0] }
              : { screen: kind === "end" ? "history" : "schedule" },
    tells: parts.map(({ server, reminder }) => ({ serverId: server.profile.id, reminderId: reminder.id })),
  };
}

/** The latest word of each server about each thing; what several say alike is one alert. */
export function alertsFromAgents(state: AppState, now: number): Alert[] {
  const byThing = new Map<string, Map<string, Said>>();
  for (const server of state.servers)
    for (const reminder of server.snapshot?.reminders ?? []) {
      const said = withFacts(server, reminder);
      const thing = aboutOf(said);
      const latest = byThing.get(thing) ?? new Map<string, Said>();
      byThing.set(thing, latest);
      // What was said before about the same thing is over with the next word about it, also when
      // that one needs nobody any more.
      const subject = `${server.profile.id}\n${subjectOf(reminder)}`;
      const before = latest.get(subject);
      if (before === undefined || Date.parse(reminder.due) > Date.parse(before.reminder.due)) latest.set(subject, said);
    }
  return [...byThing].flatMap(([thing, latest]) => {
    const words = Map.groupBy(
      [...latest.values()].filter((said) => stillTrue(said, now)),
      ({ reminder }) => wordOf(reminder),
    );
    return [...words.values()].flatMap(([first, ...rest]) =>
      first === undefined ? [] : [alertFrom(thing, words.size === 1, [first, ...rest])],
    );
  });
}
