/**
 * One call on a connection of HTTP/2: a stream of it, from this side (RFC 9113, 5 and 8.1).
 *
 * What comes is passed on at once. While the visitor takes no more, the window of the stream stays
 * closed, so no more than that is ever on its way to him.
 */
import type { Outflow, Output } from "../http2/output.ts";
import { MalformedMessage } from "../http/malformed-message.ts";
import { ErrorCode, StreamFault } from "../http2/faults.ts";
import { headersFrames, MAX_WINDOW_BYTES, resetFrame, windowUpdate } from "../http2/frames.ts";
import { readResponseFields, readTrailers } from "../upstream-protocols/response-fields.ts";
import type { ResponseHead } from "../upstream-protocols/response-head.ts";
import { MAX_INTERIM_RESPONSES } from "../upstream-protocols/response-parser.ts";
import type { ConnectionOwner, UpstreamTarget } from "./connection-owner.ts";
import type { CallConnection, UpstreamCall } from "./upstream-call.ts";
import type { FailureKind } from "./upstream-failure.ts";

/** What a target may send ahead (bytes) on a stream: as much as one read of HTTP/1.1 brings. */
export const STREAM_WINDOW_BYTES = 128 * 1024;

/** The connection, as its calls see it. */
export interface CallCarrier {
  readonly target: UpstreamTarget;
  readonly owner: ConnectionOwner;
  readonly output: Output;
  /** It has carried other calls to their end. */
  readonly hasCarried: boolean;
  /** `performance.now()` of the latest bytes of the target. */
  readonly readAt: number;
  /** Marks what goes out first on a connection. */
  firstBlock(block: Buffer): Buffer;
  /** Carries no further calls. */
  leave(): void;
  /** Nothing comes or goes any more. */
  ended(call: SharedCall, wasAnswered: boolean): void;
}

export class SharedCall implements CallConnection, Outflow {
  /** 0: it waits for the connection. */
  id = 0;
  window = 0;
  readonly queue: Buffer[] = [];
  isLast = false;
  readonly #carrier: CallCarrier;
  /** Undefined once it is over. */
  #call: UpstreamCall | undefined;
  #head: ResponseHead | undefined;
  #isUntouched = true;
  #isComplete = false;
  #information = 0;
  /** Bytes of the body that are still to come; undefined: nobody knows. */
  #left: number | undefined;
  #credit = STREAM_WINDOW_BYTES;
  /** Bytes that were passed on and are not told to the target. */
  #uncredited = 0;
  #isPaused = false;
  /** The call was told to wait before it writes more. */
  #isFull = false;
  #sentAt = 0;
  /** What the target had answered when this call was sent. */
  #answersBefore = 0;
  #deadline = Infinity;
  #deadlineKind: FailureKind = "response-timeout";

  constructor(carrier: CallCarrier, call: UpstreamCall) {
    this.#carrier = carrier;
    this.#call = call;
  }

  /** Sends it. @param window Bytes that the target takes on a new stream. */
  start(id: number, window: number, now: number): void {
    const { target, output, owner } = this.#carrier;
    const call = this.#call;
    if (call === undefined) return;
    this.id = id;
    this.window = window;
    this.isLast = !call.hasBody;
    this.#sentAt = now;
    this.#answersBefore = target.answers;
    this.#setDeadline(call.hasBody ? "none" : "response-timeout", now);
    const block = this.#carrier.firstBlock(Buffer.from(call.head(target), "latin1"));
    output.add(headersFrames(id, block, this.isLast));
    call.onReady();
    owner.onConnected(call);
  }

