/** Whether a response is compressed, and what its head says then. Fields: name, value, in turn. */

export interface CompressOptions {
  /** Shorter bodies (bytes) are not worth it. */
  readonly minBytes: number;
  /** Whether a media type, in lower case and without parameters, is compressed. */
  takes(type: string): boolean;
}

/** With a body that is a whole. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 206, 304]);
/** They are about the bytes that were not compressed. */
const OF_THE_BYTES: ReadonlySet<string> = new Set(["accept-ranges", "content-length", "content-md5", "digest"]);

/**
 * `as-it-is` goes for what is no text, short, coded already, a part, or must not be changed (RFC
 * 9110, 7.7); and for what sets a cookie: from the length of compressed secrets beside something
 * that a visitor has sent, others can guess them (BREACH).
 */
export function mayCompress(status: number, fields: readonly string[], options: CompressOptions): boolean {
  if (status < 200 || BODILESS.has(status)) return false;
  let type: string | undefined;
  for (let index = 0; index < fields.length; index += 2) {
    const value = fields[index + 1] ?? "";
    switch (fields[index]?.toLowerCase()) {
      case "content-type":
        type = value.split(";", 1)[0]?.trim().toLowerCase();
        break;
      case "content-length":
        if (Number(value) < options.minBytes) return false;
        break;
      case "content-encoding":
        if (value.toLowerCase() !== "identity") return false;
        break;
      case "cache-control":
        if (/\bno-transform\b/i.test(value)) return false;
        break;
      case "content-range":
      case "set-cookie":
        return false;
      default:
        break;
    }
  }
  return type !== undefined && options.takes(type);
}

/** The head of the compressed form: its tag is weak, as the bytes may be others next time. */
export function compressedHead(fields: readonly string[], coding: string): string[] {
  const head: string[] = [];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const lower = name.toLowerCase();
    if (!OF_THE_BYTES.has(lower) && lower !== "content-encoding") head.push(name, fields[index + 1] ?? "");
  }
  return varying([...weakened(head), "Content-Encoding", coding]);
}

/** A 304 says the same of the tag and `Vary` as the 200 would (RFC 9110, 15.4.5). */
export function notModifiedHead(fields: readonly string[]): string[] {
  return varying(weakened(fields));
}

export function varying(fields: readonly string[]): string[] {
  const has = fields.some(
    (name, index) =>
      index % 2 === 0 &&
      name.toLowerCase() === "vary" &&
      /(?:^|[\s,])(?:\*|accept-encoding)/i.test(fields[index + 1] ?? ""),
  );
  return has ? [...fields] : [...fields, "Vary", "Accept-Encoding"];
}

function weakened(fields: readonly string[]): string[] {
  return fields.map((text, index) => {
    const isStrongTag = index % 2 === 1 && fields[index - 1]?.toLowerCase() === "etag" && !text.startsWith("W/");
    return isStrongTag ? `W/${text}` : text;
  });
}
