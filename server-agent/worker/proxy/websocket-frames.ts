/**
 * Where WebSocket frames begin and end in a stream of bytes (RFC 6455, 5.2), and the frames that
 * close a connection.
 */

export const CLOSE_OPCODE = 0x8;
/** RFC 6455, 7.4.1 and the IANA registry: the server restarts, the client may come back at once. */
export const SERVICE_RESTART = 1012;
export const GOING_AWAY = 1001;

const MAX_HEADER_BYTES = 14;

/** Follows one direction. Payloads are skipped, not looked at, so extensions do not matter. */
export class FrameTracker {
  /** Opcode of the frame that was begun last. */
  opcode = -1;
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #headerBytes = 0;
  #payloadLeft = 0;

  /** Nothing of a frame is outstanding: here a control frame may be put in. */
  get atBoundary(): boolean {
    return this.#headerBytes === 0 && this.#payloadLeft === 0;
  }

  /**
   * Reads `bytes` from `offset` up to the end of the frame or of the bytes, and returns the offset
   * behind that.
   */
  advance(bytes: Buffer, offset: number): number {
    let at = offset;
    while (at < bytes.length) {
      if (this.#payloadLeft > 0) {
        const taken = Math.min(this.#payloadLeft, bytes.length - at);
        this.#payloadLeft -= taken;
        at += taken;
        if (this.#payloadLeft === 0) return at;
      } else {
        this.#header[this.#headerBytes++] = bytes[at++] ?? 0;
        if (this.#headerBytes === this.#headerLength()) {
          this.opcode = (this.#header[0] ?? 0) & 0x0f;
          this.#payloadLeft = this.#payloadLength();
          this.#headerBytes = 0;
          if (this.#payloadLeft === 0) return at;
        }
      }
    }
    return at;
  }

  #headerLength(): number {
    if (this.#headerBytes < 2) return MAX_HEADER_BYTES;
    const second = this.#header[1] ?? 0;
    const short = second & 0x7f;
    return 2 + (short === 127 ? 8 : short === 126 ? 2 : 0) + (second >= 0x80 ? 4 : 0);
  }

  #payloadLength(): number {
    const short = (this.#header[1] ?? 0) & 0x7f;
    if (short < 126) return short;
    return short === 126
      ? this.#header.readUInt16BE(2)
      : this.#header.readUInt32BE(2) * 2 ** 32 + this.#header.readUInt32BE(6);
  }
}

/**
 * @param mask Four random bytes in the direction from client to server, where frames must be
 *   masked; undefined in the other.
 * @param reason ASCII, 123 characters at most.
 */
export function closeFrame(code: number, reason: string, mask: Buffer | undefined): Buffer {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(code);
  payload.write(reason, 2, "latin1");
  const head = Buffer.from([0x80 | CLOSE_OPCODE, payload.length | (mask === undefined ? 0 : 0x80)]);
  if (mask === undefined) return Buffer.concat([head, payload]);
  return Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]);
}
