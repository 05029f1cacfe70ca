/** One request to an upstream, as the pool and the connection see it. */
import type { BalanceFacts } from "../../core/balance/balance-key.ts";
import type { ResponseSink } from "../upstream-protocols/response-reader.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

/** The connection that carries a call, as the call uses it. */
export interface CallConnection {
  /** @returns False when the caller should wait for `onDrain`. */
  write(bytes: Buffer | string): boolean;
  /** Puts several writes into one packet. */
  cork(): void;
  uncork(): void;
  /** The body was written completely. */
  finishRequest(): void;
  pause(): void;
  resume(): void;
  /** Gives the call up, silently, and the connection with it. */
  abort(): void;
  /** The same for a call whose head has said all: a program of its own may do what it has to do. */
  leave(): void;
}

/** What a head may depend on. */
export interface CallTarget {
  /** For logs. */
  readonly name: string;
  /** Its own `Host`. */
  readonly authority: string;
  /** How TLS is spoken with it; undefined: it is not. */
  readonly tls: object | undefined;
  /** By which visitors stick to it. */
  readonly id: string | undefined;
  /** Connections to it may be used again. */
  readonly keepsIdle: boolean;
  /** How HTTP/2 is spoken with it; undefined: it is not. */
  readonly http2Scheme: "http" | "https" | undefined;
}

export interface UpstreamCall extends ResponseSink {
  readonly method: string;
  /** What the choice of a target depends on. */
  readonly facts: BalanceFacts;
  /** Sending it twice does no harm, and is possible (`core/balance/repeatable.ts`). */
  readonly repeatable: boolean;
  readonly hasBody: boolean;
  /** Nothing of its body is gone: it can be sent again if the target did nothing with it. */
  readonly isWhole: boolean;
  /** The request head for this target, with the empty line, one character per byte. */
  head(target: CallTarget): string;
  /**
   * The connection that will carry the call; while a connection is being made, it cannot be written
   * to yet.
   */
  attach(connection: CallConnection): void;
  /** It waits for a target that takes connections; or no longer. */
  onHeld(isHeld: boolean): void;
  /**
   * The head was written: the body may follow. Called again on another connection only if the call
   * is repeatable.
   */
  onReady(): void;
  /** The connection takes more of the body. */
  onDrain(): void;
  /**
   * Everything that one read brought has been reported. What `onBody` gave is valid until this
   * returns.
   */
  onReadEnd(complete: boolean): void;
  /** The call is over without a complete response. */
  onFailure(failure: UpstreamFailure): void;
}
