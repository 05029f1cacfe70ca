/** Frames as bytes (RFC 9113, 4 and 6). */
import { ConnectionFault, ErrorCode } from "./faults.ts";

export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

export const Flag = { END_STREAM: 0x1, ACK: 0x1, END_HEADERS: 0x4, PADDED: 0x8, PRIORITY: 0x20 } as const;

/** What every connection of HTTP/2 begins with (RFC 9113, 3.4). */
export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export const HEAD_BYTES = 9;
/** The size that every peer takes, and the largest one that is taken here (RFC 9113, 4.2). */
export const MAX_PAYLOAD_BYTES = 16_384;
export const MAX_WINDOW_BYTES = 2 ** 31 - 1;
export const MAX_STREAM_ID = 2 ** 31 - 1;

/** Writes the head of a frame at the beginning of these bytes. */
function writeHead(target: Buffer, length: number, type: number, flags: number, stream: number): void {
  target[0] = length >>> 16;
  target[1] = length >>> 8;
  target[2] = length;
  target[3] = type;
  target[4] = flags;
  target.writeUInt32BE(stream, 5);
}

function frame(type: number, flags: number, stream: number, payloadBytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + payloadBytes);
  writeHead(bytes, payloadBytes, type, flags, stream);
  return bytes;
}

/** The head of a DATA frame; its payload follows. */
export function dataHead(stream: number, length: number, isLast: boolean): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES);
  writeHead(bytes, length, FrameType.DATA, isLast ? Flag.END_STREAM : 0, stream);
  return bytes;
}

/** @param settings Identifier, value, identifier, value. */
export function settingsFrame(settings: readonly number[]): Buffer {
  const bytes = frame(FrameType.SETTINGS, 0, 0, settings.length * 3);
  for (let index = 0; index < settings.length; index += 2) {
    bytes.writeUInt16BE(settings[index] ?? 0, HEAD_BYTES + index * 3);
    bytes.writeUInt32BE(settings[index + 1] ?? 0, HEAD_BYTES + index * 3 + 2);
  }
  return bytes;
}

export const SETTINGS_ACK = frame(FrameType.SETTINGS, Flag.ACK, 0, 0);

export function pingFrame(payload: Buffer, isAck: boolean): Buffer {
  const bytes = frame(FrameType.PING, isAck ? Flag.ACK : 0, 0, 8);
  payload.copy(bytes, HEAD_BYTES);
  return bytes;
}

function withNumber(type: number, stream: number, value: number): Buffer {
  const bytes = frame(type, 0, stream, 4);
  bytes.writeUInt32BE(value, HEAD_BYTES);
  return bytes;
}

export function resetFrame(stream: number, code: ErrorCode): Buffer {
  return withNumber(FrameType.RST_STREAM, stream, code);
}

export function windowUpdate(stream: number, bytes: number): Buffer {
  return withNumber(FrameType.WINDOW_UPDATE, stream, bytes);
}

export function goAwayFrame(lastStream: number, code: ErrorCode): Buffer {
  const bytes = frame(FrameType.GOAWAY, 0, 0, 8);
  bytes.writeUInt32BE(lastStream, HEAD_BYTES);
  bytes.writeUInt32BE(code, HEAD_BYTES + 4);
  return bytes;
}

/** One HEADERS frame, and CONTINUATION frames for what does not fit into it. */
export function headersFrames(stream: number, block: Buffer, isLast: boolean): Buffer {
  const end = isLast ? Flag.END_STREAM : 0;
  if (block.length <= MAX_PAYLOAD_BYTES) {
    const bytes = frame(FrameType.HEADERS, end | Flag.END_HEADERS, stream, block.length);
    block.copy(bytes, HEAD_BYTES);
    return bytes;
  }
  const frames: Buffer[] = [];
  for (let from = 0; from < block.length; from += MAX_PAYLOAD_BYTES) {
    const part = block.subarray(from, from + MAX_PAYLOAD_BYTES);
    const flags = from + part.length === block.length ? Flag.END_HEADERS : 0;
    const bytes =
      from === 0
        ? frame(FrameType.HEADERS, end | flags, stream, part.length)
        : frame(FrameType.CONTINUATION, flags, stream, part.length);
    part.copy(bytes, HEAD_BYTES);
    frames.push(bytes);
  }
  return Buffer.concat(frames);
}

/** The payload without its padding (RFC 9113, 6.1). */
export function unpadded(payload: Buffer, flags: number): Buffer {
  if ((flags & Flag.PADDED) === 0) return payload;
  const [padding] = payload;
  if (padding === undefined || padding >= payload.length)
    throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, "more padding than payload");
  return payload.subarray(1, payload.length - padding);
}
