import type { Config, Rule, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import { compileAddressSet, type AddressSet } from "./address-set.ts";
import { compileCondition } from "./condition.ts";
import type { CompiledCondition, ConditionContext } from "./compiled-condition.ts";
import { parseHostPattern, type HostPattern } from "./host-pattern.ts";
import { compileHostTable, findCandidate, type HostTable } from "./host-table.ts";
import { childPointer } from "../json-pointer.ts";
import type { RequestFacts } from "./request-facts.ts";

interface CompiledRule {
  /** Index in `rules` of the virtual host. */
  readonly index: number;
  readonly config: Rule;
  readonly when: CompiledCondition | undefined;
}

export interface CompiledVirtualHost {
  /** Index in `virtualHosts` of the document; disabled ones count. */
  readonly index: number;
  readonly id: string;
  /** The virtual host, or for a copycat its original. */
  readonly site: string;
  readonly config: VirtualHost;
  readonly hosts: readonly HostPattern[];
  readonly when: CompiledCondition | undefined;
  readonly rules: readonly CompiledRule[];
}

export interface Match {
  readonly virtualHost: CompiledVirtualHost;
  /** Undefined: no rule covers the request, the answer is 404. */
  readonly rule: CompiledRule | undefined;
}

export interface RoutingTable {
  readonly config: Config;
  /** All of the document in its order, disabled ones included: `virtualHosts[i].index === i`. */
  readonly virtualHosts: readonly CompiledVirtualHost[];
  readonly trustedProxies: AddressSet;
  readonly hosts: HostTable<Route>;
}

/**
 * A virtual host with its possible matches made beforehand, so that a request needs no new object.
 */
interface Route {
  readonly index: number;
  readonly when: CompiledCondition | undefined;
  readonly rules: readonly { readonly when: CompiledCondition | undefined; readonly match: Match }[];
  readonly noRule: Match;
}

export type CompiledConfig = { ok: true; table: RoutingTable } | { ok: false; problems: Problem[] };

/**
 * Compiles everything that decides who answers a request: hosts, conditions, trusted proxies.
 * Handlers are the worker's.
 */
export function compileConfig(config: Config): CompiledConfig {
  const problems: Problem[] = [];
  const context: ConditionContext = { problems, listeners: new Set(config.listeners.map((listener) => listener.name)) };
  const trustedProxies = compileAddressSet(config.trustedProxies ?? [], "/trustedProxies", problems);
  const virtualHosts = config.virtualHosts.map((virtualHost, index) => compileVirtualHost(virtualHost, index, context));
  if (problems.length > 0) return { ok: false, problems };
  const enabled = virtualHosts.filter((virtualHost) => virtualHost.config.disabled !== true);
  const hosts = compileHostTable(
    enabled.map((virtualHost) => ({ candidate: routeOf(virtualHost), patterns: virtualHost.hosts })),
  );
  return { ok: true, table: { config, virtualHosts, trustedProxies, hosts } };
}

/**
 * Who answers a request: the first enabled virtual host whose hosts and `when` match, and its first
 * rule that matches. Undefined only for a table without catch-all, which `validateConfig` refuses.
 */
export function matchRequest(table: RoutingTable, facts: RequestFacts): Match | undefined {
  const route = findCandidate(table.hosts, facts);
  if (route === undefined) return undefined;
  for (const { when, match } of route.rules) if (when === undefined || when.test(facts)) return match;
  return route.noRule;
}

/**
 * Who would answer if nothing stood above this virtual host and its hosts were those of the
 * request. Undefined where there is none of this id that is enabled.
 */
export function matchWithin(table: RoutingTable, id: string, facts: RequestFacts): Match | undefined {
  const virtualHost = table.virtualHosts.find((candidate) => candidate.id === id && candidate.config.disabled !== true);
  if (virtualHost === undefined) return undefined;
  const rule = virtualHost.rules.find(({ when }) => when === undefined || when.test(facts));
  return { virtualHost, rule };
}

function compileVirtualHost(config: VirtualHost, index: number, context: ConditionContext): CompiledVirtualHost {
  const path = `/virtualHosts/${String(index)}`;
  const hosts: HostPattern[] = [];
  for (const [position, text] of config.hosts.entries()) {
    const parsed = parseHostPattern(text);
    if (parsed.ok) hosts.push(parsed.pattern);
    else
      context.problems.push({ path: `${path}/hosts/${String(position)}`, code: parsed.code, message: parsed.message });
  }
  const when = compileWhen(config.when, `${path}/when`, context);
  const rules = config.rules.map((rule, position): CompiledRule => {
    return {
      index: position,
      config: rule,
      when: compileWhen(rule.when, `${childPointer(`${path}/rules`, position)}/when`, context),
    };
  });
  return { index, id: config.id, site: config.copycatOf ?? config.id, config, hosts, when, rules };
}

function compileWhen(
  condition: VirtualHost["when"],
  path: string,
  context: ConditionContext,
): CompiledCondition | undefined {
  return condition === undefined ? undefined : compileCondition(condition, path, context);
}

function routeOf(virtualHost: CompiledVirtualHost): Route {
  const { index, when } = virtualHost;
  const rules = virtualHost.rules.map((rule) => ({ when: rule.when, match: { virtualHost, rule } }));
  return { index, when, rules, noRule: { virtualHost, rule: undefined } };
}
