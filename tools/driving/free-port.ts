import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/**
 * A port below those that the kernel gives to outgoing connections: of these, tests that load a
 * server leave thousands behind that cannot be listened on for a minute, and a server that is
 * started again wants its own.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(12_000 + Math.floor(Math.random() * 20_000), "127.0.0.1");
    try {
      await once(server, "listening");
    } catch {
      // Somebody has it.
      continue;
    }
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
  }
}
