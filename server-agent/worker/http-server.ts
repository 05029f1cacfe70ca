/** Accepts connections on the supervisor's sockets and gives each request to the pipeline. */
import { createServer, type Server, type Socket } from "node:net";
import {
  type Arrival,
  type Carrier,
  type ConnectionOwner,
  type Http2Options,
  type Place,
  PLAIN_ARRIVAL,
  type VisitorConnection,
} from "./http/carrier.ts";
import { Connection } from "./http1/connection.ts";
import { Http2Connection } from "./http2/connection.ts";
import type { IncomingRequest } from "./http/incoming-request.ts";
import type { OutgoingResponse } from "./http/outgoing-response.ts";
import { steadyNow } from "./http/steady-clock.ts";
import type { ListenerName } from "./protocol.ts";
import type { Log } from "../log.ts";
import type { Descriptors } from "./descriptors.ts";
import type { InFlight } from "./in-flight.ts";
import { Entrance, type EntranceParts } from "./tls/entrance.ts";

const SWEEP_INTERVAL_MS = 1000;
const TCP_KEEP_ALIVE_MS = 60_000;
/** What keeps failing is said this often. */
const ACCEPT_WARNING_INTERVAL_MS = 60_000;
/** How many connections more than needed give way at a time. */
const MIN_ROOM = 4;
const ROOM_SHARE = 0.02;
/**
 * A visitor's first byte may be on its way for this long (ms), and so may the next request of one
 * who has just been answered.
 */
const UNUSED_GRACE_MS = 100;
/** A turn may be long, so that time alone does not say whether a visitor has been listened to. */
const TURNS_TO_READ = 2;
/** Where there is no room for a connection, it is looked for this often. */
const ROOM_INTERVAL_MS = 250;
const IDLE_GRACE_MS = 1000;

export interface RequestSink {
  request(carrier: Carrier<InFlight>, request: IncomingRequest, response: OutgoingResponse): void;
  refused: ConnectionOwner<InFlight>["refused"];
  /** A connection was accepted. */
  accepted(): void;
  /** The response was sent, or the connection has closed; there may have been nothing in flight. */
  ended(carrier: Carrier<InFlight>): void;
}

export interface HttpServerOptions {
  readonly sink: RequestSink;
  readonly descriptors: Descriptors;
  /** Gives up descriptors that other parts of the worker hold in advance. */
  makeRoom(): void;
  /**
   * The worker has stopped accepting for want of descriptors, or could accept again and needs its
   * listening sockets anew. `failed`: visitors turned away since it was told last.
   */
  accepting(isFull: boolean, failed: number): void;
  readonly entrances: EntranceParts;
  readonly log: Log;
}

/** One of the supervisor's sockets. */
interface Listening {
  readonly place: Place;
  readonly acceptor: Server;
  /** What stands before the first request, where it is more than TCP. */
  entrance: Entrance | undefined;
}

