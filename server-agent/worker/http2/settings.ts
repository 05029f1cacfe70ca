/** What the two sides tell each other about themselves (RFC 9113, 6.5.2). */
import { ConnectionFault, ErrorCode } from "./faults.ts";
import { MAX_PAYLOAD_BYTES, MAX_WINDOW_BYTES, settingsFrame } from "./frames.ts";

const Setting = {
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
  ENABLE_CONNECT_PROTOCOL: 0x8,
} as const;

const SETTING_BYTES = 6;
const MAX_FRAME_SIZE = 2 ** 24 - 1;

/** Our own, as the first frame of a connection. */
export function ownSettings(maxStreams: number, maxListBytes: number): Buffer {
  return settingsFrame([
    Setting.MAX_CONCURRENT_STREAMS,
    maxStreams,
    Setting.MAX_HEADER_LIST_SIZE,
    maxListBytes,
    Setting.ENABLE_CONNECT_PROTOCOL,
    1,
  ]);
}

/** Those of a client: nothing may be pushed to it. @param window Of new streams (bytes). */
export function clientSettings(window: number, maxListBytes: number): Buffer {
  return settingsFrame([
    Setting.ENABLE_PUSH,
    0,
    Setting.INITIAL_WINDOW_SIZE,
    window,
    Setting.MAX_HEADER_LIST_SIZE,
    maxListBytes,
  ]);
}

/** What matters here of what the peer says; undefined where it says nothing of it. */
interface PeerSettings {
  /** The size of new windows (bytes). */
  window: number | undefined;
  /** Streams that may be open at once. */
  maxStreams: number | undefined;
}

/**
 * The rest is checked and passed over: nothing is pushed, frames are of the smallest size that all
 * take, and no table of fields is used.
 *
 * @throws ConnectionFault
 */
export function readSettings(payload: Buffer): PeerSettings {
  if (payload.length % SETTING_BYTES !== 0)
    throw new ConnectionFault(ErrorCode.FRAME_SIZE_ERROR, "settings that are cut off");
  const settings: PeerSettings = { window: undefined, maxStreams: undefined };
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    const value = payload.readUInt32BE(at + 2);
    switch (payload.readUInt16BE(at)) {
      case Setting.ENABLE_PUSH:
        if (value > 1) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, "ENABLE_PUSH is neither 0 nor 1");
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW_BYTES) throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, "no size of a window");
        settings.window = value;
        break;
      case Setting.MAX_CONCURRENT_STREAMS:
        settings.maxStreams = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < MAX_PAYLOAD_BYTES || value > MAX_FRAME_SIZE)
          throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, "no size of a frame");
        break;
      default:
        break;
    }
  }
  return settings;
}
