/**
 * Writes fields (HPACK, RFC 7541), without a table of earlier ones: so what does not
 * change between responses is written once, for all connections.
 */
import type { PreparedFields } from "../http/prepared-fields.ts";
import { classOf } from "../http/field-names.ts";
import { staticIndexOf, staticIndexOfStatus } from "./static-table.ts";

/** The first block of a connection says that no table is used (RFC 7541, 4.2). */
export const NO_TABLE = Buffer.from([0x20]);

/** The only value that `te` may have (RFC 9113, 8.2.2); gRPC asks for it. */
export const TE_TRAILERS = Buffer.from("\0\x02te\x08trailers");

const known = new WeakMap<PreparedFields, Buffer>();

/** @param isLasting These serve many responses. */
export function encodePrepared(fields: PreparedFields, isLasting: boolean): Buffer {
  if (!isLasting) return encodeFields(fields.list);
  let block = known.get(fields);
  if (block === undefined) known.set(fields, (block = encodeFields(fields.list)));
  return block;
}

/**
 * @param list Name, value, name, value, all of them valid. Those about a connection of HTTP/1.1 are
 *   left out (RFC 9113, 8.2.2).
 */
export function encodeFields(list: readonly string[]): Buffer {
  let bound = 0;
  for (const text of list) bound += text.length + MAX_NUMBER_BYTES;
  const target = Buffer.allocUnsafe(bound);
  let at = 0;
  for (let index = 0; index < list.length; index += 2) {
    const name = list[index] ?? "";
    if (isOfConnection(name)) continue;
    at = writeField(target, at, name.toLowerCase(), list[index + 1] ?? "");
  }
  return target.subarray(0, at);
}

function isOfConnection(name: string): boolean {
  switch (classOf(name)) {
    case "connection":
    case "keep-alive":
    case "transfer-encoding":
    case "upgrade":
      return true;
    case "hop-by-hop":
      return /^(?:proxy-connection|te)$/i.test(name);
    default:
      return false;
  }
}

/** A name and its value need three numbers at most, of so many bytes. */
const MAX_NUMBER_BYTES = 6;

function writeField(target: Buffer, start: number, name: string, value: string): number {
  const index = staticIndexOf(name);
  let at = writeNumber(target, start, index, 4);
  if (index === 0) at = writeText(target, at, name);
  return writeText(target, at, value);
}

function writeText(target: Buffer, start: number, text: string): number {
  const at = writeNumber(target, start, text.length, 7);
  target.write(text, at, "latin1");
  return at + text.length;
}

/** @param bits Of the first byte, which belong to the number; the others are 0. */
function writeNumber(target: Buffer, start: number, value: number, bits: number): number {
  const mask = (1 << bits) - 1;
  let at = start;
  if (value < mask) {
    target[at++] = value;
    return at;
  }
  target[at++] = mask;
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) target[at++] = 0x80 | (rest & 0x7f);
  target[at++] = rest;
  return at;
}

/** An index, a length, and three digits. */
const STATUS_BYTES = 5;
const statusBlocks = new Map<number, Buffer>();

export function encodeStatus(status: number): Buffer {
  let block = statusBlocks.get(status);
  if (block === undefined) {
    const index = staticIndexOfStatus(status);
    block = Buffer.alloc(index === 0 ? STATUS_BYTES : 1, 0x80 | index);
    if (index === 0) writeField(block, 0, ":status", String(status));
    statusBlocks.set(status, block);
  }
  return block;
}

let dateSecond = -1;
let dateBlock = Buffer.alloc(0);

export function encodeDate(): Buffer {
  const second = Math.trunc(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateBlock = encodeFields(["date", new Date(second * 1000).toUTCString()]) as Buffer<ArrayBuffer>;
  }
  return dateBlock;
}
