/** Which of the wanted sites a plan is for, and which are refused. */
import type { DiscoveredSite, Hazard, HookPlan } from "../../contract/web-servers.ts";

export interface Choice<Group> {
  /** Parts of the configuration that change. */
  readonly chosen: readonly Group[];
  /** Ids: the chosen, and for a removal also those that are not in the configuration any more. */
  readonly sites: string[];
  readonly refused: HookPlan["refused"];
}

export interface Choosing<Group> {
  readonly groups: readonly Group[];
  readonly discovered: readonly DiscoveredSite[];
  /** Ids. */
  readonly wanted: readonly string[];
  readonly remove: boolean;
  /** What keeps this agent from both: another one has prepared the site. */
  readonly anotherOwner: (site: string) => Hazard[];
  readonly unknown: (site: string) => Hazard;
}

export function chooseSites<Group extends { readonly id: string }>(choosing: Choosing<Group>): Choice<Group> {
  const { groups, discovered, wanted, remove, anotherOwner, unknown } = choosing;
  const refused: HookPlan["refused"] = [];
  const chosen: Group[] = [];
  const gone: string[] = [];
  for (const site of wanted) {
    const group = groups.find(({ id }) => id === site);
    const hazards = [...anotherOwner(site), ...(remove ? [] : refusals(discovered, site))];
    if (hazards.length > 0) refused.push({ site, hazards });
    else if (group !== undefined) chosen.push(group);
    else if (remove) gone.push(site);
    else refused.push({ site, hazards: [unknown(site)] });
  }
  return { chosen, sites: [...chosen.map(({ id }) => id), ...gone], refused };
}

function refusals(discovered: readonly DiscoveredSite[], site: string): Hazard[] {
  return discovered.find(({ id }) => id === site)?.hazards.filter(({ refuses }) => refuses) ?? [];
}
