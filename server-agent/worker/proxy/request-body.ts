/** Passes the body of a visitor's request on to an upstream as fast as the upstream takes it. */
import type { BodyOrigin } from "./buffered-body.ts";
import type { Abandoned, BodyReader, IncomingRequest } from "../http/incoming-request.ts";
import type { CallConnection } from "../upstream/upstream-call.ts";
import type { Exchange } from "../exchange.ts";
import { isLongUpload } from "../request-kind.ts";

const METHODS_WITH_CONTENT: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/** How a body is written on a connection. */
export interface BodyWire {
  /** Writes a part; what `write` of the connection says is returned. */
  write(connection: CallConnection, bytes: Buffer): boolean;
  /** Ends the body. One character per byte. */
  readonly end: string;
}

const BY_LENGTH: BodyWire = { write: (connection, bytes) => connection.write(bytes), end: "" };
const CHUNKED: BodyWire = {
  write(connection, bytes) {
    connection.write(`${bytes.length.toString(16)}\r\n`);
    connection.write(bytes);
    return connection.write("\r\n");
  },
  end: "0\r\n\r\n",
};

/** As HTTP/1.1 has it: as the visitor's own body came. */
export function bodyWireOf(request: Pick<IncomingRequest, "chunked">): BodyWire {
  return request.chunked ? CHUNKED : BY_LENGTH;
}

/**
 * The header lines that say how the body ends. It ends as the visitor's did: by length, or in
 * chunks.
 */
export function framingOf(request: Pick<IncomingRequest, "chunked" | "contentLength" | "method">): string {
  if (request.chunked) return "Transfer-Encoding: chunked\r\n";
  const length = request.contentLength ?? (METHODS_WITH_CONTENT.has(request.method) ? 0 : undefined);
  return length === undefined ? "" : `Content-Length: ${String(length)}\r\n`;
}

export class RequestBody implements BodyReader {
  readonly #exchange: Exchange;
  readonly #origin: BodyOrigin;
  readonly #connection: CallConnection;
  readonly #wire: BodyWire;
  readonly #onAbandoned: (status: Abandoned) => void;
  /** What has arrived and is not passed on yet. */
  #parts: Buffer[] = [];
  #isDue = false;
  #ended = false;
  #stopped = false;

  /** @param onAbandoned Called when the rest of the body will not come. */
  constructor(
    exchange: Exchange,
    origin: BodyOrigin,
    connection: CallConnection,
    wire: BodyWire,
    onAbandoned: (status: Abandoned) => void,
  ) {
    this.#exchange = exchange;
    this.#origin = origin;
    this.#onAbandoned = onAbandoned;
    this.#connection = connection;
    const { request, entry } = exchange;
    this.#wire = wire;
    const length = request.contentLength ?? 0;
    if (isLongUpload(length)) {
      entry.kind = "upload";
      entry.bytesExpected = length;
    }
    origin.read(this);
  }

  resume(): void {
    this.#origin.resume();
  }

  /** What still comes is left to the server. */
  stop(): void {
    this.#stopped = true;
    // Without a reader it would stand still, and with it the visitor's connection.
    this.#origin.discard();
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

  onAbandoned(status: Abandoned): void {
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
      if (!more) this.#origin.pause();
      return;
    }
    if (this.#wire.end !== "") this.#connection.write(this.#wire.end);
    this.#connection.finishRequest();
  };

  #write(bytes: Buffer): boolean {
    this.#connection.cork();
    const more = this.#wire.write(this.#connection, bytes);
    this.#connection.uncork();
    return more;
  }
}
