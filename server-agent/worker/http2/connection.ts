/**
 * One client connection of HTTP/2 (RFC 9113): its frames, its streams, and how it ends.
 *
 * Streams are requests like those of HTTP/1.1: each is answered by the configuration of the moment
 * in which its head was complete, so a switch concerns no connection. A connection that is to end
 * says so first and accepts what is on its way to it (RFC 9113, 6.8): so no request is lost. That
 * is why this is not `node:http2`: after a GOAWAY, that drops what comes without an answer.
 */
import type { Socket } from "node:net";
import type { Arrival, Carrier, ConnectionOwner, Place, VisitorConnection } from "../http/carrier.ts";
import { steadyNow } from "../http/steady-clock.ts";
import { ConnectionFault, ErrorCode, StreamFault } from "./faults.ts";
import { FrameReader } from "./frame-reader.ts";
import { goAwayFrame, MAX_STREAM_ID, MAX_WINDOW_BYTES, pingFrame, PREFACE, windowUpdate } from "./frames.ts";
import { DEFAULT_WINDOW_BYTES, Output } from "./output.ts";
import { MAX_LIST_BYTES, Streams, type StreamsOwner } from "./streams.ts";
import { ownSettings } from "./settings.ts";

const DEFAULT_MAX_STREAMS = 100;
/** What a client may send ahead (bytes) on all streams together. */
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** So much (bytes) of bodies that nobody reads is kept before the window stays closed. */
const MAX_HELD_BYTES = 1024 * 1024;
/** Answers to a client that reads none of them (bytes). */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** As of HTTP/1.1 (ms). */
const IDLE_TIMEOUT_MS = 75_000;
const UNUSED_TIMEOUT_MS = 60_000;
/** A frame, once begun, must be complete within this time (ms), and so must a head of several. */
const FRAME_TIMEOUT_MS = 60_000;
const WRITE_STALL_TIMEOUT_MS = 300_000;
const LINGER_TIMEOUT_MS = 2000;
/** Between its announcement and the end, where the client does not say it has read it. */
const ANNOUNCEMENT_TIMEOUT_MS = 5000;
/** Heads that a client had queued come behind its answer, as that goes first (ms). */
const LATE_HEADS_MS = 500;
const ANNOUNCEMENT = Buffer.from("goingoff");

type State =
  | "open"
  /** The client was told to open no more streams; those on their way are answered. */
  | "announced"
  /** No further stream is answered. */
  | "last"
  | "closing";

export class Http2Connection<Entry = unknown> implements VisitorConnection, StreamsOwner {
  readonly place: Place;
  readonly arrival: Arrival;
  readonly peer: string;
  readonly lastHost: Carrier["lastHost"] = { field: undefined, name: "" };
  readonly output: Output;
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner<Entry>;
  readonly #reader = new FrameReader();
  readonly #streams: Streams<Entry>;
  #state: State = "open";
  #hasPeerEnded = false;
  #prefaceLeft = PREFACE;
  /** Bytes of bodies that the client may send, and those that it may be told again. */
  #credit = CONNECTION_WINDOW_BYTES;
  #uncredited = 0;
  /** Those that it may send once, beyond the window. */
  #granted = 0;
  #heldBytes = 0;
  #announcedAt = 0;
  /** When the client had read that. */
  #heardAt = Infinity;
  #seenStream = -1;
  #seenProgress = -1;
  #seenFrames = -1;
  /** Since when no stream was opened, nothing was written, and no frame has come. */
  #idleSince = steadyNow();
  #stillSince = this.#idleSince;
  #insideSince = this.#idleSince;

