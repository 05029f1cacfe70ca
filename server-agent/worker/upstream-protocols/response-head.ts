/**
 * The head of a response as an upstream sent it (RFC 9112, 4 and 5), read strictly: what could be
 * understood in two ways is refused. It goes on as it came, so it is not taken apart more than that
 * needs.
 */
import { COLON, endOfAll, IN_VALUE, isLineEnd, MAX_FIELDS, persists, TOKEN, trimmed } from "../http1/field-lines.ts";
import { classOf, connectionOptions, mayBeOfConnection } from "../http/field-names.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { listOf } from "../http/prepared-fields.ts";
import { sameLength } from "./passed-fields.ts";

export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  /**
   * What a proxy passes on, as name, value, name, value; it may be changed. `Content-Length` is not
   * among them.
   */
  readonly headers: string[];
  /** The same as lines, where they came as such and nobody has asked for the list. */
  readonly lines?: PassedLines | undefined;
  /** As declared; says nothing about a body that the status or the method rules out. */
  readonly contentLength: number | undefined;
  readonly chunked: boolean;
  /** The connection may be used again after this response. */
  readonly keepAlive: boolean;
  /** Seconds the upstream says it keeps an idle connection. */
  readonly keepAliveSeconds: number | undefined;
  /** Value of `Upgrade`. */
  readonly upgrade: string | undefined;
  /** Of CGI: the path of this server whose answer is to be sent instead (RFC 3875, 6.2.2). */
  readonly localRedirect?: string | undefined;
}

interface PassedLines {
  /** Each with one blank after its colon, and with CR LF. */
  readonly text: string;
  /** There is a `Date` among them. */
  readonly hasDate: boolean;
}

class Http1Head implements ResponseHead {
  readonly status: number;
  readonly reason: string;
  contentLength: number | undefined = undefined;
  chunked = false;
  keepAlive = false;
  keepAliveSeconds: number | undefined = undefined;
  upgrade: string | undefined = undefined;
  #lines: PassedLines = { text: "", hasDate: false };
  #headers: string[] | undefined = undefined;

  constructor(status: number, reason: string) {
    this.status = status;
    this.reason = reason;
  }

