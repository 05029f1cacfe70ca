/** The head of a response as an upstream sent it (RFC 9112, 4 and 5), read strictly: what could be understood in two ways is refused. */
import { classOf, connectionOptions } from "./header-names.ts";
import { InvalidResponse } from "./upstream-failure.ts";

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /** What a proxy passes on, as name, value, name, value. `Content-Length` is not among them. */
  readonly headers: string[];
  /** As declared; says nothing about a body that the status or the method rules out. */
  readonly contentLength: number | undefined;
  readonly chunked: boolean;
  /** The connection may be used again after this response. */
  readonly keepAlive: boolean;
  /** Seconds the upstream says it keeps an idle connection. */
  readonly keepAliveSeconds: number | undefined;
  /** Value of `Upgrade`. */
  readonly upgrade: string | undefined;
}

export const HEADERS_AT_MOST = 500;

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
/** By character code: visible characters, blanks, tabs and bytes above ASCII (RFC 9110, 5.5). */
const ALLOWED = Uint8Array.from({ length: 256 }, (_, code) => (code === 0x09 || (code >= 0x20 && code !== 0x7f) ? 1 : 0));

/**
 * @param text From the status line to the last header, without the empty line, one character per byte.
 * @throws InvalidResponse
 */
export function parseResponseHead(text: string): ResponseHead {
  let lineEnd = endOfLine(text, 0);
  const statusLine = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (statusLine === null) throw new InvalidResponse("the response does not begin with an HTTP/1.1 status line");
  const minor = statusLine[1];
  const headers: string[] = [];
  let contentLength: number | undefined;
  let transferEncoding: string | undefined;
  let connection: string | undefined;
  let keepAliveSeconds: number | undefined;
  let upgrade: string | undefined;
  let count = 0;

  for (let start = lineEnd + 2; start < text.length; start = lineEnd + 2) {
    const colon = endOfName(text, start);
    lineEnd = endOfLine(text, colon);
    if (++count > HEADERS_AT_MOST) throw new InvalidResponse("too many response headers");
    const name = text.slice(start, colon);
    const value = trimmed(text, colon + 1, lineEnd);
    switch (classOf(name)) {
      case "end-to-end":
      case "forwarding":
      case "host":
      case "expect":
        headers.push(name, value);
        break;
      case "content-length": {
        if (!/^\d{1,15}$/.test(value)) throw new InvalidResponse("Content-Length is not a number");
        if (contentLength !== undefined && contentLength !== Number(value)) throw new InvalidResponse("two different Content-Length headers");
        contentLength = Number(value);
        break;
      }
      case "transfer-encoding":
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding}, ${value}`;
        break;
      case "connection":
        connection = connection === undefined ? value : `${connection}, ${value}`;
        break;
      case "keep-alive": {
        const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(value)?.[1];
        if (seconds !== undefined) keepAliveSeconds = Number(seconds);
        break;
      }
      case "upgrade":
        upgrade = value;
        break;
      case "hop-by-hop":
        break;
      case "malformed":
        throw new InvalidResponse("a response header whose name is not a token");
    }
  }

  if (transferEncoding !== undefined) {
    // Anything else would have to be decoded to be passed on, and both lengths at once are how responses are smuggled (RFC 9112, 6.3).
    if (transferEncoding.toLowerCase() !== "chunked") throw new InvalidResponse("a Transfer-Encoding other than chunked");
    if (contentLength !== undefined) throw new InvalidResponse("both Transfer-Encoding and Content-Length");
    if (minor === "0") throw new InvalidResponse("Transfer-Encoding in an HTTP/1.0 response");
  }
  const options = connectionOptions(connection);
  return {
    status: Number(statusLine[2]),
    reason: statusLine[3] ?? "",
    headers: options === undefined ? headers : without(headers, options),
    contentLength,
    chunked: transferEncoding !== undefined,
    keepAlive: persists(minor === "1", connection),
    keepAliveSeconds,
    upgrade,
  };
}

/** Where the line ends that `from` is in. Written out, as this looks at every character of every response. */
function endOfLine(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (ALLOWED[code] === 1) continue;
    if (code === CR && text.charCodeAt(at + 1) === LF) return at;
    throw new InvalidResponse("a control character or a bare line break in the response head");
  }
  return text.length;
}

function endOfName(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === COLON) return at;
    if (ALLOWED[code] !== 1) break;
  }
  throw new InvalidResponse("a response header without colon");
}

function persists(http11: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return http11;
  if (connection === "keep-alive") return true;
  if (/(?:^|,)\s*close\s*(?:,|$)/i.test(connection)) return false;
  return http11 || /(?:^|,)\s*keep-alive\s*(?:,|$)/i.test(connection);
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!names.has(name.toLowerCase())) kept.push(name, headers[index + 1] ?? "");
  }
  return kept;
}

/** Without blanks and tabs around it. */
function trimmed(text: string, start: number, end: number): string {
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
