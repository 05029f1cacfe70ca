/** What ends with an agent, in words. Pure. */
import type { ServerState } from "../../main/contract/servers.ts";
import { plural } from "../../main/contract/shared/plural.ts";
import { count, duration } from "../lib/format.ts";
import { isInMaintenance, sitesOf } from "../lib/sites.ts";

const MAX_NAMED = 3;

/** Which sites stop being served without their agent, as far as is known. */
export function stopsServing(server: ServerState, now: number): string {
  const { snapshot, observedAt, connection } = server;
  if (snapshot === null || observedAt === null)
    return "Whatever it serves is no longer served; it was never seen from here, so the number of sites is unknown.";
  const sites = sitesOf(server).filter(({ lastState }) => lastState !== "disabled");
  const seen =
    connection.state === "connected" ? "" : `, as it was last seen ${duration(now - Date.parse(observedAt))} ago`;
  const beside = sites.filter(({ foreign }) => foreign !== undefined);
  const goesOn =
    beside.length === 0
      ? ""
      : ` ${[...new Set(beside.map(({ foreign }) => foreign?.title))].join(" and ")} ${beside.length === 1 ? "goes on serving its site" : `goes on serving its ${count(beside.length)} sites`}${beside.some(isInMaintenance) ? "; those in maintenance stay closed, and nobody gets in" : ""}.`;
  const ending = sites.filter(({ foreign }) => foreign === undefined);
  if (ending.length === 0) return beside.length === 0 ? `No site is served there${seen}.` : goesOn.trim();
  const named = ending.slice(0, MAX_NAMED).map(({ name }) => name);
  const more = ending.length - named.length;
  const names =
    more > 0
      ? `${named.join(", ")} and ${count(more)} more`
      : named.length === 1
        ? named.join()
        : `${named.slice(0, -1).join(", ")} and ${named.at(-1) ?? ""}`;
  return `${plural(ending.length, "site stops", "sites stop")} being served${seen}: ${names}.${goesOn}`;
}

/** What the agent is serving at this moment; `undefined` when that is nothing, or not known. */
export function inFlightNow(server: ServerState): string | undefined {
  if (server.connection.state !== "connected") return undefined;
  const requests = sitesOf(server).reduce((sum, { inFlight }) => sum + inFlight, 0);
  return requests === 0
    ? undefined
    : `${plural(requests, "request is", "requests are")} in flight, with 30 seconds to end.`;
}
