/** The compressed fields of a HEADERS frame, and of what continues it (RFC 9113, 4.3). */
import { ConnectionFault, ErrorCode } from "./faults.ts";
import { Flag, unpadded } from "./frames.ts";

/** All frames of a head together (bytes), as of HTTP/1.1. */
const MAX_BLOCK_BYTES = 32 * 1024;
/** A head in more pieces than this is an attack (CVE-2024-27316 and others). */
const MAX_CONTINUATIONS = 32;
const PRIORITY_BYTES = 5;

export class HeadBlock {
  readonly stream: number;
  /** Nothing follows the head. */
  readonly isLast: boolean;
  isComplete: boolean;
  #bytes: Buffer;
  #continuations = 0;

  /** @throws ConnectionFault */
  constructor(flags: number, stream: number, payload: Buffer) {
    this.stream = stream;
    this.isLast = (flags & Flag.END_STREAM) !== 0;
    this.isComplete = (flags & Flag.END_HEADERS) !== 0;
    const fragment = unpadded(payload, flags);
    // Priorities of this kind are not used any more (RFC 9113, 5.3.2).
    const skipped = (flags & Flag.PRIORITY) === 0 ? 0 : PRIORITY_BYTES;
    if (fragment.length < skipped) throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, "a priority that is cut off");
    this.#bytes = fragment.subarray(skipped);
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** @throws ConnectionFault */
  add(flags: number, payload: Buffer): void {
    this.#continuations += 1;
    if (this.#continuations > MAX_CONTINUATIONS || this.#bytes.length + payload.length > MAX_BLOCK_BYTES)
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, "a head that does not end");
    this.#bytes = Buffer.concat([this.#bytes, payload]);
    this.isComplete = (flags & Flag.END_HEADERS) !== 0;
  }
}
