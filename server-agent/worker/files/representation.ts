/**
 * One form in which a file is sent: as it is, from a compressed file beside it, or compressed by
 * this server.
 */
import { promisify } from "node:util";
import {
  brotliCompress,
  constants,
  createBrotliCompress,
  createGzip,
  gzip,
  type BrotliOptions,
  type ZlibOptions,
} from "node:zlib";
import type { Transform } from "node:stream";
import type { Coding } from "./content-coding.ts";
import { PreparedFields } from "../http1/outgoing-response.ts";
import type { FileOnDisk } from "./file-lookup.ts";
import type { MediaType } from "./media-type.ts";
import { readUnchanged } from "./open-file.ts";
import type { Validators } from "./preconditions.ts";

/** Files up to this size are answered from memory. */
const MAX_CACHED_FILE_BYTES = 64 * 1024;
/**
 * One write of head and body together is faster for short bodies; for longer ones the copy costs
 * more than it saves.
 */
const MAX_STRING_BYTES = 16 * 1024;
/**
 * A file that was modified this shortly before it was read may change again without its times
 * telling.
 */
const SETTLED_MS = 1000;

const BROTLI: BrotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const GZIP: ZlibOptions = { level: 6 };
const compressors = { br: promisify(brotliCompress), gzip: promisify(gzip) };

export interface Form {
  readonly source: FileOnDisk;
  readonly mediaType: MediaType;
  readonly coding: Coding | undefined;
  /** This server compresses; the source is the plain file. */
  readonly live: boolean;
  /** Other forms exist, so caches must tell visitors apart by what they accept. */
  readonly varies: boolean;
}

export class Representation implements Validators {
  readonly form: Form;
  readonly etag: string;
  readonly modified: number;
  /** The complete body, once it is in memory. A string holds one byte per character (latin1). */
  body: string | Buffer | undefined;
  /** Fields of a 200 response as name, value, name, value. */
  headers: readonly string[];
  prepared: PreparedFields;
  /** Bytes; undefined when only compressing tells. */
  length: number | undefined;
  /** Loaded long enough after the last modification: unchanged times mean unchanged bytes. */
  settled = true;
  #loading: Promise<boolean> | undefined;

  constructor(form: Form) {
    this.form = form;
    const { mtimeMs, size } = form.source.stats;
    const tag = `${Math.round(mtimeMs * 1000).toString(36)}-${size.toString(36)}`;
    // Compressing again with another zlib may give other bytes, hence weak.
    this.etag =
      form.coding === undefined ? `"${tag}"` : form.live ? `W/"${tag}-${form.coding}"` : `"${tag}-${form.coding}"`;
    this.modified = Math.floor(Math.min(mtimeMs, Date.now()) / 1000) * 1000;
    this.length = form.live ? undefined : size;
    this.headers = this.#headers();
    this.prepared = new PreparedFields(this.headers);
  }

  /** Kept in memory as a whole. */
  get small(): boolean {
    return this.form.source.stats.size <= MAX_CACHED_FILE_BYTES;
  }

  /**
   * Reads (and compresses) the body into memory. Resolves to false when the file is no longer the
   * one that was looked up.
   */
  load(): Promise<boolean> {
    return (this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    }));
  }

  async #load(): Promise<boolean> {
    const { source, coding, live } = this.form;
    const content = await readUnchanged(source);
    if (content === undefined) return false;
    this.settled = Date.now() - Math.max(source.stats.mtimeMs, source.stats.ctimeMs) > SETTLED_MS;
    const bytes =
      live && coding !== undefined
        ? await compressors[coding](
            content,
            coding === "br"
              ? { params: { ...BROTLI.params, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }
              : GZIP,
          )
        : content;
    this.length = bytes.length;
    this.headers = this.#headers();
    this.prepared = new PreparedFields(this.headers);
    this.body = bytes.length <= MAX_STRING_BYTES ? bytes.toString("latin1") : bytes;
    return true;
  }

  /** Compresses while sending, for what is not kept in memory. */
  createCompressor(): Transform {
    return this.form.coding === "br"
      ? createBrotliCompress({ params: { ...BROTLI.params, [constants.BROTLI_PARAM_QUALITY]: 4 } })
      : createGzip(GZIP);
  }

  /** What a 304 says (RFC 9110, 15.4.5). */
  get validatorHeaders(): string[] {
    return [
      "ETag",
      this.etag,
      "Last-Modified",
      new Date(this.modified).toUTCString(),
      ...(this.form.varies ? ["Vary", "Accept-Encoding"] : []),
    ];
  }

  #headers(): string[] {
    const { mediaType, coding, live } = this.form;
    const headers = ["Content-Type", mediaType.value];
    if (this.length !== undefined) headers.push("Content-Length", String(this.length));
    if (coding !== undefined) headers.push("Content-Encoding", coding);
    // Live compression has no stable bytes to count from, so no ranges.
    if (!live) headers.push("Accept-Ranges", "bytes");
    headers.push("X-Content-Type-Options", "nosniff", ...this.validatorHeaders);
    return headers;
  }
}
