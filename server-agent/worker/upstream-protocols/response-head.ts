/**
 * The head of a response as an upstream sent it (RFC 9112, 4 and 5), read strictly: what could be
 * understood in two ways is refused.
 */
import { endOfLine, endOfName, MAX_FIELDS, persists, trimmed } from "../http1/field-lines.ts";
import { connectionOptions } from "../http/field-names.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { PassedFields } from "./passed-fields.ts";

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
  /** Of CGI: the path of this server whose answer is to be sent instead (RFC 3875, 6.2.2). */
  readonly localRedirect?: string | undefined;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

/**
 * @param text From the status line to the last header, without the empty line, one character per
 *   byte.
 * @throws MalformedMessage
 */
export function parseResponseHead(text: string): ResponseHead {
  let lineEnd = endOfLine(text, 0);
  const statusLine = STATUS_LINE.exec(text.slice(0, lineEnd));
  if (statusLine === null) throw new MalformedMessage("the response does not begin with an HTTP/1.1 status line");
  const minor = statusLine[1];
  const fields = new PassedFields();
  let transferEncoding: string | undefined;
  let connection: string | undefined;
  let keepAliveSeconds: number | undefined;
  let upgrade: string | undefined;
  let count = 0;

  for (let start = lineEnd + 2; start < text.length; start = lineEnd + 2) {
    const colon = endOfName(text, start);
    lineEnd = endOfLine(text, colon);
    if (++count > MAX_FIELDS) throw new MalformedMessage("too many response headers");
    const name = text.slice(start, colon);
    const value = trimmed(text, colon + 1, lineEnd);
    switch (fields.add(name, value)) {
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
      case undefined:
        break;
    }
  }

  const { headers, contentLength } = fields;
  if (transferEncoding !== undefined) {
    // Anything else would have to be decoded to be passed on, and both lengths at once are how
    // responses are smuggled (RFC 9112, 6.3).
    if (transferEncoding.toLowerCase() !== "chunked")
      throw new MalformedMessage("a Transfer-Encoding other than chunked");
    if (contentLength !== undefined) throw new MalformedMessage("both Transfer-Encoding and Content-Length");
    if (minor === "0") throw new MalformedMessage("Transfer-Encoding in an HTTP/1.0 response");
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

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? "";
    if (!names.has(name.toLowerCase())) kept.push(name, headers[index + 1] ?? "");
  }
  return kept;
}
