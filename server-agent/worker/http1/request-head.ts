/**
 * The head of a request as a visitor sent it (RFC 9112, 3 and 5), read strictly: what two servers
 * could understand in two ways is refused, for one of them may stand behind this one (request
 * smuggling).
 */
import { endOfLine, endOfName, MAX_FIELDS, parseLength, persists, trimmed } from "./field-lines.ts";
import { classOf } from "../http/field-names.ts";
import type { RequestHead as MessageHead } from "../http/incoming-request.ts";
import { MalformedMessage } from "../http/malformed-message.ts";

export interface RequestHead extends MessageHead {
  readonly version: "1.0" | "1.1";
  /** The client may send another request on the connection. */
  readonly persists: boolean;
}

/**
 * A method is any token: maintenance answers all of them. A target has visible ASCII alone (RFC
 * 3986, 2), and no fragment (RFC 9112, 3.2): some programs end the path at `#`, others do not.
 */
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}) ([\x21\x22\x24-\x7e]+) HTTP\/1\.([01])$/;

/** A request that is well-formed but asks for what this server does not have. */
export class UnsupportedRequest extends MalformedMessage {
  readonly status: 431 | 501;

  constructor(status: 431 | 501, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * @param text From the request line to the last field, without the empty line, one character per
 *   byte.
 * @throws MalformedMessage, UnsupportedRequest
 */
export function parseRequestHead(text: string): RequestHead {
  let lineEnd = endOfLine(text, 0);
  const line = REQUEST_LINE.exec(text.slice(0, lineEnd));
  if (line === null) throw new MalformedMessage("not a request line of HTTP/1.1");
  const [, method = "", target = "", minor] = line;
  const rawHeaders: string[] = [];
  let contentLength: number | undefined;
  let transferEncoding: string | undefined;
  let connection: string | undefined;

  for (let start = lineEnd + 2; start < text.length; start = lineEnd + 2) {
    const colon = endOfName(text, start);
    lineEnd = endOfLine(text, colon);
    if (rawHeaders.length >= 2 * MAX_FIELDS) throw new UnsupportedRequest(431, "too many fields");
    const name = text.slice(start, colon);
    const value = trimmed(text, colon + 1, lineEnd);
    rawHeaders.push(name, value);
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
      case "malformed":
        throw new MalformedMessage("a field whose name is not a token");
      default:
        break;
    }
  }

  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) throw new MalformedMessage("both Transfer-Encoding and Content-Length");
    if (minor === "0") throw new MalformedMessage("Transfer-Encoding in a request of HTTP/1.0");
    refuseCodings(transferEncoding);
  }
  return {
    method,
    target,
    version: minor === "1" ? "1.1" : "1.0",
    rawHeaders,
    contentLength,
    chunked: transferEncoding !== undefined,
    persists: persists(minor === "1", connection),
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
