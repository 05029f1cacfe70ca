import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProxyHeader } from "../../../../../server-agent/worker/tls/proxy-header.ts";

const SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

function text(line: string): ReturnType<typeof parseProxyHeader> {
  return parseProxyHeader(Buffer.from(line, "latin1"));
}

function binary(command: number, family: number, rest: readonly number[], length = rest.length): Buffer {
  const head = [command, family, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(SIGNATURE, "latin1"), Buffer.from([...head, ...rest])]);
}

const port = fc.integer({ min: 0, max: 65_535 });
const valid = fc.oneof(
  fc.tuple(fc.ipV4(), fc.ipV4(), port, port).map(([from, to, a, b]) => ({
    client: from,
    bytes: Buffer.from(`PROXY TCP4 ${from} ${to} ${String(a)} ${String(b)}\r\n`),
  })),
  fc.tuple(fc.ipV6(), fc.ipV6(), port, port).map(([from, to, a, b]) => ({
    client: from,
    bytes: Buffer.from(`PROXY TCP6 ${from} ${to} ${String(a)} ${String(b)}\r\n`),
  })),
  fc
    .tuple(fc.ipV4(), fc.array(fc.uint8Array({ minLength: 0, maxLength: 9 }), { maxLength: 3 }))
    .map(([from, extensions]) => ({
      client: from,
      bytes: binary(0x21, 0x11, [
        ...from.split(".").map(Number),
        ...[10, 0, 0, 1, 0, 80, 1, 187],
        ...extensions.flatMap((value) => [4, 0, value.length, ...value]),
      ]),
    })),
);

describe("a header of the PROXY protocol", () => {
  it("is read however it is cut, and nothing behind it", () => {
    fc.assert(
      fc.property(valid, fc.string(), ({ client, bytes }, rest) => {
        for (let end = 0; end < bytes.length; end++)
          expect(parseProxyHeader(bytes.subarray(0, end)).kind).toBe("incomplete");
        expect(parseProxyHeader(Buffer.concat([bytes, Buffer.from(rest)]))).toEqual({
          kind: "complete",
          length: bytes.length,
          client,
        });
      }),
    );
  });

  it("that anything has been done to is not taken for another visitor", () => {
    fc.assert(
      fc.property(valid, fc.nat(), fc.nat({ max: 255 }), ({ client, bytes }, place, byte) => {
        const changed = Buffer.from(bytes);
        changed[place % bytes.length] = byte;
        const read = parseProxyHeader(changed);
        // A change inside of an address is another address; nothing else may be.
        if (read.kind === "complete" && read.client !== undefined && read.client !== client)
          expect(changed.length).toBeGreaterThanOrEqual(read.length);
        expect(["complete", "incomplete", "malformed"]).toContain(read.kind);
      }),
    );
  });

  it("of a proxy that comes for itself names nobody", () => {
    expect(text("PROXY UNKNOWN\r\n")).toEqual({ kind: "complete", length: 15, client: undefined });
    expect(text("PROXY UNKNOWN ff::1 ff::2 1 2\r\nGET")).toMatchObject({ length: 31, client: undefined });
    expect(parseProxyHeader(binary(0x20, 0x00, []))).toEqual({ kind: "complete", length: 16, client: undefined });
    expect(parseProxyHeader(binary(0x21, 0x00, []))).toEqual({ kind: "complete", length: 16, client: undefined });
    expect(
      parseProxyHeader(binary(0x21, 0x21, [...Array<number>(15).fill(0), 1, ...Array<number>(20).fill(0)])),
    ).toMatchObject({ client: "0:0:0:0:0:0:0:1" });
  });

  it.each([
    "GET / HTTP/1.1\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n",
    "PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n",
    "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n",
    "PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n",
    "PROXY TCP4 ::1 ::2 1 2\r\n",
    "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
    "PROXY TCP6 fe80::1%eth0 ::2 1 2\r\n",
    "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
    "proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
    `PROXY UNKNOWN ${"x".repeat(100)}\r\n`,
    `PROXY ${"x".repeat(110)}`,
  ])("is malformed: %j", (line) => {
    expect(text(line).kind).toBe("malformed");
  });

  it.each([
    ["another version", binary(0x11, 0x11, [])],
    ["an unknown command", binary(0x22, 0x11, [])],
    ["UDP", binary(0x21, 0x12, Array<number>(12).fill(1))],
    ["too short for its addresses", binary(0x21, 0x11, Array<number>(11).fill(1))],
    ["too long", binary(0x21, 0x11, [], 4097)],
    ["an extension that is cut off", binary(0x21, 0x11, [...Array<number>(12).fill(1), 4, 0, 9, 1])],
  ])("is malformed: %s", (_what, bytes) => {
    expect(parseProxyHeader(bytes).kind).toBe("malformed");
  });
});
