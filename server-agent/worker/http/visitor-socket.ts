/**
 * Visitors' sockets, which read into one buffer for all of them. The event loop reads one socket at
 * a time and hands the bytes over before it reads the next: so nothing is allocated for a read, and
 * no machinery of streams runs.
 */
import { Socket, type SocketConstructorOpts } from "node:net";
import type { TLSSocket } from "node:tls";

const READ_BYTES = 64 * 1024;
const sharedBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

/** On Windows reads are posted ahead, so each socket has its own. */
function readBuffer(): Buffer {
  return process.platform === "win32" ? Buffer.allocUnsafeSlow(READ_BYTES) : sharedBuffer;
}

/** Takes what one read brought: who keeps some of it copies it, as the next read overwrites it. */
export type TakeBytes = (bytes: Buffer) => void;

export class VisitorSocket extends Socket {
  #take: TakeBytes | undefined = undefined;

  /**
   * Takes over the connection of a socket that was accepted with `pauseOnConnect` and has not been
   * used.
   */
  static adopt(accepted: Socket): Socket {
    const { _handle: handle } = accepted as unknown as { _handle: object | null };
    return handle === null ? accepted : new VisitorSocket(handle);
  }

  private constructor(handle: object) {
    let deliver = (bytes: Buffer): boolean => bytes.length > 0;
    const options = {
      // With this `node:net` makes the sockets of its servers; its types do not say so.
      handle,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer(),
        callback: (length: number, buffer: Uint8Array) => deliver((buffer as Buffer).subarray(0, length)),
      },
    };
    super(options as unknown as SocketConstructorOpts);
    deliver = (bytes) => {
      if (this.#take === undefined) return this.push(Buffer.from(bytes));
      this.#take(bytes);
      return true;
    };
  }

  /** See `giveBytes`. */
  giveTo(take: TakeBytes | undefined): void {
    this.#take = take;
  }
}

/**
 * From now on bytes go there. Undefined: they go the way of every stream.
 *
 * @returns False if they go that way anyhow, as this socket knows no other.
 */
export function giveBytes(socket: Socket, take: TakeBytes | undefined): boolean {
  if (!(socket instanceof VisitorSocket)) return giveSecured(socket, take);
  socket.giveTo(take);
  return true;
}

/**
 * What the option `onread` sets. `node:tls` does not pass it on for connections that were accepted,
 * so it is set afterwards. Where Node calls it otherwise, bytes go the way of every stream.
 */
const OWN_SYMBOLS = Object.getOwnPropertySymbols(new Socket());
const BUFFER = OWN_SYMBOLS.find(({ description }) => description === "kBuffer");
const CALLBACK = OWN_SYMBOLS.find(({ description }) => description === "kBufferCb");

/** Bytes of TLS are decrypted one record at a time, whatever the system reads ahead. */
function giveSecured(socket: Socket, take: TakeBytes | undefined): boolean {
  const { _handle: handle } = socket as unknown as { _handle: { useUserBuffer?: (buffer: Buffer) => void } | null };
  const isSecured = (socket as Partial<TLSSocket>).encrypted === true;
  if (!isSecured || BUFFER === undefined || CALLBACK === undefined || handle?.useUserBuffer === undefined) return false;
  // What the stream holds already must come first.
  if (socket.readableLength > 0) return false;
  const fields = socket as unknown as Record<symbol, unknown>;
  if (fields[BUFFER] !== sharedBuffer) {
    fields[BUFFER] = sharedBuffer;
    handle.useUserBuffer(sharedBuffer);
  }
  fields[CALLBACK] = (length: number): boolean => {
    const bytes = sharedBuffer.subarray(0, length);
    if (take === undefined) return socket.push(Buffer.from(bytes));
    take(bytes);
    return true;
  };
  return true;
}