export class HttpServer implements ConnectionOwner<InFlight> {
  /** With the turn of the event loop in which they were accepted. */
  readonly #connections = new Map<VisitorConnection, number>();
  #turn = 0;
  #nextTurn: NodeJS.Immediate | undefined = undefined;
  #lastAccept = 0;
  /** By number of the supervisor's socket. */
  readonly #listeners = new Map<number, Listening>();
  /** All with somebody in them, also of sockets that are no longer listened on. */
  readonly #entrances = new Set<Entrance>();
  readonly #options: HttpServerOptions;
  /** Runs while there are no descriptors for more connections. */
  #untilRoom: NodeJS.Timeout | undefined = undefined;
  #failedAccepts = 0;
  #saidAt = 0;
  #sweeper: NodeJS.Timeout | undefined = undefined;
  #retiredAt = 0;
  #closeIdleAfter = Infinity;
  #whenEmpty: (() => void) | undefined = undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  get isRetiring(): boolean {
    return this.#retiredAt > 0;
  }

  /**
   * Accepts on a socket of the supervisor's. `handle` is what came with the message: a `net.Server`
   * or a bare handle, listening or just bound.
   */
  listen(listener: ListenerName, handle: unknown): Promise<void> {
    const { socket: number, name, isPageSource = false } = listener;
    if (handle === undefined || handle === null) {
      // There was no descriptor for it: it is asked for again.
      this.#becomeFull("a listening socket could not be received");
      return Promise.reject(new Error(`no socket came with the order to listen on ${name}`));
    }
    this.unlisten(number);
    const place: Place = { listener: name, isPageSource, http2: http2Of(listener) };
    // Half-open, or a client that closes its side early would lose the response.
    const acceptor = createServer(
      {
        allowHalfOpen: true,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: TCP_KEEP_ALIVE_MS,
        pauseOnConnect: true,
      },
      (socket) => {
        this.#accept(socket, listening);
      },
    );
    const listening: Listening = { place, acceptor, entrance: this.#entranceOf(listener, undefined) };
    this.#listeners.set(number, listening);
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

  /**
   * What the configuration calls the sockets from now on, for their open connections too, and how
   * those come in that are accepted from now on.
   */
  rename(names: readonly ListenerName[]): void {
    for (const name of names) {
      const listening = this.#listeners.get(name.socket);
      if (listening === undefined) continue;
      listening.place.listener = name.name;
      listening.place.http2 = http2Of(name);
      listening.entrance = this.#entranceOf(name, listening.entrance);
    }
    this.refreshEntrances();
  }

  /** The certificates in use, or their names, may have changed. */
  refreshEntrances(): void {
    for (const { entrance } of this.#listeners.values()) void entrance?.refresh();
  }

  /** Stops accepting. Idle connections may stay for `closeIdleAfter` (ms) more. */
  retire(closeIdleAfter: number): void {
    for (const { acceptor } of this.#listeners.values()) acceptor.close();
    this.#retiredAt = steadyNow();
    this.#closeIdleAfter = closeIdleAfter;
    for (const connection of this.#connections.keys()) connection.retire(closeIdleAfter === 0);
    if (closeIdleAfter === 0) for (const entrance of this.#entrances) entrance.close(Infinity);
  }

  /** Calls back when no connection is left, now or later. */
  whenEmpty(callback: () => void): void {
    this.#whenEmpty = callback;
    this.#lookWhetherEmpty();
  }

  request(carrier: Carrier<InFlight>, request: IncomingRequest, response: OutgoingResponse): void {
    this.#options.sink.request(carrier, request, response);
  }

  ended(carrier: Carrier<InFlight>): void {
    this.#options.sink.ended(carrier);
  }

  refused(...refused: Parameters<RequestSink["refused"]>): void {
    this.#options.sink.refused(...refused);
  }

  /** Connections by what is spoken; those on their way in speak nothing yet. */
  get open(): { http1: number; http2: number; entering: number } {
    let http2 = 0;
    for (const connection of this.#connections.keys()) if (connection instanceof Http2Connection) http2 += 1;
    let entering = 0;
    for (const entrance of this.#entrances) entering += entrance.size;
    return { http1: this.#connections.size - http2, http2, entering };
  }

  closed(connection: VisitorConnection): void {
    this.#connections.delete(connection);
    this.#lookWhetherEmpty();
  }

  beganHttp2({ arrival, place }: Pick<Carrier, "arrival" | "place">, socket: Socket, bytes: Buffer): void {
    const connection = new Http2Connection(socket, place, this, arrival);
    this.#connections.set(connection, this.#turn);
    connection.begin(bytes);
  }

  #lookWhetherEmpty(): void {
    if (this.#connections.size > 0 || this.#entrances.size > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
    this.#whenEmpty?.();
  }

  #entranceOf(listener: ListenerName, before: Entrance | undefined): Entrance | undefined {
    if (listener.tls === undefined && listener.proxyProtocol !== true) return undefined;
    return before?.isFor(listener) === true ? before : new Entrance(listener, this.#options.entrances);
  }

  /** Out of descriptors, as a rule: a visitor was turned away. */
  #onAcceptFailed(failure: Error): void {
    this.#failedAccepts += 1;
    this.#becomeFull(failure.message);
  }

  /** Counts turns until the latest connection has been read. */
  readonly #onTurn = (): void => {
    this.#turn += 1;
    this.#nextTurn = this.#turn < this.#lastAccept + TURNS_TO_READ ? setImmediate(this.#onTurn) : undefined;
  };

  #begin(socket: Socket, place: Place, arrival: Arrival): void {
    const connection =
      arrival.isHttp2 === true
        ? new Http2Connection(socket, place, this, arrival)
        : new Connection(socket, place, this, arrival);
    this.#connections.set(connection, this.#turn);
    this.#lastAccept = this.#turn;
    if (this.#nextTurn === undefined) this.#nextTurn = setImmediate(this.#onTurn);
  }

  #enter(socket: Socket, entrance: Entrance, place: Place): void {
    const leave = (): void => {
      if (entrance.size > 0) return;
      this.#entrances.delete(entrance);
      this.#lookWhetherEmpty();
    };
    this.#entrances.add(entrance);
    const pass = (secure: Socket, arrival: Arrival): void => {
      this.#begin(secure, place, arrival);
      leave();
    };
    entrance.take(socket, pass, leave);
  }

  #accept(socket: Socket, { place, entrance }: Listening): void {
    this.#options.sink.accepted();
    if (entrance === undefined) this.#begin(socket, place, PLAIN_ARRIVAL);
    else this.#enter(socket, entrance, place);
    this.#sweeper ??= setInterval(() => {
      this.#sweep();
    }, SWEEP_INTERVAL_MS).unref();
    const { descriptors } = this.#options;
    const excess = descriptors.excess(socket);
    if (excess <= 0) return;
    const freed = this.#makeRoom(excess);
    if (descriptors.left(socket) + freed <= 0) this.#becomeFull("nearly all descriptors are in use");
  }

  /**
   * Connections that nobody uses give way to visitors: those that never sent a byte first, then
   * those that are idle longest. Returns how many there were; a few more than wanted, so that not
   * every visitor makes all be looked at.
   */
  #makeRoom(wanted: number): number {
    const now = steadyNow();
    const unused: VisitorConnection[] = [];
    const idle: { connection: VisitorConnection; since: number }[] = [];
    for (const [connection, turn] of this.#connections) {
      const since = connection.idleSince;
      // What a visitor has sent is read in the turn after the one in which he was accepted.
      if (since === undefined || this.#turn < turn + TURNS_TO_READ) continue;
      if (connection.isUnused && now - since >= UNUSED_GRACE_MS) unused.push(connection);
      else if (!connection.isUnused && now - since >= IDLE_GRACE_MS) idle.push({ connection, since });
    }
    idle.sort((a, b) => a.since - b.since);
    const count = wanted + Math.max(MIN_ROOM, Math.floor(this.#connections.size * ROOM_SHARE));
    let entering = 0;
    for (const entrance of this.#entrances) entering += entrance.close(now - IDLE_GRACE_MS);
    const leaving = [...unused, ...idle.map(({ connection }) => connection)].slice(0, count);
    for (const connection of leaving) connection.destroy();
    this.#options.makeRoom();
    return entering + leaving.length;
  }

  /**
   * Accepts nothing more: who waits in the sockets' queues is taken by the other workers, or by
   * this one when it has room again.
   */
  #becomeFull(why: string): void {
    if (this.isRetiring || this.#untilRoom !== undefined) return;
    const now = steadyNow();
    if (now - this.#saidAt >= ACCEPT_WARNING_INTERVAL_MS) {
      this.#saidAt = now;
      const open = this.#connections.size;
      this.#options.log.warn("out of file descriptors; accepting no connections until some are free", { why, open });
    }
    for (const number of [...this.#listeners.keys()]) this.unlisten(number);
    this.#untilRoom = setInterval(() => {
      this.#makeRoom(0);
      if (!this.#options.descriptors.areSpentNow()) this.#acceptAgain();
    }, ROOM_INTERVAL_MS).unref();
    this.#tellAccepting(true);
  }

  #acceptAgain(): void {
    clearInterval(this.#untilRoom);
    this.#untilRoom = undefined;
    if (!this.isRetiring) this.#tellAccepting(false);
  }

  #tellAccepting(isFull: boolean): void {
    this.#options.accepting(isFull, this.#failedAccepts);
    this.#failedAccepts = 0;
  }

  /**
   * One timer for all connections: a timer for each would cost more than looking at all of them now
   * and then.
   */
  #sweep(): void {
    const now = steadyNow();
    // A client that was promised keep-alive just now gets a moment to use it: its request gets an
    // answer, and `Connection: close` with it.
    const closeIdleAfter =
      this.isRetiring && now - this.#retiredAt >= this.#closeIdleAfter ? SWEEP_INTERVAL_MS : Infinity;
    for (const entrance of this.#entrances) entrance.sweep(now);
    for (const connection of this.#connections.keys()) connection.sweep(now, closeIdleAfter);
  }
}

/** By agreement over TLS unless it is ruled out, and unasked where it is wanted. */
function http2Of({ tls, http2 = tls !== undefined }: ListenerName): Http2Options | undefined {
  return http2 === false ? undefined : http2 === true ? {} : http2;
}
