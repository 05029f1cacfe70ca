/**
 * Lines of access logs. All are of printable ASCII: what a visitor sent is escaped, so that nobody
 * writes lines of his own, ends a quoted field, or moves the operator's terminal.
 */
import { LOG_FIELDS, logField, PLACEHOLDER } from "./log-fields.ts";
import type { LoggedRequest } from "./logged-request.ts";

/** The line, without an end of line. `now`: the end of the request (epoch ms). */
export type LogFormat = (entry: LoggedRequest, now: number) => string;

const COMBINED = '${client} - ${user} [${localTime}] "${request}" ${status} ${bytes} "${referer}" "${userAgent}"';

export function compileLogFormat(format: string): LogFormat {
  return format === "json" ? jsonLine : compileLine(format === "combined" ? COMBINED : format);
}

function compileLine(format: string): LogFormat {
  // Text, field, text, field, …, text.
  const pieces = format.split(PLACEHOLDER);
  const fields = pieces.map((piece, index) => (index % 2 === 1 ? logField(piece) : undefined));
  const isUser = pieces.map((piece, index) => index % 2 === 1 && piece === "user");
  return (entry, now) => {
    let line = "";
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 0) {
        line += piece;
        continue;
      }
      const value = fields[index]?.(entry, now);
      if (value === undefined) line += "-";
      else if (typeof value !== "string") line += String(value);
      // It stands between blanks, where a blank of its own would be another field.
      else line += isUser[index] === true ? escaped(value).replaceAll(" ", "\\x20") : escaped(value);
    }
    return line;
  };
}

const UNSAFE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** As nginx does it. */
function escaped(text: string): string {
  return text.replace(UNSAFE, (character) => `\\x${hex(character.charCodeAt(0) & 0xff, 2).toUpperCase()}`);
}

const KEYS = Object.entries(LOG_FIELDS);

function jsonLine(entry: LoggedRequest, now: number): string {
  let line = "";
  for (const [key, field] of KEYS) {
    const value = field(entry, now);
    if (value === undefined) continue;
    line += `${line === "" ? "{" : ","}"${key}":${typeof value === "string" ? jsonText(value) : String(value)}`;
  }
  return `${line}}`;
}

const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;
const NOT_ASCII = /[^ -~]/g;
const NOT_A_WORD = /\W/g;

function jsonText(bytes: string): string {
  if (!NOT_PLAIN.test(bytes)) return `"${bytes}"`;
  return JSON.stringify(textOf(bytes)).replace(NOT_ASCII, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/** Heads are read with one character per byte; what is UTF-8 becomes the text that was meant. */
function textOf(bytes: string): string {
  try {
    return decodeURIComponent(bytes.replace(NOT_A_WORD, (byte) => `%${hex(byte.charCodeAt(0) & 0xff, 2)}`));
  } catch {
    return bytes;
  }
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
