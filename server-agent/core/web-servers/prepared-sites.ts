/** Discovered sites as virtual hosts of the document, and their listeners as foreign ones. */
import type { Config, Listener, VirtualHost } from "../../contract/config.ts";
import type { Handler } from "../../contract/handler.ts";
import type { DiscoveredSite, SiteListener } from "../../contract/web-servers.ts";
import { foreignServer } from "./foreign-server.ts";

type ForeignHandler = Extract<Handler, { type: "foreign" }>;

/** Answers for names that no site lists, where no site of a web server does. */
const CATCH_ALL: VirtualHost = { id: "default", hosts: ["*"], rules: [{ handler: { type: "error", status: 404 } }] };

/**
 * The document with these sites of a web server, as they are found now. What an operator has added
 * to a site that it knows already (rules, copycats) stays.
 */
export function withSites(config: Config, server: string, sites: readonly DiscoveredSite[]): Config {
  const listeners = new Map(config.listeners.map((listener) => [listener.name, listener]));
  let { virtualHosts } = config;
  for (const site of sites) {
    const own = site.listeners.map((listener) => foreignListener(server, listener));
    for (const listener of own) listeners.set(listener.name, listener);
    const guarded = own.flatMap(({ name }, index) => (site.listeners[index]?.clientCertificate === true ? [name] : []));
    const handler: ForeignHandler = {
      type: "foreign",
      server,
      listeners: own.map(({ name }) => name),
      ...(guarded.length === 0 ? {} : { clientCertificates: guarded }),
    };
    virtualHosts = place(virtualHosts, site, handler);
  }
  return withoutUnused({ ...config, listeners: [...listeners.values()], virtualHosts }, server);
}

/** The document without these sites of a web server, and without listeners that no site needs. */
export function withoutSites(config: Config, server: string, sites: readonly string[]): Config {
  const virtualHosts = config.virtualHosts.flatMap((virtualHost): VirtualHost[] => {
    const isGone = sites.includes(virtualHost.id) && foreignServer(virtualHost) === server;
    const isDemoted = virtualHost.copycatOf !== undefined && sites.includes(virtualHost.copycatOf);
    if (!isGone && !isDemoted) return [virtualHost];
    return isGone && virtualHost.hosts.includes("*") ? [{ ...CATCH_ALL, id: virtualHost.id }] : [];
  });
  return withoutUnused({ ...config, virtualHosts }, server);
}

/**
 * Listeners on which a site is reachable by now, and which the document does not know: there it
 * would stay open unseen. By address and port.
 */
export function unknownListeners(config: Config, server: string, site: DiscoveredSite): string[] {
  const virtualHost = config.virtualHosts.find(({ id }) => id === site.id);
  const known = new Set(
    virtualHost?.rules.flatMap(({ handler }) => (handler?.type === "foreign" ? (handler.listeners ?? []) : [])),
  );
  return site.listeners
    .filter((listener) => !known.has(foreignListener(server, listener).name))
    .map(({ address, port }) => `${address}:${String(port)}`);
}

/** A listener of a web server as the document has it. */
export function foreignListener(server: string, { address, port, tls, proxyProtocol }: SiteListener): Listener {
  const isAll = address === "0.0.0.0";
  const where = isAll ? "" : address === "::" ? "ipv6-" : `${address.replaceAll(/[^0-9A-Za-z.]/g, "_")}-`;
  return {
    name: `${server}-${where}${String(port)}`,
    address,
    port,
    foreign: server,
    ...(tls ? { tls } : {}),
    ...(proxyProtocol ? { proxyProtocol } : {}),
  };
}

function place(
  virtualHosts: readonly VirtualHost[],
  { id, hosts }: Pick<DiscoveredSite, "id" | "hosts">,
  handler: ForeignHandler,
): VirtualHost[] {
  const known = virtualHosts.findIndex(
    (virtualHost) => virtualHost.id === id && foreignServer(virtualHost) === handler.server,
  );
  const before = virtualHosts[known];
  if (before !== undefined) {
    const rules = before.rules.map((rule) => (rule.handler?.type === "foreign" ? { ...rule, handler } : rule));
    return virtualHosts.with(known, { ...before, hosts, rules });
  }
  const added: VirtualHost = { id, hosts, rules: [{ handler }] };
  if (hosts.includes("*")) return [...virtualHosts.slice(0, -1), added];
  // The most exact first, as web servers match names in this order whatever stands above.
  const at = virtualHosts.findIndex((other) => exactness(other) > exactness(added));
  return at < 0
    ? [...virtualHosts.slice(0, -1), added, ...virtualHosts.slice(-1)]
    : virtualHosts.toSpliced(at, 0, added);
}

function exactness({ hosts }: VirtualHost): number {
  if (hosts.includes("*")) return 3;
  if (hosts.some((host) => host.startsWith("~"))) return 2;
  return hosts.some((host) => host.startsWith("*.")) ? 1 : 0;
}

function withoutUnused(config: Config, server: string): Config {
  const used = new Set(
    config.virtualHosts.flatMap(({ rules }) =>
      rules.flatMap(({ handler }) => (handler?.type === "foreign" ? (handler.listeners ?? []) : [])),
    ),
  );
  const listeners = config.listeners.filter(({ foreign, name }) => foreign !== server || used.has(name));
  return { ...config, listeners };
}
