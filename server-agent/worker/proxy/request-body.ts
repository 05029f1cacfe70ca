/** Passes the body of a visitor's request on to an upstream as fast as the upstream takes it. */
import type { BodyReader, IncomingRequest } from "../http/incoming-request.ts";
import type { CallConnection } from "../upstream/upstream-call.ts";
import type { Exchange } from "../exchange.ts";
import { isLongUpload } from "../request-kind.ts";

const METHODS_WITH_CONTENT: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * The header lines that say how the body ends. It ends as the visitor's did: by length, or in
 * chunks.
 */
export function framingOf(request: IncomingRequest): string {
  if (request.chunked) return "Transfer-Encoding: chunked\r\n";
  const length = request.contentLength ?? (METHODS_WITH_CONTENT.has(request.method) ? 0 : undefined);
  return length === undefined ? "" : `Content-Length: ${String(length)}\r\n`;
}

export class RequestBody implements BodyReader {
  readonly #exchange: Exchange;
  readonly #connection: CallConnection;
  readonly #chunked: boolean;
  readonly #onAbandoned: (status: 400 | 408) => void;
  /** What has arrived and is not passed on yet. */
  #parts: Buffer[] = [];
  #isDue = false;
  #ended = false;
  #stopped = false;

  /** @param onAbandoned Called when the rest of the body will not come. */
  constructor(exchange: Exchange, connection: CallConnection, onAbandoned: (status: 400 | 408) => void) {
    this.#exchange = exchange;
    this.#onAbandoned = onAbandoned;
    this.#connection = connection;
    const { request, entry } = exchange;
    this.#chunked = request.chunked;
    const length = request.contentLength ?? 0;
    if (isLongUpload(length)) {
      entry.kind = "upload";
      entry.bytesExpected = length;
    }
    request.read(this);
  }

  resume(): void {
    this.#exchange.request.resume();
  }

  /** What still comes is left to the server. */
  stop(): void {
    this.#stopped = true;
    // Without a reader it would stand still, and with it the visitor's connection.
    this.#exchange.request.discard();
  }

  /**
   * Passed on once all sockets have been looked at again: an upstream that has answered meanwhile
   * and closed would break the connection at the first write, and its answer would be lost unread
   * (RFC 9112, 9.5). One immediate comes at the end of this turn of the event loop, the one that it
   * asks for after the next turn has read what is ready.
   */
  onData(bytes: Buffer): void {
    const { entry } = this.#exchange;
    entry.bytesReceived += bytes.length;
    if (entry.kind === "page" && isLongUpload(entry.bytesReceived)) entry.kind = "upload";
    this.#parts.push(bytes);
    this.#passOnSoon();
  }

  onEnd(): void {
    this.#ended = true;
    this.#passOnSoon();
  }

  onAbandoned(status: 400 | 408): void {
    if (!this.#stopped) this.#onAbandoned(status);
  }

  #passOnSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => setImmediate(this.#passOn));
  }

  readonly #passOn = (): void => {
    this.#isDue = false;
    if (this.#stopped) return;
    const parts = this.#parts;
    this.#parts = [];
    let more = true;
    for (const part of parts) more = this.#write(part);
    if (!this.#ended) {
      if (!more) this.#exchange.request.pause();
      return;
    }
    if (this.#chunked) this.#connection.write("0\r\n\r\n");
    this.#connection.finishRequest();
  };

  #write(bytes: Buffer): boolean {
    if (!this.#chunked) return this.#connection.write(bytes);
    this.#connection.cork();
    this.#connection.write(`${bytes.length.toString(16)}\r\n`);
    this.#connection.write(bytes);
    const more = this.#connection.write("\r\n");
    this.#connection.uncork();
    return more;
  }
}
