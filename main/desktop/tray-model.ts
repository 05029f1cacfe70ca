/** What the tray shows and offers, as a function of the state. Pure. */
import { seenOf } from "../contract/shared/public-proof.ts";
import type { AppState } from "../contract/state.ts";
import type { Receipt } from "../../server-agent/contract/maintenance.ts";
import type { ServerState } from "../contract/servers.ts";
import { clockOfDay } from "../contract/shared/clock.ts";
import { mayBeOpen } from "../contract/shared/foreign.ts";
import { plural } from "../contract/shared/plural.ts";
import { isWrong, shortVerdict, type Verdict, verdictOf } from "../contract/shared/proof.ts";
import { isOpen } from "../contract/shared/states.ts";
import { nativeText } from "../text/native-text.ts";

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
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${String(minutes % 60).padStart(2, "0")} min`;
  const days = Math.floor(hours / 24);
  return plural(days, "day");
}

interface Running {
  server: ServerState;
  receipt: Receipt;
}

function runningOn(server: ServerState): Running[] {
  return (server.snapshot?.maintenance ?? []).filter(isOpen).map((receipt) => ({ server, receipt }));
}

function endOf({ until }: Receipt, now: number): string {
  if (until === undefined) return "";
  if (Date.parse(until) <= now) return ", over its end";
  return `, until ${clockOfDay(until, now).replace("today ", "")}`;
}

/** The occurrence that starts first, on all servers. */
function nextOf(state: AppState, now: number): string | undefined {
  const planned = state.servers.flatMap(({ profile, snapshot }) =>
    (snapshot?.windows ?? []).flatMap(({ sites, occurrences }) =>
      occurrences
        .filter((each) => each.state === "planned" && Date.parse(each.start) > now)
        .map(({ start }) => ({ profile, sites, start })),
    ),
  );
  const [first, ...others] = planned.toSorted((one, other) => Date.parse(one.start) - Date.parse(other.start));
  if (first === undefined) return undefined;
  const together = [first, ...others.filter(({ start }) => start === first.start)];
  const sites = together.reduce((sum, each) => sum + each.sites.length, 0);
  const what = sites === 1 ? nativeText(first.sites[0]?.site ?? "") : plural(sites, "site");
  const servers = new Set(together.map(({ profile }) => profile.id)).size;
  const where = servers === 1 ? nativeText(first.profile.name) : `${String(servers)} servers`;
  return `${what} on ${where}, ${clockOfDay(first.start, now)}`;
}

function entryOf({ server, receipt }: Running, now: number): RunningMaintenance {
  const verdict = verdictIn({ server, receipt });
  const open = isWrong(verdict)
    ? `${shortVerdict(verdict).toLowerCase()}, `
    : isUnsure({ server, receipt })
      ? "may be open, "
      : "";
  return {
    serverId: server.profile.id,
    receiptId: receipt.id,
    label: `${nativeText(receipt.site)} on ${nativeText(server.profile.name)}, ${open}${elapsed(now - Date.parse(receipt.startedAt))}${endOf(receipt, now)}`,
    unsure: server.connection.state !== "connected",
  };
}

function verdictIn({ server, receipt }: Running): Verdict {
  return verdictOf(receipt, seenOf(server, receipt));
}

/** Its web server was not seen to ask the agent. */
function isUnsure({ server, receipt }: Running): boolean {
  return mayBeOpen(receipt, server.snapshot) !== undefined;
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
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
    closed > 0 ? `${count(closed, "site", "sites")} in maintenance` : "",
    wrong > 0 ? `${count(wrong, "site is", "sites are")} not closed as planned` : "",
    lost > 0 ? `${count(lost, "server", "servers")} cannot be reached` : "",
  ].filter((part) => part !== "");
  const summary = parts.join(", ") || (state.servers.length === 0 ? "No servers yet" : "All sites are live");
  return {
    look: lost + wrong > 0 ? "failed" : running.length > 0 ? "maintenance" : "live",
    summary,
    running: longest.map((each) => entryOf(each, now)),
    more: running.length - longest.length,
    next: nextOf(state, now),
  };
}
