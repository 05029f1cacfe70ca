/**
 * A connection of HTTP/2 to a target (RFC 9113), which carries many calls at once. As towards
 * visitors, what the other side may cost is limited, and what it says is read strictly.
 */
import type { Socket } from "node:net";
import { CONTROL_FRAMES_PER_DATA_FRAME, controlBudget } from "../http2/budget.ts";
import { checkPing, checkReset, isAcknowledgement, readGoAway, readWidening } from "../http2/control-frames.ts";
import { ConnectionFault, ErrorCode, protocolError, StreamFault } from "../http2/faults.ts";
import { FieldDecoder } from "../http2/field-decoder.ts";
import { NO_TABLE } from "../http2/field-encoder.ts";
import { FrameReader } from "../http2/frame-reader.ts";
import {
  Flag,
  FrameType,
  goAwayFrame,
  MAX_STREAM_ID,
  pingFrame,
  PREFACE,
  SETTINGS_ACK,
  unpadded,
  windowUpdate,
} from "../http2/frames.ts";
import { HeadBlock } from "../http2/head-block.ts";
import { DEFAULT_WINDOW_BYTES, Output } from "../http2/output.ts";
import { clientSettings, readSettings } from "../http2/settings.ts";
import { MAX_HEAD_BYTES } from "../upstream-protocols/response-parser.ts";
import { connectTarget } from "./connect-target.ts";
import type { ConnectionOwner, PooledConnection, UpstreamTarget } from "./connection-owner.ts";
import { type CallCarrier, SharedCall, STREAM_WINDOW_BYTES } from "./shared-call.ts";
import { connectFailure } from "./target-tls.ts";
import type { UpstreamCall } from "./upstream-call.ts";

/** Until the target says how many it takes; one that takes fewer refuses the others unharmed. */
const ASSUMED_MAX_CALLS = 100;
/** More are no gain: they share one connection's fate, and its window. */
const MAX_CALLS = 1000;
/** What all calls together may be sent ahead (bytes); all of it is passed on as it comes. */
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** Servers that close sooner say so before (RFC 9113, 6.8), so no call is lost. */
const IDLE_TIMEOUT_MS = 60_000;
/** For the last words to a target that reads nothing. */
const LINGER_TIMEOUT_MS = 1000;
/** Answers that a target does not read (bytes). */
const MAX_UNREAD_BYTES = 1024 * 1024;
const REFILL_MS = 1000;
const CONTROL_FRAMES_PER_CALL = 16;
const HTTP_1 = Buffer.from("HTTP/");

type State =
  | "connecting"
  | "open"
  /** No further calls. */
  | "leaving"
  | "closed";

export class SharedConnection implements PooledConnection, CallCarrier {
  readonly target: UpstreamTarget;
  readonly owner: ConnectionOwner;
  readonly output: Output;
  idleSince = 0;
  hasCarried = false;
  readAt = 0;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #fields = new FieldDecoder(MAX_HEAD_BYTES);
  readonly #control = controlBudget();
  readonly #calls = new Map<number, SharedCall>();
  /** They came before the connection was made. */
  readonly #waiting = new Set<SharedCall>();
  /** What the current read brought something for. */
  readonly #touched = new Set<SharedCall>();
  #state: State = "connecting";
  #block: HeadBlock | undefined;
  #hasSettings = false;
  #hasWrittenBlock = false;
  #maxCalls = ASSUMED_MAX_CALLS;
  #nextId = 1;
  /** Of new streams, as the target wants it. */
  #window = DEFAULT_WINDOW_BYTES;
  #credit = CONNECTION_WINDOW_BYTES;
  #uncredited = 0;
  #refillAt = 0;
  /** While nothing is carried. */
  #deadline: number;

  constructor(target: UpstreamTarget, owner: ConnectionOwner) {
    this.target = target;
    this.owner = owner;
    this.#deadline = performance.now() + owner.timeouts.connect;
    this.#socket = connectTarget(target, { ALPNProtocols: ["h2"] }, this.#onConnect);
    this.output = new Output(this.#socket, () => {
      this.#control.earn(CONTROL_FRAMES_PER_DATA_FRAME);
    });
    this.#socket
      .on("data", this.#onData)
      .on("drain", () => {
        this.output.pourAll();
      })
      .on("error", (error) => {
        this.#end(connectFailure(error));
      })
      .on("close", () => {
        this.#end("the connection was closed");
        this.owner.onClosed(this);
      });
  }

