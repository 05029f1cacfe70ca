import { isPassedOn } from "../upstream-of.ts";
import type { Condition } from "../../contract/condition.ts";
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { Problem } from "../../contract/errors.ts";
import type { Auth } from "../../contract/rules/auth.ts";
import type { Rule } from "../../contract/rules/rule.ts";
import { compileAddress, type Locate } from "./address-template.ts";
import { compileAddressSet, type AddressSet } from "./address-set.ts";
import { compileCondition } from "./condition.ts";
import type { CompiledCondition, ConditionContext } from "./compiled-condition.ts";
import { parseHostPattern, type HostPattern } from "./host-pattern.ts";
import { findCandidate, type HostTable, HostTableBuilder } from "./host-table.ts";
import { childPointer } from "../json-pointer.ts";
import { everyReading, isAmbiguous, looseReadings, mayClimb, scriptsIn } from "./path-readings.ts";
import { certainOfPreflights } from "./preflight.ts";
import { compileRegex } from "./regex.ts";
import { changedFacts, type RequestFacts } from "./request-facts.ts";
import { isSameAnswer, RuleMatches, type CompiledRule, type CompiledVirtualHost, type Match } from "./rule-matches.ts";

export interface RoutingTable {
  readonly config: Config;
  /** All of the document in its order, disabled ones included. */
  readonly virtualHosts: readonly CompiledVirtualHost[];
  readonly trustedProxies: AddressSet;
  readonly hosts: HostTable<Route>;
}

/** A virtual host at its place in a document. */
interface Route {
  readonly index: number;
  readonly when: CompiledCondition | undefined;
  readonly virtualHost: CompiledVirtualHost;
}

export type CompiledConfig = { ok: true; table: RoutingTable } | { ok: false; problems: Problem[] };

/**
 * Compiles everything that decides who answers a request: hosts, conditions, trusted proxies.
 * Handlers are the worker's.
 */
