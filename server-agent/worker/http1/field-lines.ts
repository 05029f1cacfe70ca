/**
 * Reading field lines (RFC 9112, 5) strictly: both kinds of heads are read with these. Text has one
 * character per byte.
 */
import { MalformedMessage } from "../http/malformed-message.ts";

/** More fields than this are an attack or an accident. */
export const MAX_FIELDS = 500;

const CR = 0x0d;
const LF = 0x0a;
export const COLON = 0x3a;
/** By character code: visible characters, blanks, tabs and bytes above ASCII (RFC 9110, 5.5). */
export const IN_VALUE = Uint8Array.from({ length: 256 }, (_, code) =>
  code === 0x09 || (code >= 0x20 && code !== 0x7f) ? 1 : 0,
);

/** By byte: what the name of a field has, and a method (RFC 9110, 5.6.2). */
export const TOKEN = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

/** Where the run of such bytes ends that begins at `from`. */
export function endOfAll(such: Uint8Array, bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && such[bytes[at] ?? 0] === 1) at++;
  return at;
}

/** Whether a line ends here: by a line break, or with the head. */
export function isLineEnd(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (at + 1 < end && bytes[at] === CR && bytes[at + 1] === LF);
}

/**
 * Where the line ends that `from` is in. Written out, as this looks at every character of every
 * head.
 */
export function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (IN_VALUE[code] === 1) continue;
    if (code === CR && text.charCodeAt(at + 1) === LF) return at;
    throw new MalformedMessage("a control character or a bare line break in the head");
  }
  return text.length;
}

/** Where the colon is of the field line that begins at `from`. */
export function endOfName(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) return at;
    if (IN_VALUE[code] !== 1) break;
  }
  throw new MalformedMessage("a field without colon");
}

/** Without blanks and tabs around it. */
export function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a connection goes on after a message with this `Connection` (RFC 9112, 9.3). */
export function persists(http11: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return http11;
  if (connection === "keep-alive") return true;
  if (/(?:^|,)\s*close\s*(?:,|$)/i.test(connection)) return false;
  return http11 || /(?:^|,)\s*keep-alive\s*(?:,|$)/i.test(connection);
}

/** A `Content-Length` as number of bytes. */
export function parseLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new MalformedMessage("Content-Length is not a number");
  return Number(value);
}
