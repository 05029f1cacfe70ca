/** Opens a connection to a target, over TLS where the target speaks it. */
import { connect, type OnReadOpts, Socket } from "node:net";
import { lookup } from "./name-lookup.ts";
import type { Target } from "./target.ts";

export interface ConnectOptions {
  readonly allowHalfOpen?: boolean;
  readonly onread?: OnReadOpts;
}

/**
 * @param onConnected The target takes bytes, and is the one that it should be. Before, and
 *   otherwise, the socket emits `error` and `close` as any other.
 */
export function connectTarget(
  target: Pick<Target, "address" | "name" | "tls">,
  options: ConnectOptions,
  onConnected: () => void,
): Socket {
  const { address, tls } = target;
  const common = { ...address, ...options, lookup, noDelay: true };
  if (tls === undefined) return connect(common).once("connect", onConnected);
  try {
    const secure = tls.optionsFor(target);
    const socket = process.getBuiltinModule("node:tls").connect({ ...common, ...secure });
    socket.setNoDelay();
    socket.once("secureConnect", onConnected).on("session", (session) => {
      tls.keepSession(target, secure.secureContext, session);
    });
    return socket;
  } catch (failure) {
    return new Socket().destroy(failure as Error);
  }
}
