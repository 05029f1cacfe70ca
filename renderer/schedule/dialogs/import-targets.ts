/**
 * Where an entry of a calendar file is planned: on the servers that it names, as far as they are in
 * the list and have its sites. Pure.
 */
import type { CalendarEntry } from "../../../main/contract/calendar.ts";
import type { WindowTarget } from "../../../main/contract/windows.ts";
import type { ServerState } from "../../../main/contract/servers.ts";
import { originalsOf } from "../../lib/sites.ts";

/** Empty where the person has to choose. */
export function importTargets(
  { sites, servers: names }: Pick<CalendarEntry, "sites" | "servers">,
  servers: readonly ServerState[],
): WindowTarget[] {
  if (sites.length === 0) return [];
  return servers.flatMap(({ profile, connection, snapshot }): WindowTarget[] => {
    if (!names.includes(profile.name) || connection.state !== "connected") return [];
    const originals = originalsOf(snapshot?.config.virtualHosts ?? []);
    const own = sites.filter(({ site }) => originals.some(({ id }) => id === site));
    return own.length === 0 ? [] : [{ serverId: profile.id, sites: own }];
  });
}
