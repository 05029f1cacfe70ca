import type { AppState, Receipt, ServerState } from "./ipc-contract.ts";
import { nativeText } from "./native-text.ts";

/** A menu is read at one glance; the overview has them all. */
const LISTED = 12;

export type TrayLook = "live" | "maintenance" | "failed";

export interface RunningMaintenance {
  serverId: string;
  receiptId: string;
  /** “shop on web-01, 12 min” */
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
}

/** “under a minute”, “12 min”, “3 h 05 min”, “2 days” */
export const elapsed = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return "under a minute";
  if (minutes < 60) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${String(hours)} h ${String(minutes % 60).padStart(2, "0")} min`;
  const days = Math.floor(hours / 24);
  return days === 1 ? "1 day" : `${String(days)} days`;
};

interface Running {
  server: ServerState;
  receipt: Receipt;
}

const runningOn = (server: ServerState): Running[] =>
  (server.snapshot?.maintenance ?? []).filter(({ state }) => state === "in-maintenance").map((receipt) => ({ server, receipt }));

const entryOf = ({ server, receipt }: Running, now: number): RunningMaintenance => ({
  serverId: server.profile.id,
  receiptId: receipt.id,
  label: `${nativeText(receipt.site)} on ${nativeText(server.profile.name)}, ${elapsed(now - Date.parse(receipt.startedAt))}`,
  unsure: server.connection.state !== "connected",
});

const count = (number: number, one: string, many: string): string => `${String(number)} ${number === 1 ? one : many}`;

/** What the tray shows of the state. @param now milliseconds since the epoch */
export const trayModel = (state: AppState, now: number): TrayModel => {
  const running = state.servers.flatMap(runningOn);
  const longest = running.toSorted((one, other) => one.receipt.startedAt.localeCompare(other.receipt.startedAt)).slice(0, LISTED);
  const lost = state.servers.filter(({ connection }) => connection.state === "unreachable").length;
  const parts = [
    running.length > 0 ? `${count(running.length, "site", "sites")} in maintenance` : "",
    lost > 0 ? `${count(lost, "server", "servers")} cannot be reached` : "",
  ].filter((part) => part !== "");
  const summary = parts.join(", ") || (state.servers.length === 0 ? "No servers yet" : "All sites are live");
  return {
    look: lost > 0 ? "failed" : running.length > 0 ? "maintenance" : "live",
    summary,
    running: longest.map((each) => entryOf(each, now)),
    more: running.length - longest.length,
  };
};
