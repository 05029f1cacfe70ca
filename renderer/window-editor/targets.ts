/** Which sites of which servers a window is planned for. Pure. */
import type { ServerState } from "../../main/contract/servers.ts";
import type { WindowTarget } from "../../main/contract/windows.ts";
import { newDraft, optionsOf } from "../maintenance/draft.ts";
import { sitesOf } from "../lib/sites.ts";

/**
 * The window of each server for the sites with these keys, with what is right for nearly everyone.
 */
export function targetsOf(
  servers: readonly ServerState[],
  chosen: readonly string[],
  { author, revertIfWrong }: { author: string; revertIfWrong: boolean },
  health?: string,
): WindowTarget[] {
  return servers.flatMap((server): WindowTarget[] => {
    const sites = sitesOf(server).filter(({ key }) => chosen.includes(key));
    if (sites.length === 0) return [];
    return [
      {
        serverId: server.profile.id,
        sites: sites.map(({ id, virtualHost }) => {
          const {
            author: _author,
            until: _until,
            ...options
          } = optionsOf(newDraft(server.profile.id, id, revertIfWrong), virtualHost.hosts, author);
          return { ...options, ...(health === undefined ? {} : { health }) };
        }),
      },
    ];
  });
}
