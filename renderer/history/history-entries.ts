/** The history's list: switches of single sites, and those of several as one. Pure. */
import type { Receipt } from "../../main/contract/agent.ts";
import type { PublicProof } from "../../main/contract/maintenance.ts";
import { seenOf } from "../../main/contract/shared/public-proof.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { isWrong, shortVerdict, verdictOf } from "../../main/contract/shared/proof.ts";
import { isOpen } from "../../main/contract/shared/states.ts";
import { shortOutcome } from "../fleet/sentences.ts";
import { t } from "../../main/language/translate.ts";
import { knownOperations, type KnownOperation } from "../lib/operations.ts";
import { hostSearchText } from "../../main/contract/shared/host-name.ts";
import { hostName, scopeOf, type SiteState } from "../lib/sites.ts";

export interface ReceiptEntry {
  kind: "receipt";
  key: string;
  at: string;
  searchText: string;
  author: string;
  receipt: Receipt;
  /** What visitors got, as seen from this computer. */
  seen: PublicProof | undefined;
  serverId: string;
  serverName: string;
  away: boolean;
  name: string;
}

/** What was observed of it, as a pill. */
export function receiptPill({ receipt, seen, away }: Pick<ReceiptEntry, "receipt" | "seen" | "away">): {
  state: SiteState;
  label: string;
} {
  const verdict = verdictOf(receipt, seen);
  if (receipt.afterProof?.outcome === "reverted") return { state: "failed", label: t("Reverted automatically") };
  if (!isOpen(receipt))
    return isWrong(verdict)
      ? { state: "failed", label: t("Back, not as planned") }
      : { state: "live", label: t("Live again") };
  if (away) return { state: "unknown", label: t("When last seen") };
  return isWrong(verdict)
    ? { state: "failed", label: shortVerdict(verdict) }
    : { state: "maintenance", label: t("Maintenance") };
}

export interface OperationEntry {
  kind: "operation";
  key: string;
  at: string;
  searchText: string;
  author: string;
  operation: KnownOperation;
  /** `5 sites on 3 servers` */
  scope: string;
  outcome: string;
  /** Of what it put in maintenance. */
  receipts: Receipt[];
  /** How many of these are in maintenance now. */
  closed: number;
  /** One of these is closed, and answers otherwise than planned. */
  isWrong: boolean;
}

export type HistoryEntry = ReceiptEntry | OperationEntry;

function receiptEntries(server: ServerState): ReceiptEntry[] {
  const { profile, snapshot, connection } = server;
  const hosts = new Map(snapshot?.config.virtualHosts.map(({ id, hosts: [first] }) => [id, first]));
  return (snapshot?.maintenance ?? []).map((receipt): ReceiptEntry => {
    const host = hosts.get(receipt.site) ?? receipt.site;
    const name = hostName(host);
    return {
      kind: "receipt",
      key: `${profile.id}/${receipt.id}`,
      at: receipt.startedAt,
      searchText: [hostSearchText(host), receipt.site, profile.name, receipt.author, receipt.reason]
        .join("\n")
        .toLowerCase(),
      author: receipt.author,
      receipt,
      seen: seenOf(server, receipt),
      serverId: profile.id,
      serverName: profile.name,
      away: connection.state !== "connected",
      name,
    };
  });
}

function operationEntry(operation: KnownOperation, members: readonly ReceiptEntry[]): OperationEntry {
  const receipts = members.map(({ receipt }) => receipt);
  const places = operation.servers.flatMap(({ serverId, sites }) => sites.map(() => ({ serverId })));
  return {
    kind: "operation",
    key: operation.id,
    at: operation.startedAt,
    searchText: [operation.title, operation.author, ...operation.servers.map(({ name }) => name)]
      .join("\n")
      .toLowerCase(),
    author: operation.author,
    operation,
    scope: scopeOf(places),
    outcome: shortOutcome(operation),
    receipts,
    closed: receipts.filter(isOpen).length,
    isWrong: members.some(({ receipt, seen }) => isOpen(receipt) && isWrong(verdictOf(receipt, seen))),
  };
}

/** What is looked for. */
export interface HistoryFilter {
  /** In lower case; empty for everything. */
  words: string;
  /** Only of this site. */
  of?: { serverId: string; site: string } | undefined;
  /** Only what this person did; empty for everybody. */
  author: string;
  state: "all" | "on" | "back" | "wrong";
  /** Epoch milliseconds; 0 for all that is kept. */
  since: number;
}

/**
 * Newest first. What an operation put in maintenance is told by the operation, except where one
 * site or words are looked for.
 */
export function historyEntries(
  servers: readonly ServerState[],
  operations: Parameters<typeof knownOperations>[0],
  filter: HistoryFilter,
): HistoryEntry[] {
  const { words, of } = filter;
  const receipts = servers.flatMap(receiptEntries);
  const byOperation = Map.groupBy(receipts, ({ receipt }) => receipt.operation?.id);
  const together =
    of === undefined
      ? knownOperations(operations, servers).map((operation) =>
          operationEntry(operation, byOperation.get(operation.id) ?? []),
        )
      : [];
  const single = words === "" && of === undefined ? (byOperation.get(undefined) ?? []) : receipts;
  return [...together, ...single].filter((entry) => passes(entry, filter)).sort((a, b) => b.at.localeCompare(a.at));
}

function passes(entry: HistoryEntry, { words, of, author, state, since }: HistoryFilter): boolean {
  if (!entry.searchText.includes(words) || (author !== "" && entry.author !== author)) return false;
  if (Date.parse(entry.at) < since) return false;
  if (
    of !== undefined &&
    !(entry.kind === "receipt" && entry.serverId === of.serverId && entry.receipt.site === of.site)
  )
    return false;
  const receipts = entry.kind === "receipt" ? [entry.receipt] : entry.receipts;
  switch (state) {
    case "all":
      return true;
    case "on":
      return receipts.some(isOpen);
    case "back":
      return receipts.length > 0 && !receipts.some(isOpen);
    case "wrong":
      return entry.kind === "receipt" ? receiptPill(entry).state === "failed" : entry.isWrong;
  }
}

/** Everybody who put a site in maintenance, by name. */
export function authorsIn(servers: readonly ServerState[]): string[] {
  const authors = servers.flatMap(({ snapshot }) => (snapshot?.maintenance ?? []).map(({ author }) => author));
  return [...new Set(authors)].sort((one, other) => one.localeCompare(other));
}

/** The entries of each day of this computer's clock, in the order in which they come. */
export function byDay(entries: readonly HistoryEntry[]): { day: string; entries: HistoryEntry[] }[] {
  const days = Map.groupBy(entries, ({ at }) => new Date(at).toDateString());
  return [...days].map(([day, members]) => ({ day, entries: members }));
}
