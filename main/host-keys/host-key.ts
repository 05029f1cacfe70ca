/** A host key as SSH sends it, with the fingerprint that people compare. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

/**
 * A public key as it travels: `blob` is the wire form of RFC 4253 section 6.6, of which the type is
 * the first string.
 */
export interface HostKey {
  type: string;
  blob: Uint8Array;
}

const MAX_TYPE_LENGTH = 64;

/**
 * The key in a blob, e.g. in what a server offers; `undefined` when the blob is not made of
 * length-prefixed strings that begin with a key type.
 */
export function hostKeyOf(blob: Uint8Array): HostKey | undefined {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength);
  const strings: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const length = bytes.readUInt32BE(at);
    at += 4 + length;
    if (at > bytes.length) return undefined;
    strings.push(bytes.subarray(at - length, at));
  }
  const [name, ...parts] = strings;
  if (name === undefined || parts.length === 0 || name.length > MAX_TYPE_LENGTH) return undefined;
  const type = name.toString("latin1");
  return /^[A-Za-z0-9][A-Za-z0-9@.+_-]*$/.test(type) ? { type, blob } : undefined;
}

/** `SHA256:…` as `ssh-keygen -lf` prints it. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

export function isSameKey(one: HostKey, other: HostKey): boolean {
  return Buffer.compare(one.blob, other.blob) === 0;
}
