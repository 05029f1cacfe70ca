/** What a switch of several servers asks of their agents, as data. */
import { t } from "../language/translate.ts";
import type { Reply } from "../../server-agent/contract/routes.ts";
import type { CallArguments } from "../../server-agent/core/client/admin-call.ts";
import type { FleetTarget } from "../contract/fleet.ts";
import type { Failure, Result } from "../contract/failures.ts";
import { isLoss } from "../failures.ts";
import type { Operation } from "./operation.ts";

export type FleetRoute =
  | "stage"
  | "listStages"
  | "commitStage"
  | "abortStage"
  | "listMaintenance"
  | "getMaintenance"
  | "startMaintenance"
  | "revertMaintenance";

export type AgentCall = { [N in FleetRoute]: { readonly name: N; readonly given: CallArguments<N> } }[FleetRoute];
export type AgentReply = { [N in FleetRoute]: { readonly name: N; readonly result: Result<Reply<N>> } }[FleetRoute];

/**
 * Agents hold a stage for so long (seconds). What follows must fit in: staging, then committing.
 */
const LEASE_SECONDS = 60;

export function stageCall(
  { id, title, servers, author }: Operation,
  { changes, ifGeneration }: FleetTarget,
): Extract<AgentCall, { name: "stage" }> {
  return {
    name: "stage",
    given: {
      body: { operation: { id, title, servers: servers.length }, changes, leaseSeconds: LEASE_SECONDS, author },
      ...(ifGeneration === undefined ? {} : { ifMatch: ifGeneration }),
    },
  };
}

/** What a reply to this call says; `undefined` when none came in time. */
export function resultOf<N extends FleetRoute>(reply: AgentReply | undefined, name: N): Result<Reply<N>> | undefined {
  return reply?.name === name ? (reply.result as Result<Reply<N>>) : undefined;
}

/** @param what it was to do */
export function silence(what: "answer" | "confirm the stage" | "confirm the switch", timeoutMs: number): Failure {
  const time = { seconds: timeoutMs / 1000 };
  const message = {
    answer: () => t("It did not answer within {seconds} s.", time),
    "confirm the stage": () => t("It did not confirm the stage within {seconds} s.", time),
    "confirm the switch": () => t("It did not confirm the switch within {seconds} s.", time),
  }[what]();
  return { code: "server.silent", message };
}

/**
 * The server may have done it all the same: the connection ended, it failed in the middle, or its
 * reply could not be read (the app says `internal` then, too).
 */
export function leavesOpen(failure: Pick<Failure, "code">): boolean {
  return isLoss(failure) || failure.code === "internal" || failure.code === "server.not-an-agent";
}
