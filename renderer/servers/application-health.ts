/** How the targets of a server's applications are, as far as its agent says. Pure. */
import type { AgentInfo, Config, UnwellTarget } from "../../main/contract/agent.ts";
import type { PlainMessage } from "../../main/language/translate.ts";
import { type SiteState, usedUpstreams } from "../lib/sites.ts";

/** An agent lists so many that are not well; with more, nothing is known of the others. */
const MAX_TOLD = 100;

interface TargetHealth {
  url: string;
  state: SiteState;
  label: PlainMessage;
  unwell: UnwellTarget | undefined;
}

export interface ApplicationHealth {
  name: string;
  /** Virtual hosts, by id, that send requests there. */
  sites: string[];
  targets: TargetHealth[];
  isWell: boolean;
}

/** Those that are not well first. @param isConnected what was seen is true now */
export function applicationsOf(
  { upstreams = {}, virtualHosts }: Config,
  { targets: told = [] }: Pick<AgentInfo, "targets">,
  isConnected: boolean,
): ApplicationHealth[] {
  const all = Object.entries(upstreams).map(([name, { targets, healthCheck }]): ApplicationHealth => {
    const seen = targets.map((target): TargetHealth => {
      const url = typeof target === "string" ? target : target.url;
      const unwell = told.find((each) => each.upstream === name && each.target === url);
      const isKnown = healthCheck !== undefined && told.length < MAX_TOLD;
      const { state, label } = wordsOf(unwell, isKnown);
      return { url, state: isConnected ? state : "unknown", label, unwell };
    });
    const sites = virtualHosts.filter((each) => usedUpstreams(each).includes(name));
    return { name, sites: sites.map(({ id }) => id), targets: seen, isWell: seen.every(({ unwell }) => !unwell) };
  });
  return all.toSorted((one, other) => Number(one.isWell) - Number(other.isWell));
}

function wordsOf(unwell: UnwellTarget | undefined, isKnown: boolean): Pick<TargetHealth, "state" | "label"> {
  if (unwell?.state === "down") return { state: "failed", label: "Down" };
  if (unwell?.state === "rested") return { state: "failed", label: "Failing" };
  return isKnown ? { state: "live", label: "Healthy" } : { state: "unknown", label: "Not checked" };
}
