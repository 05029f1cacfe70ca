/**
 * Which certificate a visitor gets, by the name that he gives before he asks (SNI, RFC 6066, 3).
 * Nothing but the name is known then: so conditions have no say, and a name has one certificate
 * only (`checkTls`).
 */
import type { SiteTls } from "../../contract/config.ts";
import { normaliseHost } from "../routing/normalise-host.ts";
import type { RoutingTable } from "../routing/routing-table.ts";

type Compiled = RoutingTable["virtualHosts"][number];

/** By id of the virtual host. Made when a copycat is asked for: a switch reads no document. */
const BY_ID = new WeakMap<RoutingTable, ReadonlyMap<string, SiteTls>>();

/**
 * That of an exact name before that of a wildcard, before that of a regular expression, before the
 * default. Undefined where the document has none at all.
 */
export function certificateFor(table: RoutingTable, serverName: string): SiteTls | undefined {
  const { hosts } = table;
  const name = normaliseHost(serverName);
  const firstOf = (routes: readonly { readonly virtualHost: Compiled }[] | undefined) => {
    for (const { virtualHost } of routes ?? []) {
      const own = ownCertificate(virtualHost, table);
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
  return (hosts.firstRegex < Infinity ? firstOf(hosts.regex(name)) : undefined) ?? defaultCertificate(table);
}

/** Who names no host, or one that nobody has, gets that of the catch-all, else the first one. */
export function defaultCertificate({ virtualHosts }: RoutingTable): SiteTls | undefined {
  return virtualHosts.at(-1)?.config.tls ?? virtualHosts.find(({ config }) => config.tls !== undefined)?.config.tls;
}

function ownCertificate({ config }: Compiled, table: RoutingTable): SiteTls | undefined {
  return config.tls ?? (config.copycatOf === undefined ? undefined : byIdIn(table).get(config.copycatOf));
}

function byIdIn(table: RoutingTable): ReadonlyMap<string, SiteTls> {
  let byId = BY_ID.get(table);
  if (byId === undefined) {
    const named = table.virtualHosts.flatMap(({ id, config: { tls } }): [string, SiteTls][] =>
      tls === undefined ? [] : [[id, tls]],
    );
    BY_ID.set(table, (byId = new Map(named)));
  }
  return byId;
}
