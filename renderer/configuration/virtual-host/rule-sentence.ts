/** What answers, in words, also while it is not filled in yet. Pure. */
import type { Config, Handler } from "../../../main/contract/agent.ts";
import { handlerWords } from "../../maintenance/rule-words.ts";

/** What stands in the place of what is missing. */
const BLANKS = { root: "…", to: "…", upstream: "…" };

export function answerOf(handler: Handler, upstreams: Config["upstreams"]): string {
  const filled = Object.fromEntries(Object.entries(handler).filter(([, value]) => value !== ""));
  // An application without a folder gets every request: there a missing one means something.
  const blanks = "upstream" in handler ? { upstream: BLANKS.upstream } : BLANKS;
  return handlerWords({ ...blanks, ...filled } as unknown as Handler, upstreams);
}
