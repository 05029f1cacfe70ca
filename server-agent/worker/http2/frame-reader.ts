/** Takes frames out of the bytes of a connection. */
import { ConnectionFault, ErrorCode } from "./faults.ts";
import { HEAD_BYTES, MAX_PAYLOAD_BYTES } from "./frames.ts";

/** @returns False when nothing more is to be read. */
export type TakeFrame = (type: number, flags: number, stream: number, payload: Buffer) => boolean;

const NONE = Buffer.alloc(0);
/** A frame that comes in more pieces is put together before it is whole: each costs memory. */
const MAX_PARTS = 64;

export class FrameReader {
  #parts: Buffer[] = [];
  #size = 0;
  /** So much must be there before it is worth looking. */
  #wanted = HEAD_BYTES;

  /** Complete frames so far. */
  taken = 0;

  /** A frame has begun that is not complete. */
  get isInside(): boolean {
    return this.#size > 0;
  }

  /**
   * Payloads are parts of what was fed.
   *
   * @throws ConnectionFault
   */
  feed(bytes: Buffer, take: TakeFrame): void {
    if (this.#size > 0) {
      this.#parts.push(bytes);
      this.#size += bytes.length;
      if (this.#size < this.#wanted) {
        if (this.#parts.length >= MAX_PARTS) this.#parts = [Buffer.concat(this.#parts, this.#size)];
        return;
      }
      bytes = Buffer.concat(this.#parts, this.#size);
      this.#parts = [];
    }
    let at = 0;
    this.#wanted = HEAD_BYTES;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = bytes.readUIntBE(at, 3);
      if (length > MAX_PAYLOAD_BYTES)
        throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, "a frame that is larger than was agreed");
      const end = at + HEAD_BYTES + length;
      if (end > bytes.length) {
        this.#wanted = HEAD_BYTES + length;
        break;
      }
      // The first bit of the stream's number is reserved, and ignored (RFC 9113, 4.1).
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      const payload = length === 0 ? NONE : bytes.subarray(at + HEAD_BYTES, end);
      this.taken += 1;
      if (!take(bytes[at + 3] ?? 0, bytes[at + 4] ?? 0, stream, payload)) return;
      at = end;
    }
    this.#size = bytes.length - at;
    if (this.#size > 0) this.#parts = [at === 0 ? bytes : bytes.subarray(at)];
  }
}
