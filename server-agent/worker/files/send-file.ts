/** Writes a representation of a file as response: whole, in part, or "you have it already". */
import { pipeline } from "node:stream/promises";
import type { FileHandle } from "node:fs/promises";
import { createEncoder } from "../coding/encoders.ts";
import type { OutgoingResponse } from "../http/outgoing-response.ts";
import { parseRange } from "./byte-range.ts";
import type { Entry, Exchange } from "../exchange.ts";
import { isSameFile, lendChunks, openFound, readChunks } from "./open-file.ts";
import { evaluatePreconditions, ifRangeHolds } from "./preconditions.ts";
import type { Representation } from "./representation.ts";
import { drained } from "../http/drained.ts";
import { isDownload } from "../request-kind.ts";

interface Part {
  readonly first: number;
  readonly last: number;
}

/** Answers at once if the body is in memory; false, with nothing sent, if it is not. */
export function sendFromMemory(exchange: Exchange, representation: Representation): boolean {
  const { body } = representation;
  if (body === undefined) return false;
  const part = decide(exchange, representation);
  if (part === "answered") return true;
  const { response, entry, facts } = exchange;
  if (part === "whole") response.writeHead(200, representation.prepared);
  else response.writeHead(206, partHeaders(representation, part));
  if (facts.method === "HEAD") {
    response.end();
    return true;
  }
  const sent =
    part === "whole"
      ? body
      : typeof body === "string"
        ? body.slice(part.first, part.last + 1)
        : body.subarray(part.first, part.last + 1);
  announce(entry, sent.length, representation);
  entry.bytesSent += sent.length;
  response.end(sent);
  return true;
}

/** Tells the drain board of what takes long. */
function announce(entry: Entry, length: number, representation: Representation): void {
  if (!isDownload(length)) return;
  entry.kind = "download";
  if (representation.length !== undefined) entry.bytesExpected = length;
}

/**
 * Streams from the disk what the file has at this moment. Resolves to false, with nothing sent,
 * when it is no longer where it was looked up.
 */
export async function sendFromDisk(exchange: Exchange, representation: Representation): Promise<boolean> {
  const { source } = representation.form;
  const opened = await openFound(source);
  if (opened === undefined) return false;
  const { handle, stats } = opened;
  const current = isSameFile(stats, source.stats) ? representation : representation.of(stats);
  try {
    if (!exchange.response.destroyed) await sendHandle(exchange, current, handle);
  } finally {
    await handle.close();
  }
  return true;
}

async function sendHandle(exchange: Exchange, representation: Representation, handle: FileHandle): Promise<void> {
  const part = decide(exchange, representation);
  if (part === "answered") return;
  const { response, entry, facts } = exchange;
  const { size } = representation.form.source.stats;
  const first = part === "whole" ? 0 : part.first;
  const length = part === "whole" ? size : part.last - part.first + 1;
  if (part === "whole") response.writeHead(200, representation.prepared);
  else response.writeHead(206, partHeaders(representation, part));
  if (facts.method === "HEAD") {
    response.end();
    return;
  }
  announce(entry, length, representation);
  try {
    const { live, coding } = representation.form;
    if (live && coding !== undefined)
      await pipeline(readChunks(handle, first, length), createEncoder(coding), (compressed) =>
        send(compressed as AsyncIterable<Buffer>, response, entry),
      );
    else if (facts.tls) await send(readChunks(handle, first, length), response, entry);
    // TLS and HTTP/2 would copy each chunk; without them the system mostly takes it at once.
    else
      await lendChunks(handle, first, length, (chunk) => {
        if (response.destroyed) return false;
        entry.bytesSent += chunk.length;
        return response.write(chunk, true) || drained(response).then(() => true);
      });
    response.end();
  } catch {
    // The head is out: only a broken connection still tells the visitor that the body is not
    // complete.
    response.destroy();
  }
}

async function send(chunks: AsyncIterable<Buffer>, response: OutgoingResponse, entry: Entry): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    entry.bytesSent += chunk.length;
    if (!response.write(chunk)) await drained(response);
  }
}

/**
 * Preconditions first, then ranges (RFC 9110, 13.2.2): which part is to be sent, unless the answer
 * is one without a body, which it sends.
 */
function decide(exchange: Exchange, representation: Representation): Part | "whole" | "answered" {
  const { request } = exchange;
  const verdict = evaluatePreconditions(request, representation);
  if (verdict === "failed") {
    exchange.fail(412);
    return "answered";
  }
  if (verdict === "not-modified") {
    exchange.response.writeHead(304, representation.validatorHeaders);
    exchange.response.end();
    return "answered";
  }
  const range = request.field("range");
  const { length } = representation;
  // Ranges are defined for GET alone (RFC 9110, 14.2).
  if (range === undefined || length === undefined || representation.form.live || exchange.facts.method !== "GET")
    return "whole";
  if (!ifRangeHolds(request.field("if-range"), representation)) return "whole";
  const part = parseRange(range, length);
  if (part !== "unsatisfiable") return part;
  exchange.fail(416, { "Content-Range": `bytes */${String(length)}` });
  return "answered";
}

function partHeaders(representation: Representation, part: Part): string[] {
  const headers = representation.headers.slice();
  headers[headers.indexOf("Content-Length") + 1] = String(part.last - part.first + 1);
  headers.push("Content-Range", `bytes ${String(part.first)}-${String(part.last)}/${String(representation.length)}`);
  return headers;
}
