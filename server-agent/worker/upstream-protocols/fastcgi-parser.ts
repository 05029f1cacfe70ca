/**
 * Reads responses off a connection that speaks FastCGI (specification, 3.3 and 5), strictly: what
 * was not asked for, or comes in another order, is refused.
 */
import { MalformedMessage } from "../http/malformed-message.ts";
import { CgiOutput } from "./cgi-output.ts";
import { HEADER_BYTES, RECORD, REQUEST_ID, VERSION } from "./fastcgi-records.ts";
import type { ResponseHead } from "./response-head.ts";
import type { ResponseReader, ResponseSink } from "./response-reader.ts";

const END_REQUEST_BYTES = 8;
/** `protocolStatus` of an end (5.5), in words; 0 is a request that was carried out. */
const REFUSALS = ["", "it takes one request at a time", "it is overloaded", "it does not answer requests"];

export class FastcgiParser implements ResponseReader {
  readonly #sink: ResponseSink;
  complete = true;
  untouched = true;
  readonly #output: CgiOutput;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerBytes = 0;
  #type = 0;
  #contentLeft = 0;
  #paddingLeft = 0;
  readonly #ending = Buffer.alloc(END_REQUEST_BYTES);
  #hasOutputEnded = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
    this.#output = new CgiOutput(sink);
  }

  get head(): ResponseHead | undefined {
    return this.#output.head;
  }

  begin(method: string): void {
    this.complete = false;
    this.untouched = true;
    this.#output.begin(method);
    this.#headerBytes = 0;
    this.#hasOutputEnded = false;
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
    else this.#output.feed(bytes.subarray(from, end));
    this.#contentLeft -= end - from;
    return end;
  }

  #endRecord(): void {
    this.#headerBytes = 0;
    if (this.#type !== RECORD.endRequest) return;
    const refusal = this.#ending.readUInt8(4);
    if (refusal !== 0)
      throw new MalformedMessage(`the application refuses the request: ${REFUSALS[refusal] ?? String(refusal)}`);
    this.#output.end();
    this.complete = true;
  }
}
