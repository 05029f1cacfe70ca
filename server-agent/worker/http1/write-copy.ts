/**
 * Bytes that are valid during a call only, written in one piece. The copy is made in a buffer that
 * serves again if the system takes all of it at once, as it mostly does: to get a new one each time
 * costs more than to copy.
 */
import type { Socket } from "node:net";
import { tellsByItself } from "../http/taken.ts";

/** What one read of an upstream brings, with a head. A slow visitor holds so much. */
const SHARED_BYTES = 136 * 1024;

let shared: Buffer | undefined = undefined;

/**
 * @param before One character per byte, as is `after`.
 * @returns False when the caller should wait, as `Socket.write` has it.
 */
export function writeCopy(socket: Socket, before: string, bytes: Buffer, after: string): boolean {
  const length = before.length + bytes.length + after.length;
  const isShared = length <= SHARED_BYTES && socket.writableLength === 0 && !tellsByItself(socket);
  const copy = isShared
    ? (shared ??= Buffer.allocUnsafeSlow(SHARED_BYTES)).subarray(0, length)
    : Buffer.allocUnsafeSlow(length);
  copy.write(before, 0, "latin1");
  copy.set(bytes, before.length);
  copy.write(after, before.length + bytes.length, "latin1");
  const takesMore = socket.write(copy);
  if (socket.writableLength === 0) return true;
  // What the system has not taken, the socket still reads from there.
  if (isShared) shared = undefined;
  return takesMore;
}
