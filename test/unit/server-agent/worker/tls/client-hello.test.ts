import { once } from "node:events";
import { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { describe, expect, it } from "vitest";
import { parseClientHello } from "../../../../../server-agent/worker/tls/client-hello.ts";

/** What OpenSSL says first. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const wire = new Duplex({
    read: () => undefined,
    write: (bytes: Buffer, _encoding, done) => {
      wire.emit("said", bytes);
      done();
    },
  });
  const said = once(wire, "said") as Promise<[Buffer]>;
  const socket = connect({ socket: wire, ...options }).on("error", () => undefined);
  const [bytes] = await said;
  socket.destroy();
  return bytes;
}

describe("the first message of a visitor over TLS", () => {
  it("tells the name and the protocols, once it is whole", async () => {
    const hello = await helloOf({ servername: "shop.test", ALPNProtocols: ["h2", "http/1.1"] });
    expect(parseClientHello(hello)).toEqual({
      kind: "complete",
      serverName: "shop.test",
      protocols: ["h2", "http/1.1"],
    });
    for (let length = 0; length < hello.length; length++)
      expect(parseClientHello(hello.subarray(0, length))).toEqual({ kind: "incomplete" });
    expect(parseClientHello(await helloOf({ maxVersion: "TLSv1.2" }))).toEqual({
      kind: "complete",
      serverName: undefined,
      protocols: [],
    });
  });

  it("is left to OpenSSL where it is something else, or broken", async () => {
    const unknown = { kind: "unknown" };
    expect(parseClientHello(Buffer.from("GET / HTTP/1.1\r\n"))).toEqual(unknown);
    expect(parseClientHello(Buffer.of(0x16, 3, 1, 0xff, 0xff))).toEqual(unknown);
    expect(parseClientHello(Buffer.of(0x16, 3, 1, 0, 0))).toEqual(unknown);
    // Going on in a second record, which is whole in itself.
    const hello = await helloOf({ servername: "shop.test" });
    const half = Buffer.from(hello.subarray(0, 105));
    half.writeUInt16BE(100, 3);
    expect(parseClientHello(half)).toEqual(unknown);
    // Whatever its lengths claim, nobody fails.
    for (let at = 5; at < hello.length; at++) {
      const broken = Buffer.from(hello);
      broken[at] = 0xff;
      expect(["unknown", "complete"]).toContain(parseClientHello(broken).kind);
    }
  });
});
