/** A request whose body is framed as HTTP/1.1 frames it (RFC 9112, 6): by length, or in chunks. */
import { IncomingRequest, type BodySource, type RequestHead } from "../http/incoming-request.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";

export class FramedRequest extends IncomingRequest {
  #decoder: ChunkedDecoder | undefined;
  #left: number;

  constructor(head: RequestHead, peer: string, source: BodySource) {
    super(head, peer, source);
    this.#left = head.contentLength ?? 0;
  }

  /**
   * Takes bytes of the body.
   *
   * @returns The offset behind what belongs to it.
   * @throws MalformedMessage
   */
  feed(bytes: Buffer): number {
    if (this.isAbandoned) return bytes.length;
    let next: number;
    if (this.chunked) {
      this.#decoder ??= new ChunkedDecoder();
      next = this.#decoder.decode(bytes, 0, (part) => {
        this.deliver(part);
      });
      this.complete = this.#decoder.done;
    } else {
      next = Math.min(bytes.length, this.#left);
      this.#left -= next;
      this.complete = this.#left === 0;
      this.deliver(next === bytes.length ? bytes : bytes.subarray(0, next));
    }
    if (this.complete) this.ended();
    return next;
  }
}
