/** Collects the chunks of a reply without keeping memory for each of many tiny ones. */
import { Buffer } from "node:buffer";

/**
 * Bytes that come in pieces, copied together: a piece of one byte keeps the whole packet alive that
 * it came in.
 */
export class GatheredBytes {
  #bytes = Buffer.allocUnsafe(16 * 1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#bytes.length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  text(): string {
    return this.#bytes.toString("utf8", 0, this.#length);
  }
}
