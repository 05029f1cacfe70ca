/**
 * Which rule of a virtual host answers a request. Rules without a handler go on to the rules below,
 * and take along what they change; a rewrite begins anew. All that may come of it is made once and
 * used again.
 */
import type { Auth } from "../../contract/rules/auth.ts";
import type { VirtualHost } from "../../contract/config.ts";
import type { HeaderOperations, Rule, RuleSettings } from "../../contract/rules/rule.ts";
import type { Locate } from "./address-template.ts";
import type { CompiledCondition } from "./compiled-condition.ts";
import type { HostPattern } from "./host-pattern.ts";
import { canonicalPath, normalisePath } from "./normalise-path.ts";
import { changedFacts, type RequestFacts } from "./request-facts.ts";

export interface CompiledRule {
  /** Index in `rules` of the virtual host. */
  readonly index: number;
  readonly config: Rule;
  readonly when: CompiledCondition | undefined;
  /** Of a rewrite: the new address. */
  readonly rewrite: Locate | undefined;
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
   * What is said where no rule answers: 404, 400 to a path that the upstream might read otherwise
   * than the rules do, or 500 where rewrites have no end.
   */
  readonly otherwise: 404 | 400 | 500;
  /** Rules above the one that answers that have changed something. */
  readonly passed: readonly CompiledRule[];
  /** The request as rewrites have made it; undefined where none has. */
  readonly rewritten?: RequestFacts;
  /** What the rules change besides answering; undefined for nothing. */
  readonly settings: MergedSettings | undefined;
}

/** Who answers for the index file of a folder, and what is answered then. */
interface IndexMatch {
  readonly match: Match;
  readonly facts: RequestFacts;
}

/** Settings of several rules, from the top. */
export interface MergedSettings {
  readonly responseHeaders: readonly HeaderOperations[];
  readonly requestHeaders: readonly HeaderOperations[];
  readonly cacheControl: string | undefined;
  /** Each is asked for: no rule lets in whom another keeps out. */
  readonly auth: readonly Auth[];
  readonly compress: RuleSettings["compress"];
  readonly rateLimit: RuleSettings["rateLimit"];
  readonly maxBodyBytes: number | undefined;
  readonly bodyTimeout: number | undefined;
  readonly bytesPerSecond: number | undefined;
}

const MAX_REWRITES = 10;
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
    if (this.#simple === undefined) return this.#findInSteps(facts);
    for (const { when, match } of this.#simple) if (when === undefined || when.test(facts)) return match;
    return this.#noRule;
  }

  /**
   * What the rules say of a folder's index file: who answers, and what is changed besides what the
   * folder's own rules change. A redirect, or a rewrite to the folder, says how the file is to be
   * called, and not who may have it: the rules below do. Undefined: nothing that is not said of the
   * folder.
   *
   * @param passed Rules that apply to the request already.
   * @param name Of the index file.
   */
  findIndex(folder: RequestFacts, passed: readonly CompiledRule[], name: string): IndexMatch | undefined {
    const file = changedFacts(folder, {
      path: folder.path + name,
      rawPath: folder.rawPath + encodeURIComponent(name),
    });
    const { rule } = this.find(folder);
    let found = this.find(file);
    const isRenamed = isRedirect(found.rule) || found.rewritten?.path === folder.path;
    if (isRenamed) found = this.#findInSteps(file, folder);
    const answering = isRenamed ? (found.rule ?? rule) : found.rule;
    const more = found.passed.filter((one) => !passed.includes(one));
    if (answering === rule && more.length === 0) return undefined;
    let all = this.#nothingYet;
    for (const one of [...passed, ...more].sort((a, b) => a.index - b.index))
      all = all.after(one) ?? this.#pass(all, one);
    const { otherwise, rewritten } = found;
    const match = { ...all.matchOf(answering), otherwise, ...(rewritten === undefined ? {} : { rewritten }) };
    return { match, facts: rewritten ?? file };
  }

  /** @param folder Whose index file is asked for: what only renames it is passed over. */
  #findInSteps(facts: RequestFacts, folder?: RequestFacts): Match {
    let passed = this.#nothingYet;
    let rewritten: RequestFacts | undefined;
    for (let turn = 0; turn <= MAX_REWRITES; turn++) {
      const step = this.#step(rewritten ?? facts, passed, folder);
      ({ passed } = step);
      if (step.location === undefined) {
        const match = passed.matchOf(step.rule);
        return rewritten === undefined ? match : { ...match, rewritten };
      }
      rewritten = factsAt(step.location, facts);
      if (rewritten === undefined) return { ...passed.matchOf(undefined), otherwise: 400 };
    }
    return { ...passed.matchOf(undefined), otherwise: 500 };
  }

  /** Up to the rule that answers, or to the first rewrite. */
  #step(
    facts: RequestFacts,
    before: Passed,
    folder: RequestFacts | undefined,
  ): { passed: Passed; rule?: CompiledRule; location?: string } {
    let passed = before;
    for (const rule of this.#virtualHost.rules) {
      if (rule.when?.test(facts) === false || (folder !== undefined && isRedirect(rule))) continue;
      if (answers(rule)) return { passed, rule };
      const location = rule.rewrite?.(facts);
      if (rule.rewrite !== undefined && location === undefined) continue;
      if (location !== undefined && folder !== undefined && factsAt(location, facts)?.path === folder.path) continue;
      // What was changed once is not changed again by the next turn.
      if (!passed.rules.includes(rule)) passed = passed.after(rule) ?? this.#pass(passed, rule);
      if (location !== undefined) return { passed, location };
    }
    return { passed };
  }

  #pass(before: Passed, rule: CompiledRule): Passed {
    const next = new Passed(this.#virtualHost, [...before.rules, rule]);
    if (this.#combinations >= MAX_COMBINATIONS) return next;
    this.#combinations += 1;
    return before.remember(rule, next);
  }
}

