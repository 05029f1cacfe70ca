/** Conditions about listeners, where these have other names or are not there. Pure. */
import type { Condition, Rule } from "../../../main/contract/agent.ts";

/** `undefined`: there is no such listener, so no request comes in there. */
type NameOf = (listener: string) => string | undefined;

/** `true`: it always matches; `false`: it never does. */
export function conditionWith(condition: Condition, nameOf: NameOf): Condition | boolean {
  const { listener, any, all, not, ...rest } = condition;
  const kept: Condition = rest;
  if (listener !== undefined) {
    const names = [listener].flat().flatMap((name) => nameOf(name) ?? []);
    const [only] = names;
    if (only === undefined) return false;
    kept.listener = Array.isArray(listener) ? [...new Set(names)] : only;
  }
  if (any !== undefined) {
    const parts = any.map((each) => conditionWith(each, nameOf));
    const left = parts.filter((each) => typeof each !== "boolean");
    if (!parts.includes(true)) {
      if (left.length === 0) return false;
      kept.any = left;
    }
  }
  if (all !== undefined) {
    const parts = all.map((each) => conditionWith(each, nameOf));
    if (parts.includes(false)) return false;
    const left = parts.filter((each) => typeof each !== "boolean");
    if (left.length > 0) kept.all = left;
  }
  if (not !== undefined) {
    const part = conditionWith(not, nameOf);
    if (part === true) return false;
    if (part !== false) kept.not = part;
  }
  return Object.keys(kept).length === 0 ? true : kept;
}

/** Without the rules that no request can match. */
export function rulesWith(rules: readonly Rule[], nameOf: NameOf): Rule[] {
  return rules.flatMap((rule): Rule[] => {
    if (rule.when === undefined) return [rule];
    const when = conditionWith(rule.when, nameOf);
    if (when === false) return [];
    const { when: _, ...rest } = rule;
    return [when === true ? rest : { when, ...rest }];
  });
}
