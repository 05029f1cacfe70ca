/** What was chosen in a step of the wizard, in a few words for the list of steps. Pure. */
import type { Plan } from "../../main/ipc-contract.ts";
import { endOf, entries, type Draft, type Step } from "./draft.ts";

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `hostCount` is that of the original. */
export function choiceIn(step: Step, draft: Draft, plan: Plan | undefined, hostCount: number): string {
  switch (step) {
    case "site":
      return draft.reason.trim() === "" ? draft.site : `${draft.site}: ${draft.reason.trim()}`;
    case "copycat":
      return draft.copycat.trim() === "" ? (plan?.copycat ?? "") : draft.copycat.trim();
    case "domains": {
      const staff = entries(draft.staffHosts).length;
      return `${hostCount - draft.leftOut.length} of ${hostCount}${staff === 0 ? "" : `, ${staff} for staff`}`;
    }
    case "response":
      return draft.response === "page" ? "built-in page, 503" : draft.response === "files" ? "own page, 503" : `only status ${draft.status}`;
    case "exceptions": {
      const count = plan?.after.virtualHosts.find(({ id }) => id === plan.copycat)?.when?.not?.any?.length ?? 0;
      return count === 0 ? "nobody" : plural(count, "exception");
    }
    case "order":
      return draft.position === "top" ? "at the top" : `above ${draft.site}`;
    case "restart":
      return `${draft.restart}${endOf(draft) === undefined ? ", open end" : ""}`;
  }
}
