/** What a CGI program writes, as a response: head, body, and whether it is whole (RFC 3875, 6). */
import { MalformedMessage } from "../http/malformed-message.ts";
import { endOfCgiHead, parseCgiHead } from "./cgi-head.ts";
import type { ResponseHead } from "./response-head.ts";
import { MAX_HEAD_BYTES } from "./response-parser.ts";
import type { ResponseSink } from "./response-reader.ts";

const NOTHING = Buffer.alloc(0);

export class CgiOutput {
  head: ResponseHead | undefined = undefined;
  readonly #sink: ResponseSink;
  #noBody = false;
  /** Beginning of a head that came in pieces. */
  #pending: Buffer = NOTHING;
  /** Bytes of the body that its head promises and that are still to come. */
  #left = Infinity;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Expects the response to a request with this method. */
  begin(method: string): void {
    this.head = undefined;
    this.#noBody = method === "HEAD";
    this.#pending = NOTHING;
    this.#left = Infinity;
  }

  /** All that the head promises has come; false where it promises nothing. */
  get isWhole(): boolean {
    return this.head !== undefined && this.#left === 0;
  }

  /** @throws MalformedMessage */
  feed(bytes: Buffer): void {
    if (this.head !== undefined) {
      this.#onBody(bytes);
      return;
    }
    const before = this.#pending.length;
    const joined = before === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const end = endOfCgiHead(joined, Math.max(0, before - 3));
    if ((end?.head ?? joined.length) > MAX_HEAD_BYTES) throw new MalformedMessage("the response head is too long");
    if (end === undefined) {
      this.#pending = before === 0 ? Buffer.from(bytes) : joined;
      return;
    }
    this.#pending = NOTHING;
    const head = parseCgiHead(joined.toString("latin1", 0, end.head));
    this.head = head;
    this.#noBody ||= head.status === 204 || head.status === 304;
    this.#left = head.contentLength ?? Infinity;
    this.#sink.onHead(head);
    if (end.body < joined.length) this.#onBody(joined.subarray(end.body));
  }

  /** Nothing more will come. @throws MalformedMessage when the response is not whole. */
  end(): void {
    if (this.head === undefined) throw new MalformedMessage("the output ended before a response head");
    if (!this.#noBody && Number.isFinite(this.#left) && this.#left > 0)
      throw new MalformedMessage("the output ended in the middle of the body");
  }

  /** More than the head promises is left out: the visitor would take it for what follows. */
  #onBody(bytes: Buffer): void {
    if (this.#noBody || this.#left === 0) return;
    const part = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left);
    this.#left -= part.length;
    this.#sink.onBody(part);
  }
}
