/** Which sites the hook can be put into, or taken out of, and why not the others. Pure. */
import { t } from "../../main/language/translate.ts";
import type { Hazard, WebServer } from "../../main/contract/agent.ts";
import { foreignServer } from "../../server-agent/core/web-servers/foreign-server.ts";
import type { ServerState } from "../../main/contract/servers.ts";
import { hostName, isInMaintenance, sitesOf } from "../lib/sites.ts";
import { hazardWords, refusal, siteName } from "./site-words.ts";

export interface SiteChoice {
  id: string;
  name: string;
  /** Why it cannot be chosen. */
  obstacle: string | undefined;
  /** What is good to know of it, though it can be chosen. */
  notes: string[];
  /** Lines to put into the template of a file that something else generates. */
  pastes: string[];
}

export function prepareChoices({ sites }: WebServer): SiteChoice[] {
  return sites.map((site) => ({
    id: site.id,
    name: siteName(site),
    obstacle:
      site.state === "ready" ? t("Ready already.") : site.state === "cannot-be-prepared" ? refusal(site) : undefined,
    notes: site.hazards.filter(({ refuses }) => !refuses).map(hazardWords),
    pastes: pastesOf(site.hazards),
  }));
}

/** Of the sites that the agent has as virtual hosts, also those that are in no file any more. */
export function removeChoices({ id: server }: WebServer, state: ServerState): SiteChoice[] {
  return sitesOf(state)
    .filter(({ virtualHost }) => foreignServer(virtualHost) === server)
    .map((site) => ({
      id: site.id,
      name: hostName(site.virtualHost.hosts[0] ?? site.id),
      obstacle: isInMaintenance(site) ? t("In maintenance; it stays. Bring it back first.") : undefined,
      notes: [],
      pastes: [],
    }));
}

export function pastesOf(hazards: readonly Hazard[]): string[] {
  return hazards.flatMap(({ paste }) => (paste === undefined ? [] : [paste]));
}
