/** Compression of bodies: while they are sent, within bounded memory; and of whole ones to keep. */
import type { Transform } from "node:stream";
import { promisify } from "node:util";
import zlib, { brotliCompress, constants, gzip, type BrotliOptions, type ZlibOptions } from "node:zlib";
import type { Coding } from "./content-coding.ts";

/** A compressor that can be told to give out what it has. */
export interface Encoder extends Transform {
  flush(callback?: () => void): void;
}

/** Their windows are small: there may be many at once, and pages are. */
const GZIP: ZlibOptions = { level: 5, memLevel: 7 };
const BROTLI: BrotliOptions = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 17 },
};
const MAX_ZSTD_WINDOW_LOG = 17;
/** What is kept is compressed once and sent often. */
const GZIP_TO_KEEP: ZlibOptions = { level: 6 };
const BROTLI_QUALITY_TO_KEEP = 5;
const ZSTD_LEVEL_TO_KEEP = 7;

/** Node has zstd from version 22.15 on. */
const { createZstdCompress, zstdCompress } = zlib as Partial<typeof zlib>;

/** In the order of preference: zstd takes the least time for the same size. */
export const BODY_CODINGS: readonly Coding[] =
  createZstdCompress === undefined ? ["br", "gzip"] : ["zstd", "br", "gzip"];

/** Whether this server can compress so; else it sends only what was compressed before. */
export function canCompress(coding: Coding): boolean {
  return BODY_CODINGS.includes(coding);
}

/** @param coding One that this server can. */
export function createEncoder(coding: Coding): Encoder {
  if (coding === "zstd" && createZstdCompress !== undefined)
    return createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: MAX_ZSTD_WINDOW_LOG } });
  return coding === "br" ? zlib.createBrotliCompress(BROTLI) : zlib.createGzip(GZIP);
}

/** @param coding One that this server can. */
export async function compressToKeep(coding: Coding, bytes: Buffer): Promise<Buffer> {
  if (coding === "zstd" && zstdCompress !== undefined)
    return promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL_TO_KEEP } });
  if (coding !== "br") return promisify(gzip)(bytes, GZIP_TO_KEEP);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY_TO_KEEP,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return promisify(brotliCompress)(bytes, { params });
}
