/** Parses JSON of an agent within bounds of size and depth. */
import type { Result } from "../contract/failures.ts";

/**
 * Longest text that is taken for JSON, in characters: a snapshot with 10,000 sites is well below.
 */
export const MAX_JSON_BYTES = 32 * 1024 * 1024;
/** Snapshots nest configurations, which may be 150 levels deep. */
const MAX_DEPTH = 200;
const MAX_VALUES = 600_000;

/**
 * Parses JSON of a stranger. Brackets and commas are counted first: a text of brackets alone makes
 * the parser take forty times its size, and whatever walks the result may not go so deep. Memory
 * stays below about ten times `MAX_JSON_BYTES`.
 */
export function parseBoundedJson(text: string): Result<unknown, string> {
  const why = unreasonable(text);
  if (why !== undefined) return { ok: false, failure: why };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, failure: "it is not JSON" };
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Why a text is not even to be parsed; `undefined` when it may be. */
export function unreasonable(text: string): string | undefined {
  if (text.length > MAX_JSON_BYTES) return `it is longer than ${MAX_JSON_BYTES} characters`;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (isReservedKey(text, at, end)) return "it has the key __proto__";
        at = end;
        break;
      }
      case OPEN_LIST:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        if (depth > MAX_DEPTH) return `it is nested more than ${MAX_DEPTH} levels deep`;
        break;
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    if (values > MAX_VALUES) return `it has more than ${MAX_VALUES} values`;
  }
  return undefined;
}

const AS_KEY = /\s*:/y;
/** With every character written as `\\uXXXX`. */
const MAX_RESERVED_LENGTH = 9 * 6;

/**
 * A copy of an object with this key would have another prototype. No document of an agent has it.
 */
function isReservedKey(text: string, open: number, close: number): boolean {
  const length = close - open - 1;
  if (length < 9 || length > MAX_RESERVED_LENGTH) return false;
  const written = text.slice(open, close + 1);
  if (written !== '"__proto__"' && !written.includes("\\u")) return false;
  AS_KEY.lastIndex = close + 1;
  return AS_KEY.test(text) && textOf(written) === "__proto__";
}

function textOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

/** Index of the closing quote; of the end, where there is none. */
function endOfString(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
