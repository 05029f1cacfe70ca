/** What will be done, in a few sentences: in everyday words, or by the recipe. Pure. */
import { locale } from "../../../main/language/language.ts";
import { t } from "../../../main/language/translate.ts";
import type { Plan } from "../../../main/contract/agent.ts";
import { clock } from "../../../main/contract/shared/clock.ts";
import { PAGE_WORDS } from "../../../server-agent/core/maintenance/page-words.ts";
import { duration } from "../../lib/format.ts";
import { hostName } from "../../lib/sites.ts";
import { endOf, entries, staffHostsOf, type Draft } from "../../maintenance/draft.ts";
import { conditionWords } from "../../maintenance/rule-words.ts";

export interface ShortStep {
  title: string;
  detail: string;
}

const MAX_NAMED_HOSTS = 4;
const MINUTE_MS = 60_000;

/** By the recipe: what each of its steps does, in their order. */
export function recipeInShort(plan: Plan, draft: Draft): ShortStep[] {
  const copycat = plan.after.virtualHosts.find(({ id }) => id === plan.copycat);
  const original = plan.before.virtualHosts.find(({ id }) => id === plan.site);
  const { site } = plan;
  return [
    {
      title: t("Make {copycat}", { copycat: plan.copycat }),
      detail: t("A copycat of {site}. The original stays as it is.", { site }),
    },
    {
      title: t("It answers for {hosts}", { hosts: list((copycat?.hosts ?? []).map(hostName)) }),
      detail: leftOver(original?.hosts ?? [], draft),
    },
    { title: seen(draft), detail: retried(draft) },
    admitted(draft),
    {
      title: draft.position === "top" ? t("At the top of the list") : t("Directly above {site}", { site }),
      detail: t("The first virtual host that matches answers, so the copycat comes before {site}.", { site }),
    },
    switchIn(draft),
  ];
}

function leftOver(hosts: readonly string[], draft: Draft): string {
  const kept = hosts.filter((host) => draft.leftOut.includes(host)).map(hostName);
  const staff = staffHostsOf(draft);
  return [
    kept.length === 0
      ? t("These are all hosts of the original.")
      : t("{count, plural, one {{hosts} stays} other {{hosts} stay}} with the original.", {
          count: kept.length,
          hosts: list(kept),
        }),
    ...(staff.length === 0
      ? []
      : [
          t("{count, plural, one {{hosts} is} other {{hosts} are}} added to the original, for staff.", {
            count: staff.length,
            hosts: list(staff),
          }),
        ]),
  ].join(" ");
}

/** What it means for visitors, in everyday words. @param now epoch milliseconds */
export function inShort(plan: Plan, draft: Draft, now: number): ShortStep[] {
  const copycat = plan.after.virtualHosts.find(({ id }) => id === plan.copycat);
  const hosts = (copycat?.hosts ?? []).map(hostName);
  const more = hosts.length - MAX_NAMED_HOSTS;
  const named = list(
    more > 0 ? [...hosts.slice(0, MAX_NAMED_HOSTS), t("{count, plural, other {# more}}", { count: more })] : hosts,
  );
  return [
    { title: seen(draft), detail: `${t("At {hosts}.", { hosts: named })} ${retried(draft)}` },
    admitted(draft),
    switchIn(draft),
    ...(draft.when === "planned" ? [] : [end(draft, now)]),
  ];
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat(locale()).format(words);
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toLocaleUpperCase(locale())}${words.slice(1)}.`;
}

function seen({ response, title, language, status, root }: Draft): string {
  if (response === "files") return t("Visitors see your page in {folder}", { folder: root });
  if (response === "status") return t("Visitors get status {status}", { status });
  return t("Visitors see “{title}”", { title: title.trim() === "" ? PAGE_WORDS[language].title : title.trim() });
}

function retried({ retryAfter, retryMinutes }: Draft): string {
  return retryAfter === "minutes"
    ? t("Programs are told to retry in {time}.", { time: duration(retryMinutes * MINUTE_MS) })
    : t("Programs are told to retry at the end.");
}

function admitted(draft: Draft): ShortStep {
  const who = [
    ...staffHostsOf(draft).map((host) => t("staff at {host}", { host })),
    ...entries(draft.addresses),
    ...(draft.headerName.trim() === "" ? [] : [t("the header {name}", { name: draft.headerName.trim() })]),
    ...(draft.certificates ? [t("certificate renewal")] : []),
    ...entries(draft.healthChecks),
    ...entries(draft.webhooks),
    ...(draft.passes ? [t("people with a staff pass")] : []),
    ...draft.otherExceptions.map(conditionWords),
  ];
  return who.length === 0
    ? { title: t("Nobody gets in"), detail: t("No request reaches the live site.") }
    : {
        title: t("{count, plural, one {# exception reaches} other {# exceptions reach}} the live site", {
          count: who.length,
        }),
        detail: sentence(list(who)),
      };
}

function switchIn({ when, restart }: Draft): ShortStep {
  if (when === "planned")
    return {
      title: t("It starts automatically"),
      detail: t("The servers do it at the planned time. Requests in flight finish."),
    };
  return restart === "hard"
    ? {
        title: t("It starts now, and cuts"),
        detail: t("New requests get the page at once. Then every connection of the server is cut, of other sites too."),
      }
    : {
        title: t("It starts now"),
        detail: t("New requests get the page at once. Requests in flight finish on the site."),
      };
}

function end(draft: Draft, now: number): ShortStep {
  const until = endOf(draft);
  return until === undefined
    ? { title: t("No end time"), detail: t("The site stays closed until you bring it back.") }
    : {
        title: t("Expected back at {time}", { time: clock(until, now) }),
        detail: t("In {time}. You bring it back; nothing reopens automatically.", {
          time: duration(Date.parse(until) - now),
        }),
      };
}
