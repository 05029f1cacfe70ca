/**
 * Which rule of a virtual host answers a request. Rules without a handler go on to the rules below,
 * and take along what they change; all that may come of it is made once and used again.
 */
import type { VirtualHost } from "../../contract/config.ts";
import type { HeaderOperations, Rule, RuleSettings } from "../../contract/rule.ts";
import type { CompiledCondition } from "./compiled-condition.ts";
import type { HostPattern } from "./host-pattern.ts";
import type { RequestFacts } from "./request-facts.ts";

export interface CompiledRule {
  /** Index in `rules` of the virtual host. */
  readonly index: number;
  readonly config: Rule;
  readonly when: CompiledCondition | undefined;
}

/**
 * Knows nothing of its place in the document, so that one that has not changed serves in many
 * generations.
 */
export interface CompiledVirtualHost {
  readonly id: string;
  /** The virtual host, or for a copycat its original. */
  readonly site: string;
  readonly config: VirtualHost;
  readonly hosts: readonly HostPattern[];
  readonly when: CompiledCondition | undefined;
  readonly rules: readonly CompiledRule[];
  readonly matches: RuleMatches;
}

export interface Match {
  readonly virtualHost: CompiledVirtualHost;
  /** Undefined: no rule answers the request. */
  readonly rule: CompiledRule | undefined;
  /**
   * What is said where no rule answers: 404, or 400 to a path that the upstream might read
   * otherwise than the rules do.
   */
  readonly otherwise: 404 | 400;
  /** What the rules change besides answering; undefined for nothing. */
  readonly settings: MergedSettings | undefined;
}

/** Settings of several rules, from the top. */
export interface MergedSettings {
  readonly responseHeaders: readonly HeaderOperations[];
  readonly requestHeaders: readonly HeaderOperations[];
  readonly cacheControl: string | undefined;
}

/** Of one virtual host; more combinations of rules than this are not kept. */
const MAX_COMBINATIONS = 1000;

export class RuleMatches {
  readonly refusal: Match;
  readonly #virtualHost: CompiledVirtualHost;
  readonly #nothingYet: Passed;
  /** Every rule answers: the list is all there is to be tried. */
  readonly #simple: readonly { readonly when: CompiledCondition | undefined; readonly match: Match }[] | undefined;
  readonly #noRule: Match;
  #combinations = 0;

  constructor(virtualHost: CompiledVirtualHost) {
    this.#virtualHost = virtualHost;
    this.#nothingYet = new Passed(virtualHost, []);
    this.#noRule = this.#nothingYet.matchOf(undefined);
    this.refusal = { ...this.#noRule, otherwise: 400 };
    const { rules } = virtualHost;
    this.#simple = rules.every(answers)
      ? rules.map((rule) => ({ when: rule.when, match: this.#nothingYet.matchOf(rule) }))
      : undefined;
  }

  find(facts: RequestFacts): Match {
    if (this.#simple === undefined) return this.#findMerging(facts);
    for (const { when, match } of this.#simple) if (when === undefined || when.test(facts)) return match;
    return this.#noRule;
  }

  #findMerging(facts: RequestFacts): Match {
    let passed = this.#nothingYet;
    for (const rule of this.#virtualHost.rules) {
      if (rule.when?.test(facts) === false) continue;
      if (answers(rule)) return passed.matchOf(rule);
      passed = passed.after(rule) ?? this.#pass(passed, rule);
    }
    return passed.matchOf(undefined);
  }

  #pass(before: Passed, rule: CompiledRule): Passed {
    const next = new Passed(this.#virtualHost, [...before.rules, rule]);
    if (this.#combinations >= MAX_COMBINATIONS) return next;
    this.#combinations += 1;
    return before.remember(rule, next);
  }
}

/** Rules without a handler that apply to a request, from the top. */
class Passed {
  readonly rules: readonly CompiledRule[];
  readonly #virtualHost: CompiledVirtualHost;
  readonly #next = new Map<CompiledRule, Passed>();
  readonly #matches = new Map<CompiledRule | undefined, Match>();

  constructor(virtualHost: CompiledVirtualHost, rules: readonly CompiledRule[]) {
    this.#virtualHost = virtualHost;
    this.rules = rules;
  }

  after(rule: CompiledRule): Passed | undefined {
    return this.#next.get(rule);
  }

  remember(rule: CompiledRule, next: Passed): Passed {
    this.#next.set(rule, next);
    return next;
  }

  /** @param rule The one that answers. */
  matchOf(rule: CompiledRule | undefined): Match {
    let match = this.#matches.get(rule);
    if (match === undefined) {
      const settings = settingsFor(rule, this.rules);
      this.#matches.set(rule, (match = { virtualHost: this.#virtualHost, rule, otherwise: 404, settings }));
    }
    return match;
  }
}

function answers({ config }: CompiledRule): boolean {
  return config.handler !== undefined;
}

/** A page that says "maintenance" gets what its own rule says and nothing else by accident. */
function settingsFor(rule: CompiledRule | undefined, passed: readonly CompiledRule[]): MergedSettings | undefined {
  const type = rule?.config.handler?.type;
  if (type === "foreign") return undefined;
  const above = type === "maintenance" ? [] : passed;
  return merged([...above, ...(rule === undefined ? [] : [rule])].map(({ config }) => config));
}

/** Header fields are changed by all, from the top; of all else, the last that says it counts. */
function merged(rules: readonly RuleSettings[]): MergedSettings | undefined {
  const settings: MergedSettings = {
    responseHeaders: rules.flatMap(({ responseHeaders }) => responseHeaders ?? []),
    requestHeaders: rules.flatMap(({ requestHeaders }) => requestHeaders ?? []),
    cacheControl: rules.findLast(({ cacheControl }) => cacheControl !== undefined)?.cacheControl,
  };
  const isEmpty = Object.values(settings).every(
    (value) => value === undefined || (Array.isArray(value) && value.length === 0),
  );
  return isEmpty ? undefined : settings;
}

/** Whether two readings of a request lead to the same answer. */
export function isSameAnswer(a: Match | undefined, b: Match): boolean {
  if (a === b) return true;
  return (
    a?.virtualHost === b.virtualHost && a.rule === b.rule && JSON.stringify(a.settings) === JSON.stringify(b.settings)
  );
}
