/**
 * The response to a visitor's request (RFC 9112, 6): head and body, in as few writes as can be.
 * Names are those of `node:http`.
 *
 * Mistakes of a handler must not become responses that a client reads wrongly: a field that would
 * break the head is an error, and a body that is shorter or longer than its `Content-Length` breaks
 * the connection.
 */
import type { Socket } from "node:net";
import { STATUS_CODES } from "../../node-http.ts";
import { classOf } from "./field-names.ts";
import { post } from "../http1/outbox.ts";
import type { IncomingRequest } from "./incoming-request.ts";

const INVALID_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

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

  has(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#list.some((field, index) => index % 2 === 0 && field.toLowerCase() === lower);
  }
}

/** What the response tells its connection. */
export interface ResponseOwner {
  readonly socket: Socket;
  /** All of it was handed to the operating system. */
  responseSent(): void;
}

type Chunk = string | Buffer;

const NONE: readonly never[] = [];
/** Up to this size (bytes), a copy into one write is cheaper than a second buffer. */
const MAX_COPIED_BYTES = 16 * 1024;

export class OutgoingResponse {
  statusCode = 0;
  /** The head was written. */
  headersSent = false;
  /** Complete, and sent in a moment. */
  isPosted = false;
  /** When false before the head is written, the connection ends with this response. */
  shouldKeepAlive = true;
  /** It was sent completely, or its connection has closed. */
  destroyed = false;
  /** It was sent completely. */
  isSent = false;
  /** It was broken off here. */
  isBroken = false;
  /** Called once when it was sent completely or its connection has closed. */
  onClose: (() => void) | undefined = undefined;
  /** Called when the client ends its side: it may still read, but as a rule it has gone. */
  onPeerEnd: (() => void) | undefined = undefined;
  readonly #owner: ResponseOwner;
  readonly #isHead: boolean;
  readonly #http11: boolean;
  #reason = "";
  #fields: PreparedFields | undefined = undefined;
  /** Fields that were set before the others. */
  #extra: readonly (readonly [name: string, value: string])[] = NONE;
  #successAs: { readonly status: number; readonly field: string } | undefined = undefined;
  #ended = false;
  /** A body may follow the head. */
  #hasBody = true;
  #chunked = false;
  /** Bytes that the head promises. */
  #promised: number | undefined = undefined;
  #written = 0;
  #waiting: (() => void)[] = [];

