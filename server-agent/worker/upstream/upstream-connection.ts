/** A connection to a target that carries one call after another. */
import type { Socket } from "node:net";
import { post } from "../http1/outbox.ts";
import { connectTarget } from "./connect-target.ts";
import { PROTOCOLS } from "../upstream-protocols/protocols.ts";
import type { ResponseReader } from "../upstream-protocols/response-reader.ts";
import type { ConnectionOwner, PooledConnection, UpstreamTarget } from "./connection-owner.ts";
import { connectFailure } from "./target-tls.ts";
import type { CallConnection, UpstreamCall } from "./upstream-call.ts";
import type { FailureKind } from "./upstream-failure.ts";
import { MalformedMessage } from "../http/malformed-message.ts";

const READ_BYTES = 128 * 1024;
/**
 * Without a hint of the upstream: shorter than the five seconds after which common servers close.
 */
const IDLE_TIMEOUT_MS = 4000;
const MAX_IDLE_TIMEOUT_MS = 60_000;

// The event loop reads one socket at a time and hands the bytes over before it reads the next, so
// all connections share one buffer. On Windows reads are posted ahead.
const sharedBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
function readBuffer(): Buffer {
  return process.platform === "win32" ? Buffer.allocUnsafeSlow(READ_BYTES) : sharedBuffer;
}

export class UpstreamConnection implements CallConnection, PooledConnection {
  readonly target: UpstreamTarget;
  /** `performance.now()` of the end of the last call. */
  idleSince = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  #parser: ResponseReader | undefined;
  #call: UpstreamCall | undefined;
  #connected = false;
  #carried = 0;
  /** What the target had answered when this call was sent. */
  #answersBefore = 0;
  #requestSent = false;
  #deadline: number;
  #deadlineKind: FailureKind = "connect-timeout";

