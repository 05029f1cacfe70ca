/**
 * Lines of access logs. All are of printable ASCII: what a visitor sent is escaped, so that nobody
 * writes lines of his own, ends a quoted field, or moves the operator's terminal.
 */
import { LOG_FIELDS, type LogField, logField, PLACEHOLDER } from "./log-fields.ts";
import type { LoggedRequest } from "./logged-request.ts";

const NOTHING: LogField = () => undefined;

/** The line, without an end of line. `now`: the end of the request (epoch ms). */
export type LogFormat = (entry: LoggedRequest, now: number) => string;

const COMBINED = '${client} - ${user} [${localTime}] "${request}" ${status} ${bytes} "${referer}" "${userAgent}"';

/** @param format `combined`, `json`, or a line with fields as `${status}`. */
export function compileLogFormat(format: string): LogFormat {
  return format === "json" ? jsonLine : compileLine(format === "combined" ? COMBINED : format);
}

interface Piece {
  readonly field: LogField;
  /** It stands between blanks, where a blank of its own would be another field. */
  readonly isUser: boolean;
  /** Text behind it. */
  readonly text: string;
}

function compileLine(format: string): LogFormat {
  // Text, field, text, field, …, text.
  const parts = format.split(PLACEHOLDER);
  const begin = parts[0] ?? "";
  const pieces: Piece[] = [];
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at] ?? "";
    pieces.push({ field: logField(name) ?? NOTHING, isUser: name === "user", text: parts[at + 1] ?? "" });
  }
  return (entry, now) => {
    let line = begin;
    for (const { field, isUser, text } of pieces) {
      const value = field(entry, now);
      if (value === undefined) line += "-";
      else if (typeof value !== "string") line += String(value);
      else line += isUser ? escaped(value).replaceAll(" ", "\\x20") : escaped(value);
      line += text;
    }
    return line;
  };
}

const UNSAFE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** As nginx does it. */
function escaped(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
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
