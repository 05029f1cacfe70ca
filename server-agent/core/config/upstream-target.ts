import type { Target as ConfiguredTarget } from "../../contract/upstream.ts";
import { canonicalAddress } from "../routing/address-set.ts";
import type { Protocol } from "../upstream-of.ts";

const MAX_NAME_CHARS = 253;
/** The kernel has room for 107 bytes in the name of a socket (unix(7)). */
const SOCKET = /^(https?|h2c?|fcgi|scgi|uwsgi):\/\/unix:(\/[!-~]{0,105}[!-.0-~])$/;

/** HTTP has its own (RFC 9110, 4.2.1 and 4.2.2); the others have none, and must say theirs. */
const DEFAULT_PORT: Readonly<Record<string, number>> = { http: 80, https: 443, h2c: 80, h2: 443 };

/** Where a target of an upstream is; read by the check and by what connects, so that they agree. */
export interface TargetAddress {
  readonly protocol: Protocol;
  /** Over TLS. */
  readonly isSecure: boolean;
  /** HTTP in its version 2; else 1.1. */
  readonly isHttp2: boolean;
  /** As `net.connect` has it: a name or address in lower case, without brackets; or a socket. */
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Its own `Host`. */
  readonly authority: string;
  /** For the log. */
  readonly name: string;
}

/** A target with its defaults. */
export interface TargetOptions {
  readonly url: string;
  readonly id: string | undefined;
  readonly weight: number;
  readonly isBackup: boolean;
}

/** One that is written as its address alone has no id, and the weight of the others. */
export function targetOptions(target: string | ConfiguredTarget): TargetOptions {
  const { url, id, weight = 1, backup = false } = typeof target === "string" ? { url: target } : target;
  return { url, id, weight, isBackup: backup };
}

/** Reads `PROTOCOL://host:port` or `PROTOCOL://unix:/path`; undefined when it is no such target. */
export function parseTarget(url: string): TargetAddress | undefined {
  const socket = SOCKET.exec(url);
  if (socket !== null) {
    const [, scheme = "", path = ""] = socket;
    return { ...spokenBy(scheme), address: { path }, authority: "localhost", name: `unix:${path}` };
  }
  const parts = /^(https?|h2c?|fcgi|scgi|uwsgi):\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+))(?::(\d{1,5}))?\/?$/.exec(
    url,
  );
  if (parts === null) return undefined;
  const [, scheme = "", literal, name = "", digits] = parts;
  const ownPort = DEFAULT_PORT[scheme];
  const port = Number(digits ?? ownPort);
  const host = literal === undefined ? name.toLowerCase() : canonicalAddress(literal);
  const isPort = port >= 1 && port <= 65_535;
  if (host === undefined || !isPort || (literal === undefined && !isHost(host))) return undefined;
  const bare = host.includes(":") ? `[${host}]` : host;
  const authority = port === ownPort ? bare : `${bare}:${String(port)}`;
  return { ...spokenBy(scheme), address: { host, port }, authority, name: authority };
}

function spokenBy(scheme: string): Pick<TargetAddress, "protocol" | "isSecure" | "isHttp2"> {
  const isHttp2 = scheme === "h2" || scheme === "h2c";
  return {
    protocol: isHttp2 || scheme === "https" ? "http" : (scheme as Protocol),
    isSecure: scheme === "https" || scheme === "h2",
    isHttp2,
  };
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
