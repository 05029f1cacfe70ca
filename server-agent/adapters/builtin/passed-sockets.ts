/**
 * Listening sockets that systemd passes to the agent (socket activation, sd_listen_fds(3)). They
 * were bound before the agent ran, also to ports that it may not bind itself, and wait in their
 * queues for it while it restarts.
 */
import net from "node:net";
import type { Listener } from "../../contract/config.ts";
import type { Log } from "../../log.ts";
import type { SocketHandle } from "./bind-socket.ts";

export interface PassedSocket {
  /** `FileDescriptorName` of its socket unit. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly handle: SocketHandle;
}

const FIRST_DESCRIPTOR = 3;
const ANY_ADDRESS: ReadonlySet<string> = new Set(["::", "0.0.0.0"]);

// As in bind-socket.ts.
const { _createServerHandle: createServerHandle } = net as unknown as {
  _createServerHandle: (address: null, port: null, family: null, descriptor: number) => SocketHandle | number;
};

/** Takes them out of the environment, so that no child believes that they are its own. */
export function takePassedSockets(env: NodeJS.ProcessEnv, log: Log): PassedSocket[] {
  const { LISTEN_PID: pid, LISTEN_FDS: count, LISTEN_FDNAMES: list = "" } = env;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) Reflect.deleteProperty(env, name);
  if (count === undefined || Number(pid) !== process.pid) return [];
  const names = list.split(":");
  return Array.from({ length: Number(count) }, (_, index) => index).flatMap((index) => {
    const descriptor = FIRST_DESCRIPTOR + index;
    const name = names[index] ?? "";
    const handle = createServerHandle(null, null, null, descriptor);
    const bound: { address?: string; port?: number } = {};
    if (typeof handle === "number" || handle.getsockname(bound) !== 0 || bound.port === undefined) {
      log.warn("systemd has passed a socket that is not of TCP; it is not used", { name, descriptor });
      return [];
    }
    return [{ name, address: bound.address ?? "", port: bound.port, handle }];
  });
}

export type FoundSocket = { ok: true; socket: PassedSocket | undefined } | { ok: false; message: string };

/** The one for a listener: that of its name, else that of its address and port. */
export function passedSocketFor(
  { name, address, port }: Pick<Listener, "name" | "address" | "port">,
  passed: readonly PassedSocket[],
): FoundSocket {
  const named = passed.find((one) => one.name === name);
  if (named === undefined) {
    const socket = passed.find((one) => port !== 0 && one.port === port && one.address === address);
    return { ok: true, socket };
  }
  if ((port === 0 || named.port === port) && (named.address === address || ANY_ADDRESS.has(named.address)))
    return { ok: true, socket: named };
  return {
    ok: false,
    message: `systemd passes a socket for it at ${named.address} port ${named.port}; change the listener, or \`ListenStream\` of the socket unit`,
  };
}
