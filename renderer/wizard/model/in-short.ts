/** What will be done, in a few sentences: in everyday words, or by the recipe. Pure. */
import type { Plan } from "../../../main/contract/agent.ts";
import { clock } from "../../../main/contract/shared/clock.ts";
import { plural } from "../../../main/contract/shared/plural.ts";
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

/** By the recipe: the plan's own steps, with what it does not know, how and when it is switched. */
export function recipeInShort({ steps }: Pick<Plan, "steps">, draft: Draft): ShortStep[] {
  return steps.map(({ step, title, detail }) => (step === "restart" ? switchIn(draft) : { title, detail }));
}

/** What it means for visitors, in everyday words. @param now epoch milliseconds */
export function inShort(plan: Plan, draft: Draft, now: number): ShortStep[] {
  const copycat = plan.after.virtualHosts.find(({ id }) => id === plan.copycat);
  const hosts = (copycat?.hosts ?? []).map(hostName);
  const more = hosts.length - MAX_NAMED_HOSTS;
  const named = more > 0 ? [...hosts.slice(0, MAX_NAMED_HOSTS), `${more} more`] : hosts;
  return [
    { title: seen(draft), detail: `At ${list(named)}.${retry(draft)}` },
    admitted(draft),
    switchIn(draft),
    ...(draft.when === "planned" ? [] : [end(draft, now)]),
  ];
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat("en").format(words);
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

function seen({ response, title, status, root }: Draft): string {
  if (response === "files") return `Visitors see your page in ${root}`;
  if (response === "status") return `Visitors get status ${status}`;
  return `Visitors see “${title.trim() === "" ? "Back soon" : title.trim()}”`;
}

function retry({ retryAfter, retryMinutes }: Draft): string {
  return retryAfter === "minutes"
    ? ` Programs are told to retry in ${duration(retryMinutes * MINUTE_MS)}.`
    : " Programs are told to retry at the end.";
}

function admitted(draft: Draft): ShortStep {
  const who = [
    ...staffHostsOf(draft).map((host) => `staff at ${host}`),
    ...entries(draft.addresses),
    ...(draft.headerName.trim() === "" ? [] : [`the header ${draft.headerName.trim()}`]),
    ...(draft.certificates ? ["certificate renewal"] : []),
    ...entries(draft.healthChecks),
    ...entries(draft.webhooks),
    ...(draft.passes ? ["people with a staff pass"] : []),
    ...draft.otherExceptions.map(conditionWords),
  ];
  return who.length === 0
    ? { title: "Nobody gets in", detail: "No request reaches the live site." }
    : {
        title: `${plural(who.length, "exception")} reach${who.length === 1 ? "es" : ""} the live site`,
        detail: sentence(list(who)),
      };
}

function switchIn({ when, restart }: Draft): ShortStep {
  if (when === "planned")
    return {
      title: "It starts automatically",
      detail: "The servers do it at the planned time. Requests in flight finish.",
    };
  return restart === "hard"
    ? {
        title: "It starts now, and cuts",
        detail: "New requests meet the page at once. Then every connection of the server is cut, of other sites too.",
      }
    : { title: "It starts now", detail: "New requests meet the page at once. Requests in flight finish on the site." };
}

function end(draft: Draft, now: number): ShortStep {
  const until = endOf(draft);
  return until === undefined
    ? { title: "No end time", detail: "The site stays closed until you bring it back." }
    : {
        title: `Expected back at ${clock(until, now)}`,
        detail: `In ${duration(Date.parse(until) - now)}. You bring it back; nothing reopens automatically.`,
      };
}
