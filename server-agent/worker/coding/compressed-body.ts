/**
 * Compresses the body of a response on its way from the handler to the visitor, as fast as the
 * visitor takes it.
 */
import { BodyFilter, bytesOf } from "./body-filter.ts";
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

/** Where handlers count what they have sent. */
interface Counted {
  bytesSent: number;
}

/** Once it is over, `entry` has the bytes that went out, and not those that the handler gave. */
export function compressBody(
  { response, entry }: { response: OutgoingResponse; entry: Counted },
  asked: Asked,
  options: CompressOptions,
): void {
  const body = new CompressedBody(response, entry);
  const { edit } = response;
  response.edit = (status, given) => {
    const fields = edit?.(status, given) ?? given;
    // A handler that begins anew, with an error page, is looked at anew.
    body.beginAnew();
    if (status === 304) return notModifiedHead(fields);
    if (!mayCompress(status, fields, options)) return fields;
    const [coding] = chooseCodings(asked.accepted);
    if (coding === undefined || encodersInUse >= MAX_ENCODERS) return varying(fields);
    if (asked.method === "HEAD") body.leaveOut();
    else body.start(createEncoder(coding));
    return compressedHead(fields, coding);
  };
}

class CompressedBody extends BodyFilter {
  readonly #entry: Counted;
  #encoder: Encoder | undefined = undefined;
  /** Bytes that have come out of it; undefined where the body goes out as it is. */
  #bytesSent: number | undefined = undefined;
  /** Nobody gets the body, whose length after compression is not known. */
  #isLeftOut = false;
  /** Of a body that was written in one go: its length can be told. */
  #collected: Buffer[] | undefined = undefined;
  #flushTimer: NodeJS.Timeout | undefined = undefined;

  constructor(response: OutgoingResponse, entry: Counted) {
    super(response);
    this.#entry = entry;
  }

  start(encoder: Encoder): void {
    encodersInUse += 1;
    this.#encoder = encoder;
    this.#bytesSent = 0;
    encoder
      .on("data", (bytes: Buffer) => {
        this.#onCompressed(encoder, bytes);
      })
      .on("drain", () => {
        this.drained();
      })
      .on("end", () => {
        this.#onCompressedEnd(encoder);
      })
      .on("error", () => {
        if (this.#encoder === encoder) this.response.destroy();
      });
  }

  leaveOut(): void {
    this.#isLeftOut = true;
  }

  /** What was begun does not count: another head is written. */
  beginAnew(): void {
    this.#drop();
    this.#bytesSent = undefined;
    this.#isLeftOut = false;
  }

  protected closed(): void {
    this.#drop();
    if (this.#bytesSent !== undefined) this.#entry.bytesSent = this.#bytesSent;
  }

  protected override whenDrained(callback: () => void): void {
    if (this.#encoder === undefined) this.inner.whenDrained(callback);
    else super.whenDrained(callback);
  }

  /** Gives up the encoder, or has no more need of it. */
  #drop(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    this.#collected = undefined;
    const encoder = this.#encoder;
    if (encoder === undefined) return;
    this.#encoder = undefined;
    encodersInUse -= 1;
    encoder.destroy();
    this.drained();
  }

  protected write(chunk: Chunk): boolean {
    const encoder = this.#encoder;
    if (encoder === undefined || this.response.destroyed) return this.inner.write(chunk);
    // Handlers tell by the head whether they can still begin anew.
    this.response.flushHeaders();
    if (chunk.length === 0) return true;
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      encoder.flush();
    }, FLUSH_DELAY_MS);
    return encoder.write(bytesOf(chunk));
  }

  protected end(chunk: Chunk): void {
    const encoder = this.#encoder;
    if (encoder === undefined || this.response.destroyed) {
      this.inner.end(this.#isLeftOut ? "" : chunk);
      return;
    }
    clearTimeout(this.#flushTimer);
    if (!this.response.headersSent) this.#collected = [];
    encoder.end(bytesOf(chunk));
  }

  #onCompressed(encoder: Encoder, bytes: Buffer): void {
    if (this.#encoder !== encoder) return;
    this.#bytesSent = (this.#bytesSent ?? 0) + bytes.length;
    if (this.#collected !== undefined) this.#collected.push(bytes);
    else if (!this.inner.write(bytes)) {
      encoder.pause();
      this.inner.whenDrained(() => encoder.resume());
    }
  }

  #onCompressedEnd(encoder: Encoder): void {
    if (this.#encoder !== encoder) return;
    const rest = this.#collected === undefined ? "" : Buffer.concat(this.#collected);
    this.#drop();
    this.inner.end(rest);
  }
}
