/** The response to a visitor's request in HTTP/2 (RFC 9113, 8.1), in as few writes as can be. */
import { type Chunk, kept, OutgoingResponse } from "../http/outgoing-response.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import { encodeDate, encodeFields, encodePrepared, encodeStatus } from "./field-encoder.ts";

/** What the response writes to. */
export interface ResponseStream {
  /** @param block Compressed fields. */
  sendHead(block: Buffer, isLast: boolean): void;
  /**
   * @param trailers Compressed fields behind the last part.
   * @returns False when the caller should wait until it is told that the stream takes more.
   */
  sendBody(bytes: Buffer, isLast: boolean, trailers?: Buffer): boolean;
  /** Ends the stream before its end (RFC 9113, 6.4). */
  abort(isFailure: boolean): void;
  closeAfterwards(): void;
}

const EMPTY = Buffer.alloc(0);

function bytesOf(chunk: Chunk): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
}

export class StreamResponse extends OutgoingResponse {
  readonly #stream: ResponseStream;
  readonly #isHead: boolean;
  readonly #isWebSocket: boolean;
  #isLasting = false;
  #ended = false;
  /** A body may follow the head. */
  #hasBody = true;
  /** Bytes that the head promises. */
  #promised: number | undefined = undefined;
  #written = 0;

  /** @param isWebSocket The request asks for one: a success would say that there is one. */
  constructor(stream: ResponseStream, isHead: boolean, isWebSocket: boolean) {
    super();
    this.#stream = stream;
    this.#isHead = isHead;
    this.#isWebSocket = isWebSocket;
  }

  override writeHead(status: number, fields: readonly string[] | PreparedFields, reason?: string): void {
    super.writeHead(status, fields, reason);
    // What rules have changed serves this response alone.
    this.#isLasting = this.fields === fields && this.fields.isLasting;
  }

  override flushHeaders(): void {
    if (this.destroyed || this.headersSent) return;
    this.#sendHead(undefined, false);
  }

  override write(chunk: Chunk, isLent = false): boolean {
    if (this.destroyed || this.#ended) return true;
    if (!this.headersSent) this.#sendHead(undefined, false);
    if (chunk.length === 0 || !this.#hasBody) return true;
    this.#written += chunk.length;
    return this.#stream.sendBody(bytesOf(kept(chunk, isLent)), false);
  }

  override end(chunk: Chunk = "", isLent = false): void {
    if (this.destroyed || this.#ended) return;
    this.#ended = true;
    if (!this.headersSent && this.#sendHead(chunk.length, true)) return;
    if (this.#hasBody) this.#written += chunk.length;
    if (this.#hasBody && this.#promised !== undefined && this.#written !== this.#promised) {
      this.destroy();
      return;
    }
    const { trailers } = this;
    this.#stream.sendBody(
      this.#hasBody ? bytesOf(kept(chunk, isLent)) : EMPTY,
      true,
      trailers.length === 0 ? undefined : encodeFields(trailers),
    );
  }

  override writeInformation(status: number, fields: readonly string[]): void {
    // There is no other protocol to switch to here (RFC 9113, 8.6).
    if (this.headersSent || this.destroyed || status === 101) return;
    const block = Buffer.concat([encodeStatus(status), encodeFields(new PreparedFields(fields).list)]);
    this.#stream.sendHead(block, false);
  }

  override destroy(): void {
    this.isBroken = true;
    this.#stream.abort(true);
  }

  override drop(): void {
    this.isSent = true;
    this.#stream.abort(false);
  }

  override closeAfterwards(): void {
    this.#stream.closeAfterwards();
  }

  /**
   * @param length Bytes of the whole body, when they are known.
   * @returns True when nothing follows the head.
   */
  #sendHead(length: number | undefined, isEnd: boolean): boolean {
    const { fields } = this;
    if (fields === undefined) throw new Error("a response without a head");
    this.headersSent = true;
    let { status } = this.told();
    if (this.#isWebSocket && status >= 200 && status <= 299) status = 501;
    const parts = [encodeStatus(status), encodePrepared(fields, this.#isLasting)];
    const extra = this.extraFor(fields);
    if (extra !== undefined) parts.push(encodeFields(extra.list));
    const isBodiless = status === 204 || status === 304;
    this.#promised = fields.contentLength;
    this.#hasBody = !this.#isHead && !isBodiless;
    if (this.#promised === undefined && length !== undefined && !isBodiless && !(this.#isHead && length === 0)) {
      this.#promised = length;
      parts.push(encodeFields(["content-length", String(length)]));
    }
    if (!fields.hasDate) parts.push(encodeDate());
    const isLast = isEnd && (!this.#hasBody || (length === 0 && this.#promised === 0 && this.trailers.length === 0));
    this.#stream.sendHead(Buffer.concat(parts), isLast);
    return isLast;
  }
}
