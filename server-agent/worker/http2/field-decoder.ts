/** Reads compressed fields (HPACK, RFC 7541). */
import { ConnectionFault, ErrorCode } from "./faults.ts";
import { decodeHuffman } from "./huffman.ts";
import { STATIC_COUNT, STATIC_FIELDS } from "./static-table.ts";

/** The size (bytes) that both sides begin with (RFC 9113, 6.5.2); it is never changed here. */
const TABLE_BYTES = 4096;
/** What a field counts for beside its characters (RFC 7541, 4.1). */
const FIELD_BYTES = 32;
/** A number of more digits than this (base 128) stands for nothing that could be meant. */
const MAX_DIGITS = 4;
const NONE = Buffer.alloc(0);

export interface DecodedFields {
  /** Name, value, name, value; not all of them if the list is too large. */
  readonly list: string[];
  readonly isTooLarge: boolean;
}

function broken(why: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.COMPRESSION_ERROR, why);
}

export class FieldDecoder {
  readonly #maxListBytes: number;
  /** Fields of earlier blocks, the latest one last. */
  #names: string[] = [];
  #values: string[] = [];
  #size = 0;
  #maxSize = TABLE_BYTES;
  #block: Buffer = NONE;
  #at = 0;

  /** @param maxListBytes Size of a whole list as RFC 9113, 10.5.1 counts it. */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /**
   * A list that is too large is read to its end all the same: what it adds to the table, later
   * blocks refer to.
   *
   * @throws ConnectionFault
   */
  decode(block: Buffer): DecodedFields {
    this.#block = block;
    this.#at = 0;
    const list: string[] = [];
    let size = 0;
    let isFirst = true;
    while (this.#at < block.length) {
      const byte = block[this.#at] ?? 0;
      if ((byte & 0xe0) === 0x20) {
        if (!isFirst) throw broken("a change of the table's size between fields");
        this.#resize(this.#number(5));
        continue;
      }
      isFirst = false;
      let name: string;
      let value: string;
      if ((byte & 0x80) !== 0) {
        const index = this.#number(7);
        name = this.#nameAt(index);
        value = this.#valueAt(index);
      } else {
        const isKept = (byte & 0x40) !== 0;
        const index = this.#number(isKept ? 6 : 4);
        name = index === 0 ? this.#text() : this.#nameAt(index);
        value = this.#text();
        if (isKept) this.#keep(name, value);
      }
      size += name.length + value.length + FIELD_BYTES;
      if (size <= this.#maxListBytes) list.push(name, value);
    }
    // It is a part of what the socket has read, which is larger.
    this.#block = NONE;
    return { list, isTooLarge: size > this.#maxListBytes };
  }

  #nameAt(index: number): string {
    if (index <= STATIC_COUNT) {
      if (index === 0) throw broken("the index 0");
      return STATIC_FIELDS[2 * index - 2] ?? "";
    }
    const name = this.#names[this.#names.length - (index - STATIC_COUNT)];
    if (name === undefined) throw broken("an index that stands for nothing");
    return name;
  }

  #valueAt(index: number): string {
    if (index <= STATIC_COUNT) return STATIC_FIELDS[2 * index - 1] ?? "";
    return this.#values[this.#values.length - (index - STATIC_COUNT)] ?? "";
  }

  /** @param bits Of the first byte, which belong to the number (RFC 7541, 5.1). */
  #number(bits: number): number {
    const mask = (1 << bits) - 1;
    let value = (this.#block[this.#at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let digit = 0; ; digit++) {
      const byte = this.#block[this.#at++];
      if (byte === undefined || digit === MAX_DIGITS) throw broken("a number that does not end");
      value += (byte & 0x7f) << (7 * digit);
      if (byte < 0x80) return value;
    }
  }

  #text(): string {
    const isCoded = ((this.#block[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#number(7);
    const start = this.#at;
    const end = start + length;
    if (end > this.#block.length) throw broken("a text that is cut off");
    this.#at = end;
    return isCoded ? decodeHuffman(this.#block, start, end) : this.#block.toString("latin1", start, end);
  }

  #keep(name: string, value: string): void {
    this.#size += name.length + value.length + FIELD_BYTES;
    this.#names.push(name);
    this.#values.push(value);
    this.#evict();
  }

  #resize(size: number): void {
    if (size > TABLE_BYTES) throw broken("a table that is larger than was agreed");
    this.#maxSize = size;
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#maxSize) {
      const name = this.#names.shift() ?? "";
      const value = this.#values.shift() ?? "";
      this.#size -= name.length + value.length + FIELD_BYTES;
    }
  }
}
