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

/** Fields of a response, checked and written down once; long-lived ones serve many responses. */
export class PreparedFields {
  readonly text: string;
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  readonly #list: readonly string[];
  #latest: WholeResponse | undefined = undefined;

  /**
   * @param list Name, value, name, value. What is about the connection is left out: the response
   *   knows that better.
   * @throws Error when a name or a value is none that HTTP can carry.
   */
  constructor(list: readonly string[]) {
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
    this.text = text;
    this.contentLength = contentLength;
    this.hasDate = hasDate;
    this.#list = list;
  }

  /** Name, value, name, value, as they were given. */
  get list(): readonly string[] {
    return this.#list;
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
    return this.#list.some((field, index) => index % 2 === 0 && field.toLowerCase() === lower);
  }
}
