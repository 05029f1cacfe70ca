/**
 * A TCP relay on the loopback interface that can be told to be slow, to go silent (nothing passes,
 * nothing is acknowledged for long, nothing is closed), or to cut.
 */
import { once } from "node:events";
import { type AddressInfo, type Socket, connect, createServer } from "node:net";

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: () => number;
  /**
   * From now on nothing passes, in either direction; new connections are accepted and hear nothing.
   */
  goSilent(): void;
  /** Passes again; what came meanwhile is lost, as the connections of that time are. */
  recover(): void;
  cut(): void;
  close(): Promise<void>;
}

/** @param delayMs added to each packet in each direction */
export async function startRelay(targetPort: number, { delayMs = 0 } = {}): Promise<Relay> {
  const sockets = new Set<Socket>();
  let silent = false;
  let connections = 0;
  const pass = (from: Socket, to: Socket) => {
    from.on("data", (chunk) => {
      if (silent) return;
      if (delayMs === 0) to.write(chunk);
      else setTimeout(() => !to.destroyed && to.write(chunk), delayMs);
    });
    from.on("close", () => {
      sockets.delete(from);
      if (!silent) setTimeout(() => to.destroy(), delayMs);
    });
    from.on("error", () => undefined);
    sockets.add(from);
    if (silent) from.pause();
  };
  const server = createServer((near) => {
    connections += 1;
    const far = connect({ port: targetPort, host: "127.0.0.1" });
    pass(near, far);
    pass(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const close = async () => {
    server.close();
    cut();
    await once(server, "close");
  };
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    goSilent: () => {
      silent = true;
      // As far as the kernel's buffers go, what is sent seems to arrive.
      for (const socket of sockets) socket.pause();
    },
    recover: () => {
      silent = false;
      cut();
    },
    cut,
    close,
    [Symbol.asyncDispose]: close,
  };
}
