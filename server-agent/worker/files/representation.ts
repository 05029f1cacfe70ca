/**
 * One form in which a file is sent: as it is, from a compressed file beside it, or compressed by
 * this server.
 */
import { hash } from "node:crypto";
import type { Stats } from "node:fs";
import type { Coding } from "../coding/content-coding.ts";
import { compressToKeep } from "../coding/encoders.ts";
import { PreparedFields } from "../http/prepared-fields.ts";
import type { FileOnDisk } from "./file-lookup.ts";
import type { MediaType } from "./media-type.ts";
import { isSameFile, readFound } from "./open-file.ts";
import type { Validators } from "./preconditions.ts";

/** Files up to this size are answered from memory, and known by their bytes. */
const MAX_SMALL_FILE_BYTES = 64 * 1024;
/**
 * Those up to this size when they are asked for again within this time (ms). Each of the others
 * would be held in memory by every visitor who reads it slowly.
 */
const MAX_CACHED_FILE_BYTES = 1024 * 1024;
const ASKED_AGAIN_MS = 1000;
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
  etag: string;
  modified: number;
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
  #askedAt = -Infinity;

  constructor(form: Form) {
    this.form = form;
    const { stats } = form.source;
    this.etag = this.#tag(tagOf(stats), isSettled(stats));
    this.modified = Math.floor(Math.min(stats.mtimeMs, Date.now()) / 1000) * 1000;
    this.length = form.live ? undefined : stats.size;
    this.headers = this.#headers();
    this.prepared = new PreparedFields(this.headers);
  }

  /** Whether it is to be kept in memory as a whole, now that it is asked for once more. */
  isWorthLoading(now: number): boolean {
    const { size } = this.form.source.stats;
    const isAskedAgain = now - this.#askedAt < ASKED_AGAIN_MS;
    this.#askedAt = now;
    return size <= MAX_SMALL_FILE_BYTES || (size <= MAX_CACHED_FILE_BYTES && isAskedAgain);
  }

  /** The same form of the file as it is by now. */
  of(stats: Stats): Representation {
    return new Representation({ ...this.form, source: { ...this.form.source, stats } });
  }

  /**
   * Reads (and compresses) the body into memory. Resolves to false when the file is no longer where
   * it was looked up.
   */
  load(): Promise<boolean> {
    return (this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    }));
  }

  async #load(): Promise<boolean> {
    const { source, coding, live } = this.form;
    const content = await readFound(source);
    if (content === undefined) return false;
    const { stats } = content;
    this.settled = content.isSteady && isSettled(stats) && isSameFile(stats, source.stats);
    // Times and sizes can be alike of different bytes; what is in memory is known itself. A larger
    // one may be sent from the disk the next time, with the same tag.
    this.etag =
      stats.size <= MAX_SMALL_FILE_BYTES
        ? this.#tag(hash("sha1", content.bytes, "base64url"), true)
        : this.#tag(tagOf(stats), this.settled);
    this.modified = Math.floor(Math.min(stats.mtimeMs, Date.now()) / 1000) * 1000;
    const bytes = live && coding !== undefined ? await compressToKeep(coding, content.bytes) : content.bytes;
    this.length = bytes.length;
    this.headers = this.#headers();
    this.prepared = new PreparedFields(this.headers);
    this.body = bytes.length <= MAX_STRING_BYTES ? bytes.toString("latin1") : bytes;
    return true;
  }

  #tag(opaque: string, isStrong: boolean): string {
    const { coding, live } = this.form;
    // Compressing again with another zlib may give other bytes, hence weak.
    return `${live || !isStrong ? "W/" : ""}"${opaque}${coding === undefined ? "" : `-${coding}`}"`;
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

/** Two files of one size and time, such as those of reproducible builds, differ in the rest. */
function tagOf({ mtimeMs, ctimeMs, size, ino }: Stats): string {
  return [Math.round(mtimeMs * 1000), Math.round(ctimeMs * 1000), size, ino].map((part) => part.toString(36)).join("-");
}

function isSettled({ mtimeMs, ctimeMs }: Stats): boolean {
  return Date.now() - Math.max(mtimeMs, ctimeMs) > SETTLED_MS;
}
