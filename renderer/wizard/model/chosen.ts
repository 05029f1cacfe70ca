/** What was chosen in a step of the wizard, in a few words for the list of steps. Pure. */
import { t } from "../../../main/language/translate.ts";
import type { Plan, VirtualHost } from "../../../main/contract/agent.ts";
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
      const covered = original.hosts.filter((host) => !draft.leftOut.includes(host)).length;
      const all = original.hosts.length;
      return staff === 0
        ? t("{covered, number} of {all, number}", { covered, all })
        : t("{covered, number} of {all, number}, {staff, number} for staff", { covered, all, staff });
    }
    case "response":
      return draft.response === "page"
        ? t("built-in page, 503")
        : draft.response === "files"
          ? t("own page, 503")
          : t("only status {status}", { status: draft.status });
    case "exceptions": {
      const count = plan?.after.virtualHosts.find(({ id }) => id === plan.copycat)?.when?.not?.any?.length ?? 0;
      return count === 0 ? t("nobody") : t("{count, plural, one {# exception} other {# exceptions}}", { count });
    }
    case "order":
      return draft.position === "top" ? t("at the top") : t("above {site}", { site: draft.site });
    case "restart":
      if (draft.when === "planned") return t("planned");
      if (endOf(draft) !== undefined) return draft.restart === "hard" ? t("now, hard") : t("now");
      return draft.restart === "hard" ? t("now, hard, no end time") : t("now, no end time");
  }
}
