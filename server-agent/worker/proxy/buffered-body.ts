/**
 * A request's body that is complete before an upstream is asked, so that no slow visitor keeps one
 * of its processes. What does not fit in the memory for it is passed on as it comes.
 */
import type { Exchange } from "../exchange.ts";
import type { Abandoned, BodyReader, IncomingRequest } from "../http/incoming-request.ts";

/** Of all bodies of this worker: many that arrive slowly must not take all memory. */
const MAX_BYTES_IN_ALL = 64 * 1024 * 1024;

let bytesInAll = 0;

/** Where the body of a request is read from. */
export type BodyOrigin = Pick<IncomingRequest, "read" | "pause" | "resume" | "discard">;

/**
 * Calls `send` once the body is here, or too long to wait for. If it does not come, the request is
 * answered here.
 *
 * @param maxBytes Of this body; undefined: nothing is waited for.
 */
export function bufferBody(
  exchange: Exchange,
  maxBytes: number | undefined,
  send: (buffered: BufferedBody | undefined) => void,
): void {
  if (maxBytes === undefined || !exchange.request.hasBody) send(undefined);
  else new BufferedBody(exchange, maxBytes, send).begin();
}

export class BufferedBody implements BodyOrigin, BodyReader {
  readonly #exchange: Exchange;
  readonly #maxBytes: number;
  readonly #send: (buffered: BufferedBody) => void;
  #parts: Buffer[] = [];
  #bytes = 0;
  #state: "collecting" | "whole" | "passing" | "over" = "collecting";
  /** The rest did not come while an upstream was looked for. */
  #abandoned: Abandoned | undefined = undefined;

  constructor(exchange: Exchange, maxBytes: number, send: (buffered: BufferedBody) => void) {
    this.#exchange = exchange;
    this.#maxBytes = maxBytes;
    this.#send = send;
  }

  begin(): void {
    const { request, response } = this.#exchange;
    response.onClose = () => {
      this.release();
    };
    if ((request.contentLength ?? 0) > this.#maxBytes) this.#passOn();
    else request.read(this);
  }

  /** Its length, if it is all here: then it can also be sent once more. */
  get length(): number | undefined {
    return this.#state === "whole" ? this.#bytes : undefined;
  }

  /** All of it, which is not kept here any longer; undefined: it is not all here. */
  take(): Buffer | undefined {
    const body = this.#state === "whole" ? Buffer.concat(this.#parts) : undefined;
    this.release();
    return body;
  }

  read(reader: BodyReader): void {
    const { request, entry } = this.#exchange;
    const parts = this.#parts;
    // The reader counts them as they pass.
    entry.bytesReceived = 0;
    if (this.#state === "passing") this.#forget();
    for (const part of parts) reader.onData(part);
    const abandoned = this.#abandoned;
    if (this.#state === "whole") reader.onEnd();
    else if (abandoned === undefined) request.read(reader);
    // Nobody is told within his own call.
    else
      setImmediate(() => {
        reader.onAbandoned(abandoned);
      });
  }

  pause(): void {
    if (this.#state === "passing") this.#exchange.request.pause();
  }

  resume(): void {
    if (this.#state === "passing") this.#exchange.request.resume();
  }

  discard(): void {
    if (this.#state === "passing") this.#exchange.request.discard();
  }

  /** The request is over. */
  release(): void {
    this.#state = "over";
    this.#forget();
  }

  /** Also while it is passed on and nobody reads yet: what was read already still comes. */
  onData(part: Buffer): void {
    if (this.#state === "over") return;
    // The connection reads into the same buffer again.
    this.#parts.push(Buffer.from(part));
    this.#bytes += part.length;
    bytesInAll += part.length;
    this.#exchange.entry.bytesReceived = this.#bytes;
    const isTooLong = this.#bytes > this.#maxBytes || bytesInAll > MAX_BYTES_IN_ALL;
    if (isTooLong && this.#state === "collecting") this.#passOn();
  }

  onEnd(): void {
    if (this.#state !== "collecting") return;
    this.#state = "whole";
    this.#send(this);
  }

  onAbandoned(status: Abandoned): void {
    this.#abandoned = status;
    if (this.#state !== "collecting") return;
    this.release();
    this.#exchange.response.shouldKeepAlive = false;
    this.#exchange.fail(status);
  }

  #passOn(): void {
    this.#exchange.request.pause();
    this.#state = "passing";
    this.#send(this);
  }

  #forget(): void {
    bytesInAll -= this.#bytes;
    this.#bytes = 0;
    this.#parts = [];
  }
}
