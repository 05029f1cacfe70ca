/** How a request with its variables is written in each protocol. One character per byte. */
import type { Handler } from "../../contract/handler.ts";
import type { BodyWire } from "../proxy/request-body.ts";
import { beginRequest, END_OF_STDIN, wholeStdin, writeStdin } from "../upstream-protocols/fastcgi-records.ts";

export type ApplicationHandler = Extract<Handler, { type: "fastcgi" | "scgi" | "uwsgi" }>;

interface WrittenRequest {
  readonly variables: ReadonlyMap<string, string>;
  /** Connections to the target may be used again. */
  readonly keepsIdle: boolean;
  /** The whole body; undefined: it follows as it comes. */
  readonly body: Buffer | undefined;
}

export interface Dialect {
  /** The head, and the body if it is here. */
  write(request: WrittenRequest): string;
  readonly body: BodyWire;
  /** Bytes that the variables may have. */
  readonly maxBytes: number;
}

export const RAW: BodyWire = { write: (connection, bytes) => connection.write(bytes), end: "" };
/** The length of all variables has two bytes. */
const MAX_UWSGI_BYTES = 0xffff;

/** By type of handler. */
export const DIALECTS: Readonly<Record<ApplicationHandler["type"], Dialect>> = {
  fastcgi: {
    write: ({ variables, keepsIdle, body }) =>
      beginRequest(variables, keepsIdle) + (body === undefined ? "" : wholeStdin(body)),
    body: { write: writeStdin, end: END_OF_STDIN },
    maxBytes: Infinity,
  },
  scgi: {
    write: ({ variables, body }) => scgiHead(variables) + (body?.toString("latin1") ?? ""),
    body: RAW,
    maxBytes: Infinity,
  },
  uwsgi: {
    write: ({ variables, body }) => uwsgiHead(variables) + (body?.toString("latin1") ?? ""),
    body: RAW,
    maxBytes: MAX_UWSGI_BYTES,
  },
};

/** https://python.ca/scgi/protocol.txt: a netstring, which begins with the length of the body. */
function scgiHead(variables: ReadonlyMap<string, string>): string {
  let text = `CONTENT_LENGTH\0${variables.get("CONTENT_LENGTH") ?? "0"}\0SCGI\x001\0`;
  for (const [name, value] of variables) if (name !== "CONTENT_LENGTH") text += `${name}\0${value}\0`;
  return `${String(text.length)}:${text},`;
}

/** https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html: modifiers 0, lengths little-endian. */
function uwsgiHead(variables: ReadonlyMap<string, string>): string {
  let text = "";
  for (const [name, value] of variables) text += shortOf(name.length) + name + shortOf(value.length) + value;
  return `\0${shortOf(text.length)}\0${text}`;
}

function shortOf(length: number): string {
  return String.fromCharCode(length & 0xff, (length >> 8) & 0xff);
}

/** Bytes of variables, with what uwsgi needs beside each. */
export function sizeOf(variables: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [name, value] of variables) size += name.length + value.length + 4;
  return size;
}
