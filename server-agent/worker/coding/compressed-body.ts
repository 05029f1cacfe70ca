/**
 * Compresses the body of a response on its way from the handler to the visitor, as fast as the
 * visitor takes it. It stands between them as own methods of that one response, so that all others
 * pay nothing for it.
 */
import type { Chunk, OutgoingResponse } from "../http/outgoing-response.ts";
import { compressedHead, mayCompress, notModifiedHead, varying, type CompressOptions } from "./compressed-head.ts";
import { codingChooser } from "./content-coding.ts";
import { BODY_CODINGS, createEncoder, type Encoder } from "./encoders.ts";

/** Each takes up to a megabyte; while there are this many, other bodies go out as they are. */
const MAX_ENCODERS = 256;
/** What has been written goes out after so long (ms), though little it be. */
const FLUSH_DELAY_MS = 30;

const chooseCodings = codingChooser(BODY_CODINGS);
let encodersInUse = 0;

interface Asked {
  readonly method: string;
  /** The request's `Accept-Encoding`. */
  readonly accepted: string | undefined;
}

export function compressBody(response: OutgoingResponse, asked: Asked, options: CompressOptions): void {
  const body = new CompressedBody(response);
  const { edit } = response;
  response.edit = (status, given) => {
    const fields = edit?.(status, given) ?? given;
    // A handler that begins anew, with an error page, is looked at anew.
    body.drop();
    if (status === 304) return notModifiedHead(fields);
    if (!mayCompress(status, fields, options)) return fields;
    const [coding] = chooseCodings(asked.accepted);
    if (coding === undefined || encodersInUse >= MAX_ENCODERS) return varying(fields);
    if (asked.method === "HEAD") body.leaveOut();
    else body.start(createEncoder(coding));
    return compressedHead(fields, coding);
  };
}

class CompressedBody {
  readonly #response: OutgoingResponse;
  /** The response's own ways to write. */
  readonly #inner: Pick<OutgoingResponse, "write" | "end" | "whenDrained">;
  #encoder: Encoder | undefined = undefined;
  /** Nobody gets the body, whose length after compression is not known. */
  #isLeftOut = false;
  /** Of a body that was written in one go: its length can be told. */
  #collected: Buffer[] | undefined = undefined;
  #flushTimer: NodeJS.Timeout | undefined = undefined;
  #waiting: (() => void)[] = [];

  constructor(response: OutgoingResponse) {
    this.#response = response;
    this.#inner = {
      write: response.write.bind(response),
      end: response.end.bind(response),
      whenDrained: response.whenDrained.bind(response),
    };
    const closed = response.closed.bind(response);
    response.write = (chunk) => this.#write(chunk);
    response.end = (chunk = "") => {
      this.#end(chunk);
    };
    response.whenDrained = (callback) => {
      if (this.#encoder === undefined) this.#inner.whenDrained(callback);
      else this.#waiting.push(callback);
    };
    response.closed = () => {
      this.drop();
      closed();
    };
  }

  start(encoder: Encoder): void {
    encodersInUse += 1;
    this.#encoder = encoder;
    encoder
      .on("data", (bytes: Buffer) => {
        this.#onCompressed(encoder, bytes);
      })
      .on("drain", () => {
        this.#drained();
      })
      .on("end", () => {
        this.#onCompressedEnd(encoder);
      })
      .on("error", () => {
        if (this.#encoder === encoder) this.#response.destroy();
      });
  }

  leaveOut(): void {
    this.#isLeftOut = true;
  }

  /** Gives up what was begun, or has ended. */
  drop(): void {
    this.#isLeftOut = false;
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#collected = undefined;
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    this.#encoder = undefined;
    encodersInUse -= 1;
    encoder.destroy();
    this.#drained();
  }

  #write(chunk: Chunk): boolean {
    const encoder = this.#encoder;
    if (encoder === undefined || this.#response.destroyed) return this.#inner.write(chunk);
    // Handlers tell by the head whether they can still begin anew.
    this.#response.flushHeaders();
    if (chunk.length === 0) return true;
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      encoder.flush();
    }, FLUSH_DELAY_MS);
    return encoder.write(bytesOf(chunk));
  }

  #end(chunk: Chunk): void {
    const encoder = this.#encoder;
    if (encoder === undefined || this.#response.destroyed) {
      this.#inner.end(this.#isLeftOut ? "" : chunk);
      return;
    }
    clearTimeout(this.#flushTimer);
    if (!this.#response.headersSent) this.#collected = [];
    encoder.end(bytesOf(chunk));
  }

  #onCompressed(encoder: Encoder, bytes: Buffer): void {
    if (this.#encoder !== encoder) return;
    if (this.#collected !== undefined) this.#collected.push(bytes);
    else if (!this.#inner.write(bytes)) {
      encoder.pause();
      this.#inner.whenDrained(() => encoder.resume());
    }
  }

  #onCompressedEnd(encoder: Encoder): void {
    if (this.#encoder !== encoder) return;
    const rest = this.#collected === undefined ? "" : Buffer.concat(this.#collected);
    this.drop();
    this.#inner.end(rest);
  }

  #drained(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const callback of waiting) callback();
  }
}

function bytesOf(chunk: Chunk): Buffer {
  return typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
}
