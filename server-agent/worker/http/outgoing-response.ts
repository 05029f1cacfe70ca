/**
 * The response to a visitor's request, as handlers use it; how it is written, each version of HTTP
 * says. Names are those of `node:http`.
 *
 * Mistakes of a handler must not become responses that a client reads wrongly: a field that would
 * break the head is an error, and a body that is shorter or longer than its `Content-Length` breaks
 * the connection, or the stream.
 */
import { STATUS_CODES } from "node:http";
import { INVALID_VALUE, PreparedFields } from "./prepared-fields.ts";

/** Text has one character per byte. */
export type Chunk = string | Buffer;

/** The chunk, or a copy of one that is valid during the call only. */
export function kept(chunk: Chunk, isLent: boolean): Chunk {
  return isLent && typeof chunk !== "string" ? Buffer.from(chunk) : chunk;
}

const NONE: readonly never[] = [];

export abstract class OutgoingResponse {
  statusCode = 0;
  /** The head was written. */
  headersSent = false;
  /**
   * When false before the head is written, the connection of HTTP/1.1 ends with this response. Of
   * HTTP/2 only the stream does, as always.
   */
  shouldKeepAlive = true;
  /** It was sent completely, or its connection has closed. */
  destroyed = false;
  /** It was sent completely. */
  isSent = false;
  /** It was broken off here. */
  isBroken = false;
  /**
   * Fields behind the body: name, value, name, value. Set before the end; clients of HTTP/1.1 do
   * not get them.
   */
  trailers: readonly string[] = NONE;
  /** What the rules of the site change in its fields: name, value, name, value. */
  edit: ((status: number, fields: readonly string[]) => readonly string[]) | undefined = undefined;
  /** Called once when it was sent completely or its connection has closed. */
  onClose: (() => void) | undefined = undefined;
  /** Called when the client ends its side: it may still read, but as a rule it has gone. */
  onPeerEnd: (() => void) | undefined = undefined;
  protected reason = "";
  protected fields: PreparedFields | undefined = undefined;
  /** Fields that were set before the others. */
  #extra: readonly (readonly [name: string, value: string])[] = NONE;
  #successAs: { readonly status: number; readonly field: string } | undefined = undefined;
  #waiting: (() => void)[] = [];

  /**
   * Sets a field that goes out with those that `writeHead` will give, unless it gives one of this
   * name.
   */
  setHeader(name: string, value: string): void {
    this.#extra = [...this.#extra, [name, value]];
  }

  /** What is 2xx goes out with this status instead, and its own one in a field. */
  tellSuccessAs(status: number, field: string): void {
    this.#successAs = { status, field };
  }

  /**
   * Fixes status and fields; they go out with the first part of the body. Throws on a field that
   * HTTP cannot carry.
   */
  writeHead(
    status: number,
    fields: readonly string[] | PreparedFields,
    reason = STATUS_CODES[status] ?? "Response",
  ): void {
    if (this.headersSent) throw new Error("the head of the response was sent already");
    if (INVALID_VALUE.test(reason)) throw new Error(`not a reason phrase: ${JSON.stringify(reason)}`);
    this.statusCode = status;
    this.reason = reason;
    const prepared = fields instanceof PreparedFields ? fields : undefined;
    if (this.edit === undefined) this.fields = prepared ?? new PreparedFields(fields as readonly string[]);
    else this.fields = new PreparedFields(this.edit(status, prepared?.list ?? (fields as readonly string[])));
  }

  /** Sends the head without waiting for a body. */
  abstract flushHeaders(): void;

  /**
   * Sends a part of the body.
   *
   * @param isLent The chunk is valid during this call only.
   * @returns False when the caller should wait: `whenDrained`.
   */
  abstract write(chunk: Chunk, isLent?: boolean): boolean;

  /** Sends the rest of the body and ends the response. */
  abstract end(chunk?: Chunk, isLent?: boolean): void;

  /** An informational response (RFC 9110, 15.2); clients of HTTP/1.0 do not know them. */
  abstract writeInformation(status: number, fields: readonly string[]): void;

  /**
   * Breaks the response off: after the head, only that tells the visitor that it is not complete.
   */
  abstract destroy(): void;

  /** Ends without a response, as a rule wants it. */
  abstract drop(): void;

  /**
   * The connection is to end with this response, or once what is in flight on it has ended, where
   * its client can still be told so. A client that was told otherwise may have sent its next
   * request.
   */
  abstract closeAfterwards(): void;

  /**
   * Calls back once, when a response that said "enough" takes more, or when its connection has
   * closed.
   */
  whenDrained(callback: () => void): void {
    if (this.destroyed) {
      callback();
      return;
    }
    this.#waiting.push(callback);
  }

  /** Called by the connection: it takes more. */
  drained(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }

  /** Called by the connection: it was sent, or its connection has closed. */
  closed(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.onClose?.();
    this.drained();
  }

  /** Status or fields go out otherwise than `writeHead` was told. */
  protected get isChanged(): boolean {
    return this.#extra.length > 0 || this.#successAs !== undefined;
  }

  /** Status and reason as they go out. */
  protected told(): { status: number; reason: string } {
    const { statusCode: status } = this;
    if (this.#successAs === undefined || status < 200 || status > 299) return { status, reason: this.reason };
    const { status: told, field } = this.#successAs;
    this.setHeader(field, String(status));
    return { status: told, reason: STATUS_CODES[told] ?? "Response" };
  }

  /** Those that were set and are not among `fields`; undefined for none. */
  protected extraFor(fields: PreparedFields): PreparedFields | undefined {
    if (this.#extra.length === 0) return undefined;
    return new PreparedFields(this.#extra.filter(([name]) => !fields.has(name)).flat());
  }
}
