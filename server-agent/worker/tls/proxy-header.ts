/**
 * The header of the PROXY protocol, version 1 and 2 (HAProxy's proxy-protocol.txt, 2020/03/05), by
 * which a proxy tells whom it brings. Only trusted proxies are read so, and of them it is demanded:
 * who could leave it out could be anybody. Everything that the text does not allow is malformed.
 */
import { isIP } from "node:net";

export type ProxyHeader =
  | { kind: "incomplete" }
  | { kind: "malformed"; why: string }
  /** `client`: whom the proxy brings; undefined where it comes for itself, or does not know. */
  | { kind: "complete"; length: number; client: string | undefined };

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const TEXT_START = Buffer.from("PROXY ", "latin1");
/** With its end (bytes). */
const MAX_TEXT_BYTES = 107;
const BINARY_HEAD_BYTES = 16;
/** Behind the head of version 2: addresses, and what proxies add, such as certificates (bytes). */
const MAX_BINARY_BYTES = 4096;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAlike(bytes, SIGNATURE))
    return bytes.length < BINARY_HEAD_BYTES ? { kind: "incomplete" } : parseBinary(bytes);
  if (startsAlike(bytes, TEXT_START)) return parseText(bytes);
  return malformed("no header");
}

function startsAlike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function parseText(bytes: Buffer): ProxyHeader {
  const end = bytes.indexOf("\r\n", 0, "latin1");
  if (end < 0 && bytes.length < MAX_TEXT_BYTES) return { kind: "incomplete" };
  if (end < 0 || end + 2 > MAX_TEXT_BYTES) return malformed("the line is too long");
  const length = end + 2;
  const [, family, source = "", destination = "", sourcePort = "", destinationPort = "", ...more] = bytes
    .toString("latin1", 0, end)
    .split(" ");
  // What follows then is to be ignored.
  if (family === "UNKNOWN") return { kind: "complete", length, client: undefined };
  const version = family === "TCP4" ? 4 : family === "TCP6" ? 6 : undefined;
  const isWhole =
    version !== undefined &&
    more.length === 0 &&
    [source, destination].every((address) => isIP(address) === version && !address.includes("%")) &&
    [sourcePort, destinationPort].every((port) => PORT.test(port) && Number(port) <= 65_535);
  return isWhole ? { kind: "complete", length, client: source } : malformed("not addresses and ports");
}

/** Length of both addresses and ports, by family and protocol; others are not spoken over TCP. */
const ADDRESSES = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
]);

function parseBinary(bytes: Buffer): ProxyHeader {
  const [command, family] = [bytes.readUInt8(12), bytes.readUInt8(13)];
  const size = bytes.readUInt16BE(14);
  if (command >> 4 !== 2) return malformed("not version 2");
  if (command !== 0x20 && command !== 0x21) return malformed("an unknown command");
  if (size > MAX_BINARY_BYTES) return malformed("too long");
  const length = BINARY_HEAD_BYTES + size;
  const isLocal = command === 0x20;
  const addresses = ADDRESSES.get(family);
  if (!isLocal && addresses === undefined) return malformed("an unknown family");
  if (!isLocal && size < (addresses ?? 0)) return malformed("too short for its addresses");
  if (bytes.length < length) return { kind: "incomplete" };
  // A proxy that comes for itself may send anything behind the head.
  if (isLocal) return { kind: "complete", length, client: undefined };
  if (!areWhole(bytes.subarray(BINARY_HEAD_BYTES + (addresses ?? 0), length)))
    return malformed("an extension is cut off");
  return { kind: "complete", length, client: sourceOf(family, bytes.subarray(BINARY_HEAD_BYTES)) };
}

function sourceOf(family: number, bytes: Buffer): string | undefined {
  if (family === 0x11) return [...bytes.subarray(0, 4)].join(".");
  if (family !== 0x21) return undefined;
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return groups.join(":");
}

/** Extensions: a type, a length of two bytes, and so much. */
function areWhole(bytes: Buffer): boolean {
  let at = 0;
  while (at < bytes.length) {
    if (at + 3 > bytes.length) return false;
    at += 3 + bytes.readUInt16BE(at + 1);
  }
  return at === bytes.length;
}

function malformed(why: string): ProxyHeader {
  return { kind: "malformed", why: `PROXY protocol: ${why}` };
}
