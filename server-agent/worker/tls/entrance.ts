/**
 * What a connection goes through before its first request where a listener asks for more than TCP:
 * the handshake of TLS. It may take a while and may never end, so it has a time limit, and gives
 * way where descriptors are scarce.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import type { ListenerTls } from "../../contract/config.ts";
import { certificateFor, defaultCertificate } from "../../core/tls/site-certificate.ts";
import type { RoutingTable } from "../../core/routing/routing-table.ts";
import type { Arrival } from "../http/carrier.ts";
import { offeredProtocols } from "./alpn.ts";
import type { ContextOptions, Contexts } from "./contexts.ts";
import { secureOptions } from "./secure-options.ts";

/** From the first byte to the end of the handshake (ms). */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** What all entrances of a worker use. */
export interface EntranceParts {
  readonly contexts: Contexts;
  /** The key of session tickets; the same in all workers. */
  readonly ticketKey: () => Buffer;
  /** By which certificates are found. */
  readonly table: () => RoutingTable | undefined;
  /** A visitor was not let in; `why` as OpenSSL has it. */
  readonly failed: (why: string, client: string) => void;
}

interface Pending {
  readonly since: number;
  readonly pass: (socket: Socket, arrival: Arrival) => void;
}

export class Entrance {
  readonly tls: ListenerTls;
  readonly #parts: EntranceParts;
  readonly #options: ContextOptions;
  readonly #server: Server;
  readonly #pending = new Map<Socket, Pending>();
  /** By address and port of the peer, as OpenSSL's side of a connection knows no more. */
  readonly #byPeer = new Map<string, Socket>();
  /** The certificate for those who name no host, as it is in use. */
  #fallback: unknown = undefined;
  #ticketKey: Buffer | undefined = undefined;
  /** Set until that has been read for the first time: nobody could be answered before. */
  #untilReady: Promise<void> | undefined;

  constructor(tls: ListenerTls, parts: EntranceParts) {
    this.tls = tls;
    this.#parts = parts;
    const { minVersion, clientCertificates } = tls;
    this.#options = { id: identityOf(tls), minVersion, ca: clientCertificates?.ca };
    this.#server = process.getBuiltinModule("node:tls").createServer({
      ...this.#shared(),
      ALPNProtocols: [...offeredProtocols()],
      requestCert: clientCertificates !== undefined,
      rejectUnauthorized: clientCertificates?.required === true,
      // Counted here from the first byte on, and not anew with each.
      handshakeTimeout: 0,
      SNICallback: (name, answer) => {
        this.#choose(name).then(
          (context) => {
            answer(null, context);
          },
          (failure: unknown) => {
            answer(failure instanceof Error ? failure : new Error(String(failure)));
          },
        );
      },
    });
    this.#server.on("secureConnection", (socket) => {
      this.#secured(socket);
    });
    this.#server.on("tlsClientError", (failure: NodeJS.ErrnoException, socket) => {
      this.#parts.failed(failure.code ?? failure.message, socket.remoteAddress ?? "");
      socket.destroy();
    });
    this.#untilReady = this.refresh().finally(() => {
      this.#untilReady = undefined;
    });
  }

  /** How many are on their way in. */
  get size(): number {
    return this.#pending.size;
  }

  /** Leads a connection in; `pass` is called unless it ends before. */
  take(socket: Socket, pass: Pending["pass"], gone: () => void): void {
    this.#pending.set(socket, { since: Date.now(), pass });
    // Who hangs up in the middle of a handshake cannot be waiting for anything.
    socket.allowHalfOpen = false;
    const peer = peerOf(socket);
    this.#byPeer.set(peer, socket);
    socket.on("error", () => undefined); // its `close` follows
    socket.once("close", () => {
      if (this.#byPeer.get(peer) === socket) this.#byPeer.delete(peer);
      if (this.#pending.delete(socket)) gone();
    });
    if (this.#untilReady === undefined) this.#server.emit("connection", socket);
    else
      void this.#untilReady.then(() => {
        if (!socket.destroyed) this.#server.emit("connection", socket);
      });
  }

  /** Closes those that take too long, called about once a second. */
  sweep(now: number): void {
    this.close(now - HANDSHAKE_TIMEOUT_MS, "handshake timed out");
  }

  /** Closes those that came before this instant (epoch ms). Returns how many. */
  close(before: number, why?: string): number {
    let count = 0;
    for (const [socket, { since }] of this.#pending) {
      if (since > before) continue;
      count += 1;
      if (why !== undefined) this.#parts.failed(why, socket.remoteAddress ?? "");
      socket.destroy();
    }
    return count;
  }

  /**
   * Takes what is configured and on disk by now for those who name no host: after a switch, and
   * when a certificate was replaced. Resolves when it is in use.
   */
  async refresh(): Promise<void> {
    const table = this.#parts.table();
    const files = table === undefined ? undefined : defaultCertificate(table);
    const usable = files === undefined ? undefined : await this.#parts.contexts.get(files, this.#options);
    const ticketKey = this.#parts.ticketKey();
    // One that cannot be used leaves the one before.
    if ((usable ?? this.#fallback) === this.#fallback && ticketKey === this.#ticketKey) return;
    if (usable !== undefined && usable !== this.#fallback)
      this.#server.setSecureContext({ ...this.#shared(), ...usable.made });
    else this.#server.setTicketKeys(ticketKey);
    this.#fallback = usable ?? this.#fallback;
    this.#ticketKey = ticketKey;
  }

  async #choose(name: string) {
    const { contexts, table } = this.#parts;
    const routing = table();
    const files = routing === undefined ? undefined : certificateFor(routing, name);
    const usable = files === undefined ? undefined : await contexts.get(files, this.#options);
    // Without a usable one of its own, a site is answered with the default certificate: who does
    // not check it is served.
    return usable?.context;
  }

  #secured(secure: TLSSocket): void {
    const socket = this.#byPeer.get(peerOf(secure));
    const pending = socket === undefined ? undefined : this.#pending.get(socket);
    if (socket === undefined || pending === undefined) {
      // The peer has gone already, so that nobody can say who it was.
      secure.destroy();
      return;
    }
    this.#pending.delete(socket);
    secure.allowHalfOpen = true;
    pending.pass(secure, { isSecure: true });
  }

  #shared() {
    return {
      ...secureOptions(this.tls.minVersion),
      ca: [] as string[],
      ticketKeys: this.#parts.ticketKey(),
      // A session of one listener is no proof of a client certificate at another one; all workers
      // and their successors name it alike.
      sessionIdContext: this.#options.id,
    };
  }
}

function identityOf(tls: ListenerTls): string {
  return createHash("sha256").update(JSON.stringify(tls)).digest("hex").slice(0, 32);
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress ?? ""} ${String(remotePort)}`;
}
