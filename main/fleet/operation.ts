/** What is known of a switch of several servers, and what follows from it. Pure. */
import type { Failure, FleetOperationState, FleetPhase, FleetServer, FleetTarget, Receipt, Stage } from "../ipc-contract.ts";

/** An operation with what is needed to go on with it. */
export interface Operation extends FleetOperationState {
  targets: FleetTarget[];
  author: string;
}

/** How many operations are kept after they are over. */
const KEPT = 50;

export const isRunning = ({ phase }: Pick<Operation, "phase">): boolean => phase === "staging" || phase === "committing" || phase === "undoing";

/** Nothing more is to be done about it. */
export const isOver = ({ phase }: Pick<Operation, "phase">): boolean => phase === "done" || phase === "refused" || phase === "undone";

export const newOperation = (
  id: string,
  title: string,
  author: string,
  targets: readonly FleetTarget[],
  at: string,
  describe: (target: FleetTarget) => { name: string; sites: string[] },
): Operation => ({
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
});

export const withServer = (operation: Operation, serverId: string, change: Partial<FleetServer>): Operation => {
  const servers = operation.servers.map((server) => (server.serverId === serverId ? { ...server, ...change } : server));
  return { ...operation, servers, skewMs: skewOf(servers) };
};

/** From the first to the last reply; `null` while fewer than one has switched. */
export const skewOf = (servers: readonly FleetServer[]): number | null => {
  const times = servers.flatMap(({ phase, committedAfterMs }) => (phase === "committed" && committedAfterMs !== null ? [committedAfterMs] : []));
  return times.length === 0 ? null : Math.max(...times) - Math.min(...times);
};

/** Where an operation stands that is not running. */
export const restingPhase = (servers: readonly FleetServer[]): FleetPhase => {
  const all = (...phases: FleetServer["phase"][]) => servers.every(({ phase }) => phases.includes(phase));
  if (all("committed")) return "done";
  if (all("refused", "undone", "waiting")) return servers.some(({ phase }) => phase === "refused") ? "refused" : "undone";
  if (all("refused", "undone", "waiting", "failed")) return "undone";
  return "incomplete";
};

/** What the app finds of its own when it starts: whatever ran then was cut off. */
export const resumed = (operation: Operation): Operation =>
  isRunning(operation)
    ? {
        ...operation,
        phase: "interrupted",
        servers: operation.servers.map((server) => (server.phase === "refused" ? server : { ...server, phase: "unknown", failure: null })),
      }
    : operation;

/**
 * What the server's own state says about its part: the newest stage of the operation, and whether what it did still stands.
 * @param receipts all that the server knows
 */
export const settled = (operation: Operation, server: FleetServer, stages: readonly Stage[], receipts: readonly Receipt[]): Partial<FleetServer> => {
  const stage = stages.find((candidate) => candidate.operation.id === operation.id);
  if (stage?.state === "staged") return { phase: "staged", stageId: stage.id, failure: null };
  const wanted = operation.kind === "maintenance" ? "in-maintenance" : "reverted";
  const own = receipts.filter((receipt) => (operation.kind === "maintenance" ? receipt.operation : receipt.revert?.operation)?.id === operation.id);
  const standing = own.filter(({ state }) => state === wanted);
  if (standing.length > 0) return { phase: "committed", receipts: standing.map(({ id }) => id), stageId: stage?.id ?? server.stageId, failure: null };
  return { phase: "undone", receipts: [], stageId: null, failure: null };
};

/** Newest first; of those that are over only the latest. */
export const kept = (operations: readonly Operation[]): Operation[] => {
  let over = 0;
  return operations.filter((operation) => !isOver(operation) || (over += 1) <= KEPT);
};

/** Failures after which nobody knows whether the other side has done it. */
export const isLoss = ({ code }: Pick<Failure, "code">): boolean =>
  code === "server.unreachable" ||
  code === "server.silent" ||
  code === "server.socket-missing" ||
  code === "server.agent-missing" ||
  code === "agent.stopping" ||
  code.startsWith("ssh.");
