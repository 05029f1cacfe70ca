/**
 * Which certificate a visitor gets, by the name that he gives before he asks (SNI, RFC 6066, 3).
 * Nothing but the name is known then: so conditions have no say, and a name has one certificate
 * only (`checkTls`).
 */
import type { CertificateFiles, VirtualHost } from "../../contract/config.ts";
import { challengeToken, isIssued, namesToOrder } from "../acme/acme-names.ts";
import { normaliseHost } from "../routing/normalise-host.ts";
import type { RequestFacts } from "../routing/request-facts.ts";
import type { RoutingTable } from "../routing/routing-table.ts";
import { CHALLENGE_PREFIX } from "../usual-exceptions.ts";

type Compiled = RoutingTable["virtualHosts"][number];

/** By id of the virtual host. Made when a copycat is asked for: a switch reads no document. */
const BY_ID = new WeakMap<RoutingTable, ReadonlyMap<string, VirtualHost>>();

/**
 * By name that is ordered, also one of those that a wildcard stands for. Of several virtual hosts
 * the first counts. Made when an authority asks.
 */
const AUTHORITIES = new WeakMap<RoutingTable, ReadonlyMap<string, string>>();

/**
 * Where the certificate of a virtual host is. What the agent has obtained is one file, with the key
 * before the certificate.
 *
 * @param folder Of what the agent has obtained.
 */
export function certificateFiles(
  { id, tls }: Pick<VirtualHost, "id" | "tls">,
  folder: string,
): CertificateFiles | undefined {
  if (!isIssued(tls)) return tls;
  const file = `${folder}/${certificateName(id)}`;
  return { certificate: file, key: file };
}

/** Name of the file of an obtained certificate. */
export function certificateName(site: string): string {
  return `${site}.pem`;
}

/**
 * The virtual host whose certificate it is: that of an exact name before that of a wildcard, before
 * that of a regular expression, before the default. Undefined where the document has none at all.
 */
export function certificateHolder(table: RoutingTable, serverName: string): VirtualHost | undefined {
  const { hosts } = table;
  const name = normaliseHost(serverName);
  const firstOf = (routes: readonly { readonly virtualHost: Compiled }[] | undefined) => {
    for (const { virtualHost } of routes ?? []) {
      const own = ownHolder(virtualHost, table);
      if (own !== undefined) return own;
    }
    return undefined;
  };
  const exact = firstOf(hosts.exact.get(name));
  if (exact !== undefined) return exact;
  // The closest wildcard is the most exact one.
  for (let dot = name.indexOf("."); dot > 0; dot = name.indexOf(".", dot + 1)) {
    const found = firstOf(hosts.wildcard.get(name.slice(dot + 1)));
    if (found !== undefined) return found;
  }
  return (hosts.firstRegex < Infinity ? firstOf(hosts.regex(name)) : undefined) ?? defaultHolder(table);
}

/** The authority whose challenge the request is, as the agent answers it; undefined otherwise. */
export function challengingAuthority(
  table: RoutingTable,
  { path, method, host }: Pick<RequestFacts, "path" | "method" | "host">,
): string | undefined {
  if (!path.startsWith(CHALLENGE_PREFIX) || (method !== "GET" && method !== "HEAD")) return undefined;
  return challengeToken(path) === undefined ? undefined : authorityFor(table, host);
}

/** The authority that issues the certificate of the host; undefined if none does. */
function authorityFor(table: RoutingTable, host: string): string | undefined {
  let byName = AUTHORITIES.get(table);
  if (byName === undefined) {
    const named = table.virtualHosts.flatMap(({ config: { tls, hosts, disabled } }): [string, string][] =>
      isIssued(tls) && disabled !== true ? namesToOrder(tls, hosts).map((name) => [name, tls.acme]) : [],
    );
    AUTHORITIES.set(table, (byName = new Map(named.reverse())));
  }
  return byName.get(host);
}

/** Who names no host, or one that nobody has, gets that of the catch-all, else the first one. */
export function defaultHolder({ virtualHosts }: RoutingTable): VirtualHost | undefined {
  const last = virtualHosts.at(-1)?.config;
  return last?.tls === undefined ? virtualHosts.find(({ config }) => config.tls !== undefined)?.config : last;
}

function ownHolder({ config }: Compiled, table: RoutingTable): VirtualHost | undefined {
  if (config.tls !== undefined) return config;
  return config.copycatOf === undefined ? undefined : byIdIn(table).get(config.copycatOf);
}

function byIdIn(table: RoutingTable): ReadonlyMap<string, VirtualHost> {
  let byId = BY_ID.get(table);
  if (byId === undefined) {
    const named = table.virtualHosts.flatMap(({ id, config }): [string, VirtualHost][] =>
      config.tls === undefined ? [] : [[id, config]],
    );
    BY_ID.set(table, (byId = new Map(named)));
  }
  return byId;
}
