/**
 * How the program behind a proxy could read a path otherwise than it was judged here. Conditions
 * see one form (`normalisePath`); an application may take `%2F` for data or for a slash, a
 * backslash for a slash, drop `;parameters`, decode twice, or resolve `..` that appears only then.
 * Where a closed site or a rule hangs on the path, all these readings must come to the same.
 */
import { decodeEscapes, removeDotSegments } from "./normalise-path.ts";

/** More readings, or a longer path of this kind, are nobody's in good faith. */
const MAX_READINGS = 64;
const MAX_PATH_CHARS = 2048;

const AMBIGUOUS = /[;\\]|\/\/|%(?:2[35fF]|3[bBfF]|5[cC]|[cC][01]|[eE]0%8[01]|[fF]0%80%8[01])/;
/**
 * Two to four bytes for a character that has one: no UTF-8, but old decoders read `%c0%af` and
 * `%e0%80%af` as a slash.
 */
const OVERLONG = /%(?:c|e0%8|f0%80%8)([01])%([89ab][0-9a-f])/gi;

/** Whether there is anything in an encoded path that is not read alike everywhere. */
export function isAmbiguous(rawPath: string): boolean {
  return AMBIGUOUS.test(rawPath);
}

/**
 * All paths that some program could see, whatever of this it does and in whichever order.
 *
 * @returns Undefined when they are too many to be looked at.
 */
export function everyReading(rawPath: string): ReadonlySet<string> | undefined {
  if (rawPath.length > MAX_PATH_CHARS) return undefined;
  // Everything decoded but what makes the difference.
  const plain = decodeEscapes(
    rawPath
      .replace(OVERLONG, (bytes) => bytes.replaceAll("%", "%25"))
      .replace(/%(?=2f|23|25[0-9a-f]{2}|3b|3f|5c)/gi, "%25"),
  );
  return closure(plain, [
    decodeAgain,
    decodeAllButSlashes,
    withSlashes,
    withoutParameters,
    withoutAuthority,
    cutAtMark,
    resolved,
  ]);
}

/**
 * The paths that a program could see that decodes as is done here, but knows parameters or
 * backslashes.
 */
export function looseReadings(path: string): ReadonlySet<string> | undefined {
  if (path.length > MAX_PATH_CHARS) return undefined;
  return closure(path, [withSlashes, withoutParameters, withoutAuthority, resolved]);
}

/** Whether some reading has `..` segments, which may lead anywhere. */
export function mayClimb(readings: ReadonlySet<string>): boolean {
  for (const reading of readings) if (/\/\.\.(?:\/|$)/.test(reading)) return true;
  return false;
}

function closure(start: string, steps: readonly ((path: string) => string)[]): ReadonlySet<string> | undefined {
  const readings = new Set([start]);
  for (const reading of readings) {
    for (const step of steps) readings.add(step(reading));
    if (readings.size > MAX_READINGS) return undefined;
  }
  return readings;
}

function decodeAgain(path: string): string {
  return decodeEscapes(
    path.replace(OVERLONG, (_, high: string, low: string) =>
      String.fromCharCode((Number(high) << 6) | (parseInt(low, 16) & 0x3f)),
    ),
  );
}

function decodeAllButSlashes(path: string): string {
  return decodeEscapes(path.replace(/%(?=2f|5c|25)/gi, "%25"));
}

function withSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

/** As servlet containers do (RFC 3986, 3.3). */
function withoutParameters(path: string): string {
  return path.replace(/;[^/]*/g, "");
}

/** `//name/path` is the path of another host to programs that resolve it as a reference. */
function withoutAuthority(path: string): string {
  return path.startsWith("//") ? path.replace(/^\/+[^/]*/, "") || "/" : path;
}

function cutAtMark(path: string): string {
  return path.replace(/[?#].*$/s, "");
}

function resolved(path: string): string {
  return removeDotSegments(path.split("/"));
}
