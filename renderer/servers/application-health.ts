/** How the targets of a server's applications are, as far as its agent says. Pure. */
import type { AgentInfo, Config, UnhealthyTarget } from "../../main/contract/agent.ts";
import type { PlainMessage } from "../../main/language/translate.ts";
import { type SiteState, usedUpstreams } from "../lib/sites.ts";

/** An agent lists so many that are unhealthy; with more, nothing is known of the others. */
const MAX_TOLD = 100;

interface TargetHealth {
  url: string;
  state: SiteState;
  label: PlainMessage;
  unhealthy: UnhealthyTarget | undefined;
}

export interface ApplicationHealth {
  name: string;
  /** Virtual hosts, by id, that send requests there. */
  sites: string[];
  targets: TargetHealth[];
  isHealthy: boolean;
}

/** Those that are unhealthy first. @param isConnected what was seen is true now */
export function applicationsOf(
  { upstreams = {}, virtualHosts }: Config,
  { targets: told = [] }: Pick<AgentInfo, "targets">,
  isConnected: boolean,
): ApplicationHealth[] {
  const all = Object.entries(upstreams).map(([name, { targets, healthCheck }]): ApplicationHealth => {
    const seen = targets.map((target): TargetHealth => {
      const url = typeof target === "string" ? target : target.url;
      const unhealthy = told.find((each) => each.upstream === name && each.target === url);
      const isKnown = healthCheck !== undefined && told.length < MAX_TOLD;
      const { state, label } = wordsOf(unhealthy, isKnown);
      return { url, state: isConnected ? state : "unknown", label, unhealthy };
    });
    const sites = virtualHosts.filter((each) => usedUpstreams(each).includes(name));
    return {
      name,
      sites: sites.map(({ id }) => id),
      targets: seen,
      isHealthy: seen.every(({ unhealthy }) => !unhealthy),
    };
  });
  return all.toSorted((one, other) => Number(one.isHealthy) - Number(other.isHealthy));
}

function wordsOf(unhealthy: UnhealthyTarget | undefined, isKnown: boolean): Pick<TargetHealth, "state" | "label"> {
  if (unhealthy?.state === "down") return { state: "failed", label: "Down" };
  if (unhealthy?.state === "failing") return { state: "failed", label: "Failing" };
  return isKnown ? { state: "live", label: "Healthy" } : { state: "unknown", label: "Not checked" };
}
