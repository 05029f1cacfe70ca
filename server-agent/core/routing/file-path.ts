/**
 * Names of files as text, also those that are not UTF-8. Where conditions see U+FFFD for a byte, a
 * name must not lose it: each byte that belongs to no character becomes a lone surrogate, U+DC00
 * plus the byte (PEP 383). So every name has one text, and no two have the same.
 */
import { decodeEscapes, normalisePath, removeDotSegments } from "./normalise-path.ts";
import type { RequestFacts } from "./request-facts.ts";

const FIRST_BYTE = 0xdc00;
/** Characters of UTF-8 as escapes (RFC 3629, 4), or a byte that belongs to none. */
const CHARACTERS_OR_BYTE = new RegExp(
  `((?:${[
    "%[0-7].",
    "%(?:c[2-9a-f]|d.)%[89ab].",
    "%(?:e0%[ab]|e[1-9a-cef]%[89ab]|ed%[89]).%[89ab].",
    "%(?:f0%[9ab]|f[1-3]%[89ab]|f4%8).(?:%[89ab].){2}",
  ].join("|")})+)|%(..)`,
  "gi",
);
const BYTES = /([\udc80-\udcff])|[^\udc80-\udcff]+/gu;

/** The path of a request as the name of a file below some root. */
export function filePathOf({ path, rawPath }: Pick<RequestFacts, "path" | "rawPath">): string {
  // A path that is judged as another reading of the request is no longer what was sent.
  if (!path.includes("\ufffd") || normalisePath(rawPath) !== path) return path;
  return removeDotSegments(decodeKeepingBytes(rawPath).split("/"));
}

/** @param bytes A name as the file system has it, one character per byte (latin1). */
export function textOfName(bytes: string): string {
  return bytes.replace(/[\u0080-\u00ff]+/g, (run) =>
    decodeKeepingBytes(run.replace(/[^]/g, (byte) => escapeOf(byte.charCodeAt(0)))),
  );
}

/** A name with these parts handled each in its way: characters, and bytes that belong to none. */
export function mapName<T>(name: string, ofCharacters: (text: string) => T, ofByte: (byte: number) => T): T[] {
  return Array.from(name.matchAll(BYTES), ([text, byte]) =>
    byte === undefined ? ofCharacters(text) : ofByte(text.charCodeAt(0) - FIRST_BYTE),
  );
}

/** A name as a segment of an address. */
export function encodeName(name: string): string {
  return mapName(name, encodeURIComponent, escapeOf).join("");
}

/** A name for people; bytes that belong to no character as in its address, as any guess may err. */
export function showName(name: string): string {
  return mapName(name, (text) => text, escapeOf).join("");
}

function escapeOf(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Decodes all escapes once. */
export function decodeKeepingBytes(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) =>
    run.replace(CHARACTERS_OR_BYTE, (_, characters: string | undefined, byte: string) =>
      characters === undefined
        ? String.fromCharCode(FIRST_BYTE + Number.parseInt(byte, 16))
        : decodeEscapes(characters),
    ),
  );
}
