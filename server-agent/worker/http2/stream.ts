/**
 * One stream of a connection: a request and its response (RFC 9113, 5 and 8.1). It is a carrier as
 * the connection of HTTP/1.1 is, so that a request is in flight, drained and cut by itself.
 *
 * A body is taken as fast as it is wanted: the client's window for the stream opens again only for
 * what somebody has read. A body that nobody wants is thrown away; when a complete response has
 * been sent and more comes than is worth it, the stream ends (RFC 9113, 8.1).
 */
import type { Agreement, Arrival, Carrier, Place, Taken } from "../http/carrier.ts";
import { IncomingRequest, type BodySource } from "../http/incoming-request.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import { steadyNow } from "../http/steady-clock.ts";
import { ErrorCode, StreamFault } from "./faults.ts";
import { encodeDate, encodeFields, encodeStatus } from "./field-encoder.ts";
import { headersFrames, MAX_WINDOW_BYTES, resetFrame, windowUpdate } from "./frames.ts";
import { DEFAULT_WINDOW_BYTES, type Outflow, type Output } from "./output.ts";
import type { StreamHead } from "./request-fields.ts";
import { StreamResponse, type ResponseStream } from "./stream-response.ts";
import { Tunnel, type TunnelStream } from "./tunnel.ts";

/** What a client may send ahead (bytes) once somebody reads the body. */
const READ_WINDOW_BYTES = 256 * 1024;
/** As of a connection of HTTP/1.1 (ms). */
const BODY_STALL_TIMEOUT_MS = 60_000;
const WRITE_STALL_TIMEOUT_MS = 300_000;
/**
 * A body that nobody wants may go on coming for this long (ms) after the response, and for so many
 * bytes: more if its length was announced, as many who upload a file read nothing before they have
 * sent it.
 */
const DISCARD_TIMEOUT_MS = 30_000;
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;
const MAX_DISCARDED_ANNOUNCED_BYTES = 1024 * 1024 * 1024;
/** Parts that wait to be read: more are joined, as a part of one byte costs a hundred. */
const MAX_LOOSE_PARTS = 64;

/** The connection, as its streams see it. */
export interface StreamConnection extends Pick<Carrier, "place" | "arrival" | "peer" | "lastHost" | "hasPeerEnded"> {
  readonly output: Output;
  /** Ends the connection once what is on its way to it was answered. */
  announceEnd(): void;
  /** So many bytes of bodies are kept for who will read them; negative when they were read. */
  hold(bytes: number): void;
  /** So many bytes may come beyond the window, as they are thrown away. */
  grant(bytes: number): void;
}

/** What looks after all streams of a connection. */
export interface StreamOwner<Entry> {
  readonly connection: StreamConnection;
  /** Marks what goes out first on a connection. */
  firstBlock(block: Buffer): Buffer;
  /** The response was sent, or will never be. */
  answered(stream: Stream<Entry>): void;
  /** Nothing comes or goes any more. `wasReset`: what is on its way here is passed over. */
  ended(stream: Stream<Entry>, wasReset: boolean): void;
}

export class Stream<Entry = unknown> implements Carrier<Entry>, BodySource, ResponseStream, TunnelStream, Outflow {
  readonly id: number;
  readonly request: IncomingRequest;
  readonly response: StreamResponse;
  entry: Entry | undefined = undefined;
  window: number;
  readonly queue: Buffer[] = [];
  isLast = false;
  trailers: Buffer | undefined = undefined;
  readonly #owner: StreamOwner<Entry>;
  readonly #connection: StreamConnection;
  readonly #contentLength: number | undefined;
  readonly #isWebSocket: boolean;
  /** Bytes of the body that may still come, as the client was told. */
  #credit = DEFAULT_WINDOW_BYTES;
  /** Bytes that were taken and are not told to the client. */
  #uncredited = 0;
  #windowBytes = DEFAULT_WINDOW_BYTES;
  #received = 0;
  /** Has come, and nobody has asked for it. */
  #held: Buffer[] = [];
  /** The latest of them, which were not joined yet. */
  #loose = 0;
  #isDelivering = false;
  #tunnel: Tunnel | undefined = undefined;
  /** The client has sent all it will send; so has this side. */
  #remoteEnded: boolean;
  #localEnded = false;
  #isOver = false;
  #progress = 0;
  #seenProgress = 0;
  #since = steadyNow();
  #discardUntil = 0;

  constructor(id: number, head: StreamHead, hasEnded: boolean, window: number, owner: StreamOwner<Entry>) {
    this.id = id;
    this.window = window;
    this.#owner = owner;
    this.#connection = owner.connection;
    this.#contentLength = head.contentLength;
    this.#isWebSocket = head.isWebSocket;
    this.#remoteEnded = hasEnded;
    this.request = new IncomingRequest(head, owner.connection.peer, this);
    this.response = new StreamResponse(this, head.method === "HEAD", head.isWebSocket);
  }