  get usable(): boolean {
    if ((this.#state !== "connecting" && this.#state !== "open") || this.#socket.destroyed) return false;
    return this.calls < this.#maxCalls && this.#nextId <= MAX_STREAM_ID;
  }

  get calls(): number {
    return this.#calls.size + this.#waiting.size;
  }

  carry(call: UpstreamCall, now: number): void {
    const shared = new SharedCall(this, call);
    call.attach(shared);
    if (this.#state === "connecting") this.#waiting.add(shared);
    else this.#start(shared, now);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  leave(): void {
    if (this.#state === "open") this.#state = "leaving";
    this.#closeIfLeft();
  }

  checkDeadline(now: number): void {
    if (this.#state === "connecting") {
      if (now >= this.#deadline) this.#end("no connection in time", "connect-timeout");
      return;
    }
    if (now >= this.#refillAt) {
      this.#refillAt = now + REFILL_MS;
      this.#control.refill();
    }
    for (const call of this.#calls.values()) call.checkDeadline(now);
    if (this.calls === 0 && now >= this.#deadline) this.destroy();
  }

  firstBlock(block: Buffer): Buffer {
    if (this.#hasWrittenBlock) return block;
    this.#hasWrittenBlock = true;
    return Buffer.concat([NO_TABLE, block]);
  }

  ended(call: SharedCall, wasAnswered: boolean): void {
    this.#waiting.delete(call);
    this.#calls.delete(call.id);
    if (wasAnswered) this.hasCarried = true;
    if (this.calls === 0 && this.#state === "open") this.#rest();
    this.#closeIfLeft();
  }

  readonly #onConnect = (): void => {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    const { output } = this;
    output.add(PREFACE);
    output.add(clientSettings(STREAM_WINDOW_BYTES, MAX_HEAD_BYTES));
    output.add(windowUpdate(0, CONNECTION_WINDOW_BYTES - DEFAULT_WINDOW_BYTES));
    const now = performance.now();
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      this.#start(call, now);
    }
    if (this.calls === 0) this.#rest();
  };

  #start(call: SharedCall, now: number): void {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#calls.set(id, call);
    // Some go with every call, such as a reset behind an answer that came early.
    this.#control.earn(CONTROL_FRAMES_PER_CALL);
    call.start(id, this.#window, now);
  }

  #rest(): void {
    this.idleSince = performance.now();
    this.#deadline = this.idleSince + IDLE_TIMEOUT_MS;
    this.owner.onIdle(this);
  }

  #closeIfLeft(): void {
    if (this.#state === "leaving" && this.calls === 0) this.#end("the target ends the connection");
  }

  readonly #onData = (bytes: Buffer): void => {
    if (this.#state === "closed") return;
    const { output } = this;
    this.readAt = performance.now();
    let fault: ConnectionFault | undefined;
    output.isHeld = true;
    try {
      if (!this.#hasSettings && bytes.subarray(0, 5).equals(HTTP_1))
        throw protocolError("it answers in HTTP/1.1; write `http://` or `https://`");
      this.#reader.feed(bytes, this.#take);
    } catch (failure) {
      if (!(failure instanceof ConnectionFault)) {
        this.destroy();
        throw failure;
      }
      fault = failure;
    } finally {
      output.isHeld = false;
    }
    const touched = [...this.#touched];
    this.#touched.clear();
    for (const call of touched) call.readEnded();
    if (fault === undefined) output.flush();
    else this.#end(fault.message, "invalid", fault.code);
  };

  readonly #take = (type: number, flags: number, id: number, payload: Buffer): boolean => {
    try {
      this.#takeFrame(type, flags, id, payload);
    } catch (failure) {
      if (!(failure instanceof StreamFault)) throw failure;
      this.#calls.get(failure.stream)?.violated(failure);
    }
    return this.#state !== "closed";
  };

  #takeFrame(type: number, flags: number, id: number, payload: Buffer): void {
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
        this.#takeBlock(new HeadBlock(flags, id, payload));
        break;
      case FrameType.RST_STREAM:
        checkReset(id, payload);
        this.#takeReset(id, payload.readUInt32BE(0) as ErrorCode);
        break;
      case FrameType.SETTINGS:
        this.#takeSettings(flags, id, payload);
        break;
      case FrameType.PING:
        this.#control.spend();
        checkPing(id, payload);
        if ((flags & Flag.ACK) === 0) this.#answer(pingFrame(payload, true));
        break;
      case FrameType.GOAWAY:
        this.#takeGoAway(id, payload);
        break;
      case FrameType.WINDOW_UPDATE:
        this.#takeWindowUpdate(id, payload);
        break;
      case FrameType.PUSH_PROMISE:
      case FrameType.CONTINUATION:
        throw protocolError("a frame that no server sends here");
      default:
        this.#control.spend();
    }
  }

  #takeData(flags: number, id: number, payload: Buffer): void {
    const isLast = (flags & Flag.END_STREAM) !== 0;
    const bytes = unpadded(payload, flags);
    if (bytes.length === 0 && !isLast) this.#control.spend();
    this.#received(payload.length);
    const call = this.#callOf(id);
    if (call === undefined) return;
    this.#touched.add(call);
    call.receive(bytes, payload.length, isLast);
  }

  /** Each of a call that is there costs the target that call, which is enough. */
  #takeReset(id: number, code: ErrorCode): void {
    const call = this.#callOf(id);
    if (call === undefined) this.#control.spend();
    else call.wasReset(code);
  }

  /** What came is passed on, or of no use: either way, as much may follow. */
  #received(bytes: number): void {
    this.#credit -= bytes;
    if (this.#credit < 0) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "more than the window");
    this.#uncredited += bytes;
    if (this.#uncredited < CONNECTION_WINDOW_BYTES / 2) return;
    this.#credit += this.#uncredited;
    this.output.add(windowUpdate(0, this.#uncredited));
    this.#uncredited = 0;
  }

  #takeBlock(block: HeadBlock): void {
    this.#block = block.isComplete ? undefined : block;
    if (!block.isComplete) return;
    // Read whatever becomes of it: later heads refer to it.
    const { list, isTooLarge } = this.#fields.decode(block.bytes);
    const call = this.#callOf(block.stream);
    if (call === undefined) return;
    if (isTooLarge) throw new StreamFault(block.stream, ErrorCode.ENHANCE_YOUR_CALM, "the response head is too long");
    this.#touched.add(call);
    call.receiveFields(list, block.isLast);
  }

  #takeSettings(flags: number, id: number, payload: Buffer): void {
    this.#control.spend();
    if (isAcknowledgement(flags, id, payload)) return;
    const { window, maxStreams } = readSettings(payload);
    this.#answer(SETTINGS_ACK);
    if (maxStreams !== undefined) this.#maxCalls = Math.min(maxStreams, MAX_CALLS);
    if (window === undefined) return;
    const more = window - this.#window;
    this.#window = window;
    for (const call of this.#calls.values())
      if (!call.widen(more)) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
  }

  #takeGoAway(id: number, payload: Buffer): void {
    this.#control.spend();
    const { lastStream } = readGoAway(id, payload);
    if (this.#state === "open") this.#state = "leaving";
    for (const call of [...this.#calls.values()])
      if (call.id > lastStream) call.refused("it ends the connection before the request");
    this.#closeIfLeft();
  }

  #takeWindowUpdate(id: number, payload: Buffer): void {
    this.#control.spend();
    const bytes = readWidening(payload);
    if (id === 0) {
      this.output.widenBy(bytes);
      return;
    }
    const call = this.#callOf(id);
    if (bytes === 0) throw new StreamFault(id, ErrorCode.PROTOCOL_ERROR, "a window that grows by nothing");
    if (call?.widen(bytes) === false)
      throw new StreamFault(id, ErrorCode.FLOW_CONTROL_ERROR, "a window that is too large");
  }

  /** Undefined when it is over. @throws ConnectionFault when it was never sent */
  #callOf(id: number): SharedCall | undefined {
    if (id % 2 === 0 || id >= this.#nextId) throw protocolError("a frame of a stream that is not open");
    return this.#calls.get(id);
  }

  #answer(frame: Buffer): void {
    if (this.output.unsent > MAX_UNREAD_BYTES)
      throw new ConnectionFault(ErrorCode.ENHANCE_YOUR_CALM, "no answer was read");
    this.output.add(frame);
  }

  /** @param code What the target did wrong. */
  #end(message: string, kind: "closed" | "connect-timeout" | "invalid" = "closed", code?: ErrorCode): void {
    if (this.#state === "closed") return;
    const wasConnecting = this.#state === "connecting";
    this.#state = "closed";
    const calls = [...this.#waiting, ...this.#calls.values()];
    if (code === undefined) this.destroy();
    else {
      this.output.add(goAwayFrame(0, code));
      this.output.flush();
      this.#socket.end();
      this.#deadline = performance.now() + LINGER_TIMEOUT_MS;
    }
    for (const call of calls)
      if (wasConnecting) call.unreachable(kind === "connect-timeout" ? kind : "refused", message);
      else call.broken(kind === "invalid" ? kind : "closed", message);
  }
}
