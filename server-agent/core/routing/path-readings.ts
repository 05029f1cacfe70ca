/**
 * How the program behind a proxy could read a path otherwise than it was judged here. Conditions
 * see one form (`normalisePath`); an application may take `%2F` for data or for a slash, a
 * backslash or `%ef%bc%8f` for a slash, drop `;parameters`, bytes that are not UTF-8, or blanks at
 * the end of a segment, decode twice, or resolve `..` that appears only then. Where a closed site
 * or a rule hangs on the path, all these readings must come to the same.
 */
import { decodeKeepingBytes } from "./file-path.ts";
import { removeDotSegments } from "./normalise-path.ts";
import type { RequestFacts } from "./request-facts.ts";

/** More readings, or more to read, are nobody's in good faith. */
const MAX_READINGS = 64;
const MAX_READ_CHARS = 32 * 1024;

const AMBIGUOUS = /[;#\\]|\/\/|%(?:2[35fF]|3[bBfF]|5[cC])/;
/** Characters beyond ASCII, controls; dots and blanks around a segment; NTFS streams. */
const AMBIGUOUS_DECODED = /[^ -~]|[. +](?:\/|$)|\/[ +]|:\$/;

/**
 * What is drawn like a character of the syntax, or becomes one where text is forced into an old
 * character set (NFKC, best-fit mappings of Windows).
 */
const LOOKALIKES = new Map(
  Object.entries({
    "/": "\u2044\u2215\u29f8\uff0f",
    "\\": "\u00a5\u20a9\u2216\u29f5\u29f9\ufe68\uff3c",
    ".": "\u2024\ufe52\uff0e",
    "..": "\u2025",
    "%": "\ufe6a\uff05",
    ";": "\u037e\ufe54\uff1b",
    "?": "\ufe56\uff1f",
    "#": "\ufe5f\uff03",
  }).flatMap(([meant, alike]) => Array.from(alike, (character) => [character, meant] as const)),
);
const LOOKALIKE = new RegExp(`[${[...LOOKALIKES.keys()].join("")}]`, "g");

/** Up to six bytes for a character that has one; some old decoders take any byte for the rest. */
const OVERLONG = overlong("[\\udc80-\\udcbf]");
const OVERLONG_LOOSE = overlong("[\\0-\\x7f\\udc80-\\udcff]");

/** What some programs do not see beside dots. */
const GAP = "[+\\s\\p{Cc}\\p{Default_Ignorable_Code_Point}\\udc80-\\udcff]*";
const CLIMBS = new RegExp(`/${GAP}\\.${GAP}\\.${GAP}(?:/|$)`, "u");
const DOTS = new RegExp(`^(?:${GAP}\\.){2,}${GAP}$`, "u");

/** Whether there is anything in a path that is not read alike everywhere. */
export function isAmbiguous({ rawPath, path }: Pick<RequestFacts, "rawPath" | "path">): boolean {
  return AMBIGUOUS.test(rawPath) || AMBIGUOUS_DECODED.test(path);
}

/**
 * All paths that some program could see, whatever of this it does and in whichever order. Bytes
 * that are not UTF-8 are lone surrogates.
 *
 * @returns Undefined when they are too many to be looked at.
 */
export function everyReading(rawPath: string): ReadonlySet<string> | undefined {
  // Everything decoded but what makes the difference.
  const plain = decodeKeepingBytes(rawPath.replace(/%(?=2f|23|25[0-9a-f]{2}|3b|3f|5c)/gi, "%25"));
  return closure(plain, [
    decodeAgain,
    decodeAllButSlashes,
    withSlashes,
    withoutParameters,
    withoutAuthority,
    cutAtMark,
    resolved,
    resolvedByLetter,
    withLookalikes,
    withOverlong,
    withOverlongLoose,
    withoutStrays,
    trimmed,
    climbed,
    cutToBytes,
    withoutClimbs,
  ]);
}

/**
 * The paths that a program could see that decodes as is done here, but knows parameters,
 * backslashes, or the names of files on Windows.
 */
export function looseReadings(path: string): ReadonlySet<string> | undefined {
  return closure(path, [withSlashes, withoutParameters, withoutAuthority, resolved, trimmed]);
}

/** Extensions that programs are known by. */
const SCRIPTS = ["php\\d?", "phtml", "cgi", "fcgi", "pl", "py", "aspx?"];
/** A segment with an extension, and another one behind it. */
const GOES_ON = /\.[^/]*\//;
const KNOWN_SCRIPT = scriptEnding(SCRIPTS);

function scriptEnding(extensions: readonly string[]): RegExp {
  return new RegExp(`\\.(?:${extensions.join("|")})(?=/)`, "gi");
}

/**
 * The scripts that may answer a path, which goes on behind them (`PATH_INFO` of CGI).
 *
 * @param own Extensions of scripts besides those that are common, without dot; `*` for any file.
 */
export function scriptsIn(path: string, own: readonly string[] = []): string[] {
  if (own.includes("*")) return Array.from(path.matchAll(/(?!^)\//g), ({ index }) => path.slice(0, index));
  if (!GOES_ON.test(path)) return [];
  const ending = own.length === 0 ? KNOWN_SCRIPT : scriptEnding([...SCRIPTS, ...own]);
  return Array.from(path.matchAll(ending), ({ 0: { length }, index }) => path.slice(0, index + length));
}

/** Whether some reading has `..` segments, which may lead anywhere. */
export function mayClimb(readings: ReadonlySet<string>): boolean {
  for (const reading of readings) if (CLIMBS.test(reading)) return true;
  return false;
}

function closure(start: string, steps: readonly ((path: string) => string)[]): ReadonlySet<string> | undefined {
  const readings = new Set([start]);
  let chars = 0;
  for (const reading of readings) {
    chars += reading.length;
    if (chars > MAX_READ_CHARS) return undefined;
    for (const step of steps) readings.add(step(reading));
    if (readings.size > MAX_READINGS) return undefined;
  }
  return readings;
}

function decodeAgain(path: string): string {
  return decodeKeepingBytes(
    path.replace(/%u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)).toWellFormed()),
  );
}

function decodeAllButSlashes(path: string): string {
  return decodeKeepingBytes(path.replace(/%(?=2f|5c|25)/gi, "%25"));
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
  return path.replace(/[?#\0\r\n].*$/s, "");
}

function resolved(path: string): string {
  return removeDotSegments(path.split("/"));
}

/** An empty segment is one (RFC 3986, 5.2.4), as with `merge_slashes off`. */
function resolvedByLetter(path: string): string {
  if (!path.includes("//") || !CLIMBS.test(path)) return path;
  const kept: string[] = [];
  for (const segment of path.split("/").slice(1))
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
  return `/${kept.join("/")}`;
}

function withLookalikes(path: string): string {
  return path.replace(LOOKALIKE, (character) => LOOKALIKES.get(character) ?? character);
}

function overlong(rest: string): RegExp {
  const first = ["c0\\udcc1", "e0", "f0", "f8", "fc"];
  return new RegExp(first.map((bytes, index) => `[\\udc${bytes}]${rest}{${String(index + 1)}}`).join("|"), "gu");
}

function withOverlong(path: string): string {
  return path.replace(OVERLONG, characterOf);
}

function withOverlongLoose(path: string): string {
  return path.replace(OVERLONG_LOOSE, characterOf);
}

function characterOf(bytes: string): string {
  let code = bytes.charCodeAt(0) & 1;
  for (let index = 1; index < bytes.length; index++) code = (code << 6) | (bytes.charCodeAt(index) & 0x3f);
  return code < 0x80 ? String.fromCharCode(code) : bytes;
}

/** Without bytes that are not UTF-8, and without controls, of which URL parsers drop some. */
function withoutStrays(path: string): string {
  return path.replace(/[\p{Cc}\udc80-\udcff]/gu, "");
}

/** Segments as names of files on Windows, which have neither dots nor blanks at their end. */
function trimmed(path: string): string {
  return path.split("/").map(trimSegment).join("/");
}

function trimSegment(segment: string): string {
  // `name:$i30:$INDEX_ALLOCATION` is the same folder, `name::$DATA` the same file.
  const name = segment.includes(":$") ? segment.slice(0, segment.indexOf(":")) : segment;
  if (name === "." || name === "..") return name;
  let end = name.length;
  while (end > 0 && /[\s.]/.test(name.charAt(end - 1))) end--;
  return name.slice(0, end).trimStart();
}

/** `...` and the like taken for `..`; where these lead is known, so they are not left in. */
function climbed(path: string): string {
  return removeDotSegments(path.split("/").map((segment) => (DOTS.test(segment) ? ".." : segment)));
}

/**
 * Who keeps the lower byte of each unit reads `../` in `%ef%bc%ae%ef%bc%ae/`. Letters of many
 * languages become slashes that way, so only what climbs then is another reading.
 */
function cutToBytes(path: string): string {
  const low = withSlashes(path.replace(/[^\0-\xff]/g, (unit) => String.fromCharCode(unit.charCodeAt(0) & 0xff)));
  return CLIMBS.test(low) ? climbed(low) : path;
}

/** By who removes `../` once: `....//`. */
function withoutClimbs(path: string): string {
  return path.replaceAll("../", "");
}
