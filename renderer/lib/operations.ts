/**
 * Switches of several servers as the page knows them: those of this app, and those of others as the
 * servers' receipts tell of them. Pure.
 */
import { t } from "../../main/language/translate.ts";
import type { FleetOperationState, FleetServer } from "../../main/contract/fleet.ts";
import type { Receipt, Stage } from "../../main/contract/agent.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { clock } from "../../main/contract/shared/clock.ts";
import { isInProgress } from "../../main/contract/shared/states.ts";
import type { Site } from "./sites.ts";

export interface KnownOperation extends FleetOperationState {
  /**
   * Made by this app, which can go on with it or undo it. Another one is only known by its
   * receipts.
   */
  own: boolean;
  /** How many servers took part, also those that are not in the list. */
  taking: number;
}

/** It is running, or somebody has to decide how it goes on. */
export function needsSomebody(operation: FleetOperationState): boolean {
  return isInProgress(operation) || operation.phase === "incomplete" || operation.phase === "interrupted";
}

/** All operations, newest first. */
export function knownOperations(
  operations: readonly FleetOperationState[],
  servers: readonly ServerState[],
): KnownOperation[] {
  const own = operations.map((operation): KnownOperation => ({
    ...operation,
    own: true,
    taking: operation.servers.length,
  }));
  return [...own, ...seenOperations(new Set(own.map(({ id }) => id)), servers)].sort((a, b) =>
    b.startedAt.localeCompare(a.startedAt),
  );
}

/** The operations that receipts name, without those that are known already. */
function seenOperations(known: ReadonlySet<string>, servers: readonly ServerState[]): KnownOperation[] {
  const seen = new Map<string, Seen>();
  for (const server of servers)
    for (const receipt of server.snapshot?.maintenance ?? []) {
      const { operation, revert } = receipt;
      if (operation !== undefined && !known.has(operation.id))
        add(seen, "maintenance", operation, receipt, receipt.startedAt, receipt.author, server);
      if (revert?.operation !== undefined && !known.has(revert.operation.id))
        add(seen, "revert", revert.operation, receipt, revert.at, revert.author, server);
    }
  return [...seen.values()].map(({ operation, parts }) => ({
    ...operation,
    servers: [...parts.values()].map(({ sites, ...part }) => ({ ...part, sites: [...sites] })),
  }));
}

type Part = Omit<FleetServer, "sites"> & { sites: Set<string> };

interface Seen {
  operation: Omit<KnownOperation, "servers">;
  /** By server. */
  parts: Map<string, Part>;
}

/**
 * Takes a receipt in, in a time that does not depend on how many there are: a server may have
 * thousands.
 */
function add(
  seen: Map<string, Seen>,
  kind: KnownOperation["kind"],
  { id, title, servers: taking }: NonNullable<Receipt["operation"]>,
  receipt: Receipt,
  at: string,
  author: string,
  { profile }: ServerState,
): void {
  const known = seen.get(id) ?? {
    operation: { id, title, kind, phase: "done", author, startedAt: at, skewMs: null, own: false, taking },
    parts: new Map<string, Part>(),
  };
  const part = known.parts.get(profile.id) ?? partOf(profile.id, profile.name);
  part.sites.add(receipt.site);
  part.receipts.push(receipt.id);
  known.parts.set(profile.id, part);
  if (at < known.operation.startedAt) known.operation.startedAt = at;
  seen.set(id, known);
}

function partOf(serverId: string, name: string): Part {
  return {
    serverId,
    name,
    sites: new Set(),
    phase: "committed",
    failure: null,
    stageId: null,
    receipts: [],
    committedAfterMs: null,
    warnings: [],
  };
}

/**
 * Receipts that an operation opened or closed, on one of its servers, as far as they are known
 * there.
 */
export function receiptsOf(
  { id, kind }: Pick<FleetOperationState, "id" | "kind">,
  server: ServerState | undefined,
): Receipt[] {
  return (server?.snapshot?.maintenance ?? []).filter(
    ({ operation, revert }) => (kind === "maintenance" ? operation : revert?.operation)?.id === id,
  );
}

/** The sites that are still in maintenance by an operation. */
export function stillClosed(id: string, sites: readonly Site[]): Site[] {
  return sites.filter(({ receipt }) => receipt?.operation?.id === id);
}

/** What somebody else holds ready on a server, so that nothing can be switched there meanwhile. */
export function heldByOthers(
  server: ServerState,
  operations: readonly Pick<FleetOperationState, "id">[],
): Stage | undefined {
  if (server.connection.state !== "connected") return undefined;
  return server.snapshot?.stages.find(
    ({ state, operation }) => state === "staged" && !operations.some(({ id }) => id === operation.id),
  );
}

/** `Anna is about to switch sites here, until 12:03`. */
export function heldWords({ author, expiresAt }: Stage, now: number): string {
  const time = clock(expiresAt, now);
  return author === ""
    ? t("Somebody is about to switch sites here, until {time}", { time })
    : t("{author} is about to switch sites here, until {time}", { author, time });
}
