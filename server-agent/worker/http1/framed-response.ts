/** The response to a visitor's request in HTTP/1.1 (RFC 9112, 6), in as few writes as can be. */
import type { Socket } from "node:net";
import { STATUS_CODES } from "node:http";
import type { IncomingRequest } from "../http/incoming-request.ts";
import { OutgoingResponse, type Chunk } from "../http/outgoing-response.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import { tellsByItself, whenTaken } from "../http/taken.ts";
import { post, type Sender } from "./outbox.ts";
import { writeCopy } from "./write-copy.ts";

/** What the response tells its connection. */
export interface ResponseOwner {
  readonly socket: Socket;
  /** All of it was handed to the operating system. */
  responseSent(): void;
}

/** Up to this size (bytes), a copy into one write is cheaper than a second buffer. */
const MAX_COPIED_BYTES = 16 * 1024;
/**
 * Over TLS so much (bytes) is written at a time: what was written waits encrypted, once for each
 * visitor, also where the body is one for all of them.
 */
const MAX_SECURED_BYTES = 128 * 1024;

export class FramedResponse extends OutgoingResponse implements Sender {
  readonly #owner: ResponseOwner;
  readonly #isHead: boolean;
  readonly #http11: boolean;
  #ended = false;
  /** A body may follow the head. */
  #hasBody = true;
  #chunked = false;
  /** Bytes that the head promises. */
  #promised: number | undefined = undefined;
  #written = 0;

  constructor(owner: ResponseOwner, request: IncomingRequest) {
    super();
    this.#owner = owner;
    this.#isHead = request.method === "HEAD";
    this.#http11 = request.httpVersion === "1.1";
  }

  override flushHeaders(): void {
    if (this.destroyed || this.headersSent) return;
    this.#send(this.#makeHead(undefined), undefined);
  }

  override write(chunk: Chunk, isLent = false): boolean {
    if (this.destroyed || this.#ended) return true;
    const head = this.headersSent ? "" : this.#makeHead(undefined);
    if (chunk.length === 0 || !this.#hasBody) {
      if (head !== "") this.#send(head, undefined);
      return true;
    }
    this.#written += chunk.length;
    return this.#chunked
      ? this.#send(`${head}${chunk.length.toString(16)}\r\n`, chunk, isLent, "\r\n")
      : this.#send(head, chunk, isLent);
  }

  override end(chunk: Chunk = "", isLent = false): void {
    if (this.destroyed || this.#ended) return;
    this.#ended = true;
    if (typeof chunk === "string" && this.#endsAsUsual(chunk)) return;
    const head = this.headersSent ? "" : this.#makeHead(chunk.length);
    if (head !== "" && chunk.length <= MAX_COPIED_BYTES && !this.#chunked && this.#promisesNoMore(chunk.length)) {
      if (typeof chunk === "string") this.#post(this.#hasBody ? head + chunk : head);
      else this.#post(head, this.#hasBody ? chunk : undefined);
      return;
    }
    if (this.#hasBody) this.#written += chunk.length;
    if (!this.#hasBody || chunk.length === 0) {
      const rest = this.#chunked ? `${head}0\r\n\r\n` : head;
      if (rest !== "") this.#send(rest, undefined);
    } else if (this.#chunked) {
      this.#send(`${head}${chunk.length.toString(16)}\r\n`, chunk, isLent, "\r\n0\r\n\r\n");
    } else if (typeof chunk !== "string" && chunk.length > MAX_SECURED_BYTES && tellsByItself(this.#owner.socket)) {
      const { socket } = this.#owner;
      socket.cork();
      if (head !== "") this.#send(head, undefined);
      this.#sendInTurns(isLent ? Buffer.from(chunk) : chunk);
      socket.uncork();
      return;
    } else {
      this.#send(head, chunk, isLent);
    }
    this.#finish();
  }

  /** Each part when the one before was taken. */
  #sendInTurns(bytes: Buffer): void {
    this.#owner.socket.write(bytes.subarray(0, MAX_SECURED_BYTES), (failure) => {
      // Without success the connection is closing, and that is told another way.
      if (this.destroyed || (failure !== null && failure !== undefined)) return;
      if (bytes.length <= MAX_SECURED_BYTES) this.#finish();
      else this.#sendInTurns(bytes.subarray(MAX_SECURED_BYTES));
    });
  }

  #finish(): void {
    if (this.#hasBody && this.#promised !== undefined && this.#written !== this.#promised) {
      this.destroy();
      return;
    }
    this.#settle();
  }

  /**
   * Most responses: nothing is to be said about the connection, and the fields say how long the
   * body is. True if it was one.
   */
  #endsAsUsual(body: string): boolean {
    const { fields } = this;
    if (fields?.contentLength !== body.length || body.length > MAX_COPIED_BYTES || this.headersSent) return false;
    if (this.#isHead || !this.#http11 || !this.shouldKeepAlive || this.isChanged) return false;
    const { statusCode, reason } = this;
    if (statusCode === 204 || statusCode === 304) return false;
    this.#post(fields.respond(statusCode, reason, fields.hasDate ? "" : dateLine(), body));
    return true;
  }

  #post(text: string, bytes?: Buffer): void {
    this.headersSent = true;
    post(this.#owner.socket, text, this, bytes);
  }

  posted(): void {
    this.#settle();
  }

  #promisesNoMore(length: number): boolean {
    return !this.#hasBody || this.#promised === undefined || this.#promised === length;
  }

  /** Tells the owner as soon as all was handed to the operating system. */
  #settle(): void {
    whenTaken(this.#owner.socket, (failure) => {
      // Without success the connection is closing, and that is told another way.
      if (failure === null || failure === undefined) this.#owner.responseSent();
    });
  }

  override writeInformation(status: number, fields: readonly string[]): void {
    if (this.headersSent || this.destroyed || !this.#http11) return;
    this.#owner.socket.write(
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Information"}\r\n${new PreparedFields(fields).text}\r\n`,
      "latin1",
    );
  }

  override destroy(): void {
    this.isBroken = true;
    this.#owner.socket.destroy();
  }

  override drop(): void {
    this.isSent = true;
    this.#owner.socket.destroy();
  }

  override closeAfterwards(): void {
    // Who was promised that the connection goes on may have sent its next request already: that is
    // answered, and says so.
    if (!this.headersSent) this.shouldKeepAlive = false;
  }

  /** @param length Bytes of the whole body, when they are known. */
  #makeHead(length: number | undefined): string {
    const { fields } = this;
    if (fields === undefined) throw new Error("a response without a head");
    const { status, reason } = this.told();
    let text = `HTTP/1.1 ${String(status)} ${reason}\r\n${this.extraFor(fields)?.text ?? ""}${fields.text}`;
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

  #send(before: string, chunk: Chunk | undefined, isLent = false, after = ""): boolean {
    this.headersSent = true;
    const { socket } = this.#owner;
    if (chunk === undefined) return socket.write(before, "latin1");
    if (typeof chunk === "string") return socket.write(before + chunk + after, "latin1");
    if (isLent) return writeCopy(socket, before, chunk, after);
    if (before === "" && after === "") return socket.write(chunk);
    if (chunk.length <= MAX_COPIED_BYTES) return socket.write(before + chunk.toString("latin1") + after, "latin1");
    socket.cork();
    socket.write(before, "latin1");
    let more = socket.write(chunk);
    if (after !== "") more = socket.write(after, "latin1");
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
