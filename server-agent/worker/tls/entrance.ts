/**
 * What a connection goes through before its first request where a listener asks for more than TCP:
 * the header of the PROXY protocol, then the handshake of TLS. It may take a while and may never
 * end, so it has a time limit, and gives way where descriptors are scarce.
 */
import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { ListenerHttp2, ListenerTls } from "../../contract/config.ts";
import { peerAddress } from "../../core/routing/client-address.ts";
import type { Arrival } from "../http/carrier.ts";
import { steadyNow } from "../http/steady-clock.ts";
import { isHttp2 } from "./alpn.ts";
import { readFirstBytes } from "./first-bytes.ts";
import { type HandshakeParts, Handshakes } from "./handshakes.ts";
import { parseProxyHeader } from "./proxy-header.ts";
import type { TlsChallenge } from "./tls-challenge.ts";

/** All that comes before the first request, from the accepted connection on (ms). */
const ENTRANCE_TIMEOUT_MS = 10_000;

export interface EntranceParts extends HandshakeParts {
  /** What an authority may ask instead of a visitor. */
  readonly challenge: TlsChallenge;
}

/** What a listener asks for. */
export interface EntranceOptions {
  readonly tls?: ListenerTls;
  /** Whether HTTP/2 is offered, and how. Absent: it is. */
  readonly http2?: boolean | ListenerHttp2;
  readonly proxyProtocol?: boolean;
}

interface Pending {
  readonly since: number;
  readonly pass: (socket: Socket, arrival: Arrival) => void;
}

export class Entrance {
  readonly #options: EntranceOptions;
  readonly #parts: EntranceParts;
  readonly #handshakes: Handshakes | undefined;
  readonly #pending = new Map<Socket, Pending>();

  constructor(options: EntranceOptions, parts: EntranceParts) {
    this.#options = optionsOf(options);
    this.#parts = parts;
    this.#handshakes =
      options.tls === undefined ? undefined : new Handshakes(options.tls, options.http2 !== false, parts);
  }

  /** How many are on their way in. */
  get size(): number {
    return this.#pending.size;
  }

  isFor(options: EntranceOptions): boolean {
    return isDeepStrictEqual(this.#options, optionsOf(options));
  }

  /** Leads a connection in; `pass` is called, or `gone` if it ends before. */
  take(socket: Socket, pass: Pending["pass"], gone: () => void): void {
    this.#pending.set(socket, { since: steadyNow(), pass });
    // Who hangs up before his first request cannot be waiting for anything.
    socket.allowHalfOpen = false;
    socket.on("error", () => undefined); // its `close` follows
    socket.once("close", () => {
      if (this.#pending.delete(socket)) gone();
    });
    if (this.#options.proxyProtocol === true && this.#isTrusted(socket)) this.#readHeader(socket);
    else this.#secure(socket, undefined);
  }

  /** Closes those that take too long, called about once a second. */
  sweep(now: number): void {
    this.close(now - ENTRANCE_TIMEOUT_MS, "timed out");
  }

  /** Closes those that came before this instant (`steadyNow`). Returns how many. */
  close(before: number, why?: string): number {
    let count = 0;
    for (const [socket, { since }] of this.#pending) {
      if (since > before) continue;
      count += 1;
      if (why !== undefined) this.#parts.failed("slow-handshake", why, socket.remoteAddress ?? "");
      socket.destroy();
    }
    return count;
  }

  /** The certificates in use, or their names, or the key of tickets may have changed. */
  async refresh(): Promise<void> {
    await this.#handshakes?.refresh();
  }

  /** Others bring nobody: a visitor who comes directly is himself, whatever he sends. */
  #isTrusted({ remoteAddress }: Socket): boolean {
    return this.#parts.table()?.trustedProxies.has(peerAddress(remoteAddress ?? "")) === true;
  }

  #readHeader(socket: Socket): void {
    const parse = (bytes: Buffer) => {
      const header = parseProxyHeader(bytes);
      return header.kind === "incomplete" ? undefined : header;
    };
    readFirstBytes(socket, parse, (header, bytes) => {
      if (header.kind === "malformed") {
        this.#parts.failed("proxy-header", header.why, socket.remoteAddress ?? "");
        socket.destroy();
        return;
      }
      const rest = bytes.subarray(header.length);
      if (rest.length > 0) socket.unshift(rest);
      this.#secure(socket, header.client);
    });
  }

  #secure(socket: Socket, client: string | undefined): void {
    const told = client === undefined ? {} : { client: peerAddress(client) };
    const handshakes = this.#handshakes;
    if (handshakes === undefined) {
      this.#pass(socket, socket, { isSecure: false, ...told });
      return;
    }
    this.#parts.challenge.take(socket, () => {
      handshakes.begin(socket, (secure, certificate) => {
        this.#parts.secured(secure.isSessionReused());
        this.#pass(socket, secure, {
          isSecure: true,
          isHttp2: isHttp2(secure.alpnProtocol),
          tlsVersion: secure.getProtocol() ?? "",
          ...told,
          ...(certificate === undefined ? {} : { clientCertificate: certificate }),
        });
      });
    });
  }

  #pass(accepted: Socket, socket: Socket, arrival: Arrival): void {
    const pending = this.#pending.get(accepted);
    if (pending === undefined) return;
    this.#pending.delete(accepted);
    socket.allowHalfOpen = true;
    pending.pass(socket, arrival);
    socket.resume();
  }
}

function optionsOf({ tls, http2, proxyProtocol }: EntranceOptions): EntranceOptions {
  return {
    http2: http2 !== false,
    ...(tls === undefined ? {} : { tls }),
    ...(proxyProtocol === true ? { proxyProtocol } : {}),
  };
}
