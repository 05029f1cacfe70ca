/** How bytes of visitors come without streams, by what Node has for that. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect as connectPlainly, createServer as createPlainServer, type AddressInfo, type Socket } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, expect, it } from "vitest";
import { leaveSocket, useSocket } from "../../../../../server-agent/worker/http/visitor-socket.ts";
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
  let [lent, streamed] = ["", ""];
  const memory = new Set<ArrayBufferLike>();
  const parted = new Promise<TLSSocket>((resolve) => {
    server.on("secureConnection", (socket) => {
      socket.on("data", (bytes: Buffer) => (streamed += bytes.toString()));
      useSocket(socket, {
        takeBytes: (bytes) => {
          memory.add(bytes.buffer);
          lent += bytes.toString();
          if (lent.length === BODY.length) resolve(socket);
        },
        peerEnded: () => undefined,
        drained: () => undefined,
        socketClosed: () => undefined,
      });
    });
  });
  const client = connect({ port: (server.address() as AddressInfo).port, rejectUnauthorized: false });
  client.write(BODY);
  const socket = await parted;
  expect(lent).toBe(BODY);
  expect(memory.size).toBe(1);
  leaveSocket(socket);
  client.end("behind");
  await once(socket, "end");
  expect(streamed).toBe("behind");
  expect(lent).toBe(BODY);
  server.close();
});

it("sockets that were accepted paused are read at once, and have all their listeners in common", async () => {
  const server = createPlainServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets: Socket[] = [];
  for (const word of ["first", "second"]) {
    const client = connectPlainly((server.address() as AddressInfo).port, "127.0.0.1");
    const [socket] = (await once(server, "connection")) as [Socket];
    sockets.push(socket);
    const taken = new Promise<string>((resolve) => {
      useSocket(socket, {
        takeBytes: (bytes) => {
          resolve(bytes.toString());
        },
        peerEnded: () => undefined,
        drained: () => undefined,
        socketClosed: () => undefined,
      });
    });
    client.end(word);
    expect(await taken).toBe(word);
  }
  const [one, other] = sockets.map((socket) =>
    ["data", "end", "drain", "error", "close"].map((event) => socket.listeners(event)),
  );
  expect(one?.flat().length).toBeGreaterThan(3);
  expect(one).toEqual(other);
  for (const socket of sockets) socket.destroy();
  server.close();
});
