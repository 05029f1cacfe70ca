/**
 * Takes the chunked transfer coding off a body (RFC 9112, 7.1). Extensions and trailers are checked
 * and dropped.
 */
import { MalformedMessage } from "../http/malformed-message.ts";

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const SEMICOLON = 0x3b;

/** 2^48: far more than any body, far less than where numbers lose their last digit. */
const MAX_SIZE_DIGITS = 12;
const MAX_EXTENSION_BYTES = 4096;
const MAX_TRAILER_BYTES = 16 * 1024;

type State =
  | "size"
  | "blank"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer-start"
  | "trailer"
  | "trailer-lf"
  | "end-lf"
  | "done";

export class ChunkedDecoder {
  #state: State = "size";
  #size = 0;
  #digits = 0;
  /** Bytes of the current chunk that are still to come. */
  #left = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;

  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Reads `bytes` from `offset` and gives the decoded parts to `onData` as views of `bytes`.
   *
   * @returns The offset behind what belongs to this body.
   * @throws MalformedMessage
   */
  decode(bytes: Buffer, offset: number, onData: (part: Buffer) => void): number {
    let at = offset;
    while (at < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const end = Math.min(bytes.length, at + this.#left);
        onData(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#state = "data-cr";
      } else {
        this.#step(bytes[at] ?? 0);
        at++;
      }
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size":
        this.#stepSize(byte);
        break;
      case "blank":
        // Only an extension may follow (RFC 9112, 7.1.1).
        if (byte === SEMICOLON) this.#state = "extension";
        else if ((byte !== SPACE && byte !== TAB) || ++this.#extensionBytes > MAX_EXTENSION_BYTES)
          throw new MalformedMessage("a malformed chunk size");
        break;
      case "extension":
        if (byte === CR) this.#state = "size-lf";
        else if (isControl(byte) || ++this.#extensionBytes > MAX_EXTENSION_BYTES)
          throw new MalformedMessage("a malformed chunk extension");
        break;
      case "size-lf":
        expectByte(byte, LF);
        this.#left = this.#size;
        this.#state = this.#size === 0 ? "trailer-start" : "data";
        this.#size = 0;
        this.#digits = 0;
        break;
      case "data-cr":
        expectByte(byte, CR);
        this.#state = "data-lf";
        break;
      case "data-lf":
        expectByte(byte, LF);
        this.#state = "size";
        break;
      case "trailer-start":
        if (byte === CR) this.#state = "end-lf";
        else this.#stepTrailer(byte);
        break;
      case "trailer":
        if (byte === CR) this.#state = "trailer-lf";
        else this.#stepTrailer(byte);
        break;
      case "trailer-lf":
        expectByte(byte, LF);
        this.#state = "trailer-start";
        break;
      case "end-lf":
        expectByte(byte, LF);
        this.#state = "done";
        break;
      case "data":
      case "done":
        break;
    }
  }

  #stepTrailer(byte: number): void {
    if (isControl(byte) || ++this.#trailerBytes > MAX_TRAILER_BYTES)
      throw new MalformedMessage("malformed or too long trailers");
    this.#state = "trailer";
  }

  #stepSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > MAX_SIZE_DIGITS) throw new MalformedMessage("a chunk size that is too large");
      this.#size = this.#size * 16 + digit;
    } else if (this.#digits === 0) {
      throw new MalformedMessage("a chunk without a size");
    } else if (byte === CR) {
      this.#state = "size-lf";
    } else if (byte === SEMICOLON) {
      this.#state = "extension";
    } else if (byte === SPACE || byte === TAB) {
      this.#state = "blank";
    } else {
      throw new MalformedMessage("a malformed chunk size");
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
}

function expectByte(byte: number, expected: number): void {
  if (byte !== expected) throw new MalformedMessage("a chunk that does not end where its size says");
}
