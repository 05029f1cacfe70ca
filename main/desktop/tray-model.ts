/** What the tray shows and offers, as a function of the state. Pure. */
import { seenOf } from "../contract/shared/public-proof.ts";
import type { AppState } from "../contract/state.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import type { ServerState } from "../contract/servers.ts";
import { clockAhead, clockOfDay } from "../contract/shared/clock.ts";
import { readableHost } from "../contract/shared/host-name.ts";
import { mayBeOpen } from "../contract/shared/foreign.ts";
import { isWrong, type Verdict, verdictOf } from "../contract/shared/proof.ts";
import { isOpen } from "../contract/shared/states.ts";
import { t } from "../language/translate.ts";
import { nativeText } from "../text/native-text.ts";
import { siteName } from "../../server-agent/core/site-name.ts";

/** A menu is read at one glance; the overview has them all. */
const MAX_LISTED = 12;

export type TrayLook = "live" | "maintenance" | "failed";

export interface RunningMaintenance {
  serverId: string;
  receiptId: string;
  /** “shop on web-01, 12 min, until 02:30” */
  label: string;
  /** The last observation is old: the server does not answer now. */
  unsure: boolean;
}

export interface TrayModel {
  look: TrayLook;
  /** One line: what is in maintenance and what cannot be reached. */
  summary: string;
  /** The longest running ones first. */
  running: RunningMaintenance[];
  /** How many are running besides. */
  more: number;
  /** What is planned next: “shop on web-01, today 23:00”. */
  next: string | undefined;
}

/** “under a minute”, “12 min”, “3 h 05 min”, “2 days” */
export function elapsed(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return t("under a minute");
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${String(minutes % 60).padStart(2, "0")} min`;
  const days = Math.floor(hours / 24);
  return t("{days, plural, one {# day} other {# days}}", { days });
}

interface Running {
  server: ServerState;
  receipt: Receipt;
}

function runningOn(server: ServerState): Running[] {
  return (server.snapshot?.maintenance ?? []).filter(isOpen).map((receipt) => ({ server, receipt }));
}

function endOf({ until }: Receipt, now: number): string | undefined {
  if (until === undefined) return undefined;
  return Date.parse(until) <= now ? t("over its end") : t("until {end}", { end: clockAhead(until, now) });
}

/** As visitors know the site; its id where it is gone. */
function nameOf({ snapshot }: Pick<ServerState, "snapshot">, site: string): string {
  return nativeText(snapshot === null ? site : readableHost(siteName(snapshot.config, site)));
}

/** The occurrence that starts first, on all servers. */
function nextOf(state: AppState, now: number): string | undefined {
  const planned = state.servers.flatMap((server) =>
    (server.snapshot?.windows ?? []).flatMap(({ sites, occurrences }) =>
      occurrences
        .filter((each) => each.state === "planned" && Date.parse(each.start) > now)
        .map(({ start }) => ({ server, sites, start })),
    ),
  );
  const [first, ...others] = planned.toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start));
  if (first === undefined) return undefined;
  const together = [first, ...others.filter(({ start }) => start === first.start)];
  const sites = together.reduce((sum, each) => sum + each.sites.length, 0);
  const what =
    sites === 1
      ? nameOf(first.server, first.sites[0]?.site ?? "")
      : t("{sites, plural, one {# site} other {# sites}}", { sites });
  const servers = new Set(together.map(({ server }) => server.profile.id)).size;
  const time = clockOfDay(first.start, now);
  return servers === 1
    ? t("{sites} on {server}, {time}", { sites: what, server: nativeText(first.server.profile.name), time })
    : t("{sites} on {servers} servers, {time}", { sites: what, servers, time });
}

function entryOf({ server, receipt }: Running, now: number): RunningMaintenance {
  const verdict = verdictIn({ server, receipt });
  const where = t("{sites} on {server}", {
    sites: nameOf(server, receipt.site),
    server: nativeText(server.profile.name),
  });
  return {
    serverId: server.profile.id,
    receiptId: receipt.id,
    label: [
      where,
      wordsFor(verdict, isUnsure({ server, receipt })),
      elapsed(now - Date.parse(receipt.startedAt)),
      endOf(receipt, now),
    ]
      .filter((part) => part !== undefined)
      .join(", "),
    unsure: server.connection.state !== "connected",
  };
}

/** What is wrong, as a part of a line. */
function wordsFor({ kind }: Verdict, unsure: boolean): string | undefined {
  if (kind === "not-closed" || kind === "not-public") return t("not closed");
  if (kind === "wrong") return t("wrong answer");
  return unsure ? t("may be open") : undefined;
}

function verdictIn({ server, receipt }: Running): Verdict {
  return verdictOf(receipt, seenOf(server, receipt));
}

/** Its web server was not seen to ask the agent. */
function isUnsure({ server, receipt }: Running): boolean {
  return mayBeOpen(receipt, server.snapshot) !== undefined;
}

/** What the tray shows of the state. @param now milliseconds since the epoch */
export function trayModel(state: AppState, now: number): TrayModel {
  const running = state.servers.flatMap(runningOn);
  const longest = running
    .toSorted((one, other) => one.receipt.startedAt.localeCompare(other.receipt.startedAt))
    .slice(0, MAX_LISTED);
  const lost = state.servers.filter(({ connection }) => connection.state === "unreachable").length;
  const wrong = running.filter((each) => isWrong(verdictIn(each)) || isUnsure(each)).length;
  const closed = running.length - wrong;
  const parts = [
    closed > 0 ? t("{closed, plural, one {# site} other {# sites}} in maintenance", { closed }) : "",
    wrong > 0 ? t("{wrong, plural, one {# site is} other {# sites are}} not closed as planned", { wrong }) : "",
    lost > 0 ? t("{lost, plural, one {# server} other {# servers}} cannot be reached", { lost }) : "",
  ].filter((part) => part !== "");
  const summary = parts.join(", ") || (state.servers.length === 0 ? t("No servers yet") : t("All sites are live"));
  return {
    look: lost + wrong > 0 ? "failed" : running.length > 0 ? "maintenance" : "live",
    summary,
    running: longest.map((each) => entryOf(each, now)),
    more: running.length - longest.length,
    next: nextOf(state, now),
  };
}
