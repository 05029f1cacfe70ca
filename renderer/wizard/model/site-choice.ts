/**
 * Which sites a list of the wizard shows: of thousands only those that are looked for or chosen.
 * Pure.
 */
import { t } from "../../../main/language/translate.ts";
import { sharesHost, type Site } from "../../lib/sites.ts";

/** From this many on there is a field to find one. */
export const MANY = 8;
const MAX_SHOWN = 50;
/** More names than this are counted. */
const MAX_NAMED = 3;

export interface Shown {
  sites: Site[];
  /** How many more there are. */
  hidden: number;
}

/**
 * Those that match, `MAX_SHOWN` at most, and the chosen ones; nothing changes its place when it is
 * chosen.
 */
export function shownSites(sites: readonly Site[], words: string, isChosen: (site: Site) => boolean): Shown {
  const wanted = words.trim().toLowerCase();
  const matching = sites.filter((site) => !isChosen(site) && site.searchText.includes(wanted));
  const taken = new Set(matching.slice(0, MAX_SHOWN));
  return { sites: sites.filter((site) => taken.has(site) || isChosen(site)), hidden: matching.length - taken.size };
}

/** The same site on other servers, by its names: an id says nothing of another server. */
export function alikeOf(lead: Site, sites: readonly Site[]): Site[] {
  return sites.filter((site) => site.serverId !== lead.serverId && sharesHost(lead.virtualHost, site.virtualHost));
}

/** `shop.example.com on web-02`, each by its own name. */
export function alikeWords(sites: readonly Site[]): string {
  const names = [...new Set(sites.map(({ name }) => name))];
  const [only, ...others] = sites;
  return others.length === 0
    ? t("{sites} on {server}", { sites: listed(names), server: only?.serverName ?? "" })
    : t("{sites} on {count, number} other servers", { sites: listed(names), count: sites.length });
}

function listed(names: readonly string[]): string {
  return names.length <= MAX_NAMED ? names.join(", ") : t("{count, number} names", { count: names.length });
}
