/**
 * Reading field lines (RFC 9112, 5) strictly: both kinds of heads are read with these. Text has one
 * character per byte.
 */
import { MalformedMessage } from "../http/malformed-message.ts";

/** More fields than this are an attack or an accident. */
export const MAX_FIELDS = 500;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
/** By character code: visible characters, blanks, tabs and bytes above ASCII (RFC 9110, 5.5). */
const ALLOWED = Uint8Array.from({ length: 256 }, (_, code) =>
  code === 0x09 || (code >= 0x20 && code !== 0x7f) ? 1 : 0,
);

/**
 * Where the line ends that `from` is in. Written out, as this looks at every character of every
 * head.
 */
export function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (ALLOWED[code] === 1) continue;
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
    if (ALLOWED[code] !== 1) break;
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
