/** Frames that carry no part of a message, checked (RFC 9113, 6.4, 6.5 and 6.7 to 6.9). */
import { type ErrorCode, frameSizeError, protocolError } from "./faults.ts";
import { Flag } from "./frames.ts";

/** @throws ConnectionFault */
export function checkReset(stream: number, payload: Buffer): void {
  if (payload.length !== 4) throw frameSizeError("no reset");
  if (stream === 0) throw protocolError("a reset without a stream");
}

/** Whether it confirms our settings, and has none. @throws ConnectionFault */
export function isAcknowledgement(flags: number, stream: number, payload: Buffer): boolean {
  if (stream !== 0) throw protocolError("settings of a stream");
  if ((flags & Flag.ACK) === 0) return false;
  if (payload.length > 0) throw frameSizeError("settings in an acknowledgement");
  return true;
}

/** @throws ConnectionFault */
export function checkPing(stream: number, payload: Buffer): void {
  if (stream !== 0) throw protocolError("a PING on a stream");
  if (payload.length !== 8) throw frameSizeError("no PING");
}

/** The last stream that the peer looks after, and why it leaves. @throws ConnectionFault */
export function readGoAway(stream: number, payload: Buffer): { lastStream: number; code: ErrorCode } {
  if (stream !== 0) throw protocolError("a GOAWAY on a stream");
  if (payload.length < 8) throw frameSizeError("no GOAWAY");
  return { lastStream: payload.readUInt32BE(0) & 0x7fffffff, code: payload.readUInt32BE(4) as ErrorCode };
}

/** By how many bytes a window grows. @throws ConnectionFault */
export function readWidening(payload: Buffer): number {
  if (payload.length !== 4) throw frameSizeError("no size of a window");
  return payload.readUInt32BE(0) & 0x7fffffff;
}
