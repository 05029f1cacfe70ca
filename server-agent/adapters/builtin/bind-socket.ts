/**
 * A TCP socket that is bound and handed to the workers, who listen and accept on it. The supervisor
 * keeps a copy and never accepts: so the socket and its queue of waiting connections outlive every
 * worker, and no connection ever lands in a process that cannot answer it.
 */
import net, { isIP } from "node:net";
import { getSystemErrorName } from "node:util";

/**
 * What `child.send(message, handle)` takes and `server.listen(handle)` in the worker understands.
 */
export interface SocketHandle {
  getsockname(into: { address?: string; port?: number }): number;
  close(): void;
}

// `net.Server` would accept by itself, and `net.BoundSocket` cannot be sent to another process.
// This is what `node:cluster` uses for the same purpose; it is not typed.
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle: (
    address: string,
    port: number,
    family: 4 | 6,
    descriptor: undefined,
    flags: number,
  ) => SocketHandle | number;
};
/**
 * `::` means all IPv6 addresses and no IPv4 ones, so that it can stand beside `0.0.0.0` on the same
 * port.
 */
const UV_TCP_IPV6ONLY = 1;

export type BindOutcome =
  { ok: true; handle: SocketHandle; port: number } | { ok: false; code: string; message: string };

export function bindSocket(address: string, port: number): BindOutcome {
  const family = isIP(address);
  if (family !== 4 && family !== 6)
    return {
      ok: false,
      code: "EINVAL",
      message: `${JSON.stringify(address)} is not an IP address; write 127.0.0.1, 0.0.0.0, ::1 or ::`,
    };
  const handle = createServerHandle(address, port, family, undefined, family === 6 ? UV_TCP_IPV6ONLY : 0);
  if (typeof handle === "number") return refusal(handle, address, port);
  const bound: { port?: number } = {};
  // libuv reports EADDRINUSE only now.
  const failed = handle.getsockname(bound);
  if (failed !== 0) {
    handle.close();
    return refusal(failed, address, port);
  }
  return { ok: true, handle, port: bound.port ?? port };
}

function refusal(errno: number, address: string, port: number): BindOutcome {
  const code = getSystemErrorName(errno);
  return { ok: false, code, message: explain(code, address, port) };
}

function explain(code: string, address: string, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return `${address} port ${port} is already in use; stop the program that has it or choose another port`;
    case "EACCES":
      return `port ${port} needs a privilege: grant CAP_NET_BIND_SERVICE, or choose a port from 1024 on`;
    case "EADDRNOTAVAIL":
      return `this machine has no address ${address}`;
    default:
      return `${address} port ${port} cannot be bound (${code})`;
  }
}
