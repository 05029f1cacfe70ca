import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeFrame, FrameTracker } from "../../../../../server-agent/worker/proxy/websocket-frames.ts";

/** A frame as RFC 6455, 5.2 has it; the length form can be longer than needed. */
function frame(opcode: number, payload: Buffer, masked: boolean, form: 7 | 16 | 64): Buffer {
  const length =
    form === 7 && payload.length < 126
      ? Buffer.from([payload.length])
      : form === 64 || payload.length > 65_535
        ? Buffer.alloc(9, 127)
        : Buffer.alloc(3, 126);
  if (length.length === 9) length.writeBigUInt64BE(BigInt(payload.length), 1);
  if (length.length === 3) length.writeUInt16BE(payload.length, 1);
  length[0] = (length[0] ?? 0) | (masked ? 0x80 : 0);
  return Buffer.concat([
    Buffer.from([0x80 | opcode]),
    length,
    masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0),
    payload,
  ]);
}

const anyFrame = fc
  .tuple(
    fc.constantFrom(0, 1, 2, 8, 9, 10),
    fc.oneof(fc.nat(140), fc.constantFrom(125, 126, 127, 65_535, 65_536)),
    fc.boolean(),
    fc.constantFrom<7 | 16 | 64>(7, 16, 64),
  )
  .map(([opcode, length, masked, form]) => ({
    opcode,
    bytes: frame(opcode, Buffer.alloc(length, 0x88), masked, form),
  }));

describe("FrameTracker", () => {
  it("finds the end of every frame, whatever pieces they come in", () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (frames, cuts) => {
          const wire = Buffer.concat(frames.map(({ bytes }) => bytes));
          const tracker = new FrameTracker();
          const ends: [number, number][] = [];
          const at = [0, ...cuts.map((cut) => Math.min(cut, wire.length)).toSorted((a, b) => a - b), wire.length];
          for (const [index, end] of at.slice(1).entries()) {
            const start = at[index] ?? 0;
            const piece = wire.subarray(start, end);
            for (let offset = 0; offset < piece.length;) {
              offset = tracker.advance(piece, offset);
              if (tracker.atBoundary) ends.push([start + offset, tracker.opcode]);
            }
          }
          let position = 0;
          expect(ends).toEqual(frames.map(({ opcode, bytes }) => [(position += bytes.length), opcode]));
        },
      ),
    );
  });

  it("is at no boundary within a frame", () => {
    const bytes = frame(1, Buffer.from("hello"), true, 16);
    const tracker = new FrameTracker();
    expect(tracker.atBoundary).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      expect(tracker.advance(bytes.subarray(at, at + 1), 0)).toBe(1);
      expect(tracker.atBoundary).toBe(at === bytes.length - 1);
    }
  });
});

describe("closeFrame", () => {
  it("is unmasked from a server", () => {
    expect(closeFrame(1012, "Service Restart", undefined)).toEqual(
      Buffer.concat([Buffer.from([0x88, 17, 0x03, 0xf4]), Buffer.from("Service Restart")]),
    );
  });

  it("is masked from a client", () => {
    expect(closeFrame(1001, "", Buffer.from([0xff, 0x0f, 1, 2]))).toEqual(
      Buffer.from([0x88, 0x82, 0xff, 0x0f, 1, 2, 0x03 ^ 0xff, 0xe9 ^ 0x0f]),
    );
  });
});
