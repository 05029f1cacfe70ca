/** Reads responses of HTTP/1.1 off a connection (RFC 9112, 6.3). */
import { ChunkedDecoder } from "../http1/chunked-decoder.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import type { ResponseReader, ResponseSink } from "./response-reader.ts";

export const MAX_HEAD_BYTES = 64 * 1024;
export const MAX_INTERIM_RESPONSES = 50;
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

type Body = "none" | "length" | "chunked" | "until-close";

export class ResponseParser implements ResponseReader {
  readonly #sink: ResponseSink;
  readonly #emitBody: (bytes: Buffer) => void;
  #state: "head" | "body" | "complete" = "complete";
  #noBody = false;
  /** Beginning of a head that came in pieces. */
  #pending: Buffer = NOTHING;
  #information = 0;
  #body: Body = "none";
  #left = 0;
  #chunked: ChunkedDecoder | undefined;
  #head: ResponseHead | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
    this.#emitBody = (bytes) => {
      sink.onBody(bytes);
    };
  }

  begin(method: string): void {
    this.#state = "head";
    this.#noBody = method === "HEAD";
    this.#pending = NOTHING;
    this.#information = 0;
    this.#head = undefined;
  }

  get complete(): boolean {
    return this.#state === "complete";
  }

  get untouched(): boolean {
    return this.#state === "head" && this.#pending.length === 0 && this.#information === 0;
  }

  get head(): ResponseHead | undefined {
    return this.#head;
  }

  feed(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#state !== "complete") {
      at = this.#state === "head" ? this.#feedHead(bytes, at) : this.#feedBody(bytes, at);
    }
    return at;
  }

  finish(): void {
    if (this.#state === "complete") return;
    if (this.#state === "body" && this.#body === "until-close") this.#state = "complete";
    else
      throw new MalformedMessage(
        this.#state === "head"
          ? "the connection ended before a response head"
          : "the connection ended in the middle of the body",
      );
  }

  #feedHead(bytes: Buffer, from: number): number {
    const before = this.#pending.length;
    if (before === 0) {
      const end = bytes.indexOf(END_OF_HEAD, from);
      if (end < 0) return this.#keepPending(bytes.subarray(from), bytes.length);
      this.#readHead(bytes, from, end);
      return end + 4;
    }
    const joined = Buffer.concat([this.#pending, bytes.subarray(from)]);
    const end = joined.indexOf(END_OF_HEAD, Math.max(0, before - 3));
    if (end < 0) return this.#keepPending(joined, bytes.length);
    this.#pending = NOTHING;
    this.#readHead(joined, 0, end);
    return from + end + 4 - before;
  }

  #readHead(bytes: Buffer, from: number, end: number): void {
    if (end - from > MAX_HEAD_BYTES) throw new MalformedMessage("the response head is too long");
    this.#onHead(parseResponseHead(bytes, from, end));
  }

  #keepPending(bytes: Buffer, next: number): number {
    if (bytes.length > MAX_HEAD_BYTES) throw new MalformedMessage("the response head is too long");
    // Something else than HTTP is refused at its first bytes, not after 64 KB or a timeout.
    if (!"HTTP/1.".startsWith(bytes.toString("latin1", 0, 7)))
      throw new MalformedMessage("the response does not begin with an HTTP/1.1 status line");
    if (hasBareLineFeed(bytes)) throw new MalformedMessage("lines of the response head end without a carriage return");
    this.#pending = Buffer.from(bytes);
    return next;
  }

  #onHead(head: ResponseHead): void {
    if (head.status < 200 && head.status !== 101) {
      if (++this.#information > MAX_INTERIM_RESPONSES) throw new MalformedMessage("too many informational responses");
      this.#sink.onInformation(head);
      return;
    }
    this.#head = head;
    this.#body =
      this.#noBody || head.status === 101 || head.status === 204 || head.status === 304
        ? "none"
        : head.chunked
          ? "chunked"
          : head.contentLength === undefined
            ? "until-close"
            : "length";
    this.#state = this.#body === "none" || (this.#body === "length" && head.contentLength === 0) ? "complete" : "body";
    this.#left = head.contentLength ?? 0;
    this.#chunked = this.#body === "chunked" ? new ChunkedDecoder() : undefined;
    this.#sink.onHead(head);
  }

  #feedBody(bytes: Buffer, from: number): number {
    if (this.#chunked !== undefined) {
      const next = this.#chunked.decode(bytes, from, this.#emitBody);
      if (this.#chunked.done) this.#state = "complete";
      return next;
    }
    if (this.#body === "until-close") {
      this.#sink.onBody(from === 0 ? bytes : bytes.subarray(from));
      return bytes.length;
    }
    const end = Math.min(bytes.length, from + this.#left);
    this.#left -= end - from;
    if (this.#left === 0) this.#state = "complete";
    this.#sink.onBody(bytes.subarray(from, end));
    return end;
  }
}

/**
 * No head can end that has one: it is refused now, not when it has taken too long (RFC 9112, 2.2).
 */
function hasBareLineFeed(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) return true;
  return false;
}
