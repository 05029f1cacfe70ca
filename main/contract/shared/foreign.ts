/**
 * Sites that a web server beside the agent serves: who it is, whether it asks the agent, and what
 * it does not tell. Pure; for the page and the main process.
 */
import type { VirtualHost } from "../../../server-agent/contract/config.ts";
import type { Snapshot } from "../../../server-agent/contract/events.ts";
import type { Receipt } from "../../../server-agent/contract/maintenance.ts";
import type {
  HookCell,
  WebServer,
  WebServerLimits,
  WebServerSite,
} from "../../../server-agent/contract/web-servers.ts";
import { foreignServer } from "../../../server-agent/core/web-servers/foreign-server.ts";
import { visibleText } from "../../../server-agent/core/visible-text.ts";
import { t } from "../../language/translate.ts";
import { isOpen } from "./states.ts";

export interface Foreign {
  /** Id of the web server. */
  server: string;
  /** Its name, as people say it. */
  title: string;
  /** What it says of requests that run through it. */
  tells: WebServerLimits["inFlight"];
  /** The site as it was found last; undefined where it was not. */
  found: WebServerSite | undefined;
  /** Why the site cannot be closed, or may be open though it is; undefined while all is well. */
  obstacle: string | undefined;
}

const TITLES: Readonly<Record<string, string>> = {
  nginx: "nginx",
  apache: "Apache",
  caddy: "Caddy",
  haproxy: "HAProxy",
};

/** `nginx`, `HAProxy-1f0c3a` where there are several. @param server Its id. */
export function webServerTitle(server: string): string {
  const [, kind = "", suffix = ""] = /^([^-]+)(-.*)?$/.exec(server) ?? [];
  return visibleText(`${Object.hasOwn(TITLES, kind) ? (TITLES[kind] ?? kind) : kind}${suffix}`);
}

/** Undefined where the agent itself serves it. */
export function foreignOf(virtualHost: VirtualHost, webServers: readonly WebServer[] | undefined): Foreign | undefined {
  const server = foreignServer(virtualHost);
  if (server === undefined) return undefined;
  const webServer = webServers?.find(({ id }) => id === server);
  const found = webServer?.sites.find(({ id }) => id === virtualHost.id);
  const title = webServerTitle(server);
  const tells = webServer?.limits.inFlight ?? "none";
  return { server, title, tells, found, obstacle: obstacleOf(title, webServers, webServer, found) };
}

function obstacleOf(
  title: string,
  webServers: readonly WebServer[] | undefined,
  webServer: WebServer | undefined,
  found: WebServerSite | undefined,
): string | undefined {
  if (webServers === undefined) return t("It is not known yet whether {title} asks the agent.", { title });
  if (webServer === undefined) return t("{title} was not found running.", { title });
  if (found === undefined) return t("{title} has it in its configuration no more.", { title });
  if (found.state === "ready") return undefined;
  if (waitsForReload(found)) return t("{title} asks the agent only after its next reload.", { title });
  const silent = silentCells(found);
  return silent.length === 0
    ? t("{title} does not ask the agent. {message}", { title, message: found.message })
    : t("{title} does not ask the agent on {listeners}.", {
        title,
        listeners: silent.map(({ listener }) => listener).join(", "),
      });
}

/** Listeners on which the running web server does not ask the agent. */
function silentCells({ cells }: Pick<WebServerSite, "cells">): HookCell[] {
  return cells.filter(({ state }) => state !== "live" && state !== "not-asked");
}

/** The hook is in the files, and the running web server has not read them yet. */
export function waitsForReload(site: Pick<WebServerSite, "state" | "cells">): boolean {
  const silent = silentCells(site);
  return site.state === "lost" && silent.length > 0 && silent.every(({ state }) => state === "on-disk-only");
}

/**
 * Why a site in maintenance may be open: its web server was seen not to ask the agent. Undefined
 * where nothing speaks for it.
 */
export function mayBeOpen(receipt: Pick<Receipt, "site" | "state">, snapshot: Snapshot | null): string | undefined {
  if (snapshot?.webServers === undefined || !isOpen(receipt)) return undefined;
  const original = snapshot.config.virtualHosts.find(({ id }) => id === receipt.site);
  return original === undefined ? undefined : foreignOf(original, snapshot.webServers)?.obstacle;
}

/** What every document ends with where no site takes the other names: it only refuses. */
export function refusesEveryOther({ hosts, rules: [first] }: VirtualHost): boolean {
  return hosts.includes("*") && first?.when === undefined && first?.handler?.type === "error";
}

/** Nobody can reach it where the agent has no listener of its own, so that it is no site. */
export function isUnreachable(virtualHost: VirtualHost, { listeners }: Snapshot["config"]): boolean {
  return refusesEveryOther(virtualHost) && listeners.every(({ foreign }) => foreign !== undefined);
}

/** What is known of requests of before, before the switch. */
export function drainWords({ title, tells }: Pick<Foreign, "title" | "tells">): string {
  if (tells === "connections")
    return t(
      "{title} will say how many connections of before still run, and not which pages; they end by themselves.",
      { title },
    );
  if (tells === "numbers")
    return t("{title} will say how many requests its applications still have, and not which; they end by themselves.", {
      title,
    });
  return t("{title} does not say which requests still run; they end by themselves.", { title });
}

/**
 * What still runs to a site in maintenance, as precisely as its web server says, and no more.
 * @param switchedAt When it was closed, as people read it.
 */
export function inFlightWords(foreign: Pick<Foreign, "title" | "tells" | "found">, switchedAt: string): string {
  const { title, found } = foreign;
  if (found?.inFlight === undefined) return drainWords(foreign);
  const { of, total, before } = found.inFlight;
  const where = of.map((name) => visibleText(name)).join(", ");
  if (before === undefined)
    return total === 0
      ? t("No request at {where} is left.", { where })
      : t(
          "{total, plural, one {# request} other {# requests}} at {where}; {title} does not say which, or since when.",
          {
            total,
            where,
            title,
          },
        );
  return before === 0
    ? t("No connection to {where} from before {switchedAt} is left.", { where, switchedAt })
    : t(
        "{before, plural, one {# connection} other {# connections}} to {where} from before {switchedAt}; {title} does not say which pages.",
        { before, where, switchedAt, title },
      );
}
