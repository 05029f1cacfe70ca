/** What stands in the map by which HAProxy knows which names are closed. */
import { ANY, OPEN } from "./hook-text.ts";

/** Hosts of sites, by id. */
export type HostsOfSites = ReadonlyMap<string, readonly string[]>;

/**
 * Site or `OPEN` by key. Names of open sites stand in it only where a closed site has all names of
 * some kind.
 *
 * @param all Every site that is known, closed or not.
 */
export function closedNames(closed: HostsOfSites, all: HostsOfSites): Map<string, string> {
  const names = new Map<string, string>();
  const reach = [...closed.values()].flat();
  if (reach.some((host) => host.startsWith("*")))
    for (const [site, hosts] of all) if (!closed.has(site)) for (const host of hosts) names.set(keyOf(host), OPEN);
  for (const [site, hosts] of closed) for (const host of hosts) if (!host.startsWith("~")) names.set(keyOf(host), site);
  // HAProxy takes the first that fits the end of a name: the longest has to be the first.
  return new Map([...names].sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1)));
}

/** `*.example.com` is looked up as `.example.com*`, so that no whole name is taken for an end. */
function keyOf(host: string): string {
  return host.startsWith("*.") ? `${host.slice(1)}${ANY}` : host;
}

export function mapText(names: ReadonlyMap<string, string>): string {
  return [...names].map(([name, site]) => `${name} ${site}\n`).join("");
}

/** What `show map` answers: an address in memory, the key and the value in each line. */
export function readShownMap(shown: string): Map<string, string> {
  const lines = shown.split("\n").map((line) => /^0x[0-9a-f]+ (\S+) (\S*)$/.exec(line.trim()));
  return new Map(lines.flatMap((line) => (line === null ? [] : [[line[1] ?? "", line[2] ?? ""] as const])));
}
