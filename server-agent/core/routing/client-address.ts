import { canonicalAddress, type AddressSet } from "./address-set.ts";

export interface Client {
  /** Canonical text; `""` when the socket has no address. */
  client: string;
  /** The socket's peer is a trusted proxy. */
  peerTrusted: boolean;
  /**
   * Whether the visitor came over TLS, as a trusted proxy says. Undefined: nobody says it, and the
   * socket itself knows best.
   */
  tls: boolean | undefined;
}

/**
 * Who is asking. `X-Forwarded-For` is read from right to left, and only as far as each address was
 * written by a trusted proxy: what stands further left is the visitor's own claim. An entry that is
 * no address ends the walk, with the proxy that wrote it as the client. `X-Forwarded-Proto` counts
 * from the same proxy that wrote the client's address; a list shorter than that (a proxy that
 * replaces instead of appending) counts with its first entry.
 *
 * @param socketAddress Remote address of the socket as the platform names it, IPv4-mapped IPv6
 *   included.
 * @param xForwardedFor All values of the header, joined by commas.
 */
export function clientOf(
  socketAddress: string | undefined,
  xForwardedFor: string | undefined,
  xForwardedProto: string | undefined,
  trusted: AddressSet,
): Client {
  let client = socketAddress === undefined ? "" : peerAddress(socketAddress);
  if (trusted.isEmpty || !trusted.has(client)) return { client, peerTrusted: false, tls: undefined };
  let hops = 0;
  let end = xForwardedFor?.length ?? 0;
  while (xForwardedFor !== undefined && end > 0 && trusted.has(client)) {
    const comma = xForwardedFor.lastIndexOf(",", end - 1);
    const forwarded = canonicalAddress(withoutPort(xForwardedFor.slice(comma + 1, end).trim()));
    if (forwarded === undefined) break;
    client = forwarded;
    hops += 1;
    end = comma;
  }
  return {
    client,
    peerTrusted: true,
    tls:
      xForwardedProto === undefined
        ? undefined
        : fromRight(xForwardedProto, Math.max(hops, 1)).toLowerCase() === "https",
  };
}

/** The canonical form of an address as the platform names it. */
export function peerAddress(address: string): string {
  // A socket's address is canonical already; only the two forms below differ from how conditions
  // write it.
  if (!address.includes(":")) return address;
  return address.startsWith("::ffff:") || address.includes("%") ? (canonicalAddress(address) ?? address) : address;
}

/** `192.0.2.7:443` and `[2001:db8::1]:443` are common among proxies. */
function withoutPort(entry: string): string {
  if (entry.startsWith("[")) return entry.slice(1, entry.indexOf("]"));
  const colon = entry.indexOf(":");
  return colon >= 0 && colon === entry.lastIndexOf(":") ? entry.slice(0, colon) : entry;
}

/** The n-th entry from the right, or the first one if there are fewer. */
function fromRight(list: string, n: number): string {
  const entries = list.split(",");
  return (entries[Math.max(entries.length - n, 0)] ?? "").trim();
}
