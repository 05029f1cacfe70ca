/** Alerts of what the app sees itself: what the agents cannot say, or have not said. */
import { listOf } from "../language/formats.ts";
import { t } from "../language/translate.ts";
import { mayBeOpen } from "../contract/shared/foreign.ts";
import { causesOf, isWrong, verdictOf, verdictWords } from "../contract/shared/proof.ts";
import { remedyWords, seenOf } from "../contract/shared/public-proof.ts";
import { isOpen, isRunning } from "../contract/shared/states.ts";
import type { ReminderTarget } from "../contract/reminders.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import type { ServerState } from "../contract/servers.ts";
import { siteName } from "../../server-agent/core/site-name.ts";
import { nativeText } from "../text/native-text.ts";
import { type Alert, MAX_TEXT_LENGTH } from "./alert.ts";

/** A connection that breaks for less than this is not worth a word. */
const LOST_MS = 15_000;

/** So long after an announced end, an agent has had its chance to say it itself. */
const OWN_WORD_MS = 30_000;

/** More sites than these, on one server, are one alert. */
const APART = 3;

/** What answers in place of a page is named with its version and address. */
const MAX_TITLE_LENGTH = 160;

/** A site by its host name. */
function called(snapshot: ServerState["snapshot"], site: string): string {
  return nativeText(snapshot === null ? site : siteName(snapshot.config, site));
}

function aboutReceipt(serverId: string, { id, window }: Receipt): string {
  return window === undefined ? `receipts:${serverId}:${id}` : `window:${serverId}:${window.id}:${window.start}`;
}

/**
 * Announced ends that have passed without a word of the agent: one that is too old for reminders,
 * or cannot be reached.
 */
function overdueOn(server: ServerState, now: number): Alert[] {
  const { profile, snapshot } = server;
  const name = nativeText(profile.name);
  const reminded = new Set(
    (snapshot?.reminders ?? [])
      .filter(({ kind }) => kind === "overrun" || kind === "end")
      .flatMap(({ receipts }) => receipts),
  );
  const due = (snapshot?.maintenance ?? []).flatMap((receipt) => {
    const { id, state, until } = receipt;
    if (state !== "in-maintenance" || until === undefined || now - Date.parse(until) < OWN_WORD_MS || reminded.has(id))
      return [];
    return [{ receipt, until }];
  });
  const targetOn = ({ id, site }: Receipt): ReminderTarget => {
    const holder = (snapshot?.windows ?? [])
      .flatMap(({ occurrences }) => occurrences)
      .find((each) => isRunning(each) && each.receipts.includes(id));
    return {
      serverId: profile.id,
      sites: [site],
      receipts: [id],
      ...(holder === undefined ? {} : { window: holder.window, start: holder.start, runs: true }),
    };
  };
  const shared = {
    kind: "overrun",
    urgent: true,
    news: false,
    actions: ["bring-back"],
    tells: [],
  } satisfies Partial<Alert>;
  const each = due.map(({ receipt, until }): Alert => ({
    ...shared,
    id: `overdue:${profile.id}:${receipt.id}:${until}`,
    about: aboutReceipt(profile.id, receipt),
    due: until,
    title: isWrong(verdictOf(receipt, seenOf(server, receipt)))
      ? t("{site} is over its end", { site: called(snapshot, receipt.site) })
      : t("{site} is still in maintenance", { site: called(snapshot, receipt.site) }),
    text: t("The end that was announced for {site} on {server} has passed.", {
      site: called(snapshot, receipt.site),
      server: name,
    }),
    targets: [targetOn(receipt)],
    destination: { screen: "progress", serverId: profile.id, receiptId: receipt.id },
  }));
  if (each.length <= APART) return each;
  const last = due
    .map(({ until }) => until)
    .reduce((latest, until) => (Date.parse(until) > Date.parse(latest) ? until : latest));
  return [
    {
      ...shared,
      id: `overdue:${profile.id}:${due.length}:${last}`,
      about: `overdue:${profile.id}`,
      due: last,
      title: t("{count} sites are still in maintenance", { count: due.length }),
      text: t("The ends that were announced for them on {server} have passed.", { server: name }),
      targets: due.map(({ receipt }) => targetOn(receipt)),
      destination: { screen: "server", serverId: profile.id },
    },
  ];
}

