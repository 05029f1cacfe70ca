/** How bytes of visitors who speak TLS come without streams, by what Node has for that. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { giveBytes } from "../../../../../server-agent/worker/http/visitor-socket.ts";
import { certificateFolder } from "../../../../support/http/certificates.ts";

const folder = certificateFolder();
afterAll(() => {
  folder[Symbol.dispose]();
});
const files = folder.make("shop", ["shop.test"]);

/** More than one record of TLS holds. */
const BODY = "0123456789".repeat(10_000);

it("bytes over TLS are lent, all of them, until they are to go the way of every stream", async () => {
  const server = createServer({ cert: readFileSync(files.certificate), key: readFileSync(files.key) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  let [lent, streamed, isGiven] = ["", "", false];
  const memory = new Set<ArrayBufferLike>();
  const parted = new Promise<TLSSocket>((resolve) => {
    server.on("secureConnection", (socket) => {
      socket.on("data", (bytes: Buffer) => (streamed += bytes.toString()));
      isGiven = giveBytes(socket, (bytes) => {
        memory.add(bytes.buffer);
        lent += bytes.toString();
        if (lent.length === BODY.length) resolve(socket);
      });
    });
  });
  const client = connect({ port: (server.address() as AddressInfo).port, rejectUnauthorized: false });
  client.write(BODY);
  const socket = await parted;
  expect(isGiven).toBe(true);
  expect(lent).toBe(BODY);
  expect(memory.size).toBe(1);
  giveBytes(socket, undefined);
  client.end("behind");
  await once(socket, "end");
  expect(streamed).toBe("behind");
  expect(lent).toBe(BODY);
  server.close();
});
