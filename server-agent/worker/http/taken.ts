/** When the system has taken what was written to a visitor's socket. */
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

type Taken = (failure?: Error | null) => void;

/**
 * Over TLS nothing is taken before the write returns, and to ask afterwards is another system call:
 * the write itself should tell. Without TLS most of it is taken at once, and a callback is what
 * costs.
 */
export function tellsByItself(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Calls back, now or later, about all that was written so far. */
export function whenTaken(socket: Socket, taken: Taken): void {
  if (socket.writableLength === 0) taken();
  else socket.write("", taken);
}
