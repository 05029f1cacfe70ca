/**
 * What carries a request: for HTTP/1.1 its connection, which carries one after another; for HTTP/2
 * a stream, of which a connection has many.
 */
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ClientCertificate } from "../../core/routing/request-facts.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { OutgoingResponse } from "./outgoing-response.ts";
import type { Refusal } from "./refusal.ts";

/**
 * Where connections come in; shared by those of one listening socket, for its name may change while
 * they are open.
 */
export interface Place {
  /** Name of the listener; for a page source, id of its web server. */
  listener: string;
  /** A web server asks here on behalf of its visitors. */
  readonly isPageSource: boolean;
  /** Visitors may speak HTTP/2 here. */
  http2?: Http2Options | undefined;
}

export interface Http2Options {
  /** How many requests of one connection may be answered at once. */
  readonly maxStreams?: number | undefined;
}

/** What is known of a connection before its first request. */
export interface Arrival {
  /** It is secured by TLS, to this process. */
  readonly isSecure: boolean;
  /** HTTP/2 was agreed upon. */
  readonly isHttp2?: boolean;
  /** As in `TLSv1.3`. */
  readonly tlsVersion?: string;
  /** Who has connected, where that is not the peer of the socket. */
  readonly client?: string;
  readonly clientCertificate?: ClientCertificate;
}

export const PLAIN_ARRIVAL: Arrival = { isSecure: false };

/** Agreement with the visitor to speak another protocol (RFC 9110, 7.8; RFC 8441). */
export interface Agreement {
  readonly reason: string;
  /** Name, value, name, value; those about the connection not among them. */
  readonly fields: readonly string[];
}

/** What is left of a request whose visitor speaks another protocol from now on. */
export interface Taken {
  readonly stream: Duplex;
  /** What he has sent after the request. */
  readonly head: Buffer;
}

/** @typeParam Entry What the owner keeps with the request that is being answered. */
export interface Carrier<Entry = unknown> {
  readonly place: Place;
  readonly arrival: Arrival;
  /** Address of the peer as the platform names it. */
  readonly peer: string;
  /** Host header as it came last, and what it means: a connection mostly asks for one host. */
  readonly lastHost: { field: string | undefined; name: string };
  /** The owner's, while a request is being answered. */
  entry: Entry | undefined;
  /** The client has ended its side. */
  readonly hasPeerEnded: boolean;
  /** The connection ends once what is being answered was sent; nothing that comes later is. */
  closeAfterwards(): void;
  /** Ends the request at once, answered or not. */
  cut(): void;
  /** Agrees to speak WebSocket instead, after an upgrade. */
  takeOver(agreement: Agreement): Taken;
}

/** A visitor's connection, as who accepts it looks after it. */
export interface VisitorConnection {
  /** Something is being answered. */
  readonly isBusy: boolean;
  /** No byte ever came. */
  readonly isUnused: boolean;
  /**
   * Since when (`steadyNow`) nothing came and nothing is asked; undefined while something is
   * going on, and up to the first sweep after a request.
   */
  readonly idleSince: number | undefined;
  /**
   * Called about once a second. `closeIdleAfter` (ms) is shorter than usual while the worker
   * retires.
   */
  sweep(now: number, closeIdleAfter: number): void;
  /** The worker retires. `isAtOnce`: what comes from now on is not answered if that can be. */
  retire(isAtOnce: boolean): void;
  destroy(): void;
}

export interface ConnectionOwner<Entry> {
  /** Responses from now on are the last ones of their connections. */
  readonly isRetiring: boolean;
  /** A request has arrived up to the end of its head. */
  request(carrier: Carrier<Entry>, request: IncomingRequest, response: OutgoingResponse): void;
  /** The response was sent completely, or what carries it has closed. */
  ended(carrier: Carrier<Entry>): void;
  /** Something came that never became a request; it is dealt with. */
  refused(from: Pick<Carrier, "place" | "arrival" | "peer">, refusal: Refusal): void;
  closed(connection: VisitorConnection): void;
  /**
   * What came is the beginning of HTTP/2, which is spoken here: the connection has left its socket,
   * and what was read of it, to the owner.
   */
  beganHttp2?(connection: VisitorConnection & Pick<Carrier, "arrival" | "place">, socket: Socket, bytes: Buffer): void;
}
