import { classOf } from "./field-names.ts";

/** What no value of a field has (RFC 9110, 5.5), nor a reason phrase. */
export const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** A response of HTTP/1.1 on a connection that goes on. */
interface WholeResponse {
  readonly status: number;
  readonly reason: string;
  readonly date: string;
  readonly body: string;
  readonly text: string;
}

/** Fields as they are written, all of them valid. */
export interface FieldLines {
  /** Each with CR LF. */
  readonly text: string;
  readonly contentLength: number | undefined;
  /** There is a `Date` among them. */
  readonly hasDate: boolean;
}

/** Fields of a response, checked and written down once; long-lived ones serve many responses. */
export class PreparedFields implements FieldLines {
  readonly text: string;
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  /** These serve many responses, and not one that is passed on. */
  readonly isLasting: boolean;
  #list: readonly string[] | undefined;
  #latest: WholeResponse | undefined = undefined;

  /**
   * @param list Name, value, name, value. What is about the connection is left out: the response
   *   knows that better.
   * @param lines The same as lines, where they were read as strictly as the list is checked here;
   *   then the list is made of them when it is asked for.
   * @throws Error when a name or a value is none that HTTP can carry.
   */
  constructor(list: readonly string[] | undefined, lines: FieldLines = linesOf(list ?? [])) {
    this.text = lines.text;
    this.contentLength = lines.contentLength;
    this.hasDate = lines.hasDate;
    this.isLasting = list !== undefined;
    this.#list = list;
  }

  /** Name, value, name, value, as they were given. */
  get list(): readonly string[] {
    return (this.#list ??= listOf(this.text));
  }

  /**
   * A whole response with these fields. As long as they are sent with the same body in the same
   * second, that is one string, which was joined and measured once and not for every visitor.
   *
   * @param date Line of the `Date`, empty if it is among these fields.
   */
  respond(status: number, reason: string, date: string, body: string): string {
    const latest = this.#latest;
    if (latest?.body === body && latest.date === date && latest.status === status && latest.reason === reason)
      return latest.text;
    const text = `HTTP/1.1 ${String(status)} ${reason}\r\n${this.text}${date}\r\n${body}`;
    this.#latest = { status, reason, date, body, text };
    return text;
  }

  has(name: string): boolean {
    const lower = name.toLowerCase();
    return this.list.some((field, index) => index % 2 === 0 && field.toLowerCase() === lower);
  }
}

function linesOf(list: readonly string[]): FieldLines {
  let text = "";
  let contentLength: number | undefined;
  let hasDate = false;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? "";
    const value = list[index + 1] ?? "";
    const kind = classOf(name);
    if (kind === "malformed" || INVALID_VALUE.test(value))
      throw new Error(`not a header field: ${JSON.stringify(`${name}: ${value}`)}`);
    if (kind === "connection" || kind === "keep-alive" || kind === "transfer-encoding") continue;
    if (kind === "content-length") contentLength = Number(value);
    else if (name.length === 4) hasDate ||= name.toLowerCase() === "date";
    text += `${name}: ${value}\r\n`;
  }
  return { text, contentLength, hasDate };
}

/** Valid field lines, each with one blank after its colon, as name, value, name, value. */
export function listOf(lines: string): string[] {
  const list: string[] = [];
  for (let start = 0; start < lines.length;) {
    const colon = lines.indexOf(":", start);
    const end = lines.indexOf("\r\n", colon);
    list.push(lines.slice(start, colon), lines.slice(colon + 2, end));
    start = end + 2;
  }
  return list;
}
