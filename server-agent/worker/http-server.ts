/** Accepts connections on the supervisor's sockets and gives each request to the pipeline. */
import { createServer, type Server, type Socket } from "node:net";
import { Connection, type ConnectionOwner, type Place } from "./http1/connection.ts";
import type { IncomingRequest } from "./http1/incoming-request.ts";
import type { OutgoingResponse } from "./http1/outgoing-response.ts";
import type { ListenerName } from "./protocol.ts";
import type { Log } from "../log.ts";
import type { InFlight } from "./in-flight.ts";

const SWEEP_INTERVAL_MS = 1000;
const TCP_KEEP_ALIVE_MS = 60_000;
/** What keeps failing is said this often. */
const ACCEPT_WARNING_INTERVAL_MS = 60_000;

export interface RequestSink {
  request(connection: Connection<InFlight>, request: IncomingRequest, response: OutgoingResponse): void;
  /** The response was sent, or the connection has closed; there may have been nothing in flight. */
  ended(connection: Connection<InFlight>): void;
}

export class HttpServer implements ConnectionOwner<InFlight> {
  readonly #connections = new Set<Connection<InFlight>>();
  /** By number of the supervisor's socket. */
  readonly #listeners = new Map<number, { readonly place: Place; readonly acceptor: Server }>();
  readonly #sink: RequestSink;
  readonly #log: Log;
  #saidAt = 0;
  #sweeper: NodeJS.Timeout | undefined = undefined;
  #retiredAt = 0;
  #closeIdleAfter = Infinity;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(sink: RequestSink, log: Log) {
    this.#sink = sink;
    this.#log = log;
  }

  get isRetiring(): boolean {
    return this.#retiredAt > 0;
  }

  /**
   * Accepts on a socket of the supervisor's. `handle` is what came with the message: a `net.Server`
   * or a bare handle, listening or just bound.
   */
  listen({ socket: number, name }: ListenerName, handle: unknown): Promise<void> {
    if (handle === undefined || handle === null)
      return Promise.reject(new Error(`no socket came with the order to listen on ${name}`));
    this.unlisten(number);
    const place: Place = { listener: name };
    // Half-open, or a client that closes its side early would lose the response.
    const acceptor = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS },
      (socket) => {
        this.#accept(socket, place);
      },
    );
    this.#listeners.set(number, { place, acceptor });
    return new Promise((resolve, reject) => {
      acceptor.once("error", reject);
      acceptor.listen(handle, () => {
        acceptor.off("error", reject);
        acceptor.on("error", (failure) => {
          this.#onAcceptFailed(failure);
        });
        resolve();
      });
    });
  }

  /** Closes this process' copy of the socket; the connections and the supervisor's copy stay. */
  unlisten(socket: number): void {
    this.#listeners.get(socket)?.acceptor.close();
    this.#listeners.delete(socket);
  }

  /** What the configuration calls the sockets from now on, for their open connections too. */
  rename(names: readonly ListenerName[]): void {
    for (const { socket, name } of names) {
      const listener = this.#listeners.get(socket);
      if (listener !== undefined) listener.place.listener = name;
    }
  }

  /** Stops accepting. Idle connections may stay for `closeIdleAfter` (ms) more. */
  retire(closeIdleAfter: number): void {
    for (const { acceptor } of this.#listeners.values()) acceptor.close();
    this.#retiredAt = Date.now();
    this.#closeIdleAfter = closeIdleAfter;
    if (closeIdleAfter === 0)
      for (const connection of this.#connections) if (!connection.isBusy) connection.closeGently();
  }

  /** Calls back when no connection is left, now or later. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    if (this.#connections.size === 0) callback();
  }

  request(connection: Connection<InFlight>, request: IncomingRequest, response: OutgoingResponse): void {
    this.#sink.request(connection, request, response);
  }

  ended(connection: Connection<InFlight>): void {
    this.#sink.ended(connection);
  }

  closed(connection: Connection<InFlight>): void {
    this.#connections.delete(connection);
    if (this.#connections.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#whenEmpty?.();
  }

  /** Out of descriptors, as a rule: a visitor was turned away. */
  #onAcceptFailed(failure: Error): void {
    const now = Date.now();
    if (now - this.#saidAt < ACCEPT_WARNING_INTERVAL_MS) return;
    this.#saidAt = now;
    this.#log.warn("a connection cannot be accepted", { why: failure.message, open: this.#connections.size });
  }

  #accept(socket: Socket, place: Place): void {
    this.#connections.add(new Connection(socket, place, this));
    this.#sweeper ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_INTERVAL_MS).unref();
  }

  /**
   * One timer for all connections: a timer for each would cost more than looking at all of them now
   * and then.
   */
  #sweep(): void {
    const now = Date.now();
    // A client that was promised keep-alive just now gets a moment to use it: its request gets an
    // answer, and `Connection: close` with it.
    const closeIdleAfter =
      this.isRetiring && now - this.#retiredAt >= this.#closeIdleAfter ? SWEEP_INTERVAL_MS : Infinity;
    for (const connection of this.#connections) connection.sweep(now, closeIdleAfter);
  }
}
