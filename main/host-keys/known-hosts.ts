/** What the known_hosts files say about the key that a server offers. */
import { Buffer } from "node:buffer";
import { type HostKey, fingerprint, isSameKey } from "./host-key.ts";
import { type KnownHost, meansHost } from "./known-hosts-lines.ts";

/** A key on file, for people to compare. */
interface KnownKey {
  type: string;
  fingerprint: string;
  file: string;
  line: number;
}

export type HostKeyAnswer =
  | { kind: "known"; file: string; line: number }
  /** Other keys of this type are on file for the host, and not this one: stop. */
  | { kind: "changed"; known: KnownKey[] }
  /**
   * Only keys of other types are on file. To be treated as unknown, and as a reason to look twice:
   * the client asked for the types on file first.
   */
  | { kind: "other-type"; known: KnownKey[] }
  | { kind: "unknown" }
  /** The key is marked as stolen or withdrawn. */
  | { kind: "revoked"; file: string; line: number }
  /** The host is known by who signs its key, which is not supported. */
  | { kind: "certificate-authority"; file: string; line: number };

const DEFAULT_PORT = 22;

/**
 * Under which host and port to look the key of a resolved host up: a `HostKeyAlias` stands in place
 * of both.
 */
export function hostKeyPlace({
  hostName,
  port,
  hostKeyAlias,
}: {
  hostName: string;
  port: number;
  hostKeyAlias?: string;
}): { host: string; port: number } {
  return hostKeyAlias === undefined ? { host: hostName, port } : { host: hostKeyAlias, port: DEFAULT_PORT };
}

/** How known_hosts names a host at a port. */
export function knownHostName(host: string, port: number): string {
  const name = host.toLowerCase();
  return port === DEFAULT_PORT ? name : `[${name}]:${port}`;
}

/** The lines that mean the host, in the order of the files. */
export function knownHostsOf(entries: readonly KnownHost[], host: string, port: number): KnownHost[] {
  const name = knownHostName(host, port);
  return entries.filter((entry) => meansHost(entry, name));
}

/**
 * Looks an offered key up. `@revoked` wins over everything, then the very key, then whatever speaks
 * against it.
 *
 * As in ssh, a line for the host without its port lets its key in at any port where no key is on
 * file, and is no reason against another key: at another port another server may well answer.
 * Differs from ssh on purpose in two points: a key revoked for the host alone is revoked at every
 * port, and where only keys of other types are on file ssh calls that changed.
 */
export function checkHostKey(
  entries: readonly KnownHost[],
  host: string,
  port: number,
  offered: HostKey,
): HostKeyAnswer {
  const own = knownHostsOf(entries, host, port);
  const portless = port === DEFAULT_PORT ? [] : knownHostsOf(entries, host, DEFAULT_PORT);
  const isOffered = (entry: KnownHost) => isSameKey(entry, offered);
  const revoked = [...own, ...portless].find((entry) => entry.marker === "revoked" && isOffered(entry));
  if (revoked !== undefined) return { kind: "revoked", ...placeOf(revoked) };
  const keys = own.filter(isPlain);
  const known = (keys.length > 0 ? keys : portless.filter(isPlain)).find(isOffered);
  if (known !== undefined) return { kind: "known", ...placeOf(known) };
  const sameType = keys.filter(({ type }) => type === offered.type);
  if (sameType.length > 0) return { kind: "changed", known: sameType.map(knownKeyOf) };
  const authority = own.find(({ marker }) => marker === "cert-authority");
  if (authority !== undefined) return { kind: "certificate-authority", ...placeOf(authority) };
  return keys.length > 0 ? { kind: "other-type", known: keys.map(knownKeyOf) } : { kind: "unknown" };
}

function isPlain({ marker }: KnownHost): boolean {
  return marker === "none";
}
function placeOf({ file, line }: KnownHost) {
  return { file, line };
}
function knownKeyOf({ type, blob, file, line }: KnownHost): KnownKey {
  return { type, fingerprint: fingerprint(blob), file, line };
}

/** The types of the keys on file for the host, each once, in the order of the files. */
export function knownKeyTypes(entries: readonly KnownHost[], host: string, port: number): string[] {
  const typesAt = (at: number) => [
    ...new Set(
      knownHostsOf(entries, host, at)
        .filter(isPlain)
        .map(({ type }) => type),
    ),
  ];
  const own = typesAt(port);
  return own.length > 0 || port === DEFAULT_PORT ? own : typesAt(DEFAULT_PORT);
}

/**
 * Puts the host key algorithms first that ask the server for a key of a type on file: it would
 * otherwise offer another of its keys, and that would look like a new one. An `ssh-rsa` key signs
 * by `rsa-sha2-512` and `rsa-sha2-256` (RFC 8332). Adds none and takes none away.
 */
export function preferKnownTypes(algorithms: readonly string[], types: readonly string[]): string[] {
  const isKnown = (algorithm: string) => types.includes(algorithm.startsWith("rsa-sha2-") ? "ssh-rsa" : algorithm);
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))];
}

/**
 * A line, without its end, for the app's own store. Throws for a name that would mean something
 * else on the line; no server can be reached by such a name.
 */
export function formatKnownHost(host: string, port: number, { type, blob }: HostKey): string {
  const name = knownHostName(host, port);
  if (host === "" || /[\s\p{Cc},*?!|#@[\]]/u.test(host))
    throw new RangeError(`“${host}” cannot stand in known_hosts as the name of a host.`);
  return `${name} ${type} ${Buffer.from(blob).toString("base64")}`;
}