  constructor(target: UpstreamTarget, owner: ConnectionOwner) {
    this.target = target;
    this.#owner = owner;
    this.#deadline = performance.now() + owner.timeouts.connect;
    const onread = {
      buffer: readBuffer(),
      callback: (length: number, buffer: Uint8Array) => this.#onRead((buffer as Buffer).subarray(0, length)),
    };
    this.#socket = connectTarget(target, { onread }, () => {
      this.#onConnect();
    });
    this.#socket
      .on("drain", () => {
        // While the body is sent, only waiting for the upstream counts; afterwards the time for the
        // response runs.
        if (!this.#requestSent) this.#setDeadline("none");
        this.#call?.onDrain();
      })
      .on("end", () => {
        this.#onEnd();
      })
      .on("error", (error) => {
        this.#onError(error);
      })
      .on("close", () => {
        this.#fail("closed", "the connection was closed");
        this.#owner.onClosed(this);
      });
  }

  get usable(): boolean {
    return this.#socket.writable && !this.#socket.destroyed;
  }

  get calls(): number {
    return this.#call === undefined ? 0 : 1;
  }

  /**
   * It must be idle, or fresh. `now` is `performance.now()`, which costs too much to ask for twice.
   */
  carry(call: UpstreamCall, now: number): void {
    this.#call = call;
    call.attach(this);
    if (this.#connected) this.#start(call, now);
  }

  write(bytes: Buffer | string): boolean {
    const more = this.#socket.write(bytes, "latin1");
    if (!more) this.#setDeadline("idle-timeout");
    return more;
  }

  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  finishRequest(): void {
    this.#requestSent = true;
    if (this.#parser?.head === undefined) this.#setDeadline("response-timeout");
    this.#releaseIfDone();
  }

  pause(): void {
    this.#setDeadline("none");
    this.#socket.pause();
  }

  resume(): void {
    this.#setDeadline("idle-timeout");
    this.#socket.resume();
  }

  abort(): void {
    const { abort } = PROTOCOLS[this.target.protocol];
    const call = this.#call;
    this.#call = undefined;
    if (call !== undefined) {
      if (abort !== "" && this.#connected) this.#socket.write(abort, "latin1");
      this.#owner.onAborted(call);
    }
    this.destroy();
  }

  leave(): void {
    this.abort();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  checkDeadline(now: number): void {
    if (now < this.#deadline) return;
    if (this.#call === undefined) this.destroy();
    else if (!this.#connected) this.#unreachable("connect-timeout", "no connection in time");
    else if (this.#deadlineKind === "response-timeout") {
      if (this.target.answers === this.#answersBefore) this.#owner.onSilent(this.target);
      this.#fail("response-timeout", "no response in time");
    } else this.#fail(this.#deadlineKind, "no byte of the body in time");
  }

  #onConnect(): void {
    this.#connected = true;
    const call = this.#call;
    if (call === undefined) return;
    this.#start(call, performance.now());
  }

  #start(call: UpstreamCall, now: number): void {
    this.#parser ??= PROTOCOLS[this.target.protocol].read({
      onInformation: (head) => this.#call?.onInformation(head),
      onHead: (head) => this.#call?.onHead(head),
      onBody: (bytes) => this.#call?.onBody(bytes),
      onErrorOutput: (bytes) => this.#call?.onErrorOutput?.(bytes),
    });
    this.#parser.begin(call.method);
    this.#requestSent = !call.hasBody;
    this.#answersBefore = this.target.answers;
    this.#setDeadline(call.hasBody ? "none" : "response-timeout", now);
    const head = call.head(this.target);
    // A body follows its head at once.
    if (call.hasBody) this.#socket.write(head, "latin1");
    else post(this.#socket, head);
    call.onReady();
    this.#owner.onConnected(call);
  }

  #onRead(bytes: Buffer): boolean {
    const call = this.#call;
    const parser = this.#parser;
    if (call === undefined || parser === undefined) {
      // Bytes that nobody asked for, such as a late 408: whatever comes next on this connection
      // could be mistaken for an answer.
      this.destroy();
      return false;
    }
    try {
      if (parser.untouched) this.#owner.onAnswered(this.target);
      const used = parser.feed(bytes);
      if (parser.head !== undefined && !parser.complete) this.#setDeadline("idle-timeout");
      // Taken over by the call's own code, or given up while it was told.
      if (this.#call !== call) return false;
      call.onReadEnd(parser.complete);
      if (parser.complete && used < bytes.length) this.#retire();
      else this.#releaseIfDone();
    } catch (error) {
      this.#onThrown(error);
    }
    return true;
  }

  #onEnd(): void {
    const call = this.#call;
    if (call !== undefined && this.#parser !== undefined && !this.#isStale()) {
      try {
        this.#parser.finish();
        this.#call = undefined;
        call.onReadEnd(true);
      } catch (error) {
        this.#onThrown(error, "closed");
      }
    }
    // The other side said it is done: this connection carries nothing more.
    this.#socket.destroy();
  }

  #onThrown(error: unknown, kind: FailureKind = "invalid"): void {
    if (!(error instanceof MalformedMessage)) throw error;
    this.#fail(kind, error.message);
  }

  #onError(error: Error): void {
    const message = connectFailure(error);
    if (this.#connected) this.#fail("closed", message);
    else this.#unreachable("refused", message);
  }

  #isStale(): boolean {
    return this.#carried > 0 && this.#parser?.untouched === true && this.#call?.repeatable === true;
  }

  #fail(kind: FailureKind, message: string): void {
    const call = this.#call;
    if (call === undefined) return;
    const stale = kind === "closed" && this.#isStale();
    const unused = kind === "closed" && this.#carried === 0 && this.#parser?.untouched === true;
    this.#call = undefined;
    this.destroy();
    const isPassedOn = stale
      ? this.#owner.onStale(this.target, call)
      : unused && this.#owner.onClosedUnused(this.target, call, message);
    if (!isPassedOn) call.onFailure({ kind, message: `${this.target.name}: ${message}` });
  }

  #unreachable(kind: "refused" | "connect-timeout", message: string): void {
    const call = this.#call;
    this.#call = undefined;
    this.destroy();
    if (call !== undefined) this.#owner.onUnreachable(this.target, call, kind, message);
  }

  #releaseIfDone(): void {
    if (this.#parser?.complete !== true || this.#call === undefined) return;
    // An answer before the end of the request's body leaves the connection in the middle of it.
    if (!this.#requestSent || this.#parser.head?.keepAlive !== true) {
      this.#retire();
      return;
    }
    this.#call = undefined;
    this.#carried++;
    this.idleSince = performance.now();
    const { keepAliveSeconds } = this.#parser.head;
    const idle =
      keepAliveSeconds === undefined ? IDLE_TIMEOUT_MS : Math.min((keepAliveSeconds - 1) * 1000, MAX_IDLE_TIMEOUT_MS);
    if (idle <= 0) {
      this.destroy();
      return;
    }
    this.#deadline = this.idleSince + idle;
    this.#owner.onIdle(this);
  }

  #retire(): void {
    this.#call = undefined;
    this.destroy();
  }

  #setDeadline(kind: "none" | "response-timeout" | "idle-timeout", now = performance.now()): void {
    if (kind === "none") {
      this.#deadline = Infinity;
      return;
    }
    this.#deadlineKind = kind;
    this.#deadline = now + (kind === "response-timeout" ? this.#owner.timeouts.response : this.#owner.timeouts.idle);
  }
}
