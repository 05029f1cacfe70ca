/** Networks as Apache looks them up: whole addresses, and IPv4 networks by their octets. */
import ipaddr from "ipaddr.js";
import { canonicalAddress } from "../routing/address-set.ts";

const OCTET_BITS = 8;

/**
 * Beginnings of addresses that make up the network: `10.1` for 10.1.0.0/16, `10.0` and `10.1` for
 * 10.0.0.0/15. Undefined for an IPv6 network, whose addresses have no such beginnings.
 *
 * @param entry A valid address or CIDR block.
 */
export function networkNames(entry: string): string[] | undefined {
  const [text = "", bits] = entry.split("/");
  const address = canonicalAddress(text);
  if (address === undefined) return undefined;
  if (address.includes(":")) return bits === undefined || bits === "128" ? [address] : undefined;
  const isMapped = text.includes(":");
  const prefix = bits === undefined ? 32 : Number(bits) - (isMapped ? 96 : 0);
  if (prefix < 0) return undefined;
  const octets = Math.max(1, Math.ceil(prefix / OCTET_BITS));
  const own = ipaddr.IPv4.parse(address).octets.slice(0, octets);
  const count = 2 ** (octets * OCTET_BITS - prefix);
  const last = own.at(-1) ?? 0;
  const first = last - (last % count);
  return Array.from({ length: count }, (_, index) => [...own.slice(0, -1), first + index].join("."));
}
