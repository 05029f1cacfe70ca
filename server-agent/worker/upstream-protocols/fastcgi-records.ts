/** Records of FastCGI 1.0 (https://fastcgi-archives.github.io, 3.3) as they are sent. */

export const VERSION = 1;
export const HEADER_BYTES = 8;
/** One request at a time on each connection: it always has this number. */
export const REQUEST_ID = 1;

export const RECORD = {
  beginRequest: 1,
  abortRequest: 2,
  endRequest: 3,
  params: 4,
  stdin: 5,
  stdout: 6,
  stderr: 7,
} as const;

const RESPONDER = 1;
const KEEP_CONNECTION = 1;
/** A multiple of eight, so that no record needs padding to be aligned. */
const MAX_CONTENT_BYTES = 0xfff8;
/** Up to here, the length of a name or value has one byte, else four. */
const MAX_SHORT_LENGTH = 127;

/** The head of a record, one character per byte. */
function headOf(type: number, length: number): string {
  return String.fromCharCode(VERSION, type, 0, REQUEST_ID, length >> 8, length & 0xff, 0, 0);
}

/** Ends the body of a request. */
export const END_OF_STDIN = headOf(RECORD.stdin, 0);
export const ABORT_REQUEST = headOf(RECORD.abortRequest, 0);

/** A stream of this type as records, without its end. One character per byte. */
function streamOf(type: number, content: string): string {
  let text = "";
  for (let at = 0; at < content.length; at += MAX_CONTENT_BYTES) {
    const part = content.slice(at, at + MAX_CONTENT_BYTES);
    text += headOf(type, part.length) + part;
  }
  return text;
}

/**
 * The beginning of a request, up to its body. One character per byte.
 *
 * @param keep The application keeps the connection open after the response.
 */
export function beginRequest(params: Iterable<readonly [name: string, value: string]>, keep: boolean): string {
  const flags = keep ? KEEP_CONNECTION : 0;
  const begin = `${headOf(RECORD.beginRequest, 8)}${String.fromCharCode(0, RESPONDER, flags, 0, 0, 0, 0, 0)}`;
  let pairs = "";
  for (const [name, value] of params) pairs += lengthOf(name) + lengthOf(value) + name + value;
  return begin + streamOf(RECORD.params, pairs) + headOf(RECORD.params, 0);
}

/** A body that is here already, and its end. */
export function wholeStdin(body: Buffer): string {
  return streamOf(RECORD.stdin, body.toString("latin1")) + END_OF_STDIN;
}

/** Writes a part of the body; what the last write said is returned. */
export function writeStdin(connection: { write(bytes: Buffer | string): boolean }, bytes: Buffer): boolean {
  let more = true;
  for (let at = 0; at < bytes.length; at += MAX_CONTENT_BYTES) {
    const part = bytes.subarray(at, at + MAX_CONTENT_BYTES);
    connection.write(headOf(RECORD.stdin, part.length));
    more = connection.write(part);
  }
  return more;
}

function lengthOf({ length }: string): string {
  if (length <= MAX_SHORT_LENGTH) return String.fromCharCode(length);
  return String.fromCharCode((length >>> 24) | 0x80, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
}