/** Rules that apply to a request without answering it, in the order in which they were met. */
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
      this.#matches.set(
        rule,
        (match = { virtualHost: this.#virtualHost, rule, otherwise: 404, passed: this.rules, settings }),
      );
    }
    return match;
  }
}

function answers({ config: { handler } }: CompiledRule): boolean {
  return handler !== undefined && handler.type !== "rewrite";
}

function isRedirect(rule: CompiledRule | undefined): boolean {
  return rule?.config.handler?.type === "redirect";
}

/** The request with an address of the same site; undefined where that is malformed. */
export function factsAt(location: string, facts: RequestFacts): RequestFacts | undefined {
  const mark = location.indexOf("?");
  const rawPath = canonicalPath(mark < 0 ? location : location.slice(0, mark));
  const path = normalisePath(rawPath);
  return path === undefined
    ? undefined
    : changedFacts(facts, { path, rawPath, query: mark < 0 ? "" : location.slice(mark + 1) });
}

/** A page that says "maintenance" gets what its own rule says and nothing else by accident. */
function settingsFor(rule: CompiledRule | undefined, passed: readonly CompiledRule[]): MergedSettings | undefined {
  const type = rule?.config.handler?.type;
  if (type === "foreign") return undefined;
  const above = type === "maintenance" ? [] : passed;
  return merged([...above, ...(rule === undefined ? [] : [rule])].map(({ config }) => config));
}

/**
 * Header fields are changed by all and passwords asked for by all, from the top; of all else, the
 * last that says it counts.
 */
function merged(rules: readonly RuleSettings[]): MergedSettings | undefined {
  const last = <Key extends keyof RuleSettings>(key: Key): RuleSettings[Key] =>
    rules.findLast((rule) => rule[key] !== undefined)?.[key];
  const settings: MergedSettings = {
    responseHeaders: rules.flatMap(({ responseHeaders }) => responseHeaders ?? []),
    requestHeaders: rules.flatMap(({ requestHeaders }) => requestHeaders ?? []),
    cacheControl: last("cacheControl"),
    auth: rules.flatMap(({ auth }) => auth ?? []),
    compress: last("compress"),
    rateLimit: last("rateLimit"),
    maxBodyBytes: last("maxBodyBytes"),
    bodyTimeout: last("bodyTimeout"),
    bytesPerSecond: last("bytesPerSecond"),
  };
  const isEmpty = Object.values(settings).every(
    (value) => value === undefined || value === false || (Array.isArray(value) && value.length === 0),
  );
  return isEmpty ? undefined : settings;
}

/** Whether two readings of a request lead to the same answer. */
export function isSameAnswer(a: Match | undefined, b: Match): boolean {
  if (a === b) return true;
  return (
    a?.virtualHost === b.virtualHost &&
    a.rule === b.rule &&
    a.otherwise === b.otherwise &&
    JSON.stringify(a.settings) === JSON.stringify(b.settings)
  );
}
