/**
 * Which certificate a visitor gets, by the name that he gives before he asks (SNI, RFC 6066, 3).
 * Nothing but the name is known then: so conditions have no say, and a name has one certificate
 * only (`checkTls`).
 */
import type { SiteTls } from "../../contract/config.ts";
import { normaliseHost } from "../routing/normalise-host.ts";
import type { RoutingTable } from "../routing/routing-table.ts";

/** What is looked up in the whole document, once. */
interface Known {
  /** By id of the virtual host. */
  readonly byId: ReadonlyMap<string, SiteTls>;
  readonly fallback: SiteTls | undefined;
}

type Compiled = RoutingTable["virtualHosts"][number];

const KNOWN = new WeakMap<RoutingTable, Known>();

/**
 * That of an exact name before that of a wildcard, before that of a regular expression, before the
 * default. Undefined where the document has none at all.
 */
export function certificateFor(table: RoutingTable, serverName: string): SiteTls | undefined {
  const { hosts } = table;
  const name = normaliseHost(serverName);
  const { byId } = knownOf(table);
  const firstOf = (routes: readonly { readonly virtualHost: Compiled }[] | undefined) => {
    for (const { virtualHost } of routes ?? []) {
      const own = ownCertificate(virtualHost, byId);
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
export function defaultCertificate(table: RoutingTable): SiteTls | undefined {
  return knownOf(table).fallback;
}

function ownCertificate({ config }: Compiled, byId: Known["byId"]): SiteTls | undefined {
  return config.tls ?? (config.copycatOf === undefined ? undefined : byId.get(config.copycatOf));
}

function knownOf(table: RoutingTable): Known {
  let known = KNOWN.get(table);
  if (known === undefined) {
    const byId = new Map<string, SiteTls>();
    for (const { id, config } of table.virtualHosts) if (config.tls !== undefined) byId.set(id, config.tls);
    const [first] = byId.values();
    known = { byId, fallback: table.virtualHosts.at(-1)?.config.tls ?? first };
    KNOWN.set(table, known);
  }
  return known;
}
