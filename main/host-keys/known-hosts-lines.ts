/** Lines of `known_hosts`: sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT". */
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { type HostKey, hostKeyOf } from "./host-key.ts";
import { matchesHostList } from "../ssh-config/host-pattern.ts";

export interface KnownHost extends HostKey {
  file: string;
  /** Counted from 1. */
  line: number;
  marker: "none" | "cert-authority" | "revoked";
  /** Patterns or one hashed name, as written. */
  names: string;
}

export interface KnownHostsFile {
  entries: KnownHost[];
  /** Lines that were skipped, in whole sentences. */
  problems: { file: string; line: number; message: string }[];
}

const SHA1_BYTES = 20;

/** Reads any text; lines that mean nothing are skipped and reported. */
export function parseKnownHosts(text: string, file: string): KnownHostsFile {
  const found: KnownHostsFile = { entries: [], problems: [] };
  for (const [index, raw] of text.split("\n").entries()) {
    const content = raw.replaceAll(/^[ \t]+|[ \t\r]+$/g, "");
    if (content === "" || content.startsWith("#")) continue;
    const line = index + 1;
    const parsed = parseLine(content);
    if (typeof parsed === "string")
      found.problems.push({ file, line, message: `${file} line ${line} is skipped: ${parsed}.` });
    else found.entries.push({ ...parsed, file, line });
  }
  return found;
}

/** What the line says, or why it says nothing. */
function parseLine(content: string): Omit<KnownHost, "file" | "line"> | string {
  const words = content.split(/[ \t]+/);
  let marker: KnownHost["marker"] = "none";
  if (content.startsWith("@")) {
    const word = words.shift();
    if (word === "@cert-authority") marker = "cert-authority";
    else if (word === "@revoked") marker = "revoked";
    else return "the marker is neither @cert-authority nor @revoked";
  }
  const [names, type, base64] = words;
  if (names === undefined || type === undefined || base64 === undefined)
    return "it has not the parts host, key type and key";
  if (names.startsWith("|") && hashParts(names) === undefined) return "the hashed host name is damaged";
  if (/^\d+$/.test(type)) return "it has a key of the outdated SSH protocol 1";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return "the key is not base64";
  const key = hostKeyOf(Buffer.from(base64, "base64"));
  if (key === undefined) return "the key is damaged";
  return key.type === type ? { marker, names, ...key } : "the key is of another type than the line says";
}

function hashParts(names: string): { salt: Buffer; hash: Buffer } | undefined {
  const [, saltText = "", hashText = ""] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(names) ?? [];
  const salt = Buffer.from(saltText, "base64");
  const hash = Buffer.from(hashText, "base64");
  return salt.length === SHA1_BYTES && hash.length === SHA1_BYTES ? { salt, hash } : undefined;
}

/**
 * Whether the names of a line mean this host, given as in the file: in lower case, and as
 * `[host]:port` unless the port is 22.
 */
export function meansHost({ names }: KnownHost, host: string): boolean {
  const hashed = names.startsWith("|") ? hashParts(names) : undefined;
  return hashed === undefined
    ? matchesHostList(host, names)
    : createHmac("sha1", hashed.salt).update(host).digest().equals(hashed.hash);
}
