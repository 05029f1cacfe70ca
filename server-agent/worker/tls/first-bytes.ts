/** Looks at what a visitor sends first, before TLS or HTTP is spoken with him. */
import type { Socket } from "node:net";

/**
 * Reads until `parse` makes something of the bytes so far. The socket is paused then, and what was
 * read is the caller's to give back (`unshift`).
 */
export function readFirstBytes<T>(
  socket: Socket,
  parse: (bytes: Buffer) => T | undefined,
  found: (value: T, bytes: Buffer) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const onData = (part: Buffer): void => {
    bytes = Buffer.concat([bytes, part]);
    const value = parse(bytes);
    if (value === undefined) return;
    socket.off("data", onData).pause();
    found(value, bytes);
  };
  socket.on("data", onData).resume();
}
