/** What the wizard begins with. Pure. */
import type { AppState } from "../../../main/contract/state.ts";
import type { WizardScreen } from "../../lib/screen.ts";
import { isInMaintenance, sitesOf } from "../../lib/sites.ts";
import type { Draft, Place } from "../../maintenance/draft.ts";

type First = Pick<Draft, "serverId" | "site" | "also">;

/**
 * What was asked for; the sites of an operation; and with only one site to choose from, that one.
 */
export function firstChoice(
  { serverId = "", site = "", also = [], again }: WizardScreen,
  { servers, operations }: Pick<AppState, "servers" | "operations">,
): First {
  if (site !== "" && serverId !== "") return { serverId, site, also };
  const [lead, ...others] = operations
    .filter(({ id, kind }) => id === again && kind === "maintenance")
    .flatMap((operation) =>
      operation.servers.flatMap((server): Place[] =>
        server.sites.map((each) => ({ serverId: server.serverId, site: each })),
      ),
    );
  if (lead !== undefined) return { ...lead, also: others };
  const live = servers
    .filter((server) => (serverId === "" || server.profile.id === serverId) && server.connection.state === "connected")
    .flatMap(sitesOf)
    .filter((each) => !isInMaintenance(each));
  const only = live.length === 1 ? live[0] : undefined;
  return { serverId: only?.serverId ?? "", site: only?.id ?? "", also: [] };
}
