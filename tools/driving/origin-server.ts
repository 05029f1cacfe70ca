/**
 * The application behind the proxy rule in load tests: every kind of exchange that a swap must not
 * interrupt.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer } from "ws";
import { pipeline } from "node:stream/promises";

export const DOWNLOAD_BYTES = 48 * 1024 * 1024;
const BLOCK = Buffer.alloc(64 * 1024, "backsoon download block ");

/** SHA-256 of the complete download, to prove that it arrived whole. */
export function downloadDigest(): string {
  const hash = createHash("sha256");
  for (let sent = 0; sent < DOWNLOAD_BYTES; sent += BLOCK.length) hash.update(BLOCK);
  return hash.digest("hex");
}

export interface OriginServer extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `GET /page` a small page, `POST /echo` the digest of the body, `GET /download` 48 MB as fast as
 * the reader takes it, `GET /events` an event stream with a tick every 20 ms, `POST /upload`
 * answers with the digest when the body ended, WebSocket `/live` echoes.
 */
export async function startOriginServer(): Promise<OriginServer> {
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.keepAliveTimeout = 60_000;
  const websockets = new WebSocketServer({ server, path: "/live" });
  websockets.on("connection", (socket) => {
    socket.on("message", (data, binary) => {
      socket.send(data, { binary });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    websockets.close();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, "close");
  };
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function* blocks(): Generator<Buffer> {
  for (let sent = 0; sent < DOWNLOAD_BYTES; sent += BLOCK.length) yield BLOCK;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split("?")[0];
  if (path === "/echo" || path === "/upload") {
    const hash = createHash("sha256");
    try {
      for await (const chunk of request) hash.update(chunk as Buffer);
    } catch {
      return; // the visitor went away; the test that sent it says so
    }
    response.end(hash.digest("hex"));
  } else if (path === "/download") {
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": DOWNLOAD_BYTES });
    await pipeline(blocks, response).catch(() => undefined); // the visitor went away; the test that sent it says so
  } else if (path === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    let tick = 0;
    const timer = setInterval(() => {
      response.write(`data: ${String(tick++)}\n\n`);
    }, 20);
    response.on("close", () => {
      clearInterval(timer);
    });
  } else {
    response.setHeader("content-type", "text/plain");
    response.end("the original answers");
  }
}
