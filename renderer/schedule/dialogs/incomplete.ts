/** Windows of several servers that are on fewer than they were planned for. Pure. */
import type { ScheduledOccurrence } from "../../../main/contract/schedule.ts";
import type { ServerState } from "../../../main/contract/servers.ts";
import { originalsOf } from "../../lib/sites.ts";

/** Connected servers that have the sites, and not the window. */
export function lackingServers(
  { places }: Pick<ScheduledOccurrence, "places">,
  servers: readonly ServerState[],
): ServerState[] {
  const sites = places[0]?.sites ?? [];
  return servers.filter(({ profile, connection, snapshot }) => {
    if (connection.state !== "connected" || snapshot === null || places.some(({ serverId }) => serverId === profile.id))
      return false;
    const own = new Set(originalsOf(snapshot.config.virtualHosts).map(({ id }) => id));
    return sites.every((site) => own.has(site));
  });
}