  get headers(): string[] {
    return (this.#headers ??= listOf(this.#lines.text));
  }

  get lines(): PassedLines | undefined {
    return this.#headers === undefined ? this.#lines : undefined;
  }

  useLines(lines: PassedLines): void {
    this.#lines = lines;
  }
}

const VERSION = "HTTP/1.";
/** `HTTP/1.1 200` */
const STATUS_END = 12;
const SPACE = 0x20;
const LOWER_CASE = 0x20;
const LETTER_D = 0x64;
const TAB = 0x09;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Bytes are looked at one by one, as in heads of requests.
 *
 * @param end Where the head ends that begins at `from`: before the line break of its last line,
 *   which is there.
 * @throws MalformedMessage
 */
export function parseResponseHead(bytes: Buffer, from: number, end: number): ResponseHead {
  const text = bytes.toString("latin1", from, end + 2);
  const statusLineEnd = endOfLine(bytes, from, end);
  const minor = (bytes[from + VERSION.length] ?? 0) - ZERO;
  const status = statusAt(bytes, from + STATUS_END - 3);
  const afterStatus = from + STATUS_END;
  if (
    statusLineEnd < afterStatus ||
    !text.startsWith(VERSION) ||
    (minor !== 0 && minor !== 1) ||
    bytes[afterStatus - 4] !== SPACE ||
    status === undefined ||
    (statusLineEnd > afterStatus && bytes[afterStatus] !== SPACE)
  )
    throw new MalformedMessage("the response does not begin with an HTTP/1.1 status line");
  const head = new Http1Head(status, text.slice(STATUS_END + 1, statusLineEnd - from));

  let transferEncoding: string | undefined;
  let connection: string | undefined;
  let hasDate = false;
  let count = 0;
  let lines = "";
  let start = statusLineEnd + 2;
  /** From there on, lines go on as they came: they are cut out together. */
  let uncut = start;
  while (start < end) {
    const colon = endOfAll(TOKEN, bytes, start, end);
    if (colon === start || colon === end || bytes[colon] !== COLON)
      throw new MalformedMessage("a response header without colon, or whose name is not a token");
    const lineEnd = endOfLine(bytes, colon, end);
    if (++count > MAX_FIELDS) throw new MalformedMessage("too many response headers");
    const line = start;
    const length = colon - line;
    start = lineEnd + 2;
    if (length === 4 && ((bytes[line] ?? 0) | LOWER_CASE) === LETTER_D)
      hasDate ||= text.slice(line - from, colon - from).toLowerCase() === "date";
    if (!mayBeOfConnection(bytes[line] ?? 0, length) && isPlain(bytes, colon, lineEnd)) continue;
    lines += text.slice(uncut - from, line - from);
    uncut = start;
    const name = text.slice(line - from, colon - from);
    const value = trimmed(text, colon + 1 - from, lineEnd - from);
    switch (classOf(name)) {
      case "end-to-end":
      case "forwarding":
      case "host":
      case "expect":
        lines += `${name}: ${value}\r\n`;
        break;
      case "content-length":
        head.contentLength = sameLength(head.contentLength, value);
        break;
      case "transfer-encoding":
        transferEncoding = transferEncoding === undefined ? value : `${transferEncoding}, ${value}`;
        break;
      case "connection":
        connection = connection === undefined ? value : `${connection}, ${value}`;
        break;
      case "keep-alive": {
        const seconds = /(?:^|[,;\s])timeout=(\d{1,6})/i.exec(value)?.[1];
        if (seconds !== undefined) head.keepAliveSeconds = Number(seconds);
        break;
      }
      case "upgrade":
        head.upgrade = value;
        break;
      case "hop-by-hop":
        break;
      case "malformed":
        throw new MalformedMessage("a response header whose name is not a token");
    }
  }
  lines += text.slice(uncut - from);

  if (transferEncoding !== undefined) {
    // Anything else would have to be decoded to be passed on, and both lengths at once are how
    // responses are smuggled (RFC 9112, 6.3).
    if (transferEncoding.toLowerCase() !== "chunked")
      throw new MalformedMessage("a Transfer-Encoding other than chunked");
    if (head.contentLength !== undefined) throw new MalformedMessage("both Transfer-Encoding and Content-Length");
    if (minor === 0) throw new MalformedMessage("Transfer-Encoding in an HTTP/1.0 response");
    head.chunked = true;
  }
  head.keepAlive = persists(minor === 1, connection);
  const options = connectionOptions(connection);
  head.useLines(
    options === undefined
      ? { text: lines, hasDate }
      : { text: without(lines, options), hasDate: hasDate && !options.has("date") },
  );
  return head;
}

function endOfLine(bytes: Buffer, from: number, end: number): number {
  const at = endOfAll(IN_VALUE, bytes, from, end);
  if (!isLineEnd(bytes, at, end)) throw new MalformedMessage("a control character or a bare line break in the head");
  return at;
}

/** Three digits, the first of which is not 0. */
function statusAt(bytes: Buffer, at: number): number | undefined {
  let status = 0;
  for (let place = at; place < at + 3; place++) {
    const digit = bytes[place] ?? 0;
    if (digit < ZERO || digit > NINE) return undefined;
    status = status * 10 + digit - ZERO;
  }
  return status >= 100 ? status : undefined;
}

/** A value with one blank before it and none behind. */
function isPlain(bytes: Buffer, colon: number, lineEnd: number): boolean {
  return (
    bytes[colon + 1] === SPACE && lineEnd > colon + 2 && !isBlank(bytes[colon + 2]) && !isBlank(bytes[lineEnd - 1])
  );
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

function without(lines: string, names: ReadonlySet<string>): string {
  const list = listOf(lines);
  let kept = "";
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? "";
    if (!names.has(name.toLowerCase())) kept += `${name}: ${list[index + 1] ?? ""}\r\n`;
  }
  return kept;
}