  get place(): Place {
    return this.#connection.place;
  }

  get arrival(): Arrival {
    return this.#connection.arrival;
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get lastHost(): Carrier["lastHost"] {
    return this.#connection.lastHost;
  }

  get hasPeerEnded(): boolean {
    return this.#connection.hasPeerEnded;
  }

  get hasRemoteEnded(): boolean {
    return this.#remoteEnded;
  }

  closeAfterwards(): void {
    this.#connection.announceEnd();
  }

  cut(): void {
    this.reset(ErrorCode.CANCEL);
  }

  abort(isFailure: boolean): void {
    this.reset(isFailure ? ErrorCode.INTERNAL_ERROR : ErrorCode.CANCEL);
  }

  takeOver({ fields }: Agreement): Taken {
    const own = new PreparedFields(fields).list.filter((_, index, list) => !isOfHttp1(list[index - (index % 2)] ?? ""));
    this.sendHead(Buffer.concat([encodeStatus(200), encodeFields(own), encodeDate()]), false);
    const tunnel = new Tunnel(this);
    this.#tunnel = tunnel;
    const head = Buffer.concat(this.#held);
    this.#held = [];
    this.#connection.hold(-head.length);
    this.taken(head.length);
    if (this.#remoteEnded) tunnel.push(null);
    return { stream: tunnel, head };
  }

  sendHead(block: Buffer, isLast: boolean): void {
    if (this.#isOver) return;
    this.#connection.output.add(headersFrames(this.id, this.#owner.firstBlock(block), isLast));
    if (isLast) this.#endLocal();
  }

  sendBody(bytes: Buffer, isLast: boolean, trailers?: Buffer): boolean {
    if (this.#isOver || this.isLast) return true;
    if (bytes.length > 0) this.queue.push(bytes);
    this.isLast = isLast;
    this.trailers = trailers;
    this.#connection.output.pour(this);
    return this.queue.length === 0;
  }

  /** Called by the output. */
  emptied(): void {
    this.#progress += 1;
    if (this.isLast) this.#endLocal();
    else if (this.#tunnel === undefined) this.response.drained();
    else this.#tunnel.onDrain();
  }

  pauseReading(): void {
    // What comes is held, and the window stays closed.
  }

  resumeReading(): void {
    const { request } = this;
    if (this.#isDelivering || this.#isOver) return;
    this.#isDelivering = true;
    if (request.isDiscarded) this.#openForAll();
    else this.#openWindow();
    while (request.takesBytes) {
      const bytes = this.#held.shift();
      if (bytes === undefined) break;
      this.#connection.hold(-bytes.length);
      request.deliver(bytes);
      if (!request.isDiscarded) this.taken(bytes.length);
    }
    this.#isDelivering = false;
    if (request.takesBytes && this.#held.length === 0 && this.#remoteEnded && !request.complete) {
      request.complete = true;
      request.ended();
    }
  }

  hold(bytes: number): void {
    this.#connection.hold(bytes);
  }

  taken(bytes: number): void {
    this.#uncredited += bytes;
    if (this.#remoteEnded || this.#isOver || this.#uncredited < this.#windowBytes / 2) return;
    this.#credit += this.#uncredited;
    this.#connection.output.add(windowUpdate(this.id, this.#uncredited));
    this.#uncredited = 0;
  }

  /**
   * Takes a part of the body.
   *
   * @param cost What it takes from the window: the bytes and their padding.
   * @throws StreamFault
   */
  receive(bytes: Buffer, cost: number, isLast: boolean): void {
    if (this.#remoteEnded) throw new StreamFault(this.id, ErrorCode.STREAM_CLOSED, "more after the end");
    this.#progress += 1;
    this.#credit -= cost;
    if (this.#credit < 0) throw new StreamFault(this.id, ErrorCode.FLOW_CONTROL_ERROR, "more than the window");
    this.#received += bytes.length;
    const promised = this.#contentLength;
    if (promised !== undefined && (isLast ? this.#received !== promised : this.#received > promised))
      throw new StreamFault(this.id, ErrorCode.PROTOCOL_ERROR, "not as long as its Content-Length");
    this.#remoteEnded = isLast;
    this.#uncredited += cost - bytes.length;
    if (this.#tunnel !== undefined) {
      if (bytes.length > 0) this.#tunnel.receive(bytes);
      if (isLast) this.#tunnel.push(null);
    } else if (bytes.length > 0 && !this.request.isDiscarded) {
      this.#hold(bytes);
      if (!this.#isWebSocket) this.resumeReading();
    } else {
      if (isLast) this.resumeReading();
      else if (this.#localEnded) this.#endIfTooMuch();
    }
    this.#endIfOver();
  }

  /** The client widens its window; false when it is larger than a window can be. */
  widen(bytes: number): boolean {
    this.window += bytes;
    if (this.window > MAX_WINDOW_BYTES) return false;
    this.#progress += 1;
    if (this.queue.length > 0 && this.window > 0) this.#connection.output.pour(this);
    return true;
  }

  /** Ends the stream from this side, whatever is missing. */
  reset(code: ErrorCode): void {
    if (this.#isOver) return;
    this.#connection.output.add(resetFrame(this.id, code));
    this.#end(true);
  }

  /** The client has reset the stream, or the connection has closed. */
  gone(): void {
    this.#end(false);
  }

  /** The client has ended its side of the connection. */
  peerEnded(): void {
    this.response.onPeerEnd?.();
    if (this.#tunnel !== undefined && !this.#remoteEnded) this.#tunnel.push(null);
    if (!this.#remoteEnded && !this.request.complete) this.request.abandon(400);
  }

  sweep(now: number): void {
    const isUnread = this.queue.length > 0;
    const { isAwaited } = this.request;
    // A silence in which nobody waits, as while an application thinks, is none.
    if (this.#progress !== this.#seenProgress || !(isUnread || isAwaited)) {
      this.#seenProgress = this.#progress;
      this.#since = now;
    }
    const silent = now - this.#since;
    if (this.#discardUntil > 0) {
      if (now >= this.#discardUntil) this.reset(ErrorCode.NO_ERROR);
    } else if (isUnread && silent >= WRITE_STALL_TIMEOUT_MS) {
      this.reset(ErrorCode.CANCEL);
    } else if (isAwaited && silent >= BODY_STALL_TIMEOUT_MS) {
      this.request.abandon(408);
    }
  }

  /** More may be on its way once somebody reads, or uploads over long distances would crawl. */
  #openWindow(): void {
    const { request } = this;
    const left = (this.#contentLength ?? Infinity) - this.#received;
    if (this.#remoteEnded || !request.isAwaited || this.#windowBytes === READ_WINDOW_BYTES || left <= this.#credit)
      return;
    this.#uncredited += READ_WINDOW_BYTES - this.#windowBytes;
    this.#windowBytes = READ_WINDOW_BYTES;
    this.taken(0);
  }

  /**
   * Lets all come that nobody wants. Some clients look no more for a wider window once they have
   * the response, and would neither send the rest nor stop.
   */
  #openForAll(): void {
    const limit = this.#discardLimit();
    const more = Math.min((this.#contentLength ?? limit) - this.#received, limit) - this.#credit;
    if (this.#remoteEnded || more <= 0) return;
    this.#credit += more;
    this.#connection.grant(more);
    this.#connection.output.add(windowUpdate(this.id, more));
  }

  #discardLimit(): number {
    return this.#contentLength === undefined ? MAX_DISCARDED_BYTES : MAX_DISCARDED_ANNOUNCED_BYTES;
  }

  #endLocal(): void {
    this.#localEnded = true;
    this.#connection.output.whenSettled((isSent) => {
      this.response.isSent = isSent;
      this.response.closed();
      this.#owner.answered(this);
    });
    this.#endIfOver();
    if (this.#isOver || this.#tunnel !== undefined) return;
    this.#discardUntil = steadyNow() + DISCARD_TIMEOUT_MS;
    this.#endIfTooMuch();
  }

  /** The client need not send what nobody wants. */
  #endIfTooMuch(): void {
    if ((this.#contentLength ?? this.#received) > this.#discardLimit()) this.reset(ErrorCode.NO_ERROR);
  }

  #endIfOver(): void {
    if (!this.#localEnded || !this.#remoteEnded || this.#isOver) return;
    this.#isOver = true;
    this.#dropHeld();
    this.#owner.ended(this, false);
  }

  #end(wasReset: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#dropHeld();
    this.#connection.output.forget(this);
    this.#owner.ended(this, wasReset);
    this.#tunnel?.destroy();
    // What was written completely is settled by the output.
    if (this.#localEnded) return;
    this.response.closed();
    this.#owner.answered(this);
  }

  #hold(bytes: Buffer): void {
    this.#loose = Math.min(this.#loose, this.#held.length) + 1;
    this.#held.push(bytes);
    this.#connection.hold(bytes.length);
    if (this.#loose < MAX_LOOSE_PARTS) return;
    this.#held.push(Buffer.concat(this.#held.splice(-this.#loose)));
    this.#loose = 0;
  }

  #dropHeld(): void {
    let bytes = 0;
    for (const part of this.#held) bytes += part.length;
    this.#held = [];
    if (bytes > 0) this.#connection.hold(-bytes);
  }
}

/** What the answer to a handshake of HTTP/1.1 has and that of HTTP/2 has not (RFC 8441, 5). */
function isOfHttp1(name: string): boolean {
  return name.toLowerCase() === "sec-websocket-accept";
}
