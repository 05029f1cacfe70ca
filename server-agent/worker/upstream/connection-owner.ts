/** What connections to targets and their owner, the pool, are to each other. */
import type { UpstreamCall } from "./upstream-call.ts";
import type { Target } from "./target.ts";

/** Milliseconds. */
export interface Timeouts {
  readonly connect: number;
  readonly response: number;
  readonly idle: number;
}

/** A connection to a target, made or being made. */
export interface PooledConnection {
  readonly target: UpstreamTarget;
  /** `performance.now()` of the end of the last call. */
  readonly idleSince: number;
  /** It can carry a call, or another one. */
  readonly usable: boolean;
  /** Calls that it carries. */
  readonly calls: number;
  /** Sends a call over it, as soon as the target has taken the connection. */
  carry(call: UpstreamCall, now: number): void;
  /** Called from time to time by the owner. */
  checkDeadline(now: number): void;
  destroy(): void;
}

/** A target with its connections. */
export type UpstreamTarget = Target<PooledConnection>;

export interface ConnectionOwner {
  readonly timeouts: Timeouts;
  /** The target took the connection that carries this call. */
  onConnected(call: UpstreamCall): void;
  /** The target has begun to answer a call. */
  onAnswered(target: UpstreamTarget): void;
  /** The target has answered nobody for as long as this call was waiting. */
  onSilent(target: UpstreamTarget): void;
  /** All calls were answered completely and the connection can carry another one. */
  onIdle(connection: PooledConnection): void;
  onClosed(connection: PooledConnection): void;
  /** The call was given up. */
  onAborted(call: UpstreamCall): void;
  /** The target could not be reached, or refuses this call; nothing was done. */
  onUnreachable(target: UpstreamTarget, call: UpstreamCall, kind: "refused" | "connect-timeout", message: string): void;
  /**
   * The target took the connection and closed it without a byte of response to its first call, as a
   * forwarder does whose application is down.
   *
   * @returns True when the call went to another target.
   */
  onClosedUnused(target: UpstreamTarget, call: UpstreamCall, message: string): boolean;
  /**
   * The call may be sent again: a connection that had carried other calls before was closed without
   * a byte of response to one that may be repeated, or the target says that it did nothing.
   *
   * @returns False when that has happened to it too often.
   */
  onStale(target: UpstreamTarget, call: UpstreamCall): boolean;
}
