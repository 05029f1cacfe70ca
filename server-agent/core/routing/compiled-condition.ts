import type { RequestFacts } from "./request-facts.ts";
import type { Problem } from "../../contract/errors.ts";

/** A condition ready to be asked. */
export interface CompiledCondition {
  test(facts: RequestFacts): boolean;
  /**
   * Says in plain words what decided: why the condition does not hold or, where it holds, why it
   * does.
   */
  why(facts: RequestFacts): string;
}

export interface ConditionContext {
  /** Names that `listener` may use. */
  listeners: ReadonlySet<string>;
  /** What `country` and its like look into is there. */
  hasGeoFiles?: boolean;
  /** The virtual host that it belongs to, or for a copycat its original: whose passes count. */
  site?: string;
  /** Collects what is wrong; a condition with a problem compiles to one that never holds. */
  problems: Problem[];
}
