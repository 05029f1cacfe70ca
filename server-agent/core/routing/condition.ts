import type { Condition } from "../../contract/condition.ts";
import type { Problem } from "../../contract/errors.ts";
import { compileAddressSet } from "./address-set.ts";
import { compileCertificate, compileFields, compileGeo } from "./field-condition.ts";
import { childPointer } from "../json-pointer.ts";
import { suggestName } from "../nearest-name.ts";
import {
  compileExists,
  compileExtension,
  compilePath,
  compileRegexes,
  PATH,
  PATH_AND_QUERY,
} from "./path-condition.ts";
import type { RequestFacts } from "./request-facts.ts";
import { listOf, quote } from "../wording.ts";
import type { CompiledCondition, ConditionContext } from "./compiled-condition.ts";

/** How deep `any`, `all` and `not` may be nested. */
export const MAX_CONDITION_DEPTH = 64;

const MAX_REASONS = 5;

const NOT_YET = {
  share:
    "a share of visitors cannot be chosen yet; meanwhile use `cookie` with a value that your application sets for some visitors, or `from`",
};

const NEVER: CompiledCondition = { test: () => false, why: () => "the condition is not valid" };

/**
 * Compiles a condition tree to closures. Several keys of one object must all hold; they are asked
 * in the order of their cost, so that a look at the disk comes last.
 * @param path JSON Pointer of the condition, for problems.
 */
export function compileCondition(
  condition: Condition,
  path: string,
  context: ConditionContext,
  depth = 1,
): CompiledCondition {
  const { problems } = context;
  if (depth > MAX_CONDITION_DEPTH) {
    problems.push({
      path,
      code: "condition.too-deep",
      message: `conditions are nested more than ${String(MAX_CONDITION_DEPTH)} levels deep; merge neighbouring \`any\` and \`all\` lists`,
    });
    return NEVER;
  }
  const parts: CompiledCondition[] = [];
  const add = <T>(
    key: keyof Condition,
    value: T | undefined,
    compile: (value: T, path: string) => CompiledCondition,
  ) => {
    if (value !== undefined) parts.push(compile(value, childPointer(path, key)));
  };
  const children = (conditions: Condition[], at: string) =>
    conditions.map((child, index) => compileCondition(child, childPointer(at, index), context, depth + 1));
  const notYet = (key: keyof typeof NOT_YET) => (_value: unknown, at: string) => {
    problems.push({ path: at, code: "condition.not-yet", message: `\`${key}\` is reserved: ${NOT_YET[key]}` });
    return NEVER;
  };

  add("tls", condition.tls, compileTls);
  add("clientCertificate", condition.clientCertificate, (value, at) => compileCertificate(value, at, problems));
  add("method", condition.method, compileMethod);
  add("listener", condition.listener, (value, at) => compileListener(value, at, context));
  add("path", condition.path, (value, at) => compilePath(value, at, problems));
  add("extension", condition.extension, compileExtension);
  add("from", condition.from, (value, at) => compileFrom(value, at, problems));
  for (const kind of ["header", "cookie", "query"] as const)
    add(kind, condition[kind], (value, at) => compileFields(kind, value, at, problems));
  for (const key of ["country", "continent", "asn"] as const)
    add(key, condition[key], (value, at) => compileGeo(key, value, at, context));
  add("pathRegex", condition.pathRegex, (value, at) => compileRegexes(value, at, PATH, problems));
  add("urlRegex", condition.urlRegex, (value, at) => compileRegexes(value, at, PATH_AND_QUERY, problems));
  add("not", condition.not, (value, at) => negation(compileCondition(value, at, context, depth + 1)));
  add("all", condition.all, (value, at) => conjunction(children(value, at)));
  add("any", condition.any, (value, at) => disjunction(children(value, at)));
  add("exists", condition.exists, (value, at) => compileExists(value, at, problems));
  add("pass", condition.pass, () => compilePass(context.site));
  add("share", condition.share, notYet("share"));
  return conjunction(parts);
}

function conjunction(parts: readonly CompiledCondition[]): CompiledCondition {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    test(facts) {
      for (const part of parts) if (!part.test(facts)) return false;
      return true;
    },
    why(facts) {
      const failing = parts.find((part) => !part.test(facts));
      return failing === undefined ? together(parts, facts) : failing.why(facts);
    },
  };
}

function disjunction(parts: readonly CompiledCondition[]): CompiledCondition {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    test(facts) {
      for (const part of parts) if (part.test(facts)) return true;
      return false;
    },
    why(facts) {
      const holding = parts.find((part) => part.test(facts));
      return holding === undefined ? together(parts, facts) : holding.why(facts);
    },
  };
}

function together(parts: readonly CompiledCondition[], facts: RequestFacts): string {
  const told = parts.slice(0, MAX_REASONS).map((part) => part.why(facts));
  if (parts.length > MAX_REASONS) told.push(`and ${String(parts.length - MAX_REASONS)} more`);
  return told.join("; ");
}

/** What decides a negation is what decides the condition inside it. */
function negation(inner: CompiledCondition): CompiledCondition {
  return { test: (facts) => !inner.test(facts), why: (facts) => inner.why(facts) };
}

function compileTls(wanted: boolean): CompiledCondition {
  return {
    test: (facts) => facts.tls === wanted,
    why: (facts) => (facts.tls ? "the visitor comes over TLS" : "the visitor comes without TLS"),
  };
}

function compilePass(site: string | undefined): CompiledCondition {
  const holds = (facts: RequestFacts) => site !== undefined && facts.hasPass(site);
  return {
    test: holds,
    why: (facts) => (holds(facts) ? "the visitor has a staff pass" : "the visitor has no staff pass for this site"),
  };
}

function compileMethod(value: string | string[]): CompiledCondition {
  const wanted = oneOf(value);
  return { test: (facts) => wanted.has(facts.method), why: (facts) => wanted.why("the method", facts.method) };
}

function compileListener(value: string | string[], path: string, context: ConditionContext): CompiledCondition {
  const check = (name: string, at: string) => {
    if (context.listeners.has(name)) return;
    context.problems.push({
      path: at,
      code: "listener.unknown",
      message: `there is no listener ${quote(name)}; ${suggestName(name, () => Array.from(context.listeners), context.problems.length) ?? "add it to `listeners`"}`,
    });
  };
  if (typeof value === "string") check(value, path);
  else for (const [index, name] of value.entries()) check(name, childPointer(path, index));
  const wanted = oneOf(value);
  return { test: (facts) => wanted.has(facts.listener), why: (facts) => wanted.why("the listener", facts.listener) };
}

function compileFrom(value: string | string[], path: string, problems: Problem[]): CompiledCondition {
  const set = compileAddressSet(value, path, problems);
  const words = listOf((typeof value === "string" ? [value] : value).map(quote));
  return {
    test: (facts) => set.has(facts.client),
    why: (facts) => `the client address ${quote(facts.client)} is ${set.has(facts.client) ? "" : "not "}in ${words}`,
  };
}

function oneOf(value: string | string[]): {
  has(actual: string): boolean;
  why(subject: string, actual: string): string;
} {
  const wanted = new Set(typeof value === "string" ? [value] : value);
  const words = listOf([...wanted].map(quote));
  const has = typeof value === "string" ? (actual: string) => actual === value : (actual: string) => wanted.has(actual);
  return {
    has,
    why: (subject, actual) =>
      has(actual) ? `${subject} is ${quote(actual)}` : `${subject} is ${quote(actual)}, not ${words}`,
  };
}