  constructor(socket: Socket, place: Place, owner: ConnectionOwner<Entry>, arrival: Arrival) {
    this.#socket = socket;
    this.place = place;
    this.arrival = arrival;
    this.peer = arrival.client ?? socket.remoteAddress ?? "";
    this.#owner = owner;
    const { maxStreams = DEFAULT_MAX_STREAMS } = place.http2 ?? {};
    this.#streams = new Streams(this, owner, maxStreams);
    this.output = new Output(socket, this.#streams.sentData);
    socket.on("data", this.#onData).on("end", this.#onEnd).on("drain", this.#onDrain);
    socket.on("error", () => undefined); // its `close` follows, and that is looked at
    socket.on("close", this.#onClose);
    this.output.add(ownSettings(maxStreams, MAX_LIST_BYTES));
    this.output.add(windowUpdate(0, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
    if (owner.isRetiring) this.announceEnd();
  }

  get isBusy(): boolean {
    return this.#streams.isBusy;
  }

  get isUnused(): boolean {
    return this.#streams.last === 0;
  }

  get idleSince(): number | undefined {
    if (this.isBusy || this.#state === "closing" || this.#reader.isInside) return undefined;
    return this.#streams.last === this.#seenStream ? this.#idleSince : undefined;
  }

  get hasPeerEnded(): boolean {
    return this.#hasPeerEnded;
  }

  get isLast(): boolean {
    return this.#state !== "open" && this.#state !== "announced";
  }

  /** Takes bytes that were read before this connection was known to be one of HTTP/2. */
  begin(bytes: Buffer): void {
    this.#onData(bytes);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  retire(isAtOnce: boolean): void {
    if (isAtOnce) this.#endWithLast();
    else this.announceEnd();
  }

  announceEnd(): void {
    if (this.#state !== "open") return;
    this.#state = "announced";
    this.#announcedAt = steadyNow();
    this.output.add(goAwayFrame(MAX_STREAM_ID, ErrorCode.NO_ERROR));
    this.output.add(pingFrame(ANNOUNCEMENT, false));
  }

  sweep(now: number, closeIdleAfter: number): void {
    const socket = this.#socket;
    if (socket.destroyed) return;
    this.#streams.sweep(now);
    this.#look(now);
    const isInside = this.#reader.isInside || this.#streams.isInsideHead;
    if (this.#state === "closing") {
      const limit = socket.writableFinished ? LINGER_TIMEOUT_MS : WRITE_STALL_TIMEOUT_MS;
      if (now - this.#stillSince >= limit) this.destroy();
    } else if (isInside && now - this.#insideSince >= FRAME_TIMEOUT_MS) {
      this.destroy();
    } else if (socket.writableLength > 0 && now - this.#stillSince >= WRITE_STALL_TIMEOUT_MS) {
      this.destroy();
    } else if (this.#state === "announced") {
      if (now - this.#heardAt >= LATE_HEADS_MS || now - this.#announcedAt >= ANNOUNCEMENT_TIMEOUT_MS)
        this.#endWithLast();
    } else if (!this.isBusy) {
      const limit = Math.min(this.isUnused ? UNUSED_TIMEOUT_MS : IDLE_TIMEOUT_MS, closeIdleAfter);
      if (now - this.#idleSince >= limit) this.#endWithLast();
    }
  }

  /** What has moved since the last time. */
  #look(now: number): void {
    const { writableLength } = this.#socket;
    const progress = this.#socket.bytesWritten - writableLength;
    // Where nothing is waited for, nothing stands still.
    const isAllWritten = writableLength === 0 && this.#state !== "closing";
    if (progress !== this.#seenProgress || isAllWritten) this.#stillSince = now;
    const { isInsideHead, last } = this.#streams;
    const isNext = isInsideHead ? last !== this.#seenStream : this.#reader.taken !== this.#seenFrames;
    if (isNext || !(isInsideHead || this.#reader.isInside)) this.#insideSince = now;
    if (this.isBusy || this.#streams.last !== this.#seenStream) this.#idleSince = now;
    this.#seenProgress = progress;
    this.#seenFrames = this.#reader.taken;
    this.#seenStream = this.#streams.last;
  }

  pingAnswered(payload: Buffer): void {
    if (this.#state === "announced" && payload.equals(ANNOUNCEMENT)) this.#heardAt = steadyNow();
  }

  answer(frame: Buffer): void {
    if (this.output.unsent > MAX_UNREAD_BYTES)
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, "no answer was read");
    this.output.add(frame);
  }

  received(bytes: number): void {
    this.#credit -= bytes;
    if (this.#credit < 0) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "more than the window");
    const granted = Math.min(this.#granted, bytes);
    this.#granted -= granted;
    this.#uncredited += bytes - granted;
    this.#widen();
  }

  hold(bytes: number): void {
    this.#heldBytes += bytes;
    if (bytes < 0) this.#widen();
  }

  grant(bytes: number): void {
    const more = Math.min(bytes, MAX_WINDOW_BYTES - this.#credit - CONNECTION_WINDOW_BYTES);
    if (more <= 0) return;
    this.#credit += more;
    this.#granted += more;
    this.output.add(windowUpdate(0, more));
  }

  streamEnded(): void {
    if (this.#state === "last" && !this.isBusy) this.#close();
  }

  #widen(): void {
    if (this.#uncredited < CONNECTION_WINDOW_BYTES / 2 || this.#heldBytes > MAX_HELD_BYTES) return;
    this.#credit += this.#uncredited;
    this.output.add(windowUpdate(0, this.#uncredited));
    this.#uncredited = 0;
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#state === "closing") return;
    const { output } = this;
    output.isHeld = true;
    try {
      const rest = this.#prefaceLeft.length > 0 ? this.#takePreface(bytes) : bytes;
      if (rest.length > 0) this.#reader.feed(rest, this.#take);
    } catch (failure) {
      if (!(failure instanceof ConnectionFault)) {
        // Nobody knows what became of the request: a client that waits for ever would be worse
        // than one that sees a break.
        this.destroy();
        throw failure;
      }
      const isFlood = failure.code === ErrorCode.ENHANCE_YOUR_CALM;
      this.#owner.refused(this, { reason: isFlood ? "flood" : "protocol", status: isFlood ? 429 : 400 });
      this.#fail(failure.code);
    } finally {
      output.isHeld = false;
    }
    output.flush();
  };

  readonly #take = (type: number, flags: number, stream: number, payload: Buffer): boolean => {
    try {
      this.#streams.take(type, flags, stream, payload);
    } catch (failure) {
      if (!(failure instanceof StreamFault)) throw failure;
      this.#streams.fault(failure);
    }
    return this.#state !== "closing";
  };

  #takePreface(bytes: Buffer): Buffer {
    const expected = this.#prefaceLeft;
    const length = Math.min(expected.length, bytes.length);
    if (!bytes.subarray(0, length).equals(expected.subarray(0, length)))
      throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, "not the preface of HTTP/2");
    this.#prefaceLeft = expected.subarray(length);
    return bytes.subarray(length);
  }

  readonly #onDrain = (): void => {
    this.output.pourAll();
  };

  readonly #onEnd = (): void => {
    this.#hasPeerEnded = true;
    if (this.#state === "closing") return;
    this.#state = "last";
    this.#streams.peerEnded();
    this.streamEnded();
  };

  readonly #onClose = (): void => {
    this.#state = "closing";
    this.#streams.gone();
    this.output.flush();
    this.#owner.closed(this);
  };

  /** From now on, no stream is accepted; with the last one that is open, the connection ends. */
  #endWithLast(): void {
    if (this.isLast) return;
    this.#state = "last";
    this.output.add(goAwayFrame(this.#streams.last, ErrorCode.NO_ERROR));
    this.streamEnded();
  }

  #fail(code: ErrorCode): void {
    this.#state = "closing";
    this.output.add(goAwayFrame(this.#streams.last, code));
    this.output.flush();
    this.#streams.gone();
    this.#socket.end();
  }

  /** In stages, as HTTP/1.1 does (RFC 9112, 9.6): the sweep closes for good. */
  #close(): void {
    this.#state = "closing";
    this.output.flush();
    this.#socket.end();
  }
}
