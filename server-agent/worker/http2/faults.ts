/** What the peer did wrong, and how that is told (RFC 9113, 5.4 and 7). */

export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  ENHANCE_YOUR_CALM: 0xb,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Nothing that comes later can be understood: the connection ends (RFC 9113, 5.4.1). */
export class ConnectionFault extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Only one stream is concerned (RFC 9113, 5.4.2). */
export class StreamFault extends Error {
  readonly stream: number;
  readonly code: ErrorCode;

  constructor(stream: number, code: ErrorCode, message: string) {
    super(message);
    this.stream = stream;
    this.code = code;
  }
}

export function protocolError(why: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.PROTOCOL_ERROR, why);
}

export function frameSizeError(why: string): ConnectionFault {
  return new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, why);
}
