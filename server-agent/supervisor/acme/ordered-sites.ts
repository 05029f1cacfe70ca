/** Which sites want a certificate from an authority, and for which names. */
import type { Config, VirtualHost } from "../../contract/config.ts";
import { type AcmeAuthority, LETS_ENCRYPT } from "../../contract/tls/acme.ts";
import { isIssued, namesToOrder } from "../../core/acme/acme-names.ts";
import type { WantedCertificate } from "../../core/acme/order-time.ts";
import { coversHost } from "../../core/maintenance/host-coverage.ts";
import { ownValue } from "../../core/own-value.ts";
import type { Known } from "./certificate-book.ts";

/** With what is known of its certificate. */
export interface OrderedSite extends WantedCertificate, Known {
  /** Of the authority, in the document. */
  readonly name: string;
  readonly authority: AcmeAuthority;
}

/** @param knownOf What is known of the certificate of the site with this id. */
export function orderedSites({ virtualHosts, acme = {} }: Config, knownOf: (site: string) => Known): OrderedSite[] {
  if (Object.keys(acme).length === 0) return [];
  /** By original: the topmost copycat above it that answers. */
  const copycats = new Map<string, VirtualHost>();
  return virtualHosts.flatMap((virtualHost) => {
    const { id, hosts, tls, disabled, copycatOf } = virtualHost;
    if (copycatOf !== undefined && disabled !== true && !copycats.has(copycatOf)) copycats.set(copycatOf, virtualHost);
    const authority = isIssued(tls) ? ownValue(acme, tls.acme) : undefined;
    if (!isIssued(tls) || disabled === true || authority === undefined) return [];
    const known = knownOf(id);
    const all = namesToOrder(tls, hosts);
    const copycat = copycats.get(id);
    const names = tls.names === undefined && copycat !== undefined ? closedNames(all, copycat, known) : all;
    return [{ ...known, name: tls.acme, authority, directory: authority.directory ?? LETS_ENCRYPT, names }];
  });
}

/**
 * A maintenance adds names for staff to its original, and no authority reaches most of them. They
 * are those that the copycat does not close. By the document alone: a receipt follows it later.
 */
function closedNames(names: readonly string[], { hosts }: VirtualHost, { held }: Known): readonly string[] {
  return names.filter((name) => hosts.some((host) => coversHost(host, name)) || held?.names.includes(name) === true);
}