  write(bytes: Buffer | string): boolean {
    if (this.#call === undefined) return true;
    this.queue.push(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
    this.#carrier.output.pour(this);
    this.#isFull = this.queue.length > 0;
    if (this.#isFull) this.#setDeadline("idle-timeout");
    return !this.#isFull;
  }

  cork(): void {
    // The output joins what is written in one turn of the event loop.
  }

  uncork(): void {
    // See `cork`.
  }

  finishRequest(): void {
    if (this.#call === undefined || this.isLast) return;
    this.isLast = true;
    if (this.#head === undefined) this.#setDeadline("response-timeout");
    this.#carrier.output.pour(this);
  }

  /** Called by the output. */
  emptied(): void {
    if (!this.#isFull) return;
    this.#isFull = false;
    if (!this.isLast) this.#setDeadline("none");
    this.#call?.onDrain();
  }

  pause(): void {
    this.#isPaused = true;
    this.#setDeadline("none");
  }

  resume(): void {
    this.#isPaused = false;
    this.#setDeadline("idle-timeout");
    this.#openWindow();
  }

  abort(): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#end(ErrorCode.CANCEL);
    this.#carrier.owner.onAborted(call);
  }

  leave(): void {
    this.abort();
  }

  /** The target widens its window; false when it is larger than a window can be. */
  widen(bytes: number): boolean {
    this.window += bytes;
    if (this.window > MAX_WINDOW_BYTES) return false;
    if (this.queue.length > 0 && this.window > 0) this.#carrier.output.pour(this);
    return true;
  }

  /** Takes a head, or what follows the body. @throws StreamFault */
  receiveFields(list: readonly string[], isLast: boolean): void {
    const call = this.#call;
    if (call === undefined || this.#isComplete) return;
    if (this.#isUntouched) this.#carrier.owner.onAnswered(this.#carrier.target);
    this.#isUntouched = false;
    try {
      if (this.#head !== undefined) {
        if (!isLast) throw new MalformedMessage("a second response head");
        call.onTrailers?.(readTrailers(list));
      } else this.#takeHead(readResponseFields(list), isLast, call);
    } catch (failure) {
      if (!(failure instanceof MalformedMessage)) throw failure;
      throw new StreamFault(this.id, ErrorCode.PROTOCOL_ERROR, failure.message);
    }
    if (isLast) this.#complete();
  }

  /** Takes a part of the body. @param cost Of the window, padding included. @throws StreamFault */
  receive(bytes: Buffer, cost: number, isLast: boolean): void {
    if (this.#call === undefined || this.#isComplete) return;
    if (this.#head === undefined) throw new StreamFault(this.id, ErrorCode.PROTOCOL_ERROR, "a body without a head");
    this.#credit -= cost;
    if (this.#credit < 0) throw new StreamFault(this.id, ErrorCode.FLOW_CONTROL_ERROR, "more than the window");
    if (this.#left !== undefined) {
      this.#left -= bytes.length;
      if (this.#left < 0) throw new StreamFault(this.id, ErrorCode.PROTOCOL_ERROR, "a longer body than was announced");
    }
    this.#uncredited += cost;
    if (!this.#isPaused) this.#setDeadline("idle-timeout");
    if (bytes.length > 0) this.#call.onBody(bytes);
    if (isLast) this.#complete();
    else if (!this.#isPaused) this.#openWindow();
  }

  /** Everything that one read of the connection brought was received. */
  readEnded(): void {
    const call = this.#call;
    if (call === undefined) return;
    call.onReadEnd(this.#isComplete);
    if (!this.#isComplete || this.#call !== call) return;
    // An answer before the end of the request's body: nobody needs the rest (RFC 9113, 8.1).
    this.#end(this.isLast && this.queue.length === 0 ? undefined : ErrorCode.CANCEL, true);
  }

  /** The target has reset the stream. */
  wasReset(code: ErrorCode): void {
    if (this.#isComplete) return;
    if (code === ErrorCode.REFUSED_STREAM) this.refused("it refuses the request");
    else this.#fail("closed", `it reset the stream (${nameOf(code)})`, undefined);
  }

  /** The target says that it has done nothing of it (RFC 9113, 6.8 and 8.7). */
  refused(message: string): void {
    const call = this.#call;
    if (call === undefined) return;
    const { target, owner } = this.#carrier;
    if (!this.#isUntouched || !call.isWhole) {
      this.#fail("closed", message, undefined);
      return;
    }
    this.#end(undefined);
    if (!owner.onStale(target, call)) owner.onUnreachable(target, call, "refused", message);
  }

  /** The target could not be reached; nothing was sent. */
  unreachable(kind: "refused" | "connect-timeout", message: string): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#end(undefined);
    this.#carrier.owner.onUnreachable(this.#carrier.target, call, kind, message);
  }

  /** The connection has ended, or has become unreadable. */
  broken(kind: "closed" | "invalid", message: string): void {
    const call = this.#call;
    if (call === undefined) return;
    const { target, owner, hasCarried } = this.#carrier;
    if (kind === "closed" && this.#isUntouched) {
      this.#end(undefined);
      if (hasCarried) {
        if (call.repeatable && owner.onStale(target, call)) return;
      } else if (owner.onClosedUnused(target, call, message)) return;
      call.onFailure({ kind, message: `${target.name}: ${message}` });
    } else this.#fail(kind, message, undefined);
  }

  /** What came on this stream breaks the protocol. */
  violated({ code, message }: StreamFault): void {
    this.#fail("invalid", message, code);
  }

  checkDeadline(now: number): void {
    if (now < this.#deadline) return;
    const { target, owner, readAt } = this.#carrier;
    if (this.#deadlineKind !== "response-timeout") {
      this.#fail(this.#deadlineKind, "no byte of the body in time", ErrorCode.CANCEL);
      return;
    }
    if (target.answers === this.#answersBefore) owner.onSilent(target);
    // Perhaps nobody is there any more: others must not wait on it for as long.
    if (readAt < this.#sentAt) this.#carrier.leave();
    this.#fail("response-timeout", "no response in time", ErrorCode.CANCEL);
  }

  #takeHead(head: ResponseHead, isLast: boolean, call: UpstreamCall): void {
    if (head.status < 200) {
      this.#information += 1;
      if (isLast || this.#information > MAX_INTERIM_RESPONSES)
        throw new MalformedMessage("an informational response that is the last, or too many");
      call.onInformation(head);
      return;
    }
    this.#head = head;
    const hasNoBody = call.method === "HEAD" || head.status === 204 || head.status === 304;
    this.#left = hasNoBody ? 0 : head.contentLength;
    if (this.#deadlineKind === "response-timeout") this.#setDeadline("idle-timeout");
    call.onHead(head);
  }

  #complete(): void {
    if ((this.#left ?? 0) > 0)
      throw new StreamFault(this.id, ErrorCode.PROTOCOL_ERROR, "a shorter body than was announced");
    this.#isComplete = true;
  }

  #openWindow(): void {
    if (this.#isComplete || this.#call === undefined || this.#uncredited < STREAM_WINDOW_BYTES / 2) return;
    this.#credit += this.#uncredited;
    this.#carrier.output.add(windowUpdate(this.id, this.#uncredited));
    this.#uncredited = 0;
  }

  #fail(kind: FailureKind, message: string, code: ErrorCode | undefined): void {
    const call = this.#call;
    if (call === undefined) return;
    this.#end(code);
    call.onFailure({ kind, message: `${this.#carrier.target.name}: ${message}` });
  }

  /** @param code By which the target is told; undefined: it knows. */
  #end(code: ErrorCode | undefined, wasAnswered = false): void {
    this.#call = undefined;
    this.#deadline = Infinity;
    const { output } = this.#carrier;
    output.forget(this);
    if (code !== undefined && this.id > 0) output.add(resetFrame(this.id, code));
    this.#carrier.ended(this, wasAnswered);
  }

  #setDeadline(kind: "none" | "response-timeout" | "idle-timeout", now = performance.now()): void {
    if (this.#call === undefined) return;
    if (kind === "none") {
      this.#deadline = Infinity;
      return;
    }
    const { timeouts } = this.#carrier.owner;
    this.#deadlineKind = kind;
    this.#deadline = now + (kind === "response-timeout" ? timeouts.response : timeouts.idle);
  }
}

/** As RFC 9113, 7 has it. */
function nameOf(code: number): string {
  return Object.entries(ErrorCode).find(([, known]) => known === code)?.[0] ?? String(code);
}
