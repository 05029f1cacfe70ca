/** What ends with an agent, in words. Pure. */
import { t } from "../../main/language/translate.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { nameList } from "../../main/language/name-list.ts";
import { duration } from "../lib/format.ts";
import { isInMaintenance, sitesOf, type Site } from "../lib/sites.ts";

const MAX_NAMED = 3;

/** Which sites stop being served without their agent, as far as is known. */
export function stopsServing(server: ServerState, now: number): string {
  const { snapshot, observedAt, connection } = server;
  if (snapshot === null || observedAt === null)
    return t("Whatever it serves is no longer served; it was never seen from here, so the number of sites is unknown.");
  const ago = connection.state === "connected" ? undefined : duration(now - Date.parse(observedAt));
  const sites = sitesOf(server).filter(({ lastState }) => lastState !== "disabled");
  const beside = sites.filter(({ foreign }) => foreign !== undefined);
  const ending = sites.filter(({ foreign }) => foreign === undefined);
  const goesOn = beside.length === 0 ? [] : [goesOnWords(beside)];
  if (ending.length === 0 && beside.length > 0) return goesOn.join(" ");
  if (ending.length === 0)
    return ago === undefined
      ? t("No site is served there.")
      : t("No site is served there, as it was last seen {duration} ago.", { duration: ago });
  const said = {
    count: ending.length,
    names: nameList(
      ending.map(({ name }) => name),
      MAX_NAMED,
    ),
  };
  const stops =
    ago === undefined
      ? t("{count, plural, one {# site stops} other {# sites stop}} being served: {names}.", said)
      : t(
          "{count, plural, one {# site stops} other {# sites stop}} being served, as it was last seen {duration} ago: {names}.",
          { ...said, duration: ago },
        );
  return [stops, ...goesOn].join(" ");
}

/** What web servers beside the agent go on serving. */
function goesOnWords(beside: readonly Site[]): string {
  const said = {
    servers: nameList([...new Set(beside.map(({ foreign }) => foreign?.title ?? ""))]),
    count: beside.length,
  };
  return beside.some(isInMaintenance)
    ? t(
        "{servers} goes on serving {count, plural, one {its site} other {its # sites}}; those in maintenance stay closed, and nobody gets in.",
        said,
      )
    : t("{servers} goes on serving {count, plural, one {its site} other {its # sites}}.", said);
}

/** What the agent is serving at this moment; `undefined` when that is nothing, or not known. */
export function inFlightNow(server: ServerState): string | undefined {
  if (server.connection.state !== "connected") return undefined;
  const requests = sitesOf(server).reduce((sum, { inFlight }) => sum + inFlight, 0);
  return requests === 0
    ? undefined
    : t("{count, plural, one {# request is} other {# requests are}} in flight, with 30 seconds to end.", {
        count: requests,
      });
}
