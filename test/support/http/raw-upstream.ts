/** An upstream that answers with exactly the bytes a test gives it, right or wrong. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

export interface RawRequest {
  readonly socket: Socket;
  /** Head of the request, and what of its body came with it. */
  readonly text: string;
  /** Number of the connection, from 0. */
  readonly connection: number;
  /** Number of the request on its connection, from 0. */
  readonly turn: number;
}

export interface RawUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly requests: RawRequest[];
  readonly sockets: ReadonlySet<Socket>;
  /** Resolves when a connection is closed from now on. */
  nextClose(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param answer Called for each request head that has come. Bytes that do not end a head are left
 *   to the test.
 */
export async function startRawUpstream(answer: (request: RawRequest) => void): Promise<RawUpstream> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const closes: (() => void)[] = [];
  let connections = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = connections++;
    let turn = 0;
    let received = "";
    sockets.add(socket);
    socket
      .on("data", (bytes) => {
        received += bytes.toString("latin1");
        if (!received.includes("\r\n\r\n")) return;
        const request: RawRequest = { socket, text: received, connection, turn: turn++ };
        received = "";
        requests.push(request);
        answer(request);
      })
      .on("end", () => {
        // A test may have last words.
        setImmediate(() => socket.end());
      })
      .on("error", () => undefined)
      .on("close", () => {
        sockets.delete(socket);
        for (const closed of closes.splice(0)) closed();
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, "close");
  };
  return {
    url: `http://127.0.0.1:${String(port)}`,
    port,
    requests,
    sockets,
    nextClose: () =>
      new Promise((resolve) => {
        closes.push(resolve);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
