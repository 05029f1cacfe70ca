/**
 * Stands before a unix socket and lets everything through, until a request comes that it is told to
 * stop at.
 */
import { once } from "node:events";
import { type Socket, connect, createServer } from "node:net";

export interface SocketGate {
  readonly socketPath: string;
  /**
   * From now on: a request whose head matches is swallowed. With `cut` its connection and all
   * others end, and new ones are refused until `open`.
   */
  stopAt(pattern: RegExp, how: "swallow" | "cut"): void;
  /** Resolves when such a request has come. */
  readonly stopped: Promise<void>;
  open(): void;
  close(): Promise<void>;
}

/** @param folder where the new socket is made */
export async function startSocketGate(target: string, folder: string): Promise<SocketGate> {
  const socketPath = `${folder}/gate.sock`;
  const sockets = new Set<Socket>();
  const stopped = Promise.withResolvers<undefined>();
  let stop: { pattern: RegExp; how: "swallow" | "cut" } | undefined;
  let isShut = false;
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((near) => {
    if (isShut) {
      near.destroy();
      return;
    }
    const far = connect(target);
    track(near, far);
    track(far, near);
    near.on("data", (chunk) => {
      if (stop?.pattern.test(chunk.toString("latin1")) !== true) {
        far.write(chunk);
        return;
      }
      stopped.resolve(undefined);
      if (stop.how === "swallow") return;
      isShut = true;
      for (const socket of sockets) socket.destroy();
    });
    far.on("data", (chunk) => near.write(chunk));
  });
  server.listen(socketPath);
  await once(server, "listening");
  return {
    socketPath,
    stopAt: (pattern, how) => (stop = { pattern, how }),
    stopped: stopped.promise,
    open() {
      stop = undefined;
      isShut = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}
