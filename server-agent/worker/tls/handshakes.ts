/**
 * The handshakes of TLS on one listener, by a `node:tls` server that listens nowhere: it is given
 * sockets that were accepted, and gives back secured ones.
 */
import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import type { Server, TLSSocket } from "node:tls";
import type { ListenerTls, VirtualHost } from "../../contract/config.ts";
import type { ClientCertificate, RequestFacts } from "../../core/routing/request-facts.ts";
import type { RoutingTable } from "../../core/routing/routing-table.ts";
import { certificateFiles, certificateHolder, defaultHolder } from "../../core/tls/site-certificate.ts";
import type { RefusalReason } from "../http/refusal.ts";
import { offeredProtocols } from "./alpn.ts";
import type { ContextOptions, Contexts, UsableCertificate } from "./contexts.ts";
import { secureOptions } from "./secure-options.ts";

export interface HandshakeParts {
  readonly contexts: Contexts;
  /** The key of session tickets; the same in all workers. */
  readonly ticketKey: () => Buffer;
  /** Of certificates that the agent has obtained. */
  readonly certificateFolder: string;
  /** By which certificates are found. */
  readonly table: () => RoutingTable | undefined;
  /** A visitor was let in; `isResumed`: by a session of before. */
  readonly secured: (isResumed: boolean) => void;
  /** A visitor was not let in; `why` as OpenSSL has it. */
  readonly failed: (reason: RefusalReason, why: string, client: string) => void;
}

type Secured = (socket: TLSSocket, certificate: RequestFacts["clientCertificate"]) => void;

export class Handshakes {
  readonly tls: ListenerTls;
  readonly #parts: HandshakeParts;
  readonly #options: ContextOptions;
  readonly #server: Server;
  /** By both ends of the connection: OpenSSL's side of it knows no more. */
  readonly #waiting = new Map<string, Secured>();
  /** The certificate for those who name no host, as it is in use. */
  #fallback: UsableCertificate | undefined = undefined;
  #ticketKey: Buffer | undefined = undefined;
  /** One after another: what was configured last is in use in the end. */
  #refreshed: Promise<void> = Promise.resolve();
  /** Set until that has been read for the first time: nobody could be answered before. */
  #untilReady: Promise<void> | undefined;

  constructor(tls: ListenerTls, hasHttp2: boolean, parts: HandshakeParts) {
    this.tls = tls;
    this.#parts = parts;
    const { minVersion, clientCertificates } = tls;
    this.#options = { id: digestOf(JSON.stringify(tls)), minVersion, ca: clientCertificates?.ca };
    this.#server = process.getBuiltinModule("node:tls").createServer({
      ...this.#shared(),
      ALPNProtocols: [...offeredProtocols(hasHttp2)],
      requestCert: clientCertificates !== undefined,
      rejectUnauthorized: clientCertificates?.required === true,
      // The entrance counts the time, from the first byte on.
      handshakeTimeout: 0,
      SNICallback: (name, answer) => {
        this.#choose(name).then(
          (usable) => {
            answer(null, usable?.context);
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
      this.#parts.failed("handshake", failure.code ?? failure.message, socket.remoteAddress ?? "");
      socket.destroy();
    });
    this.#untilReady = this.refresh().finally(() => {
      this.#untilReady = undefined;
    });
  }

  /** `secured` is called unless the socket is closed before. */
  begin(socket: Socket, secured: Secured): void {
    const peer = peerOf(socket);
    this.#waiting.set(peer, secured);
    socket.once("close", () => {
      if (this.#waiting.get(peer) === secured) this.#waiting.delete(peer);
    });
    if (this.#untilReady === undefined) this.#server.emit("connection", socket);
    else
      void this.#untilReady.then(() => {
        if (!socket.destroyed) this.#server.emit("connection", socket);
      });
  }

  /**
   * Takes what is configured and on disk by now for those who name no host: after a switch, and
   * when a certificate was replaced. Resolves when it is in use.
   */
  refresh(): Promise<void> {
    this.#refreshed = this.#refreshed.catch(() => undefined).then(() => this.#refresh());
    return this.#refreshed;
  }

  async #refresh(): Promise<void> {
    const usable = await this.#default();
    const ticketKey = this.#parts.ticketKey();
    // One that cannot be used leaves the one before.
    if (usable !== undefined && usable !== this.#fallback)
      this.#server.setSecureContext({ ...this.#shared(usable), ...usable.made });
    else if (ticketKey !== this.#ticketKey) this.#server.setTicketKeys(ticketKey);
    this.#fallback = usable ?? this.#fallback;
    this.#ticketKey = ticketKey;
  }

  async #default(): Promise<UsableCertificate | undefined> {
    const table = this.#parts.table();
    return table === undefined ? undefined : this.#usable(defaultHolder(table));
  }

  /**
   * Without a usable one of its own, a site is answered with the default certificate: who does not
   * check it is served.
   */
  async #choose(name: string): Promise<UsableCertificate | undefined> {
    const table = this.#parts.table();
    return table === undefined ? undefined : this.#usable(certificateHolder(table, name));
  }

  async #usable(holder: VirtualHost | undefined): Promise<UsableCertificate | undefined> {
    const files = holder === undefined ? undefined : certificateFiles(holder, this.#parts.certificateFolder);
    return files === undefined ? undefined : this.#parts.contexts.get(files, this.#options);
  }

  #secured(socket: TLSSocket): void {
    const peer = peerOf(socket);
    const secured = this.#waiting.get(peer);
    this.#waiting.delete(peer);
    // Whose peer has gone by now, nobody can say who it was.
    if (secured === undefined) socket.destroy();
    else secured(socket, this.tls.clientCertificates === undefined ? undefined : certificateOf(socket));
  }

  #shared(usable?: UsableCertificate) {
    const { id } = this.#options;
    return {
      ...secureOptions(this.tls.minVersion),
      ca: [] as string[],
      ticketKeys: this.#parts.ticketKey(),
      // A session proves nothing at a listener with other authorities, nor once these have changed;
      // all workers and their successors name it alike.
      sessionIdContext: usable === undefined ? id : digestOf(`${id} ${String(usable.made.ca)}`),
    };
  }
}

/** Only one that an authority of the listener has signed. */
function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return undefined;
  const { subject, fingerprint256 } = certificate;
  return {
    // Only line feeds part its lines: other ends of lines may stand in a value.
    commonName:
      subject
        .split("\n")
        .find((line) => line.startsWith("CN="))
        ?.slice(3) ?? "",
    fingerprint: fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** As long as OpenSSL lets the name of a context of sessions be. */
function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** The same peer may have connected from one port to several of our addresses. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress ?? ""} ${String(remotePort)} ${localAddress ?? ""}`;
}
