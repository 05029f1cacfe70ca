/**
 * The header lines that tell an upstream who the visitor is: `X-Forwarded-For`, `-Host`, `-Proto`,
 * `-Prefix`, and `Forwarded` (RFC 7239).
 */

export interface Hop {
  /** Canonical address of the peer of the connection; `""` when unknown. */
  readonly peer: string;
  /** Canonical address of the visitor; differs from `peer` only behind trusted proxies. */
  readonly client: string;
  /** The visitor came over TLS. */
  readonly tls: boolean;
  /** Host as the visitor sent it. */
  readonly host: string;
  /** The part of the path that the upstream does not get; `""` where it gets all. */
  readonly prefix: string;
  /** What the peer said about the visitor; undefined unless the peer is a trusted proxy. */
  readonly said:
    | {
        readonly for: string | undefined;
        readonly host: string | undefined;
        readonly prefix: string | undefined;
        readonly forwarded: string | undefined;
      }
    | undefined;
}

/**
 * Complete lines, each with CR LF. What an untrusted peer said is replaced; what a trusted proxy
 * said is added to.
 */
export function forwardedHeaders(hop: Hop): string {
  const { peer, said } = hop;
  const proto = hop.tls ? "https" : "http";
  const host = said?.host ?? hop.host;
  let lines = "";
  if (peer !== "") lines += `X-Forwarded-For: ${said?.for === undefined ? peer : `${said.for}, ${peer}`}\r\n`;
  if (host !== "") lines += `X-Forwarded-Host: ${host}\r\n`;
  lines += `X-Forwarded-Proto: ${proto}\r\n`;
  const prefix = `${said?.prefix?.replace(/\/+$/, "") ?? ""}${hop.prefix}`;
  if (prefix !== "") lines += `X-Forwarded-Prefix: ${prefix}\r\n`;
  const first =
    said?.forwarded ?? `for=${node(hop.client)}${host === "" ? "" : `;host=${quoted(host)}`};proto=${proto}`;
  // A trusted proxy that named nobody stands for the visitor itself.
  const isFirst = said === undefined || (said.forwarded === undefined && hop.client === peer);
  return `${lines}Forwarded: ${isFirst ? first : `${first}, for=${node(peer)}`}\r\n`;
}

/** RFC 7239, 6: IPv6 addresses stand in brackets and quotes. */
function node(address: string): string {
  if (address === "") return "unknown";
  return address.includes(":") ? `"[${address}]"` : address;
}

function quoted(value: string): string {
  return `"${value.includes('"') || value.includes("\\") ? value.replace(/["\\]/g, "\\$&") : value}"`;
}
