import type { Condition } from "../../../contract/condition.ts";
import type { Handler } from "../../../contract/handler.ts";

/** What answers, of the requests that a rule is for. */
export interface Answer {
  /** Only these of them. */
  readonly when?: Condition | undefined;
  readonly handler: Handler;
}
