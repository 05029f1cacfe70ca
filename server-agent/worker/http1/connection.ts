/**
 * One client connection: reads its requests one after another (RFC 9112, 9.3), and knows how it
 * ends.
 *
 * A request that was sent before the response to the one before has ended (pipelining) waits, and
 * is read when it is its turn: so it is answered by the configuration of that moment. Reading goes
 * on meanwhile, up to a bound, because only so the end of the client is noticed.
 *
 * It never ends by a plain `close()`: with unread bytes in its receive buffer the kernel would
 * answer with a reset, and a reset can destroy a response that the client has not read yet. RFC
 * 9112, 9.6 asks for stages instead: half-close, read on and discard for a while, then close.
 */
import type { Socket } from "node:net";
import {
  type Agreement,
  type Arrival,
  type Carrier,
  type ConnectionOwner,
  type Place,
  PLAIN_ARRIVAL,
  type Taken,
  type VisitorConnection,
} from "../http/carrier.ts";
import type { BodySource } from "../http/incoming-request.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import { firstLine, type RefusalReason } from "../http/refusal.ts";
import { leaveSocket, type SocketUser, useSocket } from "../http/visitor-socket.ts";
import { steadyNow } from "../http/steady-clock.ts";
import { FramedRequest } from "./framed-request.ts";
import { FramedResponse, type ResponseOwner } from "./framed-response.ts";
import { parseRequestHead, UnsupportedRequest, type RequestHead } from "./request-head.ts";

/** Head of a request, all fields together (bytes). */
const MAX_HEAD_BYTES = 32 * 1024;
/** So much (bytes) is read ahead of a request's turn. */
const MAX_READ_AHEAD_BYTES = 64 * 1024;
/**
 * For how long (ms) a half-closed connection may go on sending, and for how long it may be silent,
 * before it is closed for good.
 */
const LINGER_TIMEOUT_MS = 30_000;
const LINGER_IDLE_TIMEOUT_MS = 2_000;
/**
 * So much (bytes) is read of what it sends: more of a body whose length was announced, as many who
 * upload a file read nothing before they have sent it. Then its window closes, and the silence that
 * follows leaves it the time to read the answer.
 */
const MAX_LINGER_BYTES = 64 * 1024 * 1024;
const MAX_LINGER_ANNOUNCED_BYTES = 1024 * 1024 * 1024;
/** A request head, once begun, must be complete within this time (ms). */
export const HEAD_TIMEOUT_MS = 20_000;
/** A connection that never sent a byte: browsers open some in advance. */
const UNUSED_TIMEOUT_MS = 60_000;
/**
 * Idle keep-alive connections stay for as long as proxies and browsers keep theirs, so that the
 * client is the one that closes.
 */
const IDLE_TIMEOUT_MS = 75_000;
/**
 * A body that a handler waits for, or a response that the client does not read, may stand still for
 * this long (ms).
 */
const BODY_STALL_TIMEOUT_MS = 60_000;
const WRITE_STALL_TIMEOUT_MS = 300_000;
/**
 * A body that nobody wants is read and thrown away for this long (ms), so that the connection can
 * be used again.
 */
const DISCARD_TIMEOUT_MS = 30_000;
/**
 * If it is larger (bytes), the connection closes after the response: at once where it says so, else
 * when so much has come.
 */
export const MAX_DISCARDED_BYTES = 16 * 1024 * 1024;

/** The beginning of HTTP/2 looks like a request of a version that HTTP/1.1 has not. */
const HTTP2_BEGINNING = "PRI * HTTP/2.0";
const END_OF_HEAD = Buffer.from("\r\n\r\n");
const NOTHING = Buffer.alloc(0);
const CR = 0x0d;
const LF = 0x0a;

const REASONS = {
  400: "malformed",
  405: "method",
  408: "slow-head",
  414: "long-target",
  431: "large-head",
  501: "unsupported",
} as const satisfies Record<number, RefusalReason>;

/** Answers to what never became a request. */
const REFUSALS = {
  400: "400 Bad Request\r\n",
  405: "405 Method Not Allowed\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n",
  408: "408 Request Timeout\r\n",
  414: "414 URI Too Long\r\n",
  431: "431 Request Header Fields Too Large\r\n",
  501: "501 Not Implemented\r\n",
} as const;

