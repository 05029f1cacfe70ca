/**
 * The configurations this worker knows: the active one, those prepared, and the older ones that
 * requests still run on.
 */
import {
  matchRequest,
  matchWithin,
  compileConfig,
  type CompiledVirtualHost,
  type Match,
} from "../core/routing/routing-table.ts";
import type { Config } from "../contract/config.ts";
import type { Problem } from "../contract/errors.ts";
import type { RequestFacts } from "../core/routing/request-facts.ts";
import { compileHandler } from "./compile-handler.ts";
import type { HandlerContext } from "./exchange.ts";

import { messageOf } from "../log.ts";
import type { AccessLogs } from "./access-log.ts";
import { compileErrorPages } from "./error-page.ts";
import type { HostTotals, Generation, Site, ServingRule, Target } from "./site.ts";

export interface GenerationsOptions {
  readonly logs: AccessLogs;
  /** What handlers need from the worker. */
  readonly context: Omit<HandlerContext, "config" | "virtualHost">;
}

/** So many old generations are still reported; a worker may live for months. */
const MAX_REPORTED = 500;

export class Generations {
  readonly totals = new Map<string, HostTotals>();
  /** All that may have figures to report, oldest first. */
  readonly known = new Set<Generation>();
  readonly #prepared = new Map<number, Generation>();
  readonly #options: GenerationsOptions;
  #active: Generation | undefined = undefined;

  constructor(options: GenerationsOptions) {
    this.#options = options;
  }

  get active(): Generation | undefined {
    return this.#active;
  }

  /** Does all that can fail. Returns what is wrong with the document, nothing when it can serve. */
  prepare(number: number, config: Config): Problem[] {
    this.abort(number);
    const compiled = compileConfig(config);
    if (!compiled.ok) return compiled.problems;
    const { table } = compiled;
    const problems: Problem[] = [];
    const sites = table.virtualHosts.map((virtualHost) => this.#serve(virtualHost, config, problems));
    const generation: Generation = { number, table, sites, inFlight: 0, closed: false };
    if (problems.length > 0) close(generation);
    else this.#prepared.set(number, generation);
    return problems;
  }

  /**
   * The swap: one reference. From here on every request head is answered by this generation. False
   * when it was not prepared.
   */
  commit(number: number): boolean {
    const next = this.#prepared.get(number);
    if (next === undefined) return false;
    const before = this.#active;
    this.#active = next;
    this.#prepared.delete(number);
    this.known.add(next);
    if (before !== undefined) this.settle(before);
    return true;
  }

  abort(number: number): void {
    const generation = this.#prepared.get(number);
    if (generation === undefined) return;
    this.#prepared.delete(number);
    close(generation);
  }

  /**
   * Frees what a generation holds once it is not active and nothing is in flight on it; true then.
   */
  settle(generation: Generation): boolean {
    if (generation === this.#active || generation.inFlight > 0) return false;
    close(generation);
    this.#forget();
    return true;
  }

  #serve(virtualHost: CompiledVirtualHost, config: Config, problems: Problem[]): Site {
    const { context, logs } = this.#options;
    const { id, site, index } = virtualHost;
    const rules = virtualHost.config.disabled === true ? [] : virtualHost.rules;
    const serving = rules.flatMap((rule): ServingRule[] => {
      const { handler } = rule.config;
      try {
        return [
          {
            handler: compileHandler(handler, { ...context, config, virtualHost: virtualHost.config }),
            takesBody: handler.type === "proxy",
          },
        ];
      } catch (failure) {
        problems.push({
          path: `/virtualHosts/${String(index)}/rules/${String(rule.index)}/handler`,
          code: "handler.refused",
          message: `the ${handler.type} handler cannot serve: ${messageOf(failure)}`,
        });
        return [];
      }
    });
    let totals = this.totals.get(id);
    if (totals === undefined) this.totals.set(id, (totals = { requests: 0, byClass: [0, 0, 0, 0, 0, 0] }));
    return {
      id,
      site,
      rules: serving,
      errorPages: compileErrorPages(virtualHost.config.errorPages, context.log),
      log: virtualHost.config.accessLog === undefined ? undefined : logs.open(virtualHost.config.accessLog),
      totals,
      drain: { inFlight: 0, drained: 0, cut: 0 },
    };
  }

  #forget(): void {
    for (const generation of this.known) {
      if (
        generation.closed &&
        (this.known.size > MAX_REPORTED || generation.sites.every(({ drain }) => drain.drained + drain.cut === 0))
      )
        this.known.delete(generation);
    }
  }
}

/** Who answers this request in this generation. Undefined only without a catch-all. */
export function findTarget(generation: Generation, facts: RequestFacts): Target | undefined {
  return targetOf(generation, matchRequest(generation.table, facts));
}

/** Who answers it of one virtual host, whatever stands above it. */
export function findTargetWithin(generation: Generation, virtualHost: string, facts: RequestFacts): Target | undefined {
  return targetOf(generation, matchWithin(generation.table, virtualHost, facts));
}

function targetOf(generation: Generation, match: Match | undefined): Target | undefined {
  if (match === undefined) return undefined;
  const site = generation.sites[match.virtualHost.index];
  if (site === undefined) return undefined;
  const { rule, otherwise } = match;
  return { generation, site, rule: rule === undefined ? undefined : site.rules[rule.index], otherwise };
}

function close(generation: Generation): void {
  if (generation.closed) return;
  generation.closed = true;
  for (const site of generation.sites) for (const { handler } of site.rules) handler.close?.();
}
