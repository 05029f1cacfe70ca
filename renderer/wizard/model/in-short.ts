/** What the plan does, in a few sentences, with what the plan does not know: how and when. Pure. */
import type { Plan } from "../../../main/contract/agent.ts";
import type { Draft } from "../../maintenance/draft.ts";

export interface ShortStep {
  title: string;
  detail: string;
}

export function inShort({ steps }: Pick<Plan, "steps">, draft: Pick<Draft, "when" | "restart">): ShortStep[] {
  return steps.map(({ step, title, detail }) => (step === "restart" ? switchIn(draft) : { title, detail }));
}

function switchIn({ when, restart }: Pick<Draft, "when" | "restart">): ShortStep {
  if (when === "planned")
    return { title: "Switch at the start", detail: "The servers do it by themselves; requests in flight finish." };
  return restart === "hard"
    ? {
        title: "Switch, then cut",
        detail:
          "New requests meet the copycat at once. Then every connection of the server is cut, of other sites too.",
      }
    : {
        title: "Switch now",
        detail: "New requests meet the copycat at once. Requests in flight finish on the original.",
      };
}
