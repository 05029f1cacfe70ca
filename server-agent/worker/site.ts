import type { Gates } from "./rules/admission.ts";
import type { CompiledHandler, HostTotals } from "./exchange.ts";
import type { HttpsPolicy } from "../core/tls/https-policy.ts";
import type { ErrorPages } from "./handlers/error-page.ts";
import type { AccessLog } from "./access-log/access-logs.ts";
import type { DrainCounters } from "./protocol.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import type { RoutingTable } from "../core/routing/routing-table.ts";
import type { CompiledVirtualHost, Match, MergedSettings } from "../core/routing/rule-matches.ts";

export interface ServingRule {
  readonly handler: CompiledHandler;
  /** The handler reads the request body, so that `Expect: 100-continue` is worth an answer. */
  readonly takesBody: boolean;
  /** The web server beside the agent answers. */
  readonly handsBack: boolean;
  /** The maintenance page answers. */
  readonly closes: boolean;
  /** Its place in the virtual host. */
  readonly index: number;
}

/** How a request ends. */
export type Outcome = "answered" | "left" | "broken" | "cut";

/** What one virtual host has in flight on one generation, and what became of it. */
export interface SiteFigures extends Required<Omit<DrainCounters, "lost">> {
  readonly id: string;
  readonly generation: Generation;
  readonly totals: HostTotals;
  /** The supervisor is still to be told. */
  isChanged: boolean;
}

/** It outlives what it served with. */
export interface Generation {
  readonly number: number;
  inFlight: number;
}

/**
 * A virtual host in service, in all generations in which it is the same. Whatever is in flight
 * needs nothing else of its generation: so the rest of it is not kept.
 */
export interface Site extends Gates {
  readonly id: string;
  readonly site: string;
  readonly compiled: CompiledVirtualHost;
  /** By their place in the virtual host; undefined where a rule has no handler. */
  readonly rules: readonly (ServingRule | undefined)[];
  readonly errorPages: ErrorPages;
  /** How its visitors are brought to TLS, and kept there. */
  readonly https: HttpsPolicy | undefined;
  readonly log: AccessLog | undefined;
  readonly totals: HostTotals;
  /** Those of the generation in which it was asked for last. */
  figures: SiteFigures | undefined;
  /** Generations that serve or are to serve with it, and requests in flight. At 0 it is closed. */
  users: number;
}

/** What a generation serves with while it is active, or ready to be. */
export interface Service {
  readonly generation: Generation;
  readonly table: RoutingTable;
  readonly sites: readonly Site[];
}

export interface Target {
  readonly site: Site;
  /** Undefined: no rule answers the request. */
  readonly rule: ServingRule | undefined;
  /** Status of the answer then. */
  readonly otherwise: 404 | 400 | 500;
  /** The request as rewrites of the site have made it. */
  readonly rewritten: RequestFacts | undefined;
  /** Rules above the one that answers that apply, too. */
  readonly passed: Match["passed"];
  readonly settings: MergedSettings | undefined;
}
