/** The history's list: switches of single sites, and those of several as one. Pure. */
import type { Receipt } from "../../main/contract/agent.ts";
import type { PublicProof } from "../../main/contract/maintenance.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { isWrong, shortVerdict, verdictOf } from "../../main/contract/shared/proof.ts";
import { isOpen } from "../../main/contract/shared/states.ts";
import { shortOutcome } from "../fleet/sentences.ts";
import { knownOperations, type KnownOperation } from "../lib/operations.ts";
import { hostName, scopeOf, type SiteState } from "../lib/sites.ts";

export interface ReceiptEntry {
  kind: "receipt";
  key: string;
  at: string;
  searchText: string;
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
  if (receipt.afterProof?.outcome === "reverted") return { state: "failed", label: "Reverted by itself" };
  if (!isOpen(receipt))
    return isWrong(verdict)
      ? { state: "failed", label: "Back, not as planned" }
      : { state: "live", label: "Live again" };
  if (away) return { state: "unknown", label: "When last seen" };
  return isWrong(verdict)
    ? { state: "failed", label: shortVerdict(verdict) }
    : { state: "maintenance", label: "Maintenance" };
}

export interface OperationEntry {
  kind: "operation";
  key: string;
  at: string;
  searchText: string;
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

function receiptEntries({ profile, snapshot, connection, publicProofs }: ServerState): ReceiptEntry[] {
  const hosts = new Map(snapshot?.config.virtualHosts.map(({ id, hosts: [first] }) => [id, first]));
  return (snapshot?.maintenance ?? []).map((receipt): ReceiptEntry => {
    const name = hostName(hosts.get(receipt.site) ?? receipt.site);
    return {
      kind: "receipt",
      key: `${profile.id}/${receipt.id}`,
      at: receipt.startedAt,
      searchText: [name, receipt.site, profile.name, receipt.author, receipt.reason].join("\n").toLowerCase(),
      receipt,
      seen: publicProofs[receipt.id],
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
    operation,
    scope: scopeOf(places),
    outcome: shortOutcome(operation),
    receipts,
    closed: receipts.filter(isOpen).length,
    isWrong: members.some(({ receipt, seen }) => isOpen(receipt) && isWrong(verdictOf(receipt, seen))),
  };
}

/**
 * Newest first. What an operation put in maintenance is told by the operation, except where it is
 * looked for.
 * @param words what is looked for, in lower case; empty for everything
 */
export function historyEntries(
  servers: readonly ServerState[],
  operations: Parameters<typeof knownOperations>[0],
  words: string,
): HistoryEntry[] {
  const receipts = servers.flatMap(receiptEntries);
  const byOperation = Map.groupBy(receipts, ({ receipt }) => receipt.operation?.id);
  const entries: HistoryEntry[] = [
    ...knownOperations(operations, servers).map((operation) =>
      operationEntry(operation, byOperation.get(operation.id) ?? []),
    ),
    ...(words === "" ? (byOperation.get(undefined) ?? []) : receipts),
  ];
  return entries.filter(({ searchText }) => searchText.includes(words)).sort((a, b) => b.at.localeCompare(a.at));
}
