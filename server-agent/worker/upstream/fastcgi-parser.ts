/**
 * Reads responses off a connection that speaks FastCGI (specification, 3.3 and 5), strictly: what
 * was not asked for, or comes in another order, is refused.
 */
import { MalformedMessage } from "../http/malformed-message.ts";
import { endOfCgiHead, parseCgiHead } from "./cgi-head.ts";
import { HEADER_BYTES, RECORD, REQUEST_ID, VERSION } from "./fastcgi-records.ts";
import type { ResponseHead } from "./response-head.ts";
import { MAX_HEAD_BYTES } from "./response-parser.ts";
import type { ResponseReader, ResponseSink } from "./response-reader.ts";

const END_REQUEST_BYTES = 8;
/** `protocolStatus` of an end (5.5), in words; 0 is a request that was carried out. */
const REFUSALS = ["", "it takes one request at a time", "it is overloaded", "it does not answer requests"];
const NOTHING = Buffer.alloc(0);

export class FastcgiParser implements ResponseReader {
  readonly #sink: ResponseSink;
  complete = true;
  untouched = true;
  head: ResponseHead | undefined = undefined;
  #noBody = false;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #type = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  readonly #ending = Buffer.alloc(END_REQUEST_BYTES);
  #hasOutputEnded = false;
  /** Beginning of a head that came in pieces. */
  #pending: Buffer = NOTHING;
  /** Bytes of the body that its head promises and that are still to come. */
  #bodyLeft = Infinity;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  begin(method: string): void {
    this.complete = false;
    this.untouched = true;
    this.head = undefined;
    this.#noBody = method === "HEAD";
    this.#headerBytes = 0;
    this.#hasOutputEnded = false;
    this.#pending = NOTHING;
    this.#bodyLeft = Infinity;
  }

  feed(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.complete) {
      this.untouched = false;
      if (this.#headerBytes < HEADER_BYTES) at = this.#feedHeader(bytes, at);
      else if (this.#contentLeft > 0) at = this.#feedContent(bytes, at);
      else {
        const skipped = Math.min(this.#paddingLeft, bytes.length - at);
        this.#paddingLeft -= skipped;
        at += skipped;
      }
      if (this.#headerBytes === HEADER_BYTES && this.#contentLeft === 0 && this.#paddingLeft === 0) this.#endRecord();
    }
    return at;
  }

  finish(): void {
    if (!this.complete)
      throw new MalformedMessage(
        this.head === undefined
          ? "the connection ended before a response head"
          : "the connection ended before the end of the request",
      );
  }

  #feedHeader(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + HEADER_BYTES - this.#headerBytes);
    bytes.copy(this.#header, this.#headerBytes, from, end);
    this.#headerBytes += end - from;
    if (this.#header[0] !== VERSION) throw new MalformedMessage("not a record of FastCGI 1.0");
    if (this.#headerBytes === HEADER_BYTES) this.#beginRecord();
    return end;
  }

  #beginRecord(): void {
    const header = this.#header;
    this.#type = header.readUInt8(1);
    this.#contentLeft = header.readUInt16BE(4);
    this.#paddingLeft = header.readUInt8(6);
    if (header.readUInt16BE(2) !== REQUEST_ID) throw new MalformedMessage("a record of a request that was not made");
    switch (this.#type) {
      case RECORD.stdout:
        if (this.#hasOutputEnded) throw new MalformedMessage("output after its end");
        this.#hasOutputEnded = this.#contentLeft === 0;
        return;
      case RECORD.stderr:
        return;
      case RECORD.endRequest:
        if (this.#contentLeft !== END_REQUEST_BYTES) throw new MalformedMessage("an end of a wrong length");
        return;
      default:
        throw new MalformedMessage(`a record of type ${String(this.#type)}`);
    }
  }

  #feedContent(bytes: Buffer, from: number): number {
    const end = Math.min(bytes.length, from + this.#contentLeft);
    if (this.#type === RECORD.endRequest) bytes.copy(this.#ending, END_REQUEST_BYTES - this.#contentLeft, from, end);
    else if (this.#type === RECORD.stderr) this.#sink.onErrorOutput?.(bytes.subarray(from, end));
    else this.#onOutput(bytes.subarray(from, end));
    this.#contentLeft -= end - from;
    return end;
  }

  #onOutput(bytes: Buffer): void {
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
    this.#bodyLeft = head.contentLength ?? Infinity;
    this.#sink.onHead(head);
    if (end.body < joined.length) this.#onBody(joined.subarray(end.body));
  }

  /** More than the head promises is left out: the visitor would take it for what follows. */
  #onBody(bytes: Buffer): void {
    if (this.#noBody || this.#bodyLeft === 0) return;
    const part = bytes.length <= this.#bodyLeft ? bytes : bytes.subarray(0, this.#bodyLeft);
    this.#bodyLeft -= part.length;
    this.#sink.onBody(part);
  }

  #endRecord(): void {
    this.#headerBytes = 0;
    if (this.#type !== RECORD.endRequest) return;
    const refusal = this.#ending.readUInt8(4);
    if (refusal !== 0)
      throw new MalformedMessage(`the application refuses the request: ${REFUSALS[refusal] ?? String(refusal)}`);
    if (this.head === undefined) throw new MalformedMessage("the request ended before a response head");
    if (!this.#noBody && Number.isFinite(this.#bodyLeft) && this.#bodyLeft > 0)
      throw new MalformedMessage("the request ended in the middle of the body");
    this.complete = true;
  }
}
