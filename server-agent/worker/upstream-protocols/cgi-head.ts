/**
 * The head of a response as a CGI program sends it (RFC 3875, 6): header fields without a status
 * line. What could be understood in two ways is refused.
 */
import { endOfLine, endOfName, MAX_FIELDS, trimmed } from "../http1/field-lines.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { PassedFields } from "./passed-fields.ts";
import type { ResponseHead } from "./response-head.ts";

const STATUS = /^([2-5]\d\d)(?: (.*))?$/;
/** Some programs send one although they should not (`cgi.rfc2616_headers` of PHP). */
const STATUS_LINE = /^HTTP\/\d\.\d /;

/** Where a head ends and its body begins: behind the first empty line; undefined: not yet. */
export function endOfCgiHead(bytes: Buffer, from: number): { head: number; body: number } | undefined {
  for (let at = bytes.indexOf("\n", from); at >= 0; at = bytes.indexOf("\n", at + 1)) {
    if (bytes[at + 1] === 0x0a) return { head: at, body: at + 2 };
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return { head: at, body: at + 3 };
  }
  return undefined;
}

/**
 * @param text The header lines without the empty one, one character per byte. Lines end with CR LF
 *   or LF (RFC 3875, 6.3).
 * @throws MalformedMessage
 */
export function parseCgiHead(text: string): ResponseHead {
  const lines = text.replace(/\r$/, "").split(/\r?\n/);
  if (lines.length > MAX_FIELDS) throw new MalformedMessage("too many response headers");
  const fields = new PassedFields();
  let status: string | undefined;
  let location: string | undefined;
  let contentType: string | undefined;
  for (const [index, line] of lines.entries()) {
    if (index === 0 && STATUS_LINE.test(line)) {
      endOfLine(line, 0);
      status = line.slice(line.indexOf(" ") + 1);
      continue;
    }
    const colon = endOfName(line, 0);
    endOfLine(line, colon);
    const name = line.slice(0, colon);
    const value = trimmed(line, colon + 1, line.length);
    const field = name.toLowerCase();
    if (field === "status") {
      if (status !== undefined && status !== value) throw new MalformedMessage("two different statuses");
      status = value;
      continue;
    }
    if (field === "location") {
      if (location !== undefined) throw new MalformedMessage("two Location fields");
      location = value;
    } else if (field === "content-type") contentType = value;
    // What it says about the connection is of no meaning: it knows of none.
    fields.add(name, value);
  }
  // At least one of them makes it a response of CGI (RFC 3875, 6.3).
  if (status === undefined && location === undefined && contentType === undefined)
    throw new MalformedMessage("neither Content-Type nor Location nor Status in the response head");
  const told = STATUS.exec(status ?? (location === undefined ? "200 OK" : "302 Found"));
  if (told === null) throw new MalformedMessage("not a status of a final response");
  return {
    status: Number(told[1]),
    reason: told[2] ?? "",
    headers: fields.headers,
    contentLength: fields.contentLength,
    chunked: false,
    keepAlive: true,
    keepAliveSeconds: undefined,
    upgrade: undefined,
    localRedirect: status === undefined && location?.startsWith("/") === true ? location : undefined,
  };
}
