/** The port on which Caddy itself answers while the agent does not: chosen once, then kept. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

const FIRST_PORT = 28_000;
const PORTS = 2000;
const MAX_TRIES = 50;

/** The same for the same Caddy, as long as nobody else has it. */
export async function freeFallbackPort(seed: string, taken: ReadonlySet<number>): Promise<number> {
  const start = createHash("sha256").update(seed).digest().readUInt16BE(0) % PORTS;
  for (let step = 0; step < MAX_TRIES; step += 1) {
    const port = FIRST_PORT + ((start + step) % PORTS);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error("no port of the loopback interface is free for the page on disk");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ host: "127.0.0.1", port, exclusive: true });
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
