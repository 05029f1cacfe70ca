/**
 * The path as it is judged and as it is sent on, still encoded: without dot segments, however their
 * dots are written (RFC 3986, 6.2.2), and with one slash in front, for `//name` is the address of
 * another host. Escapes stay as they came: `%2F` is data, `/` is not.
 *
 * @param rawPath The request target up to `?`.
 */
export function canonicalPath(rawPath: string): string {
  if (!NEEDS_RESOLVING.test(rawPath)) return rawPath;
  const segments = rawPath.split("/").map((segment) => (DOTS.test(segment) ? segment.replace(/%2e/gi, ".") : segment));
  return segments.some((segment) => segment === "." || segment === "..")
    ? removeDotSegments(segments)
    : rawPath.replace(/^\/+/, "/");
}

const NEEDS_RESOLVING = /^\/\/|\/(?:\.|%2[eE])/;
const DOTS = /^(?:\.|%2e){1,2}$/i;

/**
 * The path as conditions and file handlers see it: percent-decoded once, without empty and dot
 * segments (RFC 3986, 5.2.4), starting with `/`.
 *
 * Decoding comes first, so `%2e%2e%2f` cannot climb, and `//` counts as `/`, so a rule for
 * `/admin/*` also sees `//admin/x`, which most applications treat alike. Bytes that are not UTF-8
 * become U+FFFD rather than an error: old sites have such addresses.
 *
 * @param rawPath The request target up to `?`, one character per byte as it came.
 * @returns undefined when the path is malformed (no leading slash, a broken escape, a NUL): the
 *   answer is 400.
 */
export function normalisePath(rawPath: string): string | undefined {
  if (rawPath.charCodeAt(0) !== 0x2f) return undefined;
  const decoded = NEEDS_DECODING.test(rawPath) ? decode(rawPath) : rawPath;
  if (decoded === undefined) return undefined;
  return NEEDS_CLEANING.test(decoded) ? removeDotSegments(decoded.split("/")) : decoded;
}

/** Whether a path is what `normalisePath` returns, so that it can be put into a file name. */
export function isNormalisedPath(path: string): boolean {
  return path.charCodeAt(0) === 0x2f && !path.includes("\0") && !NEEDS_CLEANING.test(path);
}

// A NUL takes the slow path as well, where it is refused.
const NEEDS_DECODING = /[%\0\u0080-\u00ff]/;
const NEEDS_CLEANING = /\/(?:\/|\.(?:\.?(?:\/|$)))/;

function decode(rawPath: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(rawPath)) return undefined;
  const escaped = rawPath.replace(/[\u0080-\u00ff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  const decoded = decodeEscapes(escaped);
  return decoded.includes("\0") ? undefined : decoded;
}

/** Decodes all escapes once; what only looks like one stays. */
export function decodeEscapes(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeRun);
}

function decodeRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run.replace(/%../g, (escape) => {
      const byte = Number.parseInt(escape.slice(1), 16);
      return byte < 0x80 ? String.fromCharCode(byte) : "\ufffd";
    });
  }
}

/** Without empty and dot segments, starting with `/`. */
export function removeDotSegments(segments: readonly string[]): string {
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  const folder = last === "" || last === "." || last === "..";
  return kept.length === 0 ? "/" : `/${kept.join("/")}${folder ? "/" : ""}`;
}
