/**
 * The path as conditions and file handlers see it: percent-decoded once, without empty and dot
 * segments (RFC 3986, 5.2.4), starting with `/`.
 *
 * Decoding comes first, so `%2e%2e%2f` cannot climb, and `//` counts as `/`, so a rule for
 * `/admin/*` also sees `//admin/x`, which most applications treat alike. Bytes that are not UTF-8
 * become U+FFFD rather than an error: old sites have such addresses, and a proxy passes the raw
 * path on anyway.
 *
 * @param rawPath The request target up to `?`, one character per byte as it came.
 * @returns undefined when the path is malformed (no leading slash, a broken escape, a NUL): the
 *   answer is 400.
 */
export function normalisePath(rawPath: string): string | undefined {
  if (rawPath.charCodeAt(0) !== 0x2f) return undefined;
  const decoded = NEEDS_DECODING.test(rawPath) ? decode(rawPath) : rawPath;
  if (decoded === undefined) return undefined;
  return NEEDS_CLEANING.test(decoded) ? removeDotSegments(decoded) : decoded;
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
  const decoded = escaped.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeRun);
  return decoded.includes("\0") ? undefined : decoded;
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

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  const folder = last === "" || last === "." || last === "..";
  return kept.length === 0 ? "/" : `/${kept.join("/")}${folder ? "/" : ""}`;
}
