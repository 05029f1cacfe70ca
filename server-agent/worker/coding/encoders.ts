/** Compression of a body while it is sent, within bounded memory. */
import type { Transform } from "node:stream";
import zlib, { constants, type BrotliOptions, type ZlibOptions } from "node:zlib";

type BodyCoding = "zstd" | "br" | "gzip";

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

/** Node has zstd from version 22.15 on. */
const { createZstdCompress } = zlib as Partial<typeof zlib>;

/** In the order of preference: zstd takes the least time for the same size. */
export const BODY_CODINGS: readonly BodyCoding[] =
  createZstdCompress === undefined ? ["br", "gzip"] : ["zstd", "br", "gzip"];

export function createEncoder(coding: BodyCoding): Encoder {
  if (coding === "zstd" && createZstdCompress !== undefined)
    return createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: MAX_ZSTD_WINDOW_LOG } });
  return coding === "br" ? zlib.createBrotliCompress(BROTLI) : zlib.createGzip(GZIP);
}