/** Sites that visitors reach, by the proof or from this computer: nobody else says so. */
function notClosedOn(server: ServerState): Alert[] {
  const { profile, snapshot } = server;
  return (snapshot?.maintenance ?? []).flatMap((receipt): Alert[] => {
    const seen = seenOf(server, receipt);
    const verdict = verdictOf(receipt, seen);
    if (!isOpen(receipt) || !isWrong(verdict)) return [];
    const { id, site, startedAt, generation } = receipt;
    const [cause] = causesOf(verdict.wrong);
    const why = verdict.kind === "not-public" ? remedyWords(receipt, snapshot) : (cause?.message ?? "");
    return [
      {
        id: `not-closed:${profile.id}:${id}:${generation}:${verdict.kind}`,
        about: `not-closed:${profile.id}:${id}`,
        kind: "not-closed",
        due: startedAt,
        title: `${called(snapshot, site)} ${nativeText(verdictWords(receipt, seen), MAX_TITLE_LENGTH)}`,
        text: `${nativeText(why, MAX_TEXT_LENGTH)} (${nativeText(profile.name)})`,
        urgent: true,
        news: false,
        actions: ["bring-back"],
        targets: [{ serverId: profile.id, sites: [site], receipts: [id] }],
        destination: { screen: "progress", serverId: profile.id, receiptId: id },
        tells: [],
      },
    ];
  });
}

/** Sites in maintenance whose web server has not been seen to ask the agent. */
function hookLostOn(server: ServerState): Alert[] {
  const { profile, snapshot, connection } = server;
  if (connection.state !== "connected") return [];
  return (snapshot?.maintenance ?? []).flatMap((receipt): Alert[] => {
    const why = mayBeOpen(receipt, snapshot);
    if (why === undefined || isWrong(verdictOf(receipt, seenOf(server, receipt)))) return [];
    const { id, site, startedAt } = receipt;
    return [
      {
        id: `hook-lost:${profile.id}:${id}:${why}`,
        about: `not-closed:${profile.id}:${id}`,
        kind: "not-closed",
        due: startedAt,
        title: t("{site} may be open", { site: called(snapshot, site) }),
        text: t("It is in maintenance. {why} ({server})", {
          why: nativeText(why, MAX_TEXT_LENGTH),
          server: nativeText(profile.name),
        }),
        urgent: true,
        news: false,
        actions: ["bring-back"],
        targets: [{ serverId: profile.id, sites: [site], receipts: [id] }],
        destination: { screen: "server", serverId: profile.id },
        tells: [],
      },
    ];
  });
}

function lostOn({ profile, connection, snapshot }: ServerState, now: number): Alert[] {
  const running = (snapshot?.maintenance ?? []).filter(isOpen);
  if (running.length === 0 || connection.state !== "unreachable" || now - Date.parse(connection.since) < LOST_MS)
    return [];
  const names = listOf(running.map(({ site }) => called(snapshot, site)));
  const count = running.length;
  return [
    {
      id: `lost:${profile.id}:${connection.since}`,
      about: `lost:${profile.id}`,
      kind: "lost",
      due: connection.since,
      title: t("{server} cannot be reached", { server: nativeText(profile.name) }),
      text:
        count > APART
          ? t("{count} sites were in maintenance there when it was last seen.", { count })
          : t("{count, plural, one {{names} was} other {{names} were}} in maintenance there when it was last seen.", {
              count,
              names,
            }),
      urgent: false,
      news: false,
      actions: [],
      targets: [],
      destination: { screen: "server", serverId: profile.id },
      tells: [],
    },
  ];
}

/** What the app sees on a server that the agent cannot say, or has not said. */
export function alertsSeenOn(server: ServerState, now: number): Alert[] {
  return [...overdueOn(server, now), ...notClosedOn(server), ...hookLostOn(server), ...lostOn(server, now)];
}
