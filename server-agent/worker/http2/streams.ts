/** The streams of a connection, and what each frame does to them (RFC 9113, 5 and 6). */
import type { ConnectionOwner } from "../http/carrier.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { Budget, CONTROL_FRAMES_PER_DATA_FRAME, controlBudget } from "./budget.ts";
import { ConnectionFault, ErrorCode, protocolError, StreamFault } from "./faults.ts";
import { FieldDecoder } from "./field-decoder.ts";
import { encodeDate, encodeFields, encodeStatus, NO_TABLE } from "./field-encoder.ts";
import { Flag, FrameType, headersFrames, pingFrame, resetFrame, SETTINGS_ACK, unpadded } from "./frames.ts";
import { checkPing, checkReset, isAcknowledgement, readGoAway, readWidening } from "./control-frames.ts";
import { HeadBlock } from "./head-block.ts";
import { DEFAULT_WINDOW_BYTES } from "./output.ts";
import { checkTrailers, MAX_FIELDS, readRequestFields, type StreamHead } from "./request-fields.ts";
import { readSettings } from "./settings.ts";
import { Stream, type StreamConnection, type StreamOwner } from "./stream.ts";

/** Fields of a request (bytes, as RFC 9113, 6.5.2 counts them). */
export const MAX_LIST_BYTES = 32 * 1024;
/** Streams that ended before their answer: a page that is left has a hundred of them at most. */
const MAX_RESETS = 500;
const RESETS_PER_SECOND = 50;
/** Streams that were reset here, and of which frames may still be on their way. */
const MAX_REMEMBERED_RESETS = 200;
/**
 * Answers that were not handed to the operating system, beyond twice the streams that may be open:
 * who reads stays below, as one write may hold as many as are open, and he asks anew when he has
 * read the most of it. Those without a body would else pile up, as no window holds them back.
 */
const MAX_UNREAD_ANSWERS = 100;

export interface StreamsOwner extends StreamConnection {
  /** Streams that are opened now are passed over. */
  readonly isLast: boolean;
  pingAnswered(payload: Buffer): void;
  /** Writes the answer to a control frame. @throws ConnectionFault when none is read */
  answer(frame: Buffer): void;
  /** So many bytes of DATA came, padding included. @throws ConnectionFault */
  received(bytes: number): void;
  /** A stream has ended, or was answered; it may have been the last one. */
  streamEnded(): void;
}

export class Streams<Entry> implements StreamOwner<Entry> {
  /** The latest stream that the client has opened. */
  last = 0;
  readonly connection: StreamsOwner;
  readonly #owner: ConnectionOwner<Entry>;
  readonly #maxStreams: number;
  readonly #streams = new Map<number, Stream<Entry>>();
  readonly #wasReset = new Set<number>();
  readonly #fields = new FieldDecoder(MAX_LIST_BYTES);
  readonly #control = controlBudget();
  readonly #resets = new Budget("streams that were reset", MAX_RESETS, RESETS_PER_SECOND);
  /** Requests that are not answered completely. */
  #unanswered = 0;
  #block: HeadBlock | undefined = undefined;
  #hasSettings = false;
  #hasWrittenBlock = false;
  /** Of new streams, as the client wants it. */
  #window = DEFAULT_WINDOW_BYTES;

  constructor(connection: StreamsOwner, owner: ConnectionOwner<Entry>, maxStreams: number) {
    this.connection = connection;
    this.#owner = owner;
    this.#maxStreams = maxStreams;
  }

  get isBusy(): boolean {
    return this.#unanswered > 0 || this.#streams.size > 0;
  }

  /** A head has begun that is not complete. */
  get isInsideHead(): boolean {
    return this.#block !== undefined;
  }

  readonly sentData = (): void => {
    this.#control.earn(CONTROL_FRAMES_PER_DATA_FRAME);
  };

