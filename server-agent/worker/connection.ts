/**
 * One client connection: the requests in flight on it, and how it ends.
 *
 * It never ends by a plain `close()`: with unread bytes in its receive buffer the kernel would answer with a reset, and a reset can destroy a response that the client
 * has not read yet. RFC 9112, 9.6 asks for stages instead: half-close, read on and discard for a while, then close.
 */
import type { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import type { InFlight } from "./in-flight.ts";

const CONNECTION = Symbol("connection");

/** For how long (ms) a half-closed connection may go on sending, and for how long it may be silent, before it is closed for good. */
const LINGER_MS = 30_000;
const LINGER_SILENT_MS = 2_000;
/** A request head, once begun, must be complete within this time (ms). */
export const HEAD_MS = 20_000;
/** A connection that never sent a byte: browsers open some in advance. */
const UNUSED_MS = 60_000;
/** Idle keep-alive connections stay for as long as proxies and browsers keep theirs, so that the client is the one that closes. */
const IDLE_MS = 75_000;
/** A body that a handler waits for, or a response that the client does not read, may stand still for this long (ms). */
const BODY_STALL_MS = 60_000;
const WRITE_STALL_MS = 300_000;
/** A body that nobody wants is read and thrown away for this long (ms), so that the connection can be used again. */
const DISCARD_MS = 30_000;

const REQUEST_TIMEOUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

export class Connection {
  readonly socket: Socket;
  /** Name of the listener that accepted it. */
  readonly listener: string;
  /** Address of the peer as the platform names it. Read here, because a log line is written when the socket may be closed. */
  readonly peer: string;
  /** Host header as it came last, and what it means: a connection mostly asks for one host. */
  lastHost: string | undefined = undefined;
  lastHostName = "";
  /** Heads received so far. */
  requests = 0;
  inFlight = 0;
  /** Chain of what is in flight, newest first. */
  newest: InFlight | undefined = undefined;
  /** The latest request for as long as its body has not arrived completely. */
  request: IncomingMessage | undefined = undefined;
  /** The client said `Connection: close` (or speaks HTTP/1.0): it sends nothing more, so nothing can be lost by closing. */
  peerCloses = false;
  /** Ends with the last response that is in flight. */
  closeWhenIdle = false;
  /** No further request is answered (RFC 9112, 9.6). */
  closing = false;
  /** Set while a body that nobody wants is thrown away. */
  #discardUntil = 0;
  #lingerUntil = 0;
  #headSince = 0;
  #seenRequests = 0;
  #seenProgress = 0;
  #since = Date.now();

  constructor(socket: Socket, listener: string) {
    this.socket = socket;
    this.listener = listener;
    this.peer = socket.remoteAddress ?? "";
    (socket as ServedSocket)[CONNECTION] = this;
    // node:http calls this after a response with `Connection: close`, and would destroy the socket as soon as its bytes are out.
    socket.destroySoon = closeAfterLastResponse;
  }

  /** Half-closes after what is queued; the sweep closes for good. */
  closeGently(): void {
    if (this.closing) return;
    this.closing = true;
    this.socket.end();
    this.socket.resume();
  }

  /** What is in flight on it has ended. */
  settle(request: IncomingMessage): void {
    if (request === this.request) {
      if (request.complete) {
        this.request = undefined;
      } else {
        this.#discardUntil = Date.now() + DISCARD_MS;
        request.unpipe();
        request.resume();
      }
    }
    if (this.closeWhenIdle && this.inFlight === 0) this.closeGently();
  }

  /** Called about once a second. `closeIdleAfter` (ms) is shorter than usual while the worker retires. */
  sweep(now: number, closeIdleAfter: number): void {
    if (this.socket.destroyed) return;
    if (this.closing) this.#sweepClosing(now);
    else if (this.inFlight > 0) this.#sweepBusy(now);
    else this.#sweepIdle(now, Math.min(closeIdleAfter, IDLE_MS));
  }

  #sweepIdle(now: number, closeIdleAfter: number): void {
    const received = this.socket.bytesRead;
    if (this.requests !== this.#seenRequests) {
      this.#seenRequests = this.requests;
      this.#headSince = 0;
      this.#seenProgress = received;
      this.#since = now;
      return;
    }
    if (this.request?.complete === false) {
      if (now > this.#discardUntil) this.closeGently();
      this.#seenProgress = received;
      this.#since = now;
      return;
    }
    this.request = undefined;
    if (received !== this.#seenProgress && this.#headSince === 0) this.#headSince = now;
    if (this.#headSince !== 0) {
      if (now - this.#headSince >= HEAD_MS) this.refuse(REQUEST_TIMEOUT);
    } else if (now - this.#since >= (this.requests === 0 ? Math.min(UNUSED_MS, closeIdleAfter) : closeIdleAfter)) {
      this.closeGently();
    }
  }

  #sweepBusy(now: number): void {
    const { socket, request } = this;
    if (this.#progressed(now)) return;
    const silent = now - this.#since;
    const waitsForBody = request !== undefined && !request.complete && request.readableFlowing === true && request.readableLength === 0;
    if ((waitsForBody && silent >= BODY_STALL_MS) || (socket.writableLength > 0 && silent >= WRITE_STALL_MS)) socket.destroy();
  }

  #sweepClosing(now: number): void {
    const { socket } = this;
    const progressed = this.#progressed(now);
    if (!socket.writableFinished) {
      if (now - this.#since >= WRITE_STALL_MS) socket.destroy();
      return;
    }
    if (this.#lingerUntil === 0) {
      this.#lingerUntil = now + LINGER_MS;
      this.#since = now;
    }
    if (now >= this.#lingerUntil || (!progressed && now - this.#since >= LINGER_SILENT_MS)) socket.destroy();
  }

  #progressed(now: number): boolean {
    const { socket } = this;
    const progress = socket.bytesRead + socket.bytesWritten - socket.writableLength;
    if (progress === this.#seenProgress && this.requests === this.#seenRequests) return false;
    this.#seenProgress = progress;
    this.#seenRequests = this.requests;
    this.#since = now;
    return true;
  }

  /** Answers something that never became a request, and ends. */
  refuse(answer: string): void {
    if (this.closing) return;
    if (this.socket.writable) this.socket.write(answer, "latin1");
    this.closeGently();
  }
}

type ServedSocket = Socket & { [CONNECTION]?: Connection };

export function connectionOf(socket: object): Connection {
  const connection = (socket as ServedSocket)[CONNECTION];
  if (connection === undefined) throw new Error("a socket that no listener of this worker accepted");
  return connection;
}

function closeAfterLastResponse(this: Socket): void {
  const connection = connectionOf(this);
  if (connection.peerCloses && connection.request?.complete !== false) {
    connection.closing = true;
    Socket.prototype.destroySoon.call(this);
  } else {
    connection.closeGently();
  }
}
