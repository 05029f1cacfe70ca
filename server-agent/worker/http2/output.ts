/**
 * What goes out on a connection: frames in as few writes as can be, and of the bodies so much as
 * the windows of the peer and the socket take, each stream in its turn (RFC 9113, 5.2).
 */
import type { Socket } from "node:net";
import { whenTaken } from "../http/taken.ts";
import { ConnectionFault, ErrorCode, protocolError } from "./faults.ts";
import { dataHead, headersFrames, MAX_PAYLOAD_BYTES, MAX_WINDOW_BYTES } from "./frames.ts";

/** So much (bytes) waits in the socket at most; it must be more than the socket's own mark. */
const MAX_UNSENT_BYTES = 128 * 1024;
/** One write of all is faster for what is small; for more, the copy costs more than it saves. */
const MAX_JOINED_BYTES = 64 * 1024;
/** The window that every connection and stream begins with (RFC 9113, 6.9.2). */
export const DEFAULT_WINDOW_BYTES = 65_535;

/** The body of one stream, on its way. */
export interface Outflow {
  readonly id: number;
  /** Bytes that the client still takes on this stream. */
  window: number;
  readonly queue: Buffer[];
  /** Nothing follows what is in the queue, but for the trailers. */
  isLast: boolean;
  /** Compressed fields that end the stream (RFC 9113, 8.1). */
  readonly trailers?: Buffer | undefined;
  /** The queue is empty, and its end was written if it is the last. */
  emptied(): void;
}

export class Output {
  readonly #socket: Socket;
  readonly #sentData: () => void;
  #window = DEFAULT_WINDOW_BYTES;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #isDue = false;
  /** Called when the chunks have been handed to the operating system. */
  #settling: ((isSent: boolean) => void)[] = [];
  /** Streams that could go on if the connection could. */
  readonly #ready = new Set<Outflow>();
  /** While something is read, all is written at the end of it. */
  isHeld = false;

  /** @param sentData Called for each DATA frame. */
  constructor(socket: Socket, sentData: () => void) {
    this.#socket = socket;
    this.#sentData = sentData;
  }

  /** Bytes that the client has not taken yet. */
  get unsent(): number {
    return this.#bytes + this.#socket.writableLength;
  }

  /** Something waits for the window of the connection or for the socket. */
  get isBlocked(): boolean {
    return this.#ready.size > 0;
  }

  /** The peer widens the window of the connection. @throws ConnectionFault */
  widenBy(bytes: number): void {
    if (bytes === 0) throw protocolError("a window that grows by nothing");
    this.#window += bytes;
    if (this.#window > MAX_WINDOW_BYTES)
      throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
    this.pourAll();
  }

  /** Writes a frame, soon. */
  add(frame: Buffer): void {
    this.#chunks.push(frame);
    this.#bytes += frame.length;
    if (this.isHeld || this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#flushDue);
  }

  /**
   * Calls back once, when all that was added has been handed to the operating system, or never will
   * be.
   */
  whenSettled(callback: (isSent: boolean) => void): void {
    this.#settling.push(callback);
  }

  /** Writes of a stream what can be written, in its turn. */
  pour(flow: Outflow): void {
    this.#ready.add(flow);
    if (this.#ready.size === 1 || !this.#isStopped()) this.pourAll();
  }

  /** What this stream has not written yet is not written. */
  forget(flow: Outflow): void {
    flow.queue.length = 0;
    this.#ready.delete(flow);
  }

  /** One frame of each stream after another, for as long as there is room. */
  pourAll(): void {
    for (const flow of this.#ready) {
      const isEmpty = flow.queue.length === 0;
      if (!isEmpty && this.#isStopped()) return;
      this.#ready.delete(flow);
      if (this.#pourOnce(flow)) this.#ready.add(flow);
    }
  }

  flush(): void {
    if (this.#bytes === 0) return;
    const chunks = this.#chunks;
    const bytes = this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
    const socket = this.#socket;
    const settling = this.#settling;
    const [first] = chunks;
    if (settling.length > 0) this.#settling = [];
    const settle = (failure?: Error | null): void => {
      for (const callback of settling) callback(failure === null || failure === undefined);
    };
    if (!socket.writable) {
      settle(new Error("the connection has closed"));
      return;
    }
    if (chunks.length === 1 && first !== undefined) socket.write(first);
    else if (bytes <= MAX_JOINED_BYTES) socket.write(Buffer.concat(chunks, bytes));
    else {
      socket.cork();
      for (const chunk of chunks) socket.write(chunk);
      socket.uncork();
    }
    if (settling.length > 0) whenTaken(socket, settle);
  }

  readonly #flushDue = (): void => {
    this.#isDue = false;
    this.flush();
  };

  #isStopped(): boolean {
    return this.#window <= 0 || this.unsent >= MAX_UNSENT_BYTES;
  }

  /** True when the stream could write more at once. */
  #pourOnce(flow: Outflow): boolean {
    const { queue } = flow;
    const [chunk] = queue;
    if (chunk === undefined) {
      if (flow.isLast) this.add(endOf(flow));
      flow.emptied();
      return false;
    }
    const length = Math.min(chunk.length, MAX_PAYLOAD_BYTES, flow.window, this.#window);
    if (length <= 0) return false;
    const isWhole = length === chunk.length;
    if (isWhole) queue.shift();
    else queue[0] = chunk.subarray(length);
    flow.window -= length;
    this.#window -= length;
    const isEnd = queue.length === 0 && flow.isLast;
    const hasTrailers = flow.trailers !== undefined;
    this.add(dataHead(flow.id, length, isEnd && !hasTrailers));
    this.add(isWhole ? chunk : chunk.subarray(0, length));
    this.#sentData();
    if (isEnd && hasTrailers) this.add(endOf(flow));
    if (queue.length > 0) return flow.window > 0;
    flow.emptied();
    return false;
  }
}

/** The frame that ends a stream whose body is out. */
function endOf({ id, trailers }: Outflow): Buffer {
  return trailers === undefined ? dataHead(id, 0, true) : headersFrames(id, trailers, true);
}
