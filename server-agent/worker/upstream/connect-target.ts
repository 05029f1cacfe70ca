/** Opens a connection to a target, over TLS where the target speaks it. */
import { connect, isIP, type OnReadOpts, Socket } from "node:net";
import { names } from "./name-lookup.ts";
import type { Target } from "./target.ts";
import { NO_HTTP2, type TargetTls } from "./target-tls.ts";

export interface ConnectOptions {
  readonly allowHalfOpen?: boolean;
  readonly onread?: OnReadOpts;
  /** What is to be spoken over TLS, and nothing else (RFC 7301). Default: HTTP/1.1. */
  readonly ALPNProtocols?: [string];
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
  const common = { ...address, ...options, lookup: names.lookup, noDelay: true };
  const socket = tls === undefined ? connect(common) : connectSecurely(target, tls, common, onConnected);
  if (tls === undefined) socket.once("connect", onConnected);
  if ("host" in address && isIP(address.host) === 0) {
    const doubt = (): void => {
      names.doubt(address.host);
    };
    socket.once("error", doubt).once("connect", () => socket.off("error", doubt));
  }
  return socket;
}

function connectSecurely(
  target: Pick<Target, "address" | "name">,
  tls: TargetTls,
  common: ConnectOptions & Target["address"],
  onConnected: () => void,
): Socket {
  try {
    const secure = tls.optionsFor(target);
    const socket = process.getBuiltinModule("node:tls").connect({ ...secure, ...common });
    // It takes `noDelay` for plain sockets alone.
    socket.setNoDelay();
    socket.once("secureConnect", () => {
      // One that knows no ALPN speaks HTTP/1.1.
      const spoken = socket.alpnProtocol === false ? "http/1.1" : socket.alpnProtocol;
      if (common.ALPNProtocols === undefined || common.ALPNProtocols.includes(String(spoken))) onConnected();
      else socket.destroy(new Error(NO_HTTP2));
    });
    socket.on("session", (session) => {
      tls.keepSession(target, secure.secureContext, session);
    });
    return socket;
  } catch (failure) {
    return new Socket().destroy(failure as Error);
  }
}
