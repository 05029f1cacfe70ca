/**
 * What a visitor says first over TLS (RFC 8446, 4.1.2), as far as it is asked for before OpenSSL
 * has a say: the name of the host and the protocols that he offers.
 */

export type ClientHello =
  | { kind: "incomplete" }
  /** Not one, or none that is whole in its first record; OpenSSL may make more of it. */
  | { kind: "unknown" }
  | { kind: "complete"; serverName: string | undefined; protocols: readonly string[] };

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const RECORD_HEAD_BYTES = 5;
/** Of a record that is not encrypted (RFC 8446, 5.1). */
const MAX_RECORD_BYTES = 16_384;
/** Version and random, before the first field of changing length. */
const FIXED_BYTES = 34;
const SERVER_NAME = 0;
const ALPN = 16;
const UNKNOWN = { kind: "unknown" } as const;

export function parseClientHello(bytes: Buffer): ClientHello {
  if (bytes[0] !== undefined && bytes[0] !== HANDSHAKE) return UNKNOWN;
  if (bytes.length < RECORD_HEAD_BYTES) return { kind: "incomplete" };
  if (bytes.readUInt16BE(3) > MAX_RECORD_BYTES) return UNKNOWN;
  const record = counted(bytes, 3, 2);
  if (record === undefined) return { kind: "incomplete" };
  const hello = record[0] === CLIENT_HELLO ? counted(record, 1, 3) : undefined;
  const extensions = hello === undefined ? undefined : extensionsOf(hello);
  if (extensions === undefined) return UNKNOWN;
  return { kind: "complete", serverName: serverNameIn(extensions), protocols: protocolsIn(extensions) };
}

/** By type; undefined where the message is cut off. */
function extensionsOf(hello: Buffer): ReadonlyMap<number, Buffer> | undefined {
  let at = FIXED_BYTES;
  // The session id, the ciphers, the compressions.
  for (const size of [1, 2, 1]) {
    const field = counted(hello, at, size);
    if (field === undefined) return undefined;
    at += size + field.length;
  }
  const all = counted(hello, at, 2);
  if (all === undefined) return undefined;
  const extensions = new Map<number, Buffer>();
  for (at = 0; at < all.length;) {
    const content = counted(all, at + 2, 2);
    if (content === undefined) return undefined;
    extensions.set(all.readUInt16BE(at), content);
    at += 4 + content.length;
  }
  return extensions;
}

/** RFC 6066, 3: a list of names, of which the kinds but the first were never used. */
function serverNameIn(extensions: ReadonlyMap<number, Buffer>): string | undefined {
  const list = counted(extensions.get(SERVER_NAME) ?? Buffer.alloc(0), 0, 2);
  return list?.[0] === 0 ? counted(list, 1, 2)?.toString("latin1") : undefined;
}

function protocolsIn(extensions: ReadonlyMap<number, Buffer>): string[] {
  const list = counted(extensions.get(ALPN) ?? Buffer.alloc(0), 0, 2);
  const protocols: string[] = [];
  for (let at = 0; list !== undefined && at < list.length;) {
    const protocol = counted(list, at, 1);
    if (protocol === undefined) return [];
    protocols.push(protocol.toString("latin1"));
    at += 1 + protocol.length;
  }
  return protocols;
}

/** The bytes behind a length of so many bytes; undefined where they are cut off. */
function counted(bytes: Buffer, at: number, size: number): Buffer | undefined {
  if (at + size > bytes.length) return undefined;
  const begin = at + size;
  const end = begin + bytes.readUIntBE(at, size);
  return end > bytes.length ? undefined : bytes.subarray(begin, end);
}
