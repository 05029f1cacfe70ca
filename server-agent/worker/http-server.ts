/**
 * Accepts connections on the supervisor's sockets and gives each request to the pipeline.
 *
 * One `http.Server` that never listens serves the connections of all listeners: its own `close()` would destroy idle connections (promise 1), and its bookkeeping of
 * timeouts costs a set operation per request, for which the sweep stands in.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createAcceptor, type Server as Acceptor, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Connection, connectionOf } from "./connection.ts";
import { createServer } from "../node-http.ts";

/** Head of a request, all fields together (bytes). */
export const LARGEST_HEAD = 32 * 1024;
const SWEEP_MS = 1000;
const TCP_KEEPALIVE_MS = 60_000;

export interface RequestSink {
  request(connection: Connection, request: IncomingMessage, response: ServerResponse): void;
  /** Whether `upgrade` is to be called for this request instead of `request`. */
  upgrades(connection: Connection, request: IncomingMessage): boolean;
  upgrade(connection: Connection, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The socket has closed with requests still in flight. */
  closed(connection: Connection): void;
}

export class HttpServer {
  readonly #connections = new Set<Connection>();
  readonly #acceptors = new Map<string, Acceptor>();
  readonly #sink: RequestSink;
  readonly #server: Server;
  #sweeper: NodeJS.Timeout | undefined = undefined;
  #retiredAt = 0;
  #closeIdleAfter = Infinity;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(sink: RequestSink) {
    this.#sink = sink;
    const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
      this.#onRequest(request, response);
    };
    this.#server = createServer(
      {
        // Requests without a body are the rule; their streams start out ended.
        optimizeEmptyRequests: true,
        maxHeaderSize: LARGEST_HEAD,
        // The sweep does what these do, without a timer for each request; `readFacts` looks at Host.
        keepAliveTimeout: 0,
        headersTimeout: 0,
        requestTimeout: 0,
        requireHostHeader: false,
        shouldUpgradeCallback: (request) => sink.upgrades(connectionOf(request.socket), request),
      },
      onRequest,
    );
    this.#server.on("checkContinue", onRequest);
    // A server may answer an expectation that it does not know with 417; ignoring it serves the visitor better.
    this.#server.on("checkExpectation", onRequest);
    this.#server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => undefined); // its `close` follows, and that is looked at
      const connection = connectionOf(request.socket);
      connection.requests += 1;
      sink.upgrade(connection, request, socket, head);
    });
    this.#server.on("connect", (request: IncomingMessage, socket: Duplex) => {
      socket.on("error", () => undefined);
      connectionOf(request.socket).refuse(
        "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
      );
    });
    this.#server.on("clientError", onClientError);
  }

  get isRetiring(): boolean {
    return this.#retiredAt > 0;
  }

  /** Accepts on a socket of the supervisor's. `handle` is what came with the message: a `net.Server` or a bare handle, listening or just bound. */
  listen(name: string, handle: unknown): Promise<void> {
    if (handle === undefined || handle === null) return Promise.reject(new Error(`no socket came with the order to listen on ${name}`));
    this.unlisten(name);
    // Half-open, or a client that closes its side early would lose the response.
    const acceptor = createAcceptor({ allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEPALIVE_MS }, (socket) => {
      this.#accept(socket, name);
    });
    this.#acceptors.set(name, acceptor);
    return new Promise((resolve, reject) => {
      acceptor.once("error", reject);
      acceptor.listen(handle, () => {
        acceptor.off("error", reject);
        acceptor.on("error", () => undefined); // a failed accept (out of descriptors) concerns that connection alone
        resolve();
      });
    });
  }

  /** Closes this process' copy of the socket; the connections and the supervisor's copy stay. */
  unlisten(name: string): void {
    this.#acceptors.get(name)?.close();
    this.#acceptors.delete(name);
  }

  /** Stops accepting. Idle connections may stay for `closeIdleAfter` (ms) more. */
  retire(closeIdleAfter: number): void {
    for (const name of [...this.#acceptors.keys()]) this.unlisten(name);
    this.#retiredAt = Date.now();
    this.#closeIdleAfter = closeIdleAfter;
    if (closeIdleAfter === 0) for (const connection of this.#connections) if (connection.inFlight === 0) connection.closeGently();
  }

  /** Calls back when no connection is left, now or later. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    if (this.#connections.size === 0) callback();
  }

  #accept(socket: Socket, listener: string): void {
    const connection = new Connection(socket, listener);
    this.#connections.add(connection);
    socket.on("close", () => {
      this.#connections.delete(connection);
      if (connection.inFlight > 0) this.#sink.closed(connection);
      if (this.#connections.size > 0) return;
      clearInterval(this.#sweeper);
      this.#sweeper = undefined;
      this.#whenEmpty?.();
    });
    this.#sweeper ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_MS).unref();
    this.#server.emit("connection", socket);
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    const connection = connectionOf(request.socket);
    if (connection.closing) {
      request.resume();
      return;
    }
    connection.requests += 1;
    connection.request = request;
    if (!response.shouldKeepAlive) connection.peerCloses = true;
    if (this.isRetiring) response.shouldKeepAlive = false;
    this.#sink.request(connection, request, response);
  }

  #sweep(): void {
    const now = Date.now();
    // A client that was promised keep-alive just now gets a moment to use it: its request gets an answer, and `Connection: close` with it.
    const closeIdleAfter = this.isRetiring && now - this.#retiredAt >= this.#closeIdleAfter ? SWEEP_MS : Infinity;
    for (const connection of this.#connections) connection.sweep(now, closeIdleAfter);
  }
}

const STATUS_LINE: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Content Too Large",
};

/** The bytes on a connection are no HTTP (any more), or the connection broke. */
function onClientError(failure: Error & { code?: string }, socket: Duplex): void {
  const connection = connectionOf(socket);
  if (connection.closing) return;
  if (failure.code?.startsWith("HPE_") !== true) {
    socket.destroy();
    return;
  }
  const { newest } = connection;
  if (newest === undefined) {
    connection.refuse(`HTTP/1.1 ${STATUS_LINE[failure.code] ?? "400 Bad Request"}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  } else if (newest.request.complete) {
    // The garbage came after a good request; that one still gets its answer.
    newest.closeAfterwards();
    connection.closeWhenIdle = true;
  } else {
    // The body itself is broken: whoever waits for it must learn that it will not come.
    socket.destroy();
  }
}
