/** What the wizard begins with. Pure. */
import type { AppState } from "../../../main/contract/state.ts";
import type { WizardScreen } from "../../lib/screen.ts";
import { isInMaintenance, sitesOf } from "../../lib/sites.ts";
import type { Draft, Place } from "../../maintenance/draft.ts";

type First = Pick<Draft, "serverId" | "site" | "also">;

/**
 * What was asked for; the sites of an operation; and with only one site to choose from, that one.
 * Not a site of a web server that does not ask the agent: the first step says why.
 */
export function firstChoice(
  { serverId = "", site = "", also = [], again }: WizardScreen,
  { servers, operations }: Pick<AppState, "servers" | "operations">,
): First {
  const asked = site === "" || serverId === "" ? [] : [{ serverId, site }, ...also];
  const operated = operations
    .filter(({ id, kind }) => id === again && kind === "maintenance")
    .flatMap((operation) =>
      operation.servers.flatMap((server): Place[] =>
        server.sites.map((each) => ({ serverId: server.serverId, site: each })),
      ),
    );
  const wanted = asked.length > 0 ? asked : operated;
  if (wanted.length > 0) {
    const [lead, ...others] = wanted.filter((place) => !isSilent(servers, place));
    return lead === undefined ? { serverId: "", site: "", also: [] } : { ...lead, also: others };
  }
  const live = servers
    .filter((server) => (serverId === "" || server.profile.id === serverId) && server.connection.state === "connected")
    .flatMap(sitesOf)
    .filter((each) => !isInMaintenance(each) && each.foreign?.obstacle === undefined);
  const only = live.length === 1 ? live[0] : undefined;
  return { serverId: only?.serverId ?? "", site: only?.id ?? "", also: [] };
}

/** Its web server does not ask the agent. */
function isSilent(servers: AppState["servers"], { serverId, site }: Place): boolean {
  return servers
    .filter(({ profile }) => profile.id === serverId)
    .flatMap(sitesOf)
    .some(({ id, foreign }) => id === site && foreign?.obstacle !== undefined);
}
