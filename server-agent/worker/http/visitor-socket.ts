/**
 * A visitor's socket that reads into one buffer for all of them. The event loop reads one socket at
 * a time and hands the bytes over before it reads the next: so nothing is allocated for a read, and
 * no machinery of streams runs.
 */
import { Socket, type SocketConstructorOpts } from "node:net";

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

  /** From now on bytes go there. Undefined: they go the way of every stream. */
  giveTo(take: TakeBytes | undefined): void {
    this.#take = take;
  }
}
