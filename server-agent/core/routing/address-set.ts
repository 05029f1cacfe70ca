/** Sets of client addresses, written as addresses and CIDR blocks (RFC 4632, RFC 4291). */
import ipaddr from "ipaddr.js";
import type { Problem } from "../../contract/errors.ts";
import { childPointer } from "../json-pointer.ts";
import { quote } from "../wording.ts";

/**
 * IPv4 addresses as 32 bit numbers, IPv6 ones as 128 bit numbers, networks without their host bits,
 * grouped by prefix length: a look-up costs one probe for each length in use.
 */
export class AddressSet {
  readonly #v4 = new Map<number, Set<number>>();
  readonly #v6 = new Map<number, Set<bigint>>();

  /**
   * Adds an address or CIDR block; false when the text is neither. An IPv4-mapped IPv6 block is the
   * IPv4 block.
   */
  add(entry: string): boolean {
    const block = parseBlock(entry);
    if (block === undefined) return false;
    const [address, prefix] = block;
    if (address.kind() === "ipv4") addTo(this.#v4, prefix, truncate4(parse4(address.toString()), prefix));
    else addTo(this.#v6, prefix, value6(address) >> BigInt(128 - prefix));
    return true;
  }

  /** Whether this address (canonical text, as `RequestFacts.client`) is in the set. */
  has(address: string): boolean {
    const v4 = parse4(address);
    if (v4 >= 0) {
      for (const [prefix, networks] of this.#v4) if (networks.has(truncate4(v4, prefix))) return true;
      return false;
    }
    if (this.#v6.size === 0 || !ipaddr.IPv6.isValid(address)) return false;
    const v6 = value6(ipaddr.IPv6.parse(address));
    for (const [prefix, networks] of this.#v6) if (networks.has(v6 >> BigInt(128 - prefix))) return true;
    return false;
  }

  get isEmpty(): boolean {
    return this.#v4.size === 0 && this.#v6.size === 0;
  }
}

/**
 * The set of all entries; those that are no address are reported at `path/index` (or at `path` for
 * a single entry) and left out.
 */
export function compileAddressSet(entries: string | readonly string[], path: string, problems: Problem[]): AddressSet {
  const set = new AddressSet();
  const add = (entry: string, at: string) => {
    if (!set.add(entry))
      problems.push({
        path: at,
        code: "address.malformed",
        message: `${quote(entry)} is not an IPv4 or IPv6 address or CIDR block; write it like \`10.0.0.0/8\`, \`192.0.2.7\` or \`2001:db8::/32\``,
      });
  };
  if (typeof entries === "string") add(entries, path);
  else for (const [index, entry] of entries.entries()) add(entry, childPointer(path, index));
  return set;
}

/**
 * Canonical text of an address: IPv4-mapped IPv6 as IPv4, IPv6 as in RFC 5952 and without zone;
 * undefined when it is none.
 */
export function canonicalAddress(text: string): string | undefined {
  if (parse4(text) >= 0) return text;
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  if (!ipaddr.IPv6.isValid(address)) return undefined;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : parsed.toString();
}

function parseBlock(entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  // ipaddr.js reads "10.8" and "0x7f.1" as the C library does; such text is a slip here. Zones have
  // no meaning for visitors.
  if (entry.includes("%")) return undefined;
  const slash = entry.indexOf("/");
  const text = slash < 0 ? entry : entry.slice(0, slash);
  const bits = slash < 0 ? undefined : entry.slice(slash + 1);
  if (bits !== undefined && !/^\d{1,3}$/.test(bits)) return undefined;
  if (parse4(text) >= 0) {
    const prefix = Number(bits ?? 32);
    return prefix <= 32 ? [ipaddr.IPv4.parse(text), prefix] : undefined;
  }
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(text);
  const prefix = Number(bits ?? 128);
  if (prefix > 128) return undefined;
  return address.isIPv4MappedAddress() && prefix >= 96 ? [address.toIPv4Address(), prefix - 96] : [address, prefix];
}

function addTo<T>(groups: Map<number, Set<T>>, prefix: number, network: T): void {
  const group = groups.get(prefix);
  if (group === undefined) groups.set(prefix, new Set([network]));
  else group.add(network);
}

/**
 * Four-part decimal text as a number, -1 for anything else. By hand, because it runs for each
 * request and must not allocate.
 */
function parse4(text: string): number {
  if (text.length < 7 || text.length > 15) return -1;
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      if (octet < 0) return -1;
      value = value * 256 + octet;
      octets += 1;
      octet = -1;
    } else if (code >= 0x30 && code <= 0x39) {
      // A leading zero is octal to some readers; nobody writes an address that way on purpose.
      if (octet === 0) return -1;
      octet = (octet < 0 ? 0 : octet) * 10 + (code - 0x30);
      if (octet > 255) return -1;
    } else return -1;
  }
  return octets === 3 && octet >= 0 ? value * 256 + octet : -1;
}

function truncate4(address: number, prefix: number): number {
  return prefix === 0 ? 0 : address >>> (32 - prefix);
}

function value6(address: ipaddr.IPv4 | ipaddr.IPv6): bigint {
  return address.toByteArray().reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
