/**
 * The part of a representation that a `Range` header asks for (RFC 9110, 14). Offsets are
 * inclusive, in bytes.
 */
export type RequestedPart = "whole" | "unsatisfiable" | { readonly first: number; readonly last: number };

/**
 * A header that is malformed or names another unit is ignored, as the RFC asks. Several ranges are
 * answered with the whole representation, which the RFC allows (14.2): it saves a multipart writer
 * and shuts out the attack of many overlapping ranges.
 *
 * @param size Bytes of the complete representation.
 */
export function parseRange(header: string, size: number): RequestedPart {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(header);
  if (match === null) return "whole";
  const [, from = "", to = ""] = match;
  if (from === "") {
    if (to === "") return "whole";
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Number(to);
  if (to !== "" && last < first) return "whole";
  if (first >= size) return "unsatisfiable";
  return { first, last: Math.min(last, size - 1) };
}
