import type { Compression } from "../../contract/rules/rule.ts";
import { isCompressible } from "./compressible.ts";
import type { CompressOptions } from "./compressed-head.ts";

/** Below, compression saves less than its header costs. */
const MIN_BYTES = 1024;
/** Its events are short and go out one by one. */
const EVENT_STREAM = "text/event-stream";

export function compileCompression(compress: true | Compression): CompressOptions {
  const { minBytes = MIN_BYTES, types } = compress === true ? {} : compress;
  if (types === undefined) return { minBytes, takes: (type) => isCompressible(type) && type !== EVENT_STREAM };
  const names = new Set(types);
  return { minBytes, takes: (type) => names.has(type) || names.has(`${type.split("/", 1)[0] ?? ""}/*`) };
}
