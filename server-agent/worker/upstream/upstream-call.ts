/** One request to an upstream, as the pool and the connection see it. */
import type { ResponseSink } from "./response-parser.ts";
import type { Target } from "./target.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import type { UpstreamFailure } from "./upstream-failure.ts";

export interface UpstreamCall extends ResponseSink {
  readonly method: string;
  /**
   * Sending it twice does no harm and is possible: an idempotent method (RFC 9110, 9.2.2) without a
   * body.
   */
  readonly repeatable: boolean;
  readonly hasBody: boolean;
  /** The request head for this target, with the empty line, one character per byte. */
  head(target: Target): string;
  /**
   * The connection that will carry the call; while a connection is being made, it cannot be written
   * to yet.
   */
  attach(connection: UpstreamConnection): void;
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