  constructor(owner: ResponseOwner, request: IncomingRequest) {
    this.#owner = owner;
    this.#isHead = request.method === "HEAD";
    this.#http11 = request.httpVersion === "1.1";
  }

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
    this.#reason = reason;
    this.#fields = fields instanceof PreparedFields ? fields : new PreparedFields(fields);
  }

  /** Sends the head without waiting for a body. */
  flushHeaders(): void {
    if (this.destroyed || this.headersSent) return;
    this.#send(this.#makeHead(undefined), undefined);
  }

  /**
   * Sends a part of the body. Text has one character per byte.
   *
   * @returns False when the caller should wait: `whenDrained`.
   */
  write(chunk: Chunk): boolean {
    if (this.destroyed || this.#ended) return true;
    const head = this.headersSent ? "" : this.#makeHead(undefined);
    if (chunk.length === 0 || !this.#hasBody) {
      if (head !== "") this.#send(head, undefined);
      return true;
    }
    this.#written += chunk.length;
    if (!this.#chunked) return this.#send(head, chunk);
    const { socket } = this.#owner;
    socket.cork();
    this.#send(`${head}${chunk.length.toString(16)}\r\n`, chunk);
    const more = socket.write("\r\n", "latin1");
    socket.uncork();
    return more;
  }

  /** Sends the rest of the body and ends the response. Text has one character per byte. */
  end(chunk: Chunk = ""): void {
    if (this.destroyed || this.#ended) return;
    this.#ended = true;
    const head = this.headersSent ? "" : this.#makeHead(chunk.length);
    if (head !== "" && chunk.length <= MAX_COPIED_BYTES && !this.#chunked && this.#promisesNoMore(chunk.length)) {
      this.headersSent = true;
      this.isPosted = true;
      const body = !this.#hasBody ? "" : typeof chunk === "string" ? chunk : chunk.toString("latin1");
      post(this.#owner.socket, head + body, () => {
        this.isPosted = false;
        this.#settle();
      });
      return;
    }
    if (this.#hasBody) this.#written += chunk.length;
    if (!this.#hasBody || chunk.length === 0) {
      const rest = this.#chunked ? `${head}0\r\n\r\n` : head;
      if (rest !== "") this.#send(rest, undefined);
    } else if (this.#chunked) {
      this.#send(`${head}${chunk.length.toString(16)}\r\n`, chunk);
      this.#send("\r\n0\r\n\r\n", undefined);
    } else {
      this.#send(head, chunk);
    }
    if (this.#hasBody && this.#promised !== undefined && this.#written !== this.#promised) {
      this.destroy();
      return;
    }
    this.#settle();
  }

  #promisesNoMore(length: number): boolean {
    return !this.#hasBody || this.#promised === undefined || this.#promised === length;
  }

  /** Tells the owner as soon as all was handed to the operating system. */
  #settle(): void {
    const { socket } = this.#owner;
    if (socket.writableLength === 0) this.#owner.responseSent();
    else
      socket.write("", (failure) => {
        // Without success the connection is closing, and that is told another way.
        if (failure === null || failure === undefined) this.#owner.responseSent();
      });
  }

  /** An informational response (RFC 9110, 15.2); clients of HTTP/1.0 do not know them. */
  writeInformation(status: number, fields: readonly string[]): void {
    if (this.headersSent || this.destroyed || !this.#http11) return;
    this.#owner.socket.write(
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Information"}\r\n${new PreparedFields(fields).text}\r\n`,
      "latin1",
    );
  }

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

  /**
   * Breaks the connection: after the head, only that tells the visitor that the response is not
   * complete.
   */
  destroy(): void {
    this.isBroken = true;
    this.#owner.socket.destroy();
  }

  /** Ends the connection without a response, as a rule wants it. */
  drop(): void {
    this.isSent = true;
    this.#owner.socket.destroy();
  }

  /** Called by the connection: the socket takes more. */
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

  /** @param length Bytes of the whole body, when they are known. */
  #makeHead(length: number | undefined): string {
    const fields = this.#fields;
    if (fields === undefined) throw new Error("a response without a head");
    const { status, reason } = this.#told();
    let text = `HTTP/1.1 ${String(status)} ${reason}\r\n${this.#extraFor(fields)}${fields.text}`;
    this.#promised = fields.contentLength;
    this.#hasBody = !this.#isHead && status !== 204 && status !== 304;
    if (this.#promised === undefined && status !== 204 && status !== 304) {
      if (length !== undefined && !(this.#isHead && length === 0)) {
        this.#promised = length;
        text += `Content-Length: ${String(length)}\r\n`;
      } else if (this.#hasBody && this.#http11) {
        this.#chunked = true;
        text += "Transfer-Encoding: chunked\r\n";
      } else if (this.#hasBody) {
        // A client of HTTP/1.0 sees the end of the body by the end of the connection.
        this.shouldKeepAlive = false;
      }
    }
    if (!this.shouldKeepAlive) text += "Connection: close\r\n";
    else if (!this.#http11) text += "Connection: keep-alive\r\n";
    return `${text}${fields.hasDate ? "" : dateLine()}\r\n`;
  }

  #told(): { status: number; reason: string } {
    const { statusCode: status } = this;
    if (this.#successAs === undefined || status < 200 || status > 299) return { status, reason: this.#reason };
    const { status: told, field } = this.#successAs;
    this.setHeader(field, String(status));
    return { status: told, reason: STATUS_CODES[told] ?? "Response" };
  }

  #extraFor(fields: PreparedFields): string {
    if (this.#extra.length === 0) return "";
    return new PreparedFields(this.#extra.filter(([name]) => !fields.has(name)).flat()).text;
  }

  #send(head: string, chunk: Chunk | undefined): boolean {
    this.headersSent = true;
    const { socket } = this.#owner;
    if (chunk === undefined) return socket.write(head, "latin1");
    if (head === "") return socket.write(chunk, "latin1");
    if (typeof chunk === "string") return socket.write(head + chunk, "latin1");
    if (chunk.length <= MAX_COPIED_BYTES) return socket.write(head + chunk.toString("latin1"), "latin1");
    socket.cork();
    socket.write(head, "latin1");
    const more = socket.write(chunk);
    socket.uncork();
    return more;
  }
}

let lineSecond = -1;
let line = "";

function dateLine(): string {
  const second = Math.trunc(Date.now() / 1000);
  if (second !== lineSecond) {
    lineSecond = second;
    line = `Date: ${new Date(second * 1000).toUTCString()}\r\n`;
  }
  return line;
}
