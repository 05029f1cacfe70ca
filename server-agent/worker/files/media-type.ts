import mime from "mime";
import { isCompressible, isText } from "../coding/compressible.ts";

export interface MediaType {
  /** Value of `Content-Type`. */
  readonly value: string;
  /** Worth compressing: text and text-like formats, not what is packed already. */
  readonly compressible: boolean;
}

const UNKNOWN: MediaType = { value: "application/octet-stream", compressible: false };

/** By extension in lower case. */
export type OwnTypes = Readonly<Record<string, string>>;

const known = new Map<string, MediaType>();

/**
 * The media type by the extension of a file name. Text is served as UTF-8: a page in another
 * encoding must be converted, a `meta` element does not outweigh the header.
 */
export function mediaTypeOf(fileName: string, own?: OwnTypes): MediaType {
  const dot = fileName.lastIndexOf(".");
  if (dot < 0 || fileName.length - dot > 20) return UNKNOWN;
  const extension = fileName.slice(dot + 1).toLowerCase();
  if (own !== undefined && Object.hasOwn(own, extension)) return describe(own[extension] ?? "");
  let type = known.get(extension);
  if (type === undefined) {
    const name = mime.getType(extension);
    if (name === null) return UNKNOWN;
    type = describe(name);
    known.set(extension, type);
  }
  return type;
}

function describe(value: string): MediaType {
  const [name = ""] = value.split(";");
  const text = isText(name.toLowerCase());
  return {
    value: text && name === value ? `${name}; charset=utf-8` : value,
    compressible: isCompressible(name.toLowerCase()),
  };
}
