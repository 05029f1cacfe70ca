/** A stream that carries a WebSocket (RFC 8441), as who relays it uses a connection. */
import { Duplex } from "node:stream";

/** What the tunnel runs in. */
export interface TunnelStream {
  /** @returns False when the caller should wait for `onDrain` of the tunnel. */
  sendBody(bytes: Buffer, isLast: boolean): boolean;
  /** So many bytes wait for who relays them; negative when they were taken. */
  hold(bytes: number): void;
  /** So much of what came has been taken. */
  taken(bytes: number): void;
  abort(isFailure: boolean): void;
}

export class Tunnel extends Duplex {
  readonly #stream: TunnelStream;
  #waiting: (() => void) | undefined = undefined;
  /** Bytes that came and are not told as taken. */
  #untaken = 0;

  constructor(stream: TunnelStream) {
    // What waits here was not taken: the client would be told to send more.
    super({ allowHalfOpen: true, readableHighWaterMark: 0 });
    this.#stream = stream;
  }

  /** Called by the stream: bytes from the visitor. */
  receive(bytes: Buffer): void {
    this.#untaken += bytes.length;
    this.#stream.hold(bytes.length);
    if (this.push(bytes)) this.#tell();
  }

  /** Called by the stream: it takes more. */
  onDrain(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.();
  }

  override _read(): void {
    this.#tell();
  }

  override _write(bytes: Buffer, _: BufferEncoding, written: () => void): void {
    if (this.#stream.sendBody(bytes, false)) written();
    else this.#waiting = written;
  }

  override _final(done: () => void): void {
    this.#stream.sendBody(Buffer.alloc(0), true);
    done();
  }

  override _destroy(failure: Error | null, done: (failure: Error | null) => void): void {
    this.#stream.hold(-this.#untaken);
    this.#untaken = 0;
    this.#stream.abort(false);
    done(failure);
  }

  #tell(): void {
    const bytes = this.#untaken;
    this.#untaken = 0;
    if (bytes === 0) return;
    this.#stream.hold(-bytes);
    this.#stream.taken(bytes);
  }
}
