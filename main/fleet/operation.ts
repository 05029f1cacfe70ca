/** What is known of a switch of several servers, and what follows from it. Pure. */
import type { FleetOperationState, FleetPhase, FleetServer, FleetTarget } from "../contract/fleet.ts";
import type { Receipt, Stage } from "../../server-agent/contract/maintenance.ts";
import { isInProgress, isOpen } from "../contract/shared/states.ts";

/** An operation with what is needed to go on with it. */
export interface Operation extends FleetOperationState {
  targets: FleetTarget[];
}

/** What the page is told. What is only needed to go on can be large: pages have logos. */
export function shown({ targets: _targets, ...operation }: Operation): FleetOperationState {
  return operation;
}

/** How many operations are kept after they are over. */
const MAX_OPERATIONS = 50;

/** Nothing more is to be done about it. */
export function isOver({ phase }: Pick<Operation, "phase">): boolean {
  return phase === "done" || phase === "refused" || phase === "undone";
}

export function newOperation(
  id: string,
  title: string,
  author: string,
  targets: readonly FleetTarget[],
  at: string,
  describe: (target: FleetTarget) => { name: string; sites: string[] },
): Operation {
  return {
    id,
    title,
    kind: targets[0]?.changes[0]?.kind === "revert" ? "revert" : "maintenance",
    phase: "staging",
    startedAt: at,
    skewMs: null,
    author,
    targets: [...targets],
    servers: targets.map((target) => ({
      serverId: target.serverId,
      ...describe(target),
      phase: "waiting",
      failure: null,
      stageId: null,
      receipts: [],
      committedAfterMs: null,
      warnings: [],
    })),
  };
}

export function withServer(operation: Operation, serverId: string, change: Partial<FleetServer>): Operation {
  const servers = operation.servers.map((server) => (server.serverId === serverId ? { ...server, ...change } : server));
  return { ...operation, servers, skewMs: skewOf(servers) };
}

/**
 * From the first to the last reply; `null` while none has switched, and when some switched at
 * another time, as `withoutTimes` says.
 */
function skewOf(servers: readonly FleetServer[]): number | null {
  const times = servers.flatMap(({ phase, committedAfterMs }) => (phase === "committed" ? [committedAfterMs] : []));
  const known = times.filter((time) => time !== null);
  return known.length === 0 || known.length < times.length ? null : Math.max(...known) - Math.min(...known);
}

/**
 * Times are counted from the start of one go; those of an earlier one cannot be compared with them.
 */
export function withoutTimes(operation: Operation): Operation {
  return {
    ...operation,
    skewMs: null,
    servers: operation.servers.map((server) => ({ ...server, committedAfterMs: null })),
  };
}

/**
 * Taking a switch back makes a generation, too. Where that leads to exactly what the person has
 * seen, it is the one that trying again may build upon.
 * @param receipt one of the operation that was reverted on the server
 */
export function withGenerationSeen(operation: Operation, serverId: string, receipt: Receipt): Operation {
  return {
    ...operation,
    targets: operation.targets.map((target) =>
      target.serverId === serverId && target.ifGeneration !== undefined && receipt.revert?.exact === true
        ? { ...target, ifGeneration: Math.max(target.ifGeneration, receipt.revert.generation) }
        : target,
    ),
  };
}

/**
 * A site that was brought back and is in maintenance again, just as it was, has another receipt;
 * bringing it back once more has to name that one.
 * @param receipts all that the server knows, or those that have changed with the ones before them
 */
export function withReceiptsSeen(operation: Operation, serverId: string, receipts: readonly Receipt[]): Operation {
  const latestOf = (id: string): string => {
    const previous = receipts.find((receipt) => receipt.id === id && !isOpen(receipt));
    return receipts.find((receipt) => isOpen(receipt) && isSame(receipt, previous))?.id ?? id;
  };
  return {
    ...operation,
    targets: operation.targets.map((target) =>
      target.serverId === serverId
        ? {
            ...target,
            changes: target.changes.map((change) =>
              change.kind === "revert" ? { ...change, receipt: latestOf(change.receipt) } : change,
            ),
          }
        : target,
    ),
  };
}

function isSame({ options }: Receipt, previous: Receipt | undefined): boolean {
  // Who closes it again may be somebody else; the order of the keys is that of the previous one.
  return JSON.stringify({ ...options, author: "" }) === JSON.stringify({ ...previous?.options, author: "" });
}

/** Where an operation stands that is not running. */
export function restingPhase(servers: readonly FleetServer[]): FleetPhase {
  const all = (...phases: FleetServer["phase"][]) => servers.every(({ phase }) => phases.includes(phase));
  if (all("committed")) return "done";
  if (all("refused", "undone", "waiting"))
    return servers.some(({ phase }) => phase === "refused") ? "refused" : "undone";
  if (all("refused", "undone", "waiting", "failed")) return "undone";
  return "incomplete";
}

/** What the app finds of its own when it starts: whatever ran then was cut off. */
export function resumed(operation: Operation): Operation {
  return isInProgress(operation)
    ? {
        ...operation,
        phase: "interrupted",
        servers: operation.servers.map((server) =>
          server.phase === "refused" ? server : { ...server, phase: "unknown", failure: null },
        ),
      }
    : operation;
}

/**
 * What the server's own state says about its part: the newest stage of the operation, and whether
 * what it did still stands.
 * @param receipts all that the server knows, newest first
 */
export function settled(
  operation: Operation,
  server: FleetServer,
  stages: readonly Stage[],
  receipts: readonly Receipt[],
): Partial<FleetServer> {
  const stage = stages.find((candidate) => candidate.operation.id === operation.id);
  if (stage?.state === "staged") return { phase: "staged", stageId: stage.id, failure: null };
  const wanted = operation.kind === "maintenance" ? "in-maintenance" : "reverted";
  const own = receipts.filter(
    (receipt) =>
      (operation.kind === "maintenance" ? receipt.operation : receipt.revert?.operation)?.id === operation.id,
  );
  const isClosed = (site: string) => receipts.some((receipt) => receipt.site === site && isOpen(receipt));
  // A site that is in maintenance again has a receipt that does not name this operation.
  // Of a site that was brought back again after an undo, only the latest receipt is to be undone.
  const isLatest = ({ id, site }: Receipt) => own.find((receipt) => receipt.site === site)?.id === id;
  const standing = own.filter(
    (receipt) =>
      receipt.state === wanted && (operation.kind === "maintenance" || (!isClosed(receipt.site) && isLatest(receipt))),
  );
  if (standing.length > 0)
    return {
      phase: "committed",
      receipts: standing.map(({ id }) => id),
      stageId: stage?.id ?? server.stageId,
      failure: null,
    };
  return { phase: "undone", receipts: [], stageId: null, failure: null };
}

/** Newest first; of those that are over only the latest. */
export function kept(operations: readonly Operation[]): Operation[] {
  let over = 0;
  return operations.filter((operation) => !isOver(operation) || (over += 1) <= MAX_OPERATIONS);
}
