/** What was chosen in a step of the wizard, in a few words for the list of steps. Pure. */
import type { Plan, VirtualHost } from "../../../main/contract/agent.ts";
import { plural } from "../../../main/contract/shared/plural.ts";
import { hostName, scopeOf } from "../../lib/sites.ts";
import { endOf, staffHostsOf, type Draft, type Step } from "../../maintenance/draft.ts";
import { placesOf } from "./together.ts";

export function choiceIn(step: Step, draft: Draft, plan: Plan | undefined, original: VirtualHost): string {
  switch (step) {
    case "site":
      return draft.also.length === 0 ? hostName(original.hosts[0] ?? original.id) : scopeOf(placesOf(draft));
    case "copycat":
      return draft.copycat.trim() === "" ? (plan?.copycat ?? "") : draft.copycat.trim();
    case "domains": {
      const staff = staffHostsOf(draft).length;
      return `${original.hosts.filter((host) => !draft.leftOut.includes(host)).length} of ${original.hosts.length}${staff === 0 ? "" : `, ${staff} for staff`}`;
    }
    case "response":
      return draft.response === "page"
        ? "built-in page, 503"
        : draft.response === "files"
          ? "own page, 503"
          : `only status ${draft.status}`;
    case "exceptions": {
      const count = plan?.after.virtualHosts.find(({ id }) => id === plan.copycat)?.when?.not?.any?.length ?? 0;
      return count === 0 ? "nobody" : plural(count, "exception");
    }
    case "order":
      return draft.position === "top" ? "at the top" : `above ${draft.site}`;
    case "restart":
      if (draft.when === "planned") return "planned";
      return `now${draft.restart === "hard" ? ", hard" : ""}${endOf(draft) === undefined ? ", no end time" : ""}`;
  }
}
