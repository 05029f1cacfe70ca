/**
 * A browser's question whether it may send a request (Fetch, CORS-preflight). It carries neither
 * the cookies nor the fields of that request, so whether an exception will let the request through
 * is often unknown; and what an exception lets through, the original alone may grant.
 */
import type { Condition } from "../../contract/condition.ts";
import type { CompiledCondition, ConditionContext } from "./compiled-condition.ts";
import { compileCondition } from "./condition.ts";
import { changedFacts, type RequestFacts } from "./request-facts.ts";

const ASKED_METHOD = "access-control-request-method";

function isPreflight(facts: RequestFacts): boolean {
  return facts.method === "OPTIONS" && facts.header("origin") !== undefined && facts.header(ASKED_METHOD) !== undefined;
}

/**
 * The condition of something that says yes to preflights: for them, it holds only where it will
 * hold for the request that is asked about, whatever cookies and fields that has.
 *
 * @param compiled The condition as it is for all other requests.
 */
export function certainOfPreflights(
  condition: Condition,
  compiled: CompiledCondition,
  context: ConditionContext,
): CompiledCondition {
  const certain = compileCondition(certainly(condition, true), "", { ...context, problems: [] });
  return {
    test: (facts) =>
      compiled.test(facts) &&
      (!isPreflight(facts) || certain.test(changedFacts(facts, { method: facts.header(ASKED_METHOD) ?? "" }))),
    why: (facts) => compiled.why(facts),
  };
}

const NEVER: Condition = { any: [] };

/**
 * A condition that holds only where the given one holds for sure (`wanted`), or fails only where
 * that one fails for sure, when cookies and fields are not known.
 */
function certainly({ cookie, pass, header, all, any, not, ...known }: Condition, wanted: boolean): Condition {
  const fields = Object.entries(header ?? {});
  const host = fields.filter(([name]) => name.toLowerCase() === "host");
  const hasUnknown = cookie !== undefined || pass !== undefined || fields.length > host.length;
  return {
    ...known,
    ...(host.length === 0 ? {} : { header: Object.fromEntries(host) }),
    ...(not === undefined ? {} : { not: certainly(not, !wanted) }),
    ...(any === undefined ? {} : { any: any.map((part) => certainly(part, wanted)) }),
    all: [...(all ?? []).map((part) => certainly(part, wanted)), ...(hasUnknown && wanted ? [NEVER] : [])],
  };
}
