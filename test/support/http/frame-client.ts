/** One connection that speaks HTTP/2 frame by frame: what is sent, and what comes, is certain. */
import { once } from "node:events";
import { connect } from "node:net";
import { FieldDecoder } from "../../../server-agent/worker/http2/field-decoder.ts";

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION] =
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
export const [END_STREAM, ACK, END_HEADERS, PADDED] = [0x1, 0x1, 0x4, 0x8] as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

interface FrameClient extends Disposable {
  write(...frames: readonly Buffer[]): void;
  /** The next frame that fits; those before it are gone. Fails at the end of the connection. */
  next(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** The fields of the next head on this stream. */
  head(stream: number): Promise<Readonly<Record<string, string>>>;
  /** Nothing is taken from the connection until it is resumed. */
  pause(): void;
  resume(): void;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

export function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One setting. */
export function setting(id: number, value: number): Buffer {
  return Buffer.concat([Buffer.from([0, id]), number(value)]);
}

/** Fields as literals, in no table; one character per byte. */
export function block(...fields: readonly (readonly [string, string])[]): Buffer {
  const text = (value: string): Buffer => {
    const bytes = Buffer.from(value, "latin1");
    if (bytes.length < 127) return Buffer.concat([Buffer.from([bytes.length]), bytes]);
    const rest = bytes.length - 127;
    return Buffer.concat([Buffer.from([127, 0x80 | (rest & 0x7f), 0x80 | ((rest >> 7) & 0x7f), rest >> 14]), bytes]);
  };
  return Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** The fields of a GET of the site `shop`, with others in the place of these. */
export function get(path = "/", ...more: readonly (readonly [string, string])[]): Buffer {
  return block([":method", "GET"], [":scheme", "http"], [":authority", "shop"], [":path", path], ...more);
}

export async function openFrames(port: number, begin: readonly Buffer[] = [PREFACE, frame(SETTINGS, 0, 0)]) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const decoder = new FieldDecoder(1024 * 1024);
  const frames: Frame[] = [];
  let rest = Buffer.alloc(0);
  let hasEnded = false;
  let wake = (): void => undefined;
  socket.on("error", () => undefined);
  socket.on("close", () => {
    hasEnded = true;
    wake();
  });
  socket.on("data", (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      const [, , , type = 0, flags = 0] = rest;
      frames.push({ type, flags, stream: rest.readUInt32BE(5), payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
    wake();
  });
  const next: FrameClient["next"] = async (fits) => {
    for (;;) {
      for (let found = frames.shift(); found !== undefined; found = frames.shift()) if (fits(found)) return found;
      if (hasEnded) throw new Error("the connection has ended");
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const client: FrameClient = {
    write(...sent) {
      socket.write(Buffer.concat(sent));
    },
    next,
    async head(stream) {
      const { payload } = await next((found) => found.type === HEADERS && found.stream === stream);
      const { list } = decoder.decode(payload);
      return Object.fromEntries(
        Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index], list[2 * index + 1]]),
      ) as Record<string, string>;
    },
    pause() {
      socket.pause();
    },
    resume() {
      socket.resume();
    },
    [Symbol.dispose]() {
      socket.destroy();
    },
  };
  client.write(...begin);
  return client;
}
