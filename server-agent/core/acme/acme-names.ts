/**
 * For which names a certificate is ordered. The authority connects to each of them (HTTP-01, RFC
 * 8555, 8.3; TLS-ALPN-01, RFC 8737), so that it must be one name, and no address.
 */
import ipaddr from "ipaddr.js";
import type { IssuedCertificate, SiteTls, VirtualHost } from "../../contract/config.ts";
import { CHALLENGE_PREFIX } from "../usual-exceptions.ts";
import { quote } from "../wording.ts";

/** Labels of letters, digits, hyphens and underscores (RFC 1123, 2.1; underscores by custom). */
const NAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** Made by the authority (RFC 8555, 8.1). Nothing else may be sent back to who asks for it. */
const TOKEN = /^[A-Za-z0-9_-]{1,200}$/;

/** Whether the agent obtains the certificate. */
export function isIssued(tls: SiteTls | undefined): tls is IssuedCertificate {
  return tls !== undefined && "acme" in tls;
}

/** In lower case, each once, without the dot at the end. */
export function namesToOrder(tls: IssuedCertificate, hosts: VirtualHost["hosts"]): string[] {
  return [...new Set((tls.names ?? hosts).map(plainName))];
}

/** Why no certificate can be ordered for this host; undefined: one can. */
export function nameFault(host: string): string | undefined {
  if (host === "*" || host.startsWith("~"))
    return `${quote(host)} is a pattern, and no certificate can be ordered for a pattern; list the names in \`names\`, or use certificate files`;
  if (host.startsWith("*."))
    return `HTTP-01 and TLS-ALPN-01 issue no wildcard certificates, so none can be ordered for ${quote(host)}; list the names in \`names\`, or use certificate files`;
  const name = plainName(host);
  if (ipaddr.isValid(name.replace(/^\[|\]$/g, "")))
    return `${quote(host)} is an address; certificates are ordered for names only, so list those in \`names\`, or use certificate files`;
  return NAME.test(name) ? undefined : `${quote(host)} is not a name for which a certificate can be ordered`;
}

/** @param path As conditions see it; one that begins with the prefix. */
export function challengeToken(path: string): string | undefined {
  const token = path.slice(CHALLENGE_PREFIX.length);
  return TOKEN.test(token) ? token : undefined;
}

function plainName(host: string): string {
  return host.toLowerCase().replace(/\.$/, "");
}
