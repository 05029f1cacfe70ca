/** What the head of a response says beyond its connection: fields to pass on, and the length. */
import { parseLength } from "../http1/field-lines.ts";
import { classOf, type NameClass } from "../http/field-names.ts";
import { MalformedMessage } from "../http/malformed-message.ts";

/** About the connection: means something where there is one. */
type ConnectionClass = Extract<NameClass, "connection" | "hop-by-hop" | "keep-alive" | "transfer-encoding" | "upgrade">;

export class PassedFields {
  /** Name, value, name, value. `Content-Length` is not among them. */
  readonly headers: string[] = [];
  /** As declared; says nothing about a body that the status or the method rules out. */
  contentLength: number | undefined = undefined;

  /**
   * Takes a field.
   *
   * @returns Its class where it is about the connection, and was not taken.
   * @throws MalformedMessage
   */
  add(name: string, value: string): ConnectionClass | undefined {
    const kind = classOf(name);
    switch (kind) {
      case "end-to-end":
      case "forwarding":
      case "host":
      case "expect":
        this.headers.push(name, value);
        return undefined;
      case "content-length":
        this.contentLength = sameLength(this.contentLength, value);
        return undefined;
      case "malformed":
        throw new MalformedMessage("a response header whose name is not a token");
      default:
        return kind;
    }
  }
}

/**
 * Reads a `Content-Length`, which may be said twice, but not in two ways.
 *
 * @param before What was said.
 * @throws MalformedMessage
 */
export function sameLength(before: number | undefined, value: string): number {
  const length = parseLength(value);
  if (before !== undefined && before !== length) throw new MalformedMessage("two different Content-Length headers");
  return length;
}
