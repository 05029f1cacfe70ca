import { classOf } from "./field-names.ts";

/** What no value of a field has (RFC 9110, 5.5), nor a reason phrase. */
export const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Fields of a response, checked and written down once; long-lived ones serve many responses. */
export class PreparedFields {
  readonly text: string;
  readonly contentLength: number | undefined;
  readonly hasDate: boolean;
  readonly #list: readonly string[];

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

  has(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#list.some((field, index) => index % 2 === 0 && field.toLowerCase() === lower);
  }
}