/** @typeParam Entry What the owner keeps with the request that is being answered. */
export class Connection<Entry = unknown>
  implements Carrier<Entry>, VisitorConnection, BodySource, ResponseOwner, SocketUser
{
  readonly socket: Socket;
  readonly place: Place;
  /**
   * Address of the peer as the platform names it. Read here, because a log line is written when the
   * socket may be closed.
   */
  readonly peer: string;
  readonly arrival: Arrival;
  readonly lastHost: Carrier["lastHost"] = { field: undefined, name: "" };
  /** The owner's, while a request is being answered. */
  entry: Entry | undefined = undefined;
  /** Heads received so far. */
  requests = 0;
  /** No further request is answered (RFC 9112, 9.6). */
  closing = false;
  /** Ends with the response that is being sent. */
  #closeWhenIdle = false;
  readonly #owner: ConnectionOwner<Entry>;
  /**
   * The latest request for as long as its body has not arrived completely or its response has not
   * been sent.
   */
  #request: FramedRequest | undefined = undefined;
  #response: FramedResponse | undefined = undefined;
  /** Read, but not its turn yet, or not complete yet. */
  #ahead: Buffer | undefined = undefined;
  /** It lies in a buffer that is overwritten when this turn is over. */
  #isLent = false;
  /** Bytes of `#ahead` in which no head ends. */
  #searched = 0;
  #isReading = false;
  #isPaused = false;
  /** The socket was given away. */
  #isDetached = false;
  /**
   * The client said `Connection: close` (or speaks HTTP/1.0): it sends nothing more, so nothing can
   * be lost by closing.
   */
  #peerCloses = false;
  /** The client has ended its side. */
  #peerEnded = false;
  /** Set while a body that nobody wants is thrown away. */
  #discardUntil = 0;
  /** Bytes of this body, or since the half-close, that were thrown away. */
  #discarded = 0;
  #lingerUntil = 0;
  #headSince = 0;
  #seenRequests = 0;
  #seenProgress = 0;
  #since = steadyNow();

  constructor(socket: Socket, place: Place, owner: ConnectionOwner<Entry>, arrival = PLAIN_ARRIVAL) {
    this.socket = socket;
    this.place = place;
    this.arrival = arrival;
    this.peer = arrival.client ?? socket.remoteAddress ?? "";
    this.#owner = owner;
    useSocket(socket, this);
  }

  get isBusy(): boolean {
    return this.#response !== undefined || this.#isDetached;
  }

  get hasPeerEnded(): boolean {
    return this.#peerEnded;
  }

  get isUnused(): boolean {
    return this.socket.bytesRead === 0;
  }

  get idleSince(): number | undefined {
    if (this.isBusy || this.closing || this.socket.destroyed) return undefined;
    const isIdle = this.#ahead === undefined && this.#request?.complete !== false;
    return isIdle && this.requests === this.#seenRequests ? this.#since : undefined;
  }

  closeAfterwards(): void {
    this.#closeWhenIdle = true;
  }

  cut(): void {
    this.socket.destroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  retire(isAtOnce: boolean): void {
    if (isAtOnce && !this.isBusy) this.closeGently();
  }

  takeOver({ reason, fields }: Agreement): Taken {
    const head = this.#detach();
    const lines = `${new PreparedFields(fields).text}Connection: Upgrade\r\nUpgrade: websocket\r\n`;
    this.socket.write(`HTTP/1.1 101 ${reason}\r\n${lines}\r\n`, "latin1");
    return { stream: this.socket, head };
  }

  /** Gives the socket away. Returns what came behind the request. */
  #detach(): Buffer {
    this.#isDetached = true;
    this.#response = undefined;
    const ahead = Buffer.from(this.#ahead ?? []);
    this.#ahead = undefined;
    const { socket } = this;
    leaveSocket(socket);
    if (this.#isPaused) socket.resume();
    return ahead;
  }

  /** Half-closes after what is queued; the sweep closes for good. */
  closeGently(): void {
    if (this.closing) return;
    this.closing = true;
    this.#ahead = undefined;
    this.#discarded = 0;
    this.socket.end();
    this.socket.resume();
  }

  /**
   * Answers something that never became a request, and ends.
   *
   * @param bytes What came of it.
   */
  refuse(status: keyof typeof REFUSALS, bytes: Buffer): void {
    if (this.closing) return;
    this.#owner.refused(this, { reason: REASONS[status], status, line: firstLine(bytes) });
    if (this.socket.writable)
      this.socket.write(`HTTP/1.1 ${REFUSALS[status]}Connection: close\r\nContent-Length: 0\r\n\r\n`, "latin1");
    this.closeGently();
  }

  pauseReading(): void {
    if (this.#isPaused || this.closing) return;
    this.#isPaused = true;
    this.socket.pause();
  }

  resumeReading(): void {
    if (this.#isPaused) {
      this.#isPaused = false;
      this.socket.resume();
    }
    this.#readOn();
  }

  responseSent(): void {
    const response = this.#response;
    if (response === undefined || response.destroyed) return;
    this.#response = undefined;
    // The next sweep begins to count, and by other bytes than while this was answered.
    this.#seenRequests = 0;
    response.isSent = true;
    response.closed();
    this.#owner.ended(this);
    const request = this.#request;
    if (!response.shouldKeepAlive || this.#closeWhenIdle) {
      this.#close(request?.complete !== false);
      return;
    }
    if (request?.complete === false) {
      this.#discardUntil = steadyNow() + DISCARD_TIMEOUT_MS;
      request.discard();
    } else {
      this.#request = undefined;
    }
    this.resumeReading();
  }

  sweep(now: number, closeIdleAfter: number): void {
    if (this.socket.destroyed || this.#isDetached) return;
    if (this.closing) this.#sweepClosing(now);
    else if (this.isBusy) this.#sweepBusy(now);
    else this.#sweepIdle(now, Math.min(closeIdleAfter, IDLE_TIMEOUT_MS));
  }

  /** What is left of them is copied when they have been read. */
  takeBytes(bytes: Buffer): void {
    if (this.closing) {
      this.#discarded += bytes.length;
      const isAnnounced = this.#request?.contentLength !== undefined;
      if (this.#discarded > (isAnnounced ? MAX_LINGER_ANNOUNCED_BYTES : MAX_LINGER_BYTES)) this.socket.pause();
      return;
    }
    this.#isLent = this.#ahead === undefined;
    this.#ahead = this.#ahead === undefined ? bytes : Buffer.concat([this.#ahead, bytes]);
    try {
      this.#readOn();
    } finally {
      this.#keepAhead();
    }
  }

  #keepAhead(): void {
    if (this.#isLent && this.#ahead !== undefined) this.#ahead = Buffer.from(this.#ahead);
    this.#isLent = false;
  }

  drained(): void {
    this.#response?.drained();
  }

  peerEnded(): void {
    this.#peerEnded = true;
    if (this.closing) return;
    this.#response?.onPeerEnd?.();
    this.#endWithPeer();
  }

  socketClosed(): void {
    this.#response?.closed();
    this.#owner.ended(this);
    this.#owner.closed(this);
  }

  /**
   * Reads what there is for as long as it can be used; what comes of one step may be the start of
   * the next.
   */
  #readOn(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#readNext());
    } catch (failure) {
      // Nobody knows what became of the request: a client that waits for ever would be worse than
      // one that sees a break.
      this.socket.destroy();
      throw failure;
    } finally {
      this.#isReading = false;
    }
    this.#endWithPeer();
  }

  /** Nothing more will come: what was read before is still answered. */
  #endWithPeer(): void {
    if (!this.#peerEnded || this.closing) return;
    const request = this.#request;
    // The rest of the body will never come, and whoever waits for it must learn that.
    if (request?.complete === false) {
      if (this.#ahead === undefined) this.#abandonBody(request, 400);
    } else if (!this.isBusy) {
      this.closeGently();
    }
  }

  #readNext(): boolean {
    const bytes = this.#ahead;
    if (bytes === undefined || this.closing || this.#isDetached) return false;
    const request = this.#request;
    if (request?.complete === false) return this.#readBody(request, bytes);
    if (this.isBusy) {
      if (bytes.length > MAX_READ_AHEAD_BYTES) this.pauseReading();
      return false;
    }
    return this.#readHead(bytes);
  }

  #readBody(request: FramedRequest, bytes: Buffer): boolean {
    if (!request.takesBytes) {
      this.pauseReading();
      return false;
    }
    this.#ahead = undefined;
    try {
      // Who reads a body may keep what he gets.
      const next = request.feed(this.#isLent ? Buffer.from(bytes) : bytes);
      if (next < bytes.length) this.#ahead = bytes.subarray(next);
      if (request.isDiscarded && request.contentLength === undefined) this.#countDiscarded(next);
    } catch (failure) {
      if (!(failure instanceof MalformedMessage)) throw failure;
      this.#abandonBody(request, 400);
    }
    return true;
  }

  #countDiscarded(bytes: number): void {
    this.#discarded += bytes;
    if (this.#discarded <= MAX_DISCARDED_BYTES) return;
    this.#endWithResponse();
    if (this.isBusy) this.pauseReading();
    else this.closeGently();
  }

  #endWithResponse(): void {
    this.#closeWhenIdle = true;
    const response = this.#response;
    if (response?.headersSent === false) response.shouldKeepAlive = false;
  }

  /**
   * The answer still goes out, for it may be ready; then the connection ends, as nobody knows where
   * the next request would begin.
   */
  #abandonBody(request: FramedRequest, status: 400 | 408): void {
    this.#endWithResponse();
    request.abandon(status);
    if (!this.isBusy) this.closeGently();
  }

  /** By the target where that alone is too long (RFC 9112, 3), else by the fields. */
  #refuseTooLarge(bytes: Buffer): void {
    const endOfLine = bytes.indexOf(CR);
    this.refuse(endOfLine < 0 || endOfLine > MAX_HEAD_BYTES ? 414 : 431, bytes);
  }

  #readHead(bytes: Buffer): boolean {
    // An empty line before a request is passed over (RFC 9112, 2.2).
    if (bytes[0] === CR && bytes[1] === LF) {
      this.#ahead = bytes.length > 2 ? bytes.subarray(2) : undefined;
      return true;
    }
    const end = bytes.indexOf(END_OF_HEAD, Math.max(0, this.#searched - 3));
    if (end < 0) {
      if (bytes.length > MAX_HEAD_BYTES) this.#refuseTooLarge(bytes);
      else if (isHopeless(bytes, this.#searched)) this.refuse(400, bytes);
      this.#searched = bytes.length;
      return false;
    }
    this.#searched = 0;
    this.#ahead = bytes.length > end + 4 ? bytes.subarray(end + 4) : undefined;
    if (end > MAX_HEAD_BYTES) {
      this.#refuseTooLarge(bytes);
      return false;
    }
    let head: RequestHead;
    try {
      head = parseRequestHead(bytes, end);
    } catch (failure) {
      if (!(failure instanceof MalformedMessage)) throw failure;
      if (bytes.toString("latin1", 0, end) === HTTP2_BEGINNING && this.#leaveToHttp2(bytes)) return false;
      this.refuse(failure instanceof UnsupportedRequest ? failure.status : 400, bytes);
      return false;
    }
    if (head.method === "CONNECT") {
      this.refuse(405, bytes);
      return false;
    }
    this.#begin(head);
    return true;
  }

  /** False where HTTP/2 is not spoken. */
  #leaveToHttp2(bytes: Buffer): boolean {
    if (this.requests > 0 || this.place.http2 === undefined || this.#owner.beganHttp2 === undefined) return false;
    this.#detach();
    this.#owner.beganHttp2(this, this.socket, Buffer.from(bytes));
    return true;
  }

  #begin(head: RequestHead): void {
    this.requests += 1;
    this.#headSince = 0;
    this.#discarded = 0;
    const request = new FramedRequest(head, this.peer, this);
    const response = new FramedResponse(this, request);
    this.#request = request;
    this.#response = response;
    if (!head.persists) {
      this.#peerCloses = true;
      response.shouldKeepAlive = false;
    } else if (this.#owner.isRetiring) {
      response.shouldKeepAlive = false;
    }
    this.#owner.request(this, request, response);
  }

  /** @param nothingUnread The client has sent all that belongs to its requests. */
  #close(nothingUnread: boolean): void {
    if (!this.#peerCloses || !nothingUnread) {
      this.closeGently();
      return;
    }
    this.closing = true;
    this.socket.destroySoon();
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
    if (this.#request?.complete === false) {
      if (now > this.#discardUntil) this.closeGently();
      this.#seenProgress = received;
      this.#since = now;
      return;
    }
    this.#request = undefined;
    if (received !== this.#seenProgress && this.#headSince === 0) this.#headSince = now;
    if (this.#headSince !== 0) {
      if (now - this.#headSince >= HEAD_TIMEOUT_MS) this.refuse(408, this.#ahead ?? NOTHING);
    } else if (
      now - this.#since >=
      (this.requests === 0 ? Math.min(UNUSED_TIMEOUT_MS, closeIdleAfter) : closeIdleAfter)
    ) {
      this.closeGently();
    }
  }

  #sweepBusy(now: number): void {
    if (this.#progressed(now)) return;
    const request = this.#request;
    const isUnread = this.socket.writableLength > 0;
    const isAwaited = request?.isAwaited === true;
    // A silence in which nobody waits, as while an application thinks, is none.
    if (!isUnread && !isAwaited) this.#since = now;
    const silent = now - this.#since;
    if (isUnread && silent >= WRITE_STALL_TIMEOUT_MS) this.socket.destroy();
    else if (isAwaited && silent >= BODY_STALL_TIMEOUT_MS) this.#abandonBody(request, 408);
  }

  #sweepClosing(now: number): void {
    const { socket } = this;
    const progressed = this.#progressed(now);
    if (!socket.writableFinished) {
      if (now - this.#since >= WRITE_STALL_TIMEOUT_MS) socket.destroy();
      return;
    }
    if (this.#lingerUntil === 0) {
      this.#lingerUntil = now + LINGER_TIMEOUT_MS;
      this.#since = now;
    }
    if (now >= this.#lingerUntil || (!progressed && now - this.#since >= LINGER_IDLE_TIMEOUT_MS)) socket.destroy();
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
}

/**
 * Whether the beginning of a head can never become one: another protocol, or lines that end
 * otherwise. It is refused now, not when it has taken too long.
 */
function isHopeless(bytes: Buffer, from: number): boolean {
  const first = bytes[0] ?? 0;
  if (first <= 0x20 || first >= 0x7f) return first !== CR || bytes.length > 1;
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) return true;
  return false;
}
