import { canonicalAddress } from "../routing/address-set.ts";

const MAX_NAME_CHARS = 253;

/** Where a target of an upstream is; read by the check and by what connects, so that they agree. */
export interface TargetAddress {
  /** Name or address, in lower case, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Its own `Host`. */
  readonly authority: string;
}

/** Reads `http://host:port`; undefined when it is no such target. */
export function parseTarget(url: string): TargetAddress | undefined {
  const parts = /^http:\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+))(?::(\d{1,5}))?\/?$/.exec(url);
  if (parts === null) return undefined;
  const [, literal, name = "", digits = "80"] = parts;
  const port = Number(digits);
  const host = literal === undefined ? name.toLowerCase() : canonicalAddress(literal);
  if (host === undefined || port < 1 || port > 65_535 || (literal === undefined && !isHost(host))) return undefined;
  const bare = host.includes(":") ? `[${host}]` : host;
  return { host, port, authority: port === 80 ? bare : `${bare}:${String(port)}` };
}

/**
 * A name, or an IPv4 address in its usual form. What ends in a number is read as an address by
 * programs that take leading zeros for octal, and a single number for all four.
 */
function isHost(host: string): boolean {
  const labels = host.replace(/\.$/, "").split(".");
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return canonicalAddress(host) === host;
  return host.length <= MAX_NAME_CHARS && labels.every((label) => label.length >= 1 && label.length <= 63);
}
