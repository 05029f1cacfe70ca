/** An operation on its way: what is known of it, what it waits for, what happens to it. */
import type { FleetServer } from "../contract/fleet.ts";
import type { Failure, Result } from "../contract/failures.ts";
import type { Receipt, Stage } from "../../server-agent/contract/maintenance.ts";
import type { AgentCall, AgentReply } from "./agent-call.ts";
import type { Operation } from "./operation.ts";

/**
 * Only the operation is stored. An app that ends forgets the run, and finds out from the servers
 * how far each of them came.
 */
export interface Progress {
  readonly operation: Operation;
  /** `undefined` while nothing is asked of any server. */
  readonly run: Run | undefined;
  /** The number of the next call or pause; none is used twice, so that late replies are known. */
  readonly nextToken: number;
}

/** One go at an operation. */
export interface Run {
  /** `look` changes nothing: it asks servers of which it is not known what they did. */
  readonly goal: "switch" | "undo" | "look";
  /** `deciding`: all are staged, and that they are to be committed is being stored. */
  readonly step: "beginning" | "looking" | "staging" | "deciding" | "committing" | "undoing";
  /** Ids of the servers that take part. */
  readonly members: readonly string[];
  /** By server id: what it is waited for. One that is not here is through with this step. */
  readonly lanes: Readonly<Record<string, Lane>>;
  /** Staged by this run and not committed: nobody can have asked for their commit. */
  readonly fresh: readonly string[];
  /** When the first commit was sent, by the caller's clock (ms). */
  readonly startedAt: number;
  /** Why nothing was switched although all servers were ready. */
  readonly cause: Failure | null;
}

/** A server's part of a step. */
export interface Lane {
  readonly token: number;
  readonly wait: Wait;
  /** What was asked, and how long it may take (by the caller's clock); of a pause nothing. */
  readonly asked?: { readonly call: AgentCall; readonly deadline: number };
  /** The server was too busy to do it, and is asked again when the pause is over. */
  readonly isBusy?: boolean;
}

export type Wait =
  | { readonly for: "stage" }
  /** Another stage is held there; perhaps it is this operation's own. */
  | { readonly for: "own-stage"; readonly failure: Failure }
  /**
   * `deadline`: when it may no longer be left open whether it has switched; `isOpen`: the reply to
   * an earlier attempt was lost.
   */
  | { readonly for: "commit" | "next-commit"; readonly deadline: number; readonly isOpen: boolean }
  | { readonly for: "abort" }
  | { readonly for: "stages" }
  | { readonly for: "receipts"; readonly stages: readonly Stage[] }
  /** The first of these is being reverted; it is read before, where a site is closed again. */
  | { readonly for: "revert"; readonly receipts: readonly string[] }
  | { readonly for: "receipt"; readonly receipts: readonly string[] }
  | { readonly for: "close-again"; readonly receipts: readonly string[]; readonly previous: Receipt };

export type FleetEvent =
  /** Switch where it has not been switched yet. */
  | { readonly type: "switch" }
  /** Take back what was switched; while nothing is, end the run. */
  | { readonly type: "undo" }
  /** A server can be reached. */
  | { readonly type: "answered"; readonly serverId: string }
  | { readonly type: "reply"; readonly serverId: string; readonly token: number; readonly reply: AgentReply }
  /** The time for a call, or a pause, is over. */
  | { readonly type: "time"; readonly serverId: string; readonly token: number }
  /** What the last `store` asked for was done, or could not be. */
  | { readonly type: "stored"; readonly result: Result<null> };

/** To be carried out in this order. */
export type FleetEffect =
  | { readonly type: "call"; readonly serverId: string; readonly token: number; readonly call: AgentCall }
  | { readonly type: "timer"; readonly serverId: string; readonly token: number; readonly afterMs: number }
  /** Store the operation; `stored` follows before anything else. */
  | { readonly type: "store" }
  | { readonly type: "log"; readonly line: string };

export interface Decision {
  readonly state: Progress;
  readonly effects: readonly FleetEffect[];
}

/** An operation at rest. */
export function atRest(operation: Operation): Progress {
  return { operation, run: undefined, nextToken: 1 };
}

export function serverOf({ servers }: Operation, serverId: string): FleetServer {
  const server = servers.find((candidate) => candidate.serverId === serverId);
  if (server === undefined) throw new Error(`server ${serverId} takes no part`);
  return server;
}
