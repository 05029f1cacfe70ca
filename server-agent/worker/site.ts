import type { CompiledHandler } from "./exchange.ts";
import type { ErrorPages } from "./error-page.ts";
import type { AccessLog } from "./access-log.ts";
import type { DrainCounters } from "./protocol.ts";
import type { RoutingTable } from "../core/routing/routing-table.ts";

/** What one virtual host has answered since this worker started, over all generations. */
export interface HostTotals {
  requests: number;
  /** Responses by first digit of their status. */
  readonly byClass: number[];
}

export interface ServingRule {
  readonly handler: CompiledHandler;
  /** The handler reads the request body, so that `Expect: 100-continue` is worth an answer. */
  readonly takesBody: boolean;
}

/** A virtual host in service. */
export interface Site {
  readonly id: string;
  readonly site: string;
  readonly rules: readonly ServingRule[];
  readonly errorPages: ErrorPages;
  readonly log: AccessLog | undefined;
  readonly totals: HostTotals;
  readonly drain: DrainCounters;
}

export interface Generation {
  readonly number: number;
  readonly table: RoutingTable;
  readonly sites: readonly Site[];
  inFlight: number;
  /** Its handlers hold nothing any more. */
  closed: boolean;
}

export interface Target {
  readonly generation: Generation;
  readonly site: Site;
  /** Undefined: no rule answers the request. */
  readonly rule: ServingRule | undefined;
  /** Status of the answer then. */
  readonly otherwise: 404 | 400;
}
