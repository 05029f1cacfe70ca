/**
 * Which sites of web servers beside the agent have to ask it: those of which the agent may have to
 * answer something. All others are open, and cost their web server one look at a flag.
 */
import type { Config, VirtualHost } from "../../contract/config.ts";
import type { MaintenanceHandler } from "../../contract/handler.ts";
import { shareHosts } from "../maintenance/host-coverage.ts";
import { foreignServer } from "./foreign-server.ts";

export interface ClosedSite {
  /** Id of the original, whose flag it is. */
  site: string;
  /** Id of its web server. */
  server: string;
  /** Virtual hosts that answer in its place, the topmost first. */
  closing: readonly VirtualHost[];
  /** Whose page is shown while the agent does not answer. */
  page: MaintenanceHandler;
  /** Hosts of the original. */
  hosts: readonly string[];
  /** Some requests may go on to the original, so each has to be asked for. */
  letsIn: boolean;
}

/** Where nothing above the original says what to show. */
const DEFAULT_PAGE: MaintenanceHandler = { type: "maintenance", page: "default" };

/** By document: a switch asks for them of one before and one after it, several times. */
const FOUND = new WeakMap<Config, ReadonlyMap<string, ClosedSite>>();

/** By id of the original. @param config A valid document. */
export function closedSites(config: Config): ReadonlyMap<string, ClosedSite> {
  let closed = FOUND.get(config);
  if (closed === undefined) FOUND.set(config, (closed = findClosed(config)));
  return closed;
}

function findClosed({ virtualHosts }: Config): Map<string, ClosedSite> {
  const closed = new Map<string, ClosedSite>();
  /** Those that may answer for others; among thousands of sites they are few. */
  const above: VirtualHost[] = [];
  for (const virtualHost of virtualHosts) {
    const server = foreignServer(virtualHost);
    if (server !== undefined) {
      const closing = above.filter((other) => mayAnswerFor(other, virtualHost));
      if (closing.length > 0 || !isWhole(virtualHost))
        closed.set(virtualHost.id, {
          site: virtualHost.id,
          server,
          closing,
          page: pageOf(closing) ?? DEFAULT_PAGE,
          hosts: virtualHost.hosts,
          letsIn: !closing.some((other) => answersAll(other, virtualHost)),
        });
    }
    const mayAnswer = virtualHost.copycatOf !== undefined || server === undefined;
    if (mayAnswer && virtualHost.disabled !== true) above.push(virtualHost);
  }
  return closed;
}

/** Everything that reaches it goes to the web server. */
function isWhole({ rules: [first], when }: VirtualHost): boolean {
  return when === undefined && first?.when === undefined && first?.handler?.type === "foreign";
}

/**
 * @param other A copycat, or no foreign site: names that reach another foreign site by its own part
 *   of the web server's configuration never come to this one.
 */
function mayAnswerFor(other: VirtualHost, site: VirtualHost): boolean {
  return other.copycatOf === undefined ? shareHosts(other.hosts, site.hosts) : other.copycatOf === site.id;
}

function answersAll({ when, rules, hosts }: VirtualHost, site: VirtualHost): boolean {
  return (
    when === undefined &&
    rules.some((rule) => rule.when === undefined && rule.handler !== undefined) &&
    site.hosts.every((host) => hosts.includes(host))
  );
}

function pageOf(closing: readonly VirtualHost[]): MaintenanceHandler | undefined {
  for (const { rules } of closing) for (const { handler } of rules) if (handler?.type === "maintenance") return handler;
  return undefined;
}
