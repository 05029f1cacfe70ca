/**
 * An established WebSocket between a visitor and an upstream: bytes both ways, and a polite end
 * when its generation expires.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Entry } from "../exchange.ts";
import { CLOSE_OPCODE, closeFrame, FrameTracker, GOING_AWAY, SERVICE_RESTART } from "./websocket-frames.ts";

/** Time for the visitor's reply to our close frame. */
const CLOSE_GRACE_MS = 2000;
/** One side has ended, the other has not: it gets this long to say its last words. */
const HALF_OPEN_TIMEOUT_MS = 30_000;

type Direction = "open" | "ends-at-boundary" | "ended";

export class WebSocketTunnel {
  readonly #entry: Entry;
  readonly #visitor: Duplex;
  readonly #upstream: Socket;
  readonly #down = new FrameTracker();
  readonly #up = new FrameTracker();
  #downState: Direction = "open";
  #upState: Direction = "open";
  #timer: NodeJS.Timeout | undefined;
  #endsAt = Infinity;

  constructor(entry: Entry, visitor: Duplex, upstream: Socket) {
    this.#entry = entry;
    this.#visitor = visitor;
    this.#upstream = upstream;
    join(visitor, upstream, (bytes) => {
      this.#fromVisitor(bytes);
    });
    join(upstream, visitor, (bytes) => {
      this.#fromUpstream(bytes);
    });
    for (const side of [visitor, upstream]) {
      side.on("end", () => {
        this.#endWithin(HALF_OPEN_TIMEOUT_MS);
      });
      side.on("close", () => {
        if (visitor.closed && upstream.closed) clearTimeout(this.#timer);
      });
    }
    entry.expire = () => {
      this.#expire();
    };
  }

  /** Bytes that came together with the handshake. */
  begin(fromVisitor: Buffer, fromUpstream: Buffer): void {
    if (fromVisitor.length > 0) this.#fromVisitor(fromVisitor);
    if (fromUpstream.length > 0) this.#fromUpstream(fromUpstream);
  }

  #fromUpstream(bytes: Buffer): void {
    if (this.#downState === "ended") return;
    const end = passable(this.#down, this.#downState, bytes);
    this.#entry.bytesSent += end;
    pass(end === bytes.length ? bytes : bytes.subarray(0, end), this.#upstream, this.#visitor);
    if (this.#downState === "ends-at-boundary" && this.#down.atBoundary) this.#closeVisitor();
  }

  #fromVisitor(bytes: Buffer): void {
    this.#entry.bytesReceived += bytes.length;
    if (this.#upState === "ended") {
      // Only its reply to our close frame matters now.
      for (let at = 0; at < bytes.length;) {
        at = this.#up.advance(bytes, at);
        if (this.#up.opcode === CLOSE_OPCODE) this.#finish();
      }
      return;
    }
    const end = passable(this.#up, this.#upState, bytes);
    pass(end === bytes.length ? bytes : bytes.subarray(0, end), this.#visitor, this.#upstream);
    if (this.#upState === "ends-at-boundary" && this.#up.atBoundary) {
      this.#closeUpstream();
      if (end < bytes.length) this.#fromVisitor(bytes.subarray(end));
    }
  }

  /**
   * A control frame may stand between any two frames, also of one message (RFC 6455, 5.4), but not
   * inside a frame.
   */
  #expire(): void {
    if (this.#downState !== "open") return;
    this.#downState = "ends-at-boundary";
    this.#upState = "ends-at-boundary";
    this.#endWithin(CLOSE_GRACE_MS);
    if (this.#down.atBoundary) this.#closeVisitor();
    if (this.#up.atBoundary) this.#closeUpstream();
  }

  #closeVisitor(): void {
    this.#downState = "ended";
    const frame = closeFrame(SERVICE_RESTART, "Service Restart", undefined);
    this.#entry.bytesSent += frame.length;
    if (this.#visitor.writable) this.#visitor.write(frame);
  }

  #closeUpstream(): void {
    this.#upState = "ended";
    if (this.#upstream.writable) this.#upstream.write(closeFrame(GOING_AWAY, "", randomBytes(4)));
    // From here on nothing is written, so nothing will ask the visitor's side to go on reading.
    this.#visitor.resume();
  }

  #finish(): void {
    this.#visitor.end();
    this.#upstream.end();
  }

  /** Later calls do not put off an end that is nearer. */
  #endWithin(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (at >= this.#endsAt) return;
    this.#endsAt = at;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#visitor.destroy();
      this.#upstream.destroy();
    }, milliseconds);
    this.#timer.unref();
  }
}

/**
 * How many of the bytes may be passed on: all, or, for a direction that is to end, those up to the
 * end of the frame.
 */
function passable(tracker: FrameTracker, state: Direction, bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    at = tracker.advance(bytes, at);
    if (state === "ends-at-boundary" && tracker.atBoundary) break;
  }
  return at;
}

function pass(bytes: Buffer, from: Duplex, to: Duplex): void {
  if (bytes.length > 0 && to.writable && !to.write(bytes)) from.pause();
}

/** Half-closes and breaks are passed on; whichever side closes first takes the other one along. */
function join(from: Duplex, to: Duplex, onBytes: (bytes: Buffer) => void): void {
  from
    .on("data", onBytes)
    .on("end", () => {
      if (to.writable) to.end();
    })
    .on("error", () => {
      to.destroy();
    })
    .on("close", () => {
      // What was written to the other side before a regular end still goes out.
      if (!to.writableEnded || from.errored !== null) to.destroy();
    });
  to.on("drain", () => {
    from.resume();
  });
}