export function compileConfig(config: Config): CompiledConfig {
  const steps = compileInSteps(config, () => undefined);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** So many that are known already are one step. */
const KNOWN_IN_A_STEP = 64;

/**
 * The same in steps, a virtual host each, for whoever has visitors waiting meanwhile.
 *
 * @param known What was compiled before of exactly this virtual host; it is taken over as it is.
 */
export function* compileInSteps(
  config: Config,
  known: (virtualHost: VirtualHost) => CompiledVirtualHost | undefined,
): Generator<undefined, CompiledConfig, undefined> {
  const problems: Problem[] = [];
  const context: ConditionContext = {
    problems,
    listeners: new Set(config.listeners.map((listener) => listener.name)),
    hasGeoFiles: config.geoFiles !== undefined,
  };
  const trustedProxies = compileAddressSet(config.trustedProxies ?? [], "/trustedProxies", problems);
  const virtualHosts: CompiledVirtualHost[] = [];
  const builder = new HostTableBuilder<Route>();
  for (const [index, virtualHost] of config.virtualHosts.entries()) {
    const before = known(virtualHost);
    const compiled = before ?? compileVirtualHost(virtualHost, index, context);
    virtualHosts.push(compiled);
    const { when } = compiled;
    if (virtualHost.disabled !== true) builder.add({ index, when, virtualHost: compiled }, compiled.hosts);
    if (before === undefined || index % KNOWN_IN_A_STEP === 0) yield;
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, table: { config, virtualHosts, trustedProxies, hosts: builder.finish() } };
}

/**
 * Who answers a request: the first enabled virtual host whose hosts and `when` match, and its first
 * rule that matches. Undefined only for a table without catch-all, which `validateConfig` refuses.
 */
export function matchRequest(table: RoutingTable, facts: RequestFacts): Match | undefined {
  const route = findCandidate(table.hosts, facts);
  if (route === undefined) return undefined;
  const match = route.virtualHost.matches.find(facts);
  // Only an application, or another web server, is a second reader of the path.
  if (!hasSecondReader(match)) return match;
  const { refusal } = route.virtualHost.matches;
  if (isAmbiguous(facts)) {
    const read = matchReadings(table, facts, match) ?? refusal;
    if (read !== match) return read;
  } else if (match.rewritten !== undefined && isAmbiguous(match.rewritten)) {
    // A part of the query has become one of the path.
    return refusal;
  }
  return guardOfScript(match.rewritten ?? facts, match) ?? match;
}

function hasSecondReader({ rule }: Match): boolean {
  const handler = rule?.config.handler;
  return isPassedOn(handler) || handler?.type === "foreign";
}

/**
 * A path that the upstream might read otherwise: a site that is closed in any reading is closed.
 * Undefined when the readings lead apart in another way.
 */
function matchReadings(table: RoutingTable, facts: RequestFacts, match: Match): Match | undefined {
  const readings = everyReading(facts.rawPath);
  const alike = looseReadings(facts.path);
  if (readings === undefined || alike === undefined) return undefined;
  const matchAs = (path: string): Match | undefined => {
    const changed = changedFacts(facts, { path });
    const route = findCandidate(table.hosts, changed);
    return route?.virtualHost.matches.find(changed);
  };
  let mayBeDenied = false;
  for (const path of readings) {
    const other = matchAs(path.toWellFormed());
    if (other === undefined || isSameAnswer(other, match)) continue;
    if (isClosed(other)) return other;
    mayBeDenied ||= isDenied(other) || demandBeyond(other, match) !== undefined;
  }
  if (mayBeDenied || mayClimb(readings)) return undefined;
  for (const path of alike) if (!isSameAnswer(matchAs(path), match)) return undefined;
  return match;
}

/**
 * A script answers all paths below its own, too (`PATH_INFO`): a rule above that keeps visitors
 * from `/admin.php`, or asks them for a password, is not passed by `/admin.php/x`.
 */
function guardOfScript(facts: RequestFacts, match: Match): Match | undefined {
  const { virtualHost, rule } = match;
  const handler = rule?.config.handler;
  const own = handler !== undefined && "extensions" in handler ? handler.extensions : undefined;
  for (const path of scriptsIn(facts.path, own)) {
    const other = virtualHost.matches.find(changedFacts(facts, { path }));
    const guard = isDenied(other) ? other.rule : guardedBy(other, match);
    if (guard !== undefined && rule !== undefined && guard.index < rule.index) return other;
  }
  return undefined;
}

/** The rule that asks for a password of which the other answer knows nothing. */
function guardedBy({ settings, passed, rule }: Match, match: Match): CompiledRule | undefined {
  const auth = demandBeyond({ settings }, match);
  if (auth === undefined) return undefined;
  return [...passed, ...(rule === undefined ? [] : [rule])].findLast(({ config }) => config.auth === auth);
}

/** The first password that one answer asks for and the other does not. */
function demandBeyond({ settings }: Pick<Match, "settings">, other: Match): Auth | undefined {
  return settings?.auth.find((auth) => other.settings?.auth.includes(auth) !== true);
}

function isClosed({ virtualHost, rule }: Match): boolean {
  return virtualHost.config.copycatOf !== undefined || rule?.config.handler?.type === "maintenance";
}

function isDenied({ rule }: Match): boolean {
  return rule?.config.handler?.type === "error" || rule?.config.handler?.type === "drop";
}

/**
 * Who would answer if nothing stood above this virtual host and its hosts were those of the
 * request. Undefined where there is none of this id that is enabled.
 */
export function matchWithin(table: RoutingTable, id: string, facts: RequestFacts): Match | undefined {
  const virtualHost = table.virtualHosts.find((candidate) => candidate.id === id && candidate.config.disabled !== true);
  if (virtualHost === undefined) return undefined;
  return virtualHost.matches.find(facts);
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
  const closes = config.rules.some(isMaintenance);
  const site = config.copycatOf ?? config.id;
  const own = { ...context, site };
  const when = compileWhen(config.when, `${path}/when`, closes, own);
  const rules = config.rules.map((rule, position): CompiledRule => {
    const at = `${childPointer(`${path}/rules`, position)}/when`;
    const when = compileWhen(rule.when, at, isMaintenance(rule), own);
    return { index: position, config: rule, when, rewrite: compileRewrite(rule, config.hosts) };
  });
  const compiled = { id: config.id, site, config, hosts, when, rules };
  return withMatches(compiled);
}

/** One that does not compile is told by the check of its handler. */
function compileRewrite({ handler }: Rule, hosts: readonly string[]): Locate | undefined {
  if (handler?.type !== "rewrite") return undefined;
  return handler.regex === undefined || compileRegex(handler.regex).ok
    ? compileAddress(handler, hosts)
    : () => undefined;
}

function isMaintenance({ handler }: Rule): boolean {
  return handler?.type === "maintenance";
}

/** @param closes What stands behind the condition answers preflights in place of a site. */
function compileWhen(
  condition: Condition | undefined,
  path: string,
  closes: boolean,
  context: ConditionContext,
): CompiledCondition | undefined {
  if (condition === undefined) return undefined;
  const compiled = compileCondition(condition, path, context);
  return closes ? certainOfPreflights(condition, compiled, context) : compiled;
}

function withMatches(compiled: Omit<CompiledVirtualHost, "matches">): CompiledVirtualHost {
  const virtualHost = compiled as { -readonly [Key in keyof CompiledVirtualHost]: CompiledVirtualHost[Key] };
  virtualHost.matches = new RuleMatches(virtualHost);
  return virtualHost;
}
