/** How responses are read off the connection to an upstream, whatever is spoken there. */
import type { ResponseHead } from "./response-head.ts";

export interface ResponseSink {
  /** A 1xx response; the final one is still to come. */
  onInformation(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /**
   * A part of the body, transfer coding removed. The bytes are valid during this call and up to the
   * end of the read that brought them, no longer.
   */
  onBody(bytes: Buffer): void;
  /** Fields behind the body: name, value, name, value. Of HTTP/2 alone; others leave them out. */
  onTrailers?(fields: readonly string[]): void;
  /** What the application writes for its operator; valid as long as a part of the body is. */
  onErrorOutput?(bytes: Buffer): void;
}

/** Reads one response after another off a connection, whatever pieces it comes in. */
export interface ResponseReader {
  /** Expects the response to a request with this method. */
  begin(method: string): void;
  /** The whole response was read. */
  readonly complete: boolean;
  /** Not a byte of the response has come yet, neither of an informational one. */
  readonly untouched: boolean;
  /** Head of the final response, once it was read. */
  readonly head: ResponseHead | undefined;
  /**
   * @returns How many bytes belong to this response; fewer than given means that something follows
   *   it.
   * @throws MalformedMessage
   */
  feed(bytes: Buffer): number;
  /**
   * The upstream ended the connection.
   *
   * @throws MalformedMessage when the response is not complete.
   */
  finish(): void;
}