  firstBlock(block: Buffer): Buffer {
    if (this.#hasWrittenBlock) return block;
    this.#hasWrittenBlock = true;
    return Buffer.concat([NO_TABLE, block]);
  }

  answered(stream: Stream<Entry>): void {
    this.#unanswered -= 1;
    this.#owner.ended(stream);
    this.connection.streamEnded();
  }

  ended(stream: Stream<Entry>, wasReset: boolean): void {
    this.#streams.delete(stream.id);
    if (wasReset && !stream.hasRemoteEnded) this.#remember(stream.id);
    this.connection.streamEnded();
  }

  sweep(now: number): void {
    this.#control.refill();
    this.#resets.refill();
    for (const stream of this.#streams.values()) stream.sweep(now);
  }

  peerEnded(): void {
    for (const stream of this.#streams.values()) stream.peerEnded();
  }

  /** The connection has closed. */
  gone(): void {
    for (const stream of this.#streams.values()) stream.gone();
  }

  /** @throws ConnectionFault */
  fault({ stream: id, code }: StreamFault): void {
    this.#resets.spend();
    const stream = this.#streams.get(id);
    if (stream !== undefined) {
      stream.reset(code);
      return;
    }
    if (code === ErrorCode.PROTOCOL_ERROR) this.#owner.refused(this.connection, { reason: "malformed", status: 400 });
    if (code === ErrorCode.REFUSED_STREAM)
      this.#owner.refused(this.connection, { reason: "too-many-streams", status: 503 });
    this.connection.output.add(resetFrame(id, code));
    this.#remember(id);
  }

  /** Takes a frame. @throws ConnectionFault, StreamFault */
  take(type: number, flags: number, id: number, payload: Buffer): void {
    if (!this.#hasSettings) {
      if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0) throw protocolError("no settings at the beginning");
      this.#hasSettings = true;
    }
    if (this.#block !== undefined) {
      if (type !== FrameType.CONTINUATION || id !== this.#block.stream) throw protocolError("a head that is cut off");
      this.#block.add(flags, payload);
      this.#takeBlock(this.#block);
      return;
    }
    switch (type) {
      case FrameType.DATA:
        this.#takeData(flags, id, payload);
        break;
      case FrameType.HEADERS:
        if (id === 0) throw protocolError("a head without a stream");
        this.#takeBlock(new HeadBlock(flags, id, payload));
        break;
      case FrameType.PRIORITY:
        this.#control.spend();
        if (id === 0) throw protocolError("a priority without a stream");
        if (payload.length !== 5) throw new StreamFault(id, ErrorCode.FRAME_SIZE_ERROR, "no priority");
        break;
      case FrameType.RST_STREAM:
        this.#takeReset(id, payload);
        break;
      case FrameType.SETTINGS:
        this.#takeSettings(flags, id, payload);
        break;
      case FrameType.PING:
        this.#takePing(flags, id, payload);
        break;
      case FrameType.GOAWAY:
        this.#control.spend();
        readGoAway(id, payload);
        // It may still open streams (RFC 9113, 6.8), and heads that it had queued come behind.
        this.connection.announceEnd();
        break;
      case FrameType.WINDOW_UPDATE:
        this.#takeWindowUpdate(id, payload);
        break;
      case FrameType.PUSH_PROMISE:
      case FrameType.CONTINUATION:
        throw protocolError("a frame that no client sends here");
      default:
        // What is unknown is passed over (RFC 9113, 5.5).
        this.#control.spend();
    }
  }

  #takeData(flags: number, id: number, payload: Buffer): void {
    if (id === 0) throw protocolError("data without a stream");
    const isLast = (flags & Flag.END_STREAM) !== 0;
    const bytes = unpadded(payload, flags);
    if (bytes.length === 0 && !isLast) this.#control.spend();
    // It counts for the connection whatever becomes of the stream (RFC 9113, 6.9).
    this.connection.received(payload.length);
    const stream = this.#streamOf(id);
    if (stream !== undefined) stream.receive(bytes, payload.length, isLast);
    else if (!this.#isNew(id) && !this.#wasReset.has(id))
      throw new StreamFault(id, ErrorCode.STREAM_CLOSED, "data after the end");
  }

  #takeReset(id: number, payload: Buffer): void {
    checkReset(id, payload);
    const stream = this.#streamOf(id);
    (stream === undefined ? this.#control : this.#resets).spend();
    stream?.gone();
  }

  #takeSettings(flags: number, id: number, payload: Buffer): void {
    this.#control.spend();
    if (isAcknowledgement(flags, id, payload)) return;
    const { window } = readSettings(payload);
    this.connection.answer(SETTINGS_ACK);
    if (window === undefined) return;
    const more = window - this.#window;
    this.#window = window;
    for (const stream of this.#streams.values())
      if (!stream.widen(more)) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
  }

  #takePing(flags: number, id: number, payload: Buffer): void {
    this.#control.spend();
    checkPing(id, payload);
    if ((flags & Flag.ACK) === 0) this.connection.answer(pingFrame(payload, true));
    else this.connection.pingAnswered(payload);
  }

  #takeWindowUpdate(id: number, payload: Buffer): void {
    this.#control.spend();
    const bytes = readWidening(payload);
    if (id === 0) {
      this.connection.output.widenBy(bytes);
      return;
    }
    const stream = this.#streamOf(id);
    if (bytes === 0) throw new StreamFault(id, ErrorCode.PROTOCOL_ERROR, "a window that grows by nothing");
    if (stream?.widen(bytes) === false)
      throw new StreamFault(id, ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
  }

  /**
   * Undefined when it has ended, or was passed over: what a client had sent of it when it heard of
   * the last stream takes none of the others along (RFC 9113, 6.8).
   *
   * @throws ConnectionFault when it was never opened
   */
  #streamOf(id: number): Stream<Entry> | undefined {
    if (id % 2 === 0 || (this.#isNew(id) && !this.connection.isLast))
      throw protocolError("a frame of a stream that is not open");
    return this.#streams.get(id);
  }

  #isNew(id: number): boolean {
    return id > this.last;
  }

  #takeBlock(block: HeadBlock): void {
    this.#block = block.isComplete ? undefined : block;
    if (!block.isComplete) return;
    const { stream: id, isLast } = block;
    // Read whatever becomes of it: later heads refer to it.
    const { list, isTooLarge } = this.#fields.decode(block.bytes);
    if (!this.#isNew(id)) {
      this.#takeTrailers(id, isLast, list);
      return;
    }
    if (id % 2 === 0) throw protocolError("a stream of the server's, opened by the client");
    if (this.connection.isLast) return;
    this.last = id;
    if (this.#streams.size >= this.#maxStreams)
      throw new StreamFault(id, ErrorCode.REFUSED_STREAM, "more streams than are allowed");
    if (isTooLarge || list.length > 2 * MAX_FIELDS) {
      this.#refuse(id, 431, isLast);
      return;
    }
    try {
      this.#open(id, readRequestFields(list, isLast), isLast);
    } catch (failure) {
      if (!(failure instanceof MalformedMessage)) throw failure;
      throw new StreamFault(id, ErrorCode.PROTOCOL_ERROR, failure.message);
    }
  }

  #open(id: number, head: StreamHead, hasEnded: boolean): void {
    if (head.method === "CONNECT") {
      this.#refuse(id, 405, hasEnded);
      return;
    }
    if (this.#unanswered >= 2 * this.#maxStreams + MAX_UNREAD_ANSWERS)
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, "no answer was read");
    const stream = new Stream(id, head, hasEnded, this.#window, this);
    this.#streams.set(id, stream);
    this.#unanswered += 1;
    this.#owner.request(stream, stream.request, stream.response);
  }

  #takeTrailers(id: number, isLast: boolean, list: readonly string[]): void {
    const stream = this.#streamOf(id);
    if (stream === undefined) {
      if (this.#wasReset.has(id)) return;
      throw new ConnectionFault(ErrorCode.STREAM_CLOSED, "a head after the end");
    }
    if (stream.hasRemoteEnded) throw new StreamFault(id, ErrorCode.STREAM_CLOSED, "a head after the end");
    if (!isLast) throw new StreamFault(id, ErrorCode.PROTOCOL_ERROR, "a second head");
    try {
      checkTrailers(list);
    } catch (failure) {
      if (!(failure instanceof MalformedMessage)) throw failure;
      throw new StreamFault(id, ErrorCode.PROTOCOL_ERROR, failure.message);
    }
    stream.receive(Buffer.alloc(0), 0, true);
  }

  /** Answers what never became a request. */
  #refuse(id: number, status: 405 | 431, hasEnded: boolean): void {
    this.#resets.spend();
    this.#owner.refused(this.connection, { reason: status === 405 ? "method" : "large-head", status });
    const fields = ["content-length", "0"];
    if (status === 405) fields.push("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    const block = Buffer.concat([encodeStatus(status), encodeFields(fields), encodeDate()]);
    this.connection.output.add(headersFrames(id, this.firstBlock(block), true));
    if (hasEnded) return;
    this.connection.output.add(resetFrame(id, ErrorCode.NO_ERROR));
    this.#remember(id);
  }

  #remember(id: number): void {
    this.#wasReset.add(id);
    if (this.#wasReset.size <= MAX_REMEMBERED_RESETS) return;
    for (const oldest of this.#wasReset) {
      this.#wasReset.delete(oldest);
      break;
    }
  }
}
