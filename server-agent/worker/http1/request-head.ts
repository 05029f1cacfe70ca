/**
 * The head of a request as a visitor sent it (RFC 9112, 3 and 5), read strictly: what two servers
 * could understand in two ways is refused, for one of them may stand behind this one (request
 * smuggling).
 */
import {
  COLON,
  endOfAll,
  IN_VALUE,
  isLineEnd,
  MAX_FIELDS,
  parseLength,
  persists,
  TOKEN,
  trimmed,
} from "./field-lines.ts";
import { classOf, mayBeOfConnection } from "../http/field-names.ts";
import type { RequestHead as MessageHead } from "../http/incoming-request.ts";
import { MalformedMessage } from "../http/malformed-message.ts";

export interface RequestHead extends MessageHead {
  readonly version: "1.0" | "1.1";
  /** The client may send another request on the connection. */
  readonly persists: boolean;
}

/** A method is any token: maintenance answers all of them. */
const MAX_METHOD_BYTES = 64;
const SPACE = 0x20;
const ZERO = 0x30;
const VERSION = " HTTP/1.";

/**
 * What a target has: visible ASCII alone (RFC 3986, 2), and no fragment (RFC 9112, 3.2), as some
 * programs end the path at `#` and others do not.
 */
const IN_TARGET = Uint8Array.from({ length: 256 }, (_, byte) => (byte > 0x20 && byte < 0x7f && byte !== 0x23 ? 1 : 0));

/** A request that is well-formed but asks for what this server does not have. */
export class UnsupportedRequest extends MalformedMessage {
  readonly status: 431 | 501;

  constructor(status: 431 | 501, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Bytes are looked at one by one: that is several times faster than the characters of a string.
 *
 * @param bytes Begin with the head, from the request line to the last field.
 * @param end Where it ends, before the line break of its last line; behind that anything may stand.
 * @throws MalformedMessage, UnsupportedRequest
 */
export function parseRequestHead(bytes: Buffer, end: number): RequestHead {
  const text = bytes.toString("latin1", 0, end);
  const methodEnd = endOfAll(TOKEN, bytes, 0, end);
  const targetStart = methodEnd + 1;
  const targetEnd = endOfAll(IN_TARGET, bytes, targetStart, end);
  const minor = (bytes[targetEnd + VERSION.length] ?? 0) - ZERO;
  const lineEnd = targetEnd + VERSION.length + 1;
  if (
    methodEnd === 0 ||
    methodEnd > MAX_METHOD_BYTES ||
    bytes[methodEnd] !== SPACE ||
    targetEnd === targetStart ||
    !text.startsWith(VERSION, targetEnd) ||
    (minor !== 0 && minor !== 1) ||
    !isLineEnd(bytes, lineEnd, end)
  )
    throw new MalformedMessage("not a request line of HTTP/1.1");

  const rawHeaders: string[] = [];
  let contentLength: number | undefined;
  let transferEncoding: string | undefined;
  let connection: string | undefined;

  for (let start = lineEnd + 2; start < end;) {
    const colon = endOfAll(TOKEN, bytes, start, end);
    if (colon === start || colon === end || bytes[colon] !== COLON)
      throw new MalformedMessage("a field without colon, or whose name is not a token");
    const valueEnd = endOfAll(IN_VALUE, bytes, colon + 1, end);
    if (!isLineEnd(bytes, valueEnd, end))
      throw new MalformedMessage("a control character or a bare line break in the head");
    if (rawHeaders.length >= 2 * MAX_FIELDS) throw new UnsupportedRequest(431, "too many fields");
    const name = text.slice(start, colon);
    const value = trimmed(text, colon + 1, valueEnd);
    rawHeaders.push(name, value);
    const line = start;
    start = valueEnd + 2;
    if (!mayBeOfConnection(bytes[line] ?? 0, colon - line)) continue;
    switch (classOf(name)) {
      case "content-length":
        if (contentLength !== undefined) throw new MalformedMessage("two Content-Length fields");
        contentLength = parseLength(value);
        break;
      case "transfer-encoding":
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding}, ${value}`;
        break;
      case "connection":
        connection = connection === undefined ? value : `${connection}, ${value}`;
        break;
      default:
        break;
    }
  }

  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) throw new MalformedMessage("both Transfer-Encoding and Content-Length");
    if (minor === 0) throw new MalformedMessage("Transfer-Encoding in a request of HTTP/1.0");
    refuseCodings(transferEncoding);
  }
  return {
    method: text.slice(0, methodEnd),
    target: text.slice(targetStart, targetEnd),
    version: minor === 1 ? "1.1" : "1.0",
    rawHeaders,
    contentLength,
    chunked: transferEncoding !== undefined,
    persists: persists(minor === 1, connection),
  };
}

/**
 * Where the body ends is certain only if chunked is the last coding and the only one of its kind
 * (RFC 9112, 6.3 and 7); what was coded before that, nobody here can decode (6.1).
 */
function refuseCodings(transferEncoding: string): void {
  const codings = transferEncoding.toLowerCase().split(/[ \t]*,[ \t]*/);
  if (codings.indexOf("chunked") !== codings.length - 1)
    throw new MalformedMessage("a body whose end only the end of the connection tells");
  if (codings.length > 1) throw new UnsupportedRequest(501, "a transfer coding other than chunked");
}
